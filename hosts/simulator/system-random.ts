import type { Random } from "../../src/ports/random";

function fill(this: unknown, _bytes: Uint8Array): void {
	native("xs_porthole_random").call(this, _bytes);
}

/** Random numbers of the operating system, fit for secrets (hosts/simulator/native/random.c). */
export class SystemRandom implements Random {
	private readonly word = new Uint32Array(1);
	private readonly octets = new Uint8Array(this.word.buffer);

	fill(bytes: Uint8Array): void {
		fill.call(undefined, bytes);
	}

	unit(): number {
		fill.call(undefined, this.octets);
		return this.word[0] / 0x100000000;
	}
}
