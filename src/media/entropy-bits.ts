import type { Octets } from "../core/time";
import { acEntry, DC_KNOWN, END_OF_BLOCK, type HuffmanLookup, LOOKUP_BITS } from "./huffman-lookup";

const SHIFT = 32 - LOOKUP_BITS;
/** The largest size of a DC difference in baseline pictures. */
const DC_SIZE_MAX = 11;
const COEFFICIENTS = 64;
const NOTHING = new Uint8Array(0);

/** Returned by {@link EntropyBits.difference} for data that is not valid. */
export const NO_DIFFERENCE = 0x10000;

/**
 * The entropy-coded data of a scan, walked through block by block.
 *
 * Behind the data, and at a marker, zeros follow; {@link isShort} tells when they were used.
 * @see ITU-T T.81 §F.2.2
 */
export class EntropyBits {
	private bytes: Uint8Array = NOTHING;
	private at: Octets = 0;
	private end: Octets = 0;
	/** The next bits, from the top; {@link held} of them are valid and the others 0. */
	private buffer = 0;
	private held = 0;
	/** How many zeros were added. They are the last bits of the buffer. */
	private padding = 0;

	/** Starts at `bytes[at]`. */
	start(bytes: Uint8Array, at: Octets, end: Octets): void {
		this.bytes = bytes;
		this.at = at;
		this.end = end;
		this.buffer = this.held = this.padding = 0;
	}

	/** Forgets the picture. */
	finish(): void {
		this.bytes = NOTHING;
	}

	/** True: more bits were used than there are. */
	get isShort(): boolean {
		return this.padding > this.held;
	}

	/** Goes on behind the next restart marker. @returns false: it is not here */
	restart(): boolean {
		const { bytes, end } = this;
		// The bits that are left fill the last octet.
		if (this.isShort || this.held - this.padding > 7) return false;
		while (this.at + 2 < end && bytes[this.at] === 0xff && bytes[this.at + 1] === 0xff) this.at++;
		if (this.at + 2 > end || bytes[this.at] !== 0xff || (bytes[this.at + 1] & 0xf8) !== 0xd0) return false;
		this.at += 2;
		this.buffer = this.held = this.padding = 0;
		return true;
	}

	/** Reads the DC difference at the start of a block; {@link NO_DIFFERENCE}: there is none. */
	difference(table: HuffmanLookup): number {
		this.fill();
		const known = table.entries[this.buffer >>> SHIFT];
		const found = known === 0 ? table.find(this.buffer >>> 16) : known & ~DC_KNOWN;
		const size = found >> 8;
		if (found < 0 || size > DC_SIZE_MAX) return NO_DIFFERENCE;
		this.buffer <<= found & 0xff;
		this.held -= found & 0xff;
		if (size === 0) return 0;
		this.fill();
		const value = this.buffer >>> (32 - size);
		this.buffer <<= size;
		this.held -= size;
		return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
	}

	/**
	 * Skips the AC coefficients of a block. All state is local meanwhile, because a field costs several times as much, and a
	 * picture has 50,000 coefficients.
	 * @returns false: they are not valid
	 */
	skipAc(table: HuffmanLookup): boolean {
		const { bytes, end } = this;
		const { entries } = table;
		let { at, buffer, held } = this;
		/** Bits of a value whose code was too long for one look. */
		let rest = 0;
		for (let k = 1; k < COEFFICIENTS || rest > 0; ) {
			while (held <= 24) {
				let octet = at < end ? bytes[at] : 0xff;
				if (octet !== 0xff) at++;
				else if (at + 1 < end && bytes[at + 1] === 0) at += 2;
				else {
					octet = 0;
					this.padding += 8;
				}
				buffer |= octet << (24 - held);
				held += 8;
			}
			if (rest > 0) {
				buffer <<= rest;
				held -= rest;
				rest = 0;
				continue;
			}
			let entry = entries[buffer >>> SHIFT];
			if (entry === 0) {
				const found = table.find(buffer >>> 16);
				entry = found < 0 ? 0 : acEntry(found >> 8, found & 0xff);
				if (entry === 0) return false;
				rest = (entry & 0xff) - (found & 0xff);
				entry -= rest;
			}
			buffer <<= entry & 0xff;
			held -= entry & 0xff;
			k += entry >> 8;
			if (k > COEFFICIENTS && k < END_OF_BLOCK) return false;
		}
		this.at = at;
		this.buffer = buffer;
		this.held = held;
		return true;
	}

	/** Makes sure that there are more than 24 bits. */
	private fill(): void {
		const { bytes, end } = this;
		while (this.held <= 24) {
			let octet = this.at < end ? bytes[this.at] : 0xff;
			if (octet !== 0xff) this.at++;
			else if (this.at + 1 < end && bytes[this.at + 1] === 0) this.at += 2;
			else {
				octet = 0;
				this.padding += 8;
			}
			this.buffer |= octet << (24 - this.held);
			this.held += 8;
		}
	}
}
