import type { Octets } from "../core/time";

/** How many bits are looked up at once. Longer codes are rare and take a loop. */
export const LOOKUP_BITS = 10;
/** The longest code. */
const CODE_MAX = 16;
/** Added to the position in a block by the end of the block. */
export const END_OF_BLOCK = 128;

/** Values of a table, at most: one for each octet. */
const VALUES_MAX = 256;

/**
 * A Huffman table of JPEG, prepared for a walk that needs only lengths of AC coefficients, not their values.
 *
 * It is filled from the content of a DHT segment, and again only when that content differs. It allocates nothing afterwards.
 * @see ITU-T T.81 §C.2, §F.2.2.3
 */
export class HuffmanLookup {
	/**
	 * By the next {@link LOOKUP_BITS} bits: for AC `advance << 8 | bits`, where `bits` are those of the code and of the value behind
	 * it; for DC `size << 8 | bits of the code`, plus {@link DC_KNOWN}. 0: the code is longer, or there is none.
	 */
	readonly entries = new Uint16Array(1 << LOOKUP_BITS);
	/** False: there is no table, or it is not valid. */
	isValid = false;
	private readonly content = new Uint8Array(CODE_MAX + VALUES_MAX);
	private length = -1;
	/** By length of the code: one past the largest code, and what to add to a code for the place of its value. */
	private readonly ends = new Int32Array(CODE_MAX + 1);
	private readonly offsets = new Int32Array(CODE_MAX + 1);

	constructor(private readonly isDc: boolean) {}

	/** Sets the table: 16 counts and the values, `bytes[at, at + length)`, which are complete. */
	set(bytes: Uint8Array, at: Octets, length: Octets): void {
		if (this.isSame(bytes, at, length)) return;
		this.length = length;
		for (let i = 0; i < length; i++) this.content[i] = bytes[at + i];
		this.isValid = this.fill();
	}

	/**
	 * Finds the code at the start of 16 bits.
	 * @returns `value << 8 | length of the code`; -1: there is none
	 */
	find(bits: number): number {
		for (let length = 1; length <= CODE_MAX; length++) {
			const code = bits >>> (CODE_MAX - length);
			if (code < this.ends[length]) return (this.content[CODE_MAX + code + this.offsets[length]] << 8) | length;
		}
		return -1;
	}

	private isSame(bytes: Uint8Array, at: Octets, length: Octets): boolean {
		if (length !== this.length) return false;
		for (let i = 0; i < length; i++) if (bytes[at + i] !== this.content[i]) return false;
		return true;
	}

	private fill(): boolean {
		const { content, entries, ends, offsets } = this;
		entries.fill(0);
		let code = 0;
		let place = 0;
		for (let length = 1; length <= CODE_MAX; length++) {
			const count = content[length - 1];
			offsets[length] = place - code;
			for (let i = 0; i < count; i++) this.enter(code + i, length, content[CODE_MAX + place + i]);
			code += count;
			place += count;
			// The end is 0 where no code has this length, so that none is found.
			ends[length] = count === 0 ? 0 : code;
			if (code > 1 << length) return false;
			code <<= 1;
		}
		return true;
	}

	/** Enters a code for all bits that may follow it. */
	private enter(code: number, length: number, value: number): void {
		if (length > LOOKUP_BITS) return;
		const entry = this.isDc ? DC_KNOWN | (value << 8) | length : acEntry(value, length);
		const from = code << (LOOKUP_BITS - length);
		const to = (code + 1) << (LOOKUP_BITS - length);
		for (let i = from; i < to && i < this.entries.length; i++) this.entries[i] = entry;
	}
}

/** Marks an entry of a DC table, because a value of 0 is one. */
export const DC_KNOWN = 0x8000;

/**
 * Says how far an AC code leads: `advance << 8 | bits`.
 * @param value run of zeros and size of the coefficient
 * @param length bits of the code
 * @returns 0: baseline pictures have no such value
 */
export function acEntry(value: number, length: number): number {
	const run = value >> 4;
	const size = value & 15;
	if (size > 0) return size > 10 ? 0 : ((run + 1) << 8) | (length + size);
	if (run === 15) return (16 << 8) | length;
	return run === 0 ? (END_OF_BLOCK << 8) | length : 0;
}
