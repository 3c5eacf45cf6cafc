import { randomFillSync } from "node:crypto";
import type { Random } from "../../src/ports/random";

/** Cryptographic random numbers of the operating system. */
export class NodeRandom implements Random {
	fill(bytes: Uint8Array): void {
		randomFillSync(bytes);
	}

	unit(): number {
		const [high, low] = randomFillSync(new Uint32Array(2));
		// 53 bits, the precision of a number in [0, 1).
		return ((high >>> 5) * 0x4000000 + (low >>> 6)) / 2 ** 53;
	}
}
