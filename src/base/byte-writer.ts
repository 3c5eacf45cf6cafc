/**
 * Builds a message in one reusable buffer: numbers in network byte order, ASCII text, octets.
 *
 * A write past the end of a fixed buffer sets {@link overflowed} and writes nothing more, so that a codec checks
 * once at its end. The bytes are valid until the next {@link reset}.
 */
export class ByteWriter {
	readonly bytes: Uint8Array;
	/** Octets written so far. */
	length = 0;
	/** True once something did not fit. */
	overflowed = false;

	/** @param capacity the largest message in octets */
	constructor(capacity: number) {
		this.bytes = new Uint8Array(capacity);
	}

	/** Starts the next message. */
	reset(): this {
		this.length = 0;
		this.overflowed = false;
		return this;
	}

	u8(value: number): this {
		if (this.take(1)) this.bytes[this.length++] = value;
		return this;
	}

	u16(value: number): this {
		if (this.take(2)) {
			this.bytes[this.length++] = value >> 8;
			this.bytes[this.length++] = value;
		}
		return this;
	}

	u32(value: number): this {
		return this.take(4) ? this.u16(value >>> 16).u16(value & 0xffff) : this;
	}

	/** Appends text whose characters are below U+0100, one octet each. */
	latin1(text: string): this {
		if (this.take(text.length)) {
			for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i);
		}
		return this;
	}

	octets(from: Uint8Array, start = 0, end = from.length): this {
		if (this.take(end - start)) {
			this.bytes.set(start === 0 && end === from.length ? from : from.subarray(start, end), this.length);
			this.length += end - start;
		}
		return this;
	}

	/** Returns a copy of what was written; for messages that outlive the writer's next use. */
	copy(): Uint8Array {
		return this.bytes.slice(0, this.length);
	}

	private take(count: number): boolean {
		if (this.length + count > this.bytes.length) this.overflowed = true;
		return !this.overflowed;
	}
}

/** Reads a 16-bit integer in network byte order. */
export function readU16(bytes: Uint8Array, at: number): number {
	return (bytes[at] << 8) | bytes[at + 1];
}

/** Reads an unsigned 32-bit integer in network byte order. */
export function readU32(bytes: Uint8Array, at: number): number {
	return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
