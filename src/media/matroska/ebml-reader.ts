import { latin1, utf8Decode } from "../../base/text";
import type { Millis, Octets } from "../../core/time";
import { EBML_EPOCH } from "./ebml";

/** The largest length: whole numbers above it are not exact. */
const LENGTH_MAX = 2 ** 52;

/**
 * Walks over the elements of one level in memory, without allocating. An element that is longer than the level ends
 * the walk as malformed.
 * @see RFC 8794 §4, §5
 */
export class EbmlReader {
	/** The current element: its identifier with the length marker, and its content `bytes[start, end)`. */
	id = 0;
	start = 0;
	end = 0;
	/** True: the walk has ended before the end of the level. */
	isMalformed = false;
	private readonly head = new ElementHead();
	private bytes: Uint8Array = EMPTY;
	private limit: Octets = 0;

	/** Goes before the first element of the level `bytes[start, end)`. */
	open(bytes: Uint8Array, start: Octets, end: Octets): this {
		this.bytes = bytes;
		this.end = start;
		this.limit = end;
		this.isMalformed = false;
		return this;
	}

	/** Goes to the next element. @returns false: there are no more, or the level is malformed */
	next(): boolean {
		if (this.end >= this.limit || this.isMalformed) return false;
		const { head } = this;
		const start = head.read(this.bytes, this.end, this.limit);
		if (start <= 0 || head.length < 0 || start + head.length > this.limit) {
			this.isMalformed = true;
			return false;
		}
		this.id = head.id;
		this.start = start;
		this.end = start + head.length;
		return true;
	}

	/** The value of an element with a whole number; -1 when it is too large or too long. */
	unsigned(): number {
		return readUnsigned(this.bytes, this.start, this.end);
	}

	/** The value of an element with a floating-point number; `NaN` when it is malformed. */
	float(): number {
		const length = this.end - this.start;
		if (length === 0) return 0;
		if (length !== 4 && length !== 8) return Number.NaN;
		for (let i = 0; i < length; i++) double.setUint8(i, this.bytes[this.start + i]);
		return length === 4 ? double.getFloat32(0) : double.getFloat64(0);
	}

	/** The value of an element with text, without the zeros at its end. @param max the most octets that are read */
	text(max: Octets): string {
		return utf8Decode(this.bytes, this.start, this.textEnd(max));
	}

	/** @see text */
	ascii(max: Octets): string {
		return latin1(this.bytes, this.start, this.textEnd(max));
	}

	private textEnd(max: Octets): Octets {
		let end = this.start;
		while (end < this.end && end - this.start < max && this.bytes[end] !== 0) end++;
		return end;
	}
}

const EMPTY = new Uint8Array(0);
const double = new DataView(new ArrayBuffer(8));

/** Reads heads of elements, one after another. */
export class ElementHead {
	/** The identifier with its length marker. */
	id = 0;
	/** The length of the content; -1: unknown, it ends where something begins that can't be in it. */
	length: Octets = 0;

	/**
	 * Reads the head at `bytes[at, end)`.
	 * @returns where the content starts; 0: more octets are needed, {@link ELEMENT_HEAD_MAX} are enough; -1: malformed
	 */
	read(bytes: Uint8Array, at: Octets, end: Octets): Octets {
		if (at >= end) return 0;
		const first = bytes[at];
		const idLength = Math.clz32(first) - 23;
		if (idLength > 4) return -1;
		if (at + idLength >= end) return 0;
		let id = first;
		for (let i = 1; i < idLength; i++) id = id * 256 + bytes[at + i];
		at += idLength;
		const lengthLength = Math.clz32(bytes[at]) - 23;
		if (lengthLength > 8) return -1;
		if (at + lengthLength > end) return 0;
		const mask = (1 << (8 - lengthLength)) - 1;
		let length = bytes[at] & mask;
		let isUnknown = length === mask;
		for (let i = 1; i < lengthLength; i++) {
			length = length * 256 + bytes[at + i];
			isUnknown = isUnknown && bytes[at + i] === 255;
		}
		if (!isUnknown && length > LENGTH_MAX) return -1;
		this.id = id;
		this.length = isUnknown ? -1 : length;
		return at + lengthLength;
	}
}

/** The longest head of an element: 4 octets of identifier, 8 of length. */
export const ELEMENT_HEAD_MAX: Octets = 12;

/** Reads a whole number in network byte order; -1 when it is above 2^53 or has more than 8 octets. */
export function readUnsigned(bytes: Uint8Array, start: Octets, end: Octets): number {
	if (end - start > 8) return -1;
	let value = 0;
	for (let at = start; at < end; at++) value = value * 256 + bytes[at];
	return value > Number.MAX_SAFE_INTEGER ? -1 : value;
}

/** Reads a date. @returns whole milliseconds since 1970; 0 when it is malformed or before 2001 @see RFC 8794 §7.6 */
export function readDate(bytes: Uint8Array, start: Octets, end: Octets): Millis {
	if (end - start !== 8 || bytes[start] >= 0x80) return 0;
	const upper = readUnsigned(bytes, start, start + 6);
	const rest = (upper % 1e6) * 0x10000 + readUnsigned(bytes, start + 6, end);
	return EBML_EPOCH + Math.floor(upper / 1e6) * 0x10000 + Math.floor(rest / 1e6);
}
