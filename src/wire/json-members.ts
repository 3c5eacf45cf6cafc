import { latin1, utf8Decode } from "../base/text";
import { hexDigit } from "./http-syntax";

/** The most members of an object. */
const MEMBERS_MAX = 64;
/** The longest number. */
const NUMBER_MAX = 64;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const LIST = 91;
const BACKSLASH = 92;
const LIST_END = 93;
const OBJECT = 123;
const OBJECT_END = 125;

/**
 * Reads a JSON object whose members are strings, numbers, booleans (which become `on` and `off`) or lists of those (which
 * become text with commas). It reads octets, because indexing a long text takes quadratic time on XS, and the names go
 * into a map, because XS never frees a property name: `JSON.parse` would let a client fill the memory.
 * @returns the members by name, the last one of each name; `undefined` for anything else
 * @see RFC 8259
 */
export function parseJsonMembers(bytes: Uint8Array): Map<string, string> | undefined {
	const reader = new MemberReader(bytes.slice());
	const members = new Map<string, string>();
	if (!reader.takes(OBJECT)) return undefined;
	if (!reader.takes(OBJECT_END)) {
		do {
			const name = reader.text();
			const value = name !== undefined && reader.takes(COLON) ? reader.value() : undefined;
			if (name === undefined || value === undefined) return undefined;
			members.set(name, value);
			if (members.size > MEMBERS_MAX) return undefined;
		} while (reader.takes(COMMA));
		if (!reader.takes(OBJECT_END)) return undefined;
	}
	return reader.peek() < 0 ? members : undefined;
}

/** Reads from left to right; strings are decoded in place. */
class MemberReader {
	private at = 0;

	constructor(private readonly bytes: Uint8Array) {}

	/** Skips white space. @returns the next octet; -1 at the end */
	peek(): number {
		const { bytes } = this;
		for (; this.at < bytes.length; this.at++) {
			const code = bytes[this.at];
			if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return code;
		}
		return -1;
	}

	/** Takes an octet if it is the next one after white space. */
	takes(code: number): boolean {
		if (this.peek() !== code) return false;
		this.at++;
		return true;
	}

	/** Reads a scalar or a list of scalars. */
	value(): string | undefined {
		if (!this.takes(LIST)) return this.scalar();
		const items: string[] = [];
		if (this.takes(LIST_END)) return "";
		do {
			const item = this.scalar();
			if (item === undefined) return undefined;
			items.push(item);
		} while (this.takes(COMMA));
		return this.takes(LIST_END) ? items.join(",") : undefined;
	}

	/** Reads a string. */
	text(): string | undefined {
		if (!this.takes(QUOTE)) return undefined;
		const { bytes, at: start } = this;
		let end = start;
		while (this.at < bytes.length) {
			let code = bytes[this.at++];
			if (code === QUOTE) return utf8Decode(bytes, start, end);
			if (code < 32) return undefined;
			if (code === BACKSLASH) {
				code = this.escaped();
				if (code < 0) return undefined;
				if (code >= 0x80) {
					end = this.encode(code, end);
					continue;
				}
			}
			bytes[end++] = code;
		}
		return undefined;
	}

	private scalar(): string | undefined {
		switch (this.peek()) {
			case QUOTE:
				return this.text();
			case 116:
				return this.word("true") ? "on" : undefined;
			case 102:
				return this.word("false") ? "off" : undefined;
			default:
				return this.number();
		}
	}

	private word(word: string): boolean {
		const { at } = this;
		this.at += word.length;
		return latin1(this.bytes, at, Math.min(this.at, this.bytes.length)) === word;
	}

	private number(): string | undefined {
		const { bytes, at: start } = this;
		if (bytes[start] === 45) this.at++;
		const first = bytes[this.at];
		const digits = this.digits();
		if (digits === 0 || (digits > 1 && first === 48)) return undefined;
		if (bytes[this.at] === 46) {
			this.at++;
			if (this.digits() === 0) return undefined;
		}
		if ((bytes[this.at] | 32) === 101) {
			this.at++;
			if (bytes[this.at] === 43 || bytes[this.at] === 45) this.at++;
			if (this.digits() === 0) return undefined;
		}
		return this.at - start > NUMBER_MAX ? undefined : `${Number(latin1(bytes, start, this.at))}`;
	}

	/** Skips digits. @returns how many */
	private digits(): number {
		const { bytes, at } = this;
		while (bytes[this.at] >= 48 && bytes[this.at] <= 57) this.at++;
		return this.at - at;
	}

	/** Reads what follows a backslash. @returns the character, or -1 */
	private escaped(): number {
		switch (this.bytes[this.at++]) {
			case 34:
				return 34;
			case 92:
				return 92;
			case 47:
				return 47;
			case 98:
				return 8;
			case 102:
				return 12;
			case 110:
				return 10;
			case 114:
				return 13;
			case 116:
				return 9;
			case 117:
				return this.hex();
			default:
				return -1;
		}
	}

	/** Reads four hexadecimal digits, and the other half of a character that has two. */
	private hex(): number {
		const { bytes } = this;
		const high = this.unit();
		if (high < 0xd800 || high > 0xdbff || bytes[this.at] !== BACKSLASH || bytes[this.at + 1] !== 117) return high;
		const { at } = this;
		this.at += 2;
		const low = this.unit();
		if (low >= 0xdc00 && low <= 0xdfff) return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
		this.at = at;
		return high;
	}

	private unit(): number {
		let value = 0;
		for (let i = 0; i < 4; i++) {
			const digit = hexDigit(this.bytes[this.at++]);
			if (digit < 0) return -1;
			value = value * 16 + digit;
		}
		return value;
	}

	/** Writes a character beyond ASCII as UTF-8; half of one becomes U+FFFD. @returns the index after it */
	private encode(given: number, start: number): number {
		const code = given >= 0xd800 && given <= 0xdfff ? 0xfffd : given;
		const { bytes } = this;
		const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
		let at = start;
		bytes[at++] = (more === 1 ? 0xc0 : more === 2 ? 0xe0 : 0xf0) | (code >> (6 * more));
		for (let i = more - 1; i >= 0; i--) bytes[at++] = 0x80 | ((code >> (6 * i)) & 0x3f);
		return at;
	}
}
