import type { Random } from "../../../src/ports/random";

/** Random numbers of the host's, fit for secrets. */
export class LinuxRandom implements Random {
	private readonly octets = new Uint8Array(8);
	private readonly view = new DataView(this.octets.buffer);

	/** @param source the host's own source: fills the whole array with unpredictable octets */
	constructor(private readonly source: (bytes: Uint8Array) => void) {}

	fill(bytes: Uint8Array): void {
		this.source(bytes);
	}

	unit(): number {
		this.source(this.octets);
		// 53 bits, as many as a number in [0, 1) holds.
		return ((this.view.getUint32(0) >>> 5) * 0x4000000 + (this.view.getUint32(4) >>> 6)) / 2 ** 53;
	}
}
