import type { Prng } from "../../src/base/prng";
import type { Random } from "../../src/ports/random";

/** Random numbers from the seed of the world. */
export class VirtualRandom implements Random {
	constructor(private readonly prng: Prng) {}

	fill(bytes: Uint8Array): void {
		for (let i = 0; i < bytes.length; i++) bytes[i] = this.prng.u32() >>> 24;
	}

	unit(): number {
		return this.prng.unit();
	}
}
