/** Two quantization tables of 64 octets, luminance and chrominance, in the order of a DQT segment (zigzag). */
export const QUANTIZATION_LENGTH = 128;

// biome-ignore format: a table
const LUMINANCE = new Uint8Array([
	16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
	26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
	56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
	95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
]);
// biome-ignore format: a table
const CHROMINANCE = new Uint8Array([
	17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99,
	99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
	99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
	99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
]);

/**
 * Writes the tables of a quality that a sender names instead of sending tables.
 * @param q 1 to 99
 * @see RFC 2435 §4.2, Appendix A; ITU-T T.81 Annex K.1
 */
export function quantizationOf(q: number, to: Uint8Array): void {
	const factor = q < 50 ? Math.floor(5000 / q) : 200 - 2 * q;
	for (let i = 0; i < 64; i++) {
		to[i] = scaled(LUMINANCE[i], factor);
		to[64 + i] = scaled(CHROMINANCE[i], factor);
	}
}

function scaled(value: number, factor: number): number {
	return Math.min(255, Math.max(1, Math.floor((value * factor + 50) / 100)));
}
