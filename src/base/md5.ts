/** Octets of an MD5 digest. */
export const MD5_OCTETS = 16;

/** Left rotations of the four rounds. @see RFC 1321 §3.4 */
const TURNS: readonly number[] = Object.freeze([7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]);

/**
 * Computes the MD5 digest of octets. MD5 is broken: use it only for clients that support no other Digest.
 * @see RFC 1321
 */
export function md5(message: Uint8Array): Uint8Array {
	const blocks = (message.length + 8 + 64) >> 6;
	const padded = new Uint8Array(blocks * 64);
	padded.set(message);
	padded[message.length] = 0x80;
	const bits = message.length * 8;
	for (let i = 0; i < 4; i++) {
		padded[blocks * 64 - 8 + i] = bits >>> (8 * i);
		padded[blocks * 64 - 4 + i] = Math.floor(bits / 0x100000000) >>> (8 * i);
	}
	const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
	const words = new Int32Array(16);
	for (let at = 0; at < padded.length; at += 64) {
		for (let i = 0; i < 16; i++) {
			const from = at + 4 * i;
			words[i] = padded[from] | (padded[from + 1] << 8) | (padded[from + 2] << 16) | (padded[from + 3] << 24);
		}
		compress(state, words);
	}
	const digest = new Uint8Array(MD5_OCTETS);
	for (let i = 0; i < MD5_OCTETS; i++) digest[i] = state[i >> 2] >>> (8 * (i & 3));
	return digest;
}

function compress(state: Int32Array, words: Int32Array): void {
	let [a, b, c, d] = state;
	for (let i = 0; i < 64; i++) {
		const round = i >> 4;
		let mixed: number;
		let word: number;
		if (round === 0) {
			mixed = (b & c) | (~b & d);
			word = i;
		} else if (round === 1) {
			mixed = (d & b) | (~d & c);
			word = (5 * i + 1) & 15;
		} else if (round === 2) {
			mixed = b ^ c ^ d;
			word = (3 * i + 5) & 15;
		} else {
			mixed = c ^ (b | ~d);
			word = (7 * i) & 15;
		}
		// T[i] is the integer part of 2³² |sin(i + 1)|.
		const sum = (a + mixed + words[word] + Math.floor(Math.abs(Math.sin(i + 1)) * 0x100000000)) | 0;
		const turn = TURNS[round * 4 + (i & 3)];
		a = d;
		d = c;
		c = b;
		b = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}
