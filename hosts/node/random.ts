import { randomFillSync } from "node:crypto";
import type { Random } from "../../src/ports/random";

/** Random numbers of the operating system, fit for secrets. */
export class NodeRandom implements Random {
	fill(bytes: Uint8Array): void {
		randomFillSync(bytes);
	}

	unit(): number {
		const [high, low] = randomFillSync(new Uint32Array(2));
		// 53 bits, as many as a number in [0, 1) holds.
		return ((high >>> 5) * 0x4000000 + (low >>> 6)) / 2 ** 53;
	}
}
