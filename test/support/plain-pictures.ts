import { writeJpegHeader } from "../../src/media/jpeg-header";

/** Collects bits, the highest first. */
class Bits {
	readonly octets: number[] = [];
	private value = 0;
	private count = 0;

	/** @param isStuffed a zero follows each octet 255, as in the scans of JPEG */
	constructor(private readonly isStuffed = false) {}

	put(value: number, bits: number): this {
		for (let i = bits - 1; i >= 0; i--) {
			this.value = (this.value << 1) | ((value >> i) & 1);
			if (++this.count < 8) continue;
			this.octets.push(this.value);
			if (this.isStuffed && this.value === 255) this.octets.push(0);
			this.value = this.count = 0;
		}
		return this;
	}

	/** An unsigned Exp-Golomb code. @see ITU-T H.264 §9.1 */
	ue(value: number): this {
		const bits = 32 - Math.clz32(value + 1);
		return this.put(0, bits - 1).put(value + 1, bits);
	}

	/** Fills the last octet with bits. */
	fill(bit: 0 | 1): this {
		while (this.count > 0) this.put(bit, 1);
		return this;
	}
}

/** The codes of the lengths of DC differences of luminance. @see ITU-T T.81 Table K.3 */
const DC_CODES = [
	[0, 2],
	[2, 3],
	[3, 3],
	[4, 3],
	[5, 3],
	[6, 3],
	[14, 4],
	[30, 5],
	[62, 6],
	[126, 7],
	[254, 8],
	[510, 9],
];

/**
 * Makes a JPEG picture (baseline, 4:2:0) of one grey, which all decoders decode: 64 × 48 in 700 octets.
 * @param luma 0 black to 255 white
 */
export function plainJpeg(luma: number, width = 64, height = 48): Uint8Array {
	const header = new Uint8Array(1024);
	const quantization = new Uint8Array(128).fill(8);
	const length = writeJpegHeader(header, 0, { width, height, factors: 0x22, restartInterval: 0, quantization });
	const bits = new Bits(true);
	const units = Math.ceil(width / 16) * Math.ceil(height / 16);
	for (let unit = 0; unit < units; unit++) {
		for (let block = 0; block < 6; block++) {
			const difference = unit === 0 && block === 0 ? luma - 128 : 0;
			const size = 32 - Math.clz32(Math.abs(difference));
			if (block < 4) bits.put(DC_CODES[size][0], DC_CODES[size][1]);
			else bits.put(0, 2);
			if (size > 0) bits.put(difference > 0 ? difference : difference + (1 << size) - 1, size);
			// No more coefficients: K.5 has 1010 for it, K.6 has 00.
			if (block < 4) bits.put(10, 4);
			else bits.put(0, 2);
		}
	}
	bits.fill(1);
	return new Uint8Array([...header.subarray(0, length), ...bits.octets, 0xff, 0xd9]);
}

/** The parameter sets of {@link plainKey} and {@link plainDelta}: baseline, 64 × 48. */
export const PLAIN_SETS: readonly Uint8Array[] = [
	new Uint8Array([
		0x67,
		66,
		0xc0,
		10,
		...new Bits().ue(0).ue(0).ue(2).ue(1).put(0, 1).ue(3).ue(2).put(1, 1).put(1, 1).put(0, 2).put(1, 1).fill(0).octets,
	]),
	new Uint8Array([
		0x68,
		...new Bits().ue(0).ue(0).put(0, 2).ue(0).ue(0).ue(0).put(0, 3).ue(0).ue(0).ue(0).put(0, 3).put(1, 1).fill(0)
			.octets,
	]),
];

/** Makes a key picture of H.264 of one grey, 64 × 48, with its parameter sets and start codes: 4.8 kB. @param luma 1 to 255 */
export function plainKey(luma: number): Uint8Array {
	const bits = new Bits().ue(0).ue(7).ue(0).put(0, 4).ue(0).put(0, 2).ue(0);
	for (let block = 0; block < 12; block++) {
		bits.ue(25).fill(0);
		for (let i = 0; i < 384; i++) bits.put(i < 256 ? Math.max(1, luma) : 128, 8);
	}
	bits.put(1, 1).fill(0);
	const sets = PLAIN_SETS.flatMap((set) => [0, 0, 0, 1, ...set]);
	return new Uint8Array([...sets, 0, 0, 0, 1, 0x65, ...bits.octets]);
}

/** Makes a picture of H.264 that is the same as the one before it. @param number how many pictures after the key picture */
export function plainDelta(number: number): Uint8Array {
	const bits = new Bits()
		.ue(0)
		.ue(5)
		.ue(0)
		.put(number & 15, 4);
	bits.put(0, 3).ue(0).ue(12).put(1, 1).fill(0);
	return new Uint8Array([0, 0, 0, 1, 0x41, ...bits.octets]);
}

/** Tells whether two pieces have the same octets. */
export function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
	if (one.length !== other.length) return false;
	for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
	return true;
}
