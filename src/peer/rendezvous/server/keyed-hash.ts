import type { Random } from "../../../ports/random";

/**
 * Hashes octets for tables, with a key that nobody knows, so that nobody can choose identifiers that collide. Not for signatures.
 * @see Mueller, "lowbias32"; the final mixing of MurmurHash3
 */
export class KeyedHash {
	private readonly seed: number;
	private readonly other: number;

	constructor(random: Pick<Random, "fill">) {
		const octets = new Uint8Array(8);
		random.fill(octets);
		const words = new Uint32Array(octets.buffer);
		this.seed = words[0] | 0;
		this.other = words[1] | 0;
	}

	/** Hashes `bytes[start, end)`, whole words. @returns an unsigned integer of 32 bits */
	hash(bytes: Uint8Array, start: number, end: number): number {
		let h = this.seed;
		for (let at = start; at < end; at += 4) {
			h ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
			h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
			h = Math.imul(h ^ (h >>> 15), 0x735a2d97) + this.other;
		}
		return (h ^ (h >>> 15)) >>> 0;
	}

	/** Hashes text. @returns an unsigned integer of 32 bits */
	hashText(text: string, length = text.length): number {
		let h = this.seed;
		for (let i = 0; i < length; i++) {
			h = Math.imul(h ^ text.charCodeAt(i), 0x21f0aaad);
			h = (h ^ (h >>> 15)) + this.other;
		}
		h = Math.imul(h ^ (h >>> 16), 0x735a2d97);
		return (h ^ (h >>> 15)) >>> 0;
	}
}
