import { ByteWriter, readU16, readU32 } from "../base/byte-writer";
import { utf8Decode, utf8Encode } from "../base/text";

/** The longest text of a message, in octets. */
const TEXT_MAX = 4096;

/** Eight octets as one number, in network byte order. */
const NUMBER = new DataView(new ArrayBuffer(8));

/** Builds a message of the stream link: numbers, text and octets, in network byte order. @see LinkReader */
export class LinkWriter extends ByteWriter {
	/** A number of any kind. @see IEEE 754 binary64 */
	f64(value: number): this {
		NUMBER.setFloat64(0, value);
		for (let i = 0; i < 8; i++) this.u8(NUMBER.getUint8(i));
		return this;
	}

	/** A number, or none. */
	optional(value: number | undefined): this {
		return this.f64(value ?? Number.NaN);
	}

	flag(value: boolean): this {
		return this.u8(value ? 1 : 0);
	}

	/** Text with its length in front; too long a text is cut off. */
	text(value: string): this {
		const bytes = utf8Encode(value);
		// Never within a character, which can't be read.
		let end = Math.min(TEXT_MAX, bytes.length);
		while (end < bytes.length && (bytes[end] & 0xc0) === 0x80) end--;
		return this.u16(end).octets(bytes, 0, end);
	}

	/** Octets with their number in front, at most 65,535. */
	block(bytes: Uint8Array, start = 0, end = bytes.length): this {
		return this.u16(end - start).octets(bytes, start, end);
	}
}

/**
 * Reads a message of the stream link. What is missing or malformed reads as 0 or empty and clears {@link isSound}, so that a codec
 * checks once at its end.
 */
export class LinkReader {
	/** False: something was malformed or missing. */
	isSound = true;
	bytes: Uint8Array = NOTHING;
	/** Where the next field starts. */
	at = 0;
	end = 0;

	/** Starts to read `bytes[start, end)`. */
	reset(bytes: Uint8Array, start: number, end: number): this {
		this.isSound = true;
		this.bytes = bytes;
		this.at = start;
		this.end = end;
		return this;
	}

	/** Whether all was sound and nothing is left. */
	get isWhole(): boolean {
		return this.isSound && this.at === this.end;
	}

	u8(): number {
		return this.take(1) ? this.bytes[this.at - 1] : 0;
	}

	u16(): number {
		return this.take(2) ? readU16(this.bytes, this.at - 2) : 0;
	}

	u32(): number {
		return this.take(4) ? readU32(this.bytes, this.at - 4) : 0;
	}

	/** A number that is neither infinite nor `NaN`. */
	f64(): number {
		const value = this.optional();
		if (value === undefined) this.isSound = false;
		return value ?? 0;
	}

	/** A number that is not infinite, or none. */
	optional(): number | undefined {
		if (!this.take(8)) return undefined;
		for (let i = 0; i < 8; i++) NUMBER.setUint8(i, this.bytes[this.at - 8 + i]);
		const value = NUMBER.getFloat64(0);
		if (value === Infinity || value === -Infinity) this.isSound = false;
		return Number.isFinite(value) ? value : undefined;
	}

	flag(): boolean {
		const value = this.u8();
		if (value > 1) this.isSound = false;
		return value === 1;
	}

	text(): string {
		const length = this.u16();
		if (length > TEXT_MAX) this.isSound = false;
		if (!this.take(length)) return "";
		return utf8Decode(this.bytes, this.at - length, this.at);
	}

	/** A copy of octets. */
	block(): Uint8Array {
		const length = this.u16();
		return this.take(length) ? this.bytes.slice(this.at - length, this.at) : NOTHING;
	}

	/** Skips all that is left. @returns where it starts */
	rest(): number {
		const { at } = this;
		this.at = this.end;
		return at;
	}

	private take(count: number): boolean {
		if (!this.isSound || count > this.end - this.at) this.isSound = false;
		else this.at += count;
		return this.isSound;
	}
}

const NOTHING = new Uint8Array(0);
