import type { Octets } from "../core/time";

/**
 * Reads bits and exponential Golomb codes from a NAL unit, without the octets that prevent start codes in it.
 *
 * Past the end it reads zeros, and {@link overrun} tells.
 * @see ITU-T H.264 §7.4.1, §9.1
 */
export class BitReader {
	/** True once more was read than there is, or a code was longer than 32 bits. */
	overrun = false;
	private at: Octets;
	private bit = 0;
	/** Zero octets just before `at`. */
	private zeros = 0;

	/** @param start of the payload: after the octet of the NAL unit's type */
	constructor(
		private readonly bytes: Uint8Array,
		start: Octets,
		private readonly end: Octets,
	) {
		this.at = start;
	}

	/** Reads up to 32 bits. */
	bits(count: number): number {
		let value = 0;
		for (let i = 0; i < count; i++) value = value * 2 + this.one();
		return value;
	}

	/** Reads one bit. */
	flag(): boolean {
		return this.one() === 1;
	}

	/** Reads an unsigned code, up to 2^32 - 2. */
	unsigned(): number {
		let zeros = 0;
		while (!this.overrun && this.one() === 0) {
			if (++zeros > 31) {
				this.overrun = true;
				return 0;
			}
		}
		return 2 ** zeros - 1 + this.bits(zeros);
	}

	/** Reads a signed code. */
	signed(): number {
		const code = this.unsigned();
		return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
	}

	private one(): number {
		const { bytes } = this;
		if (this.bit === 0 && this.zeros >= 2 && this.at < this.end && bytes[this.at] === 3) {
			this.at++;
			this.zeros = 0;
		}
		if (this.at >= this.end) {
			this.overrun = true;
			return 0;
		}
		const octet = bytes[this.at];
		const value = (octet >> (7 - this.bit)) & 1;
		if (++this.bit === 8) {
			this.bit = 0;
			this.at++;
			this.zeros = octet === 0 ? this.zeros + 1 : 0;
		}
		return value;
	}
}
