import { utf8Decode } from "../base/text";

/** The most members of an object. */
const MEMBERS_MAX = 64;

/** The longest number or word. */
const WORD_MAX = 64;

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
 * become text with commas). The names go into a map: XS never frees a property name, so `JSON.parse` of the whole object
 * would let a client fill the memory. It reads octets, because indexing a long text takes quadratic time on XS.
 * @returns the members by name, the last one of each name; `undefined` for anything else
 * @see RFC 8259
 */
export function parseJsonMembers(bytes: Uint8Array): Map<string, string> | undefined {
	const reader = new MemberReader(bytes);
	const members = new Map<string, string>();
	if (!reader.takes(OBJECT)) return undefined;
	if (!reader.takes(OBJECT_END)) {
		do {
			const name = reader.peek() === QUOTE ? reader.scalar() : undefined;
			const value = name !== undefined && reader.takes(COLON) ? reader.value() : undefined;
			if (name === undefined || value === undefined) return undefined;
			members.set(name, value);
			if (members.size > MEMBERS_MAX) return undefined;
		} while (reader.takes(COMMA));
		if (!reader.takes(OBJECT_END)) return undefined;
	}
	return reader.peek() < 0 ? members : undefined;
}

/** Reads from left to right. */
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

	/** Reads a string, a number or a boolean; those have no names of properties, so the engine may parse them. */
	scalar(): string | undefined {
		const { bytes } = this;
		const quoted = this.peek() === QUOTE;
		const start = this.at;
		if (quoted) {
			for (this.at++; this.at < bytes.length && bytes[this.at] !== QUOTE; this.at++)
				if (bytes[this.at] === BACKSLASH) this.at++;
			this.at++;
		} else {
			while (isOfWord(bytes[this.at])) if (this.at++ - start > WORD_MAX) return undefined;
		}
		try {
			const value: unknown = JSON.parse(utf8Decode(bytes, start, Math.min(this.at, bytes.length)));
			return value === null ? undefined : typeof value === "boolean" ? (value ? "on" : "off") : `${value}`;
		} catch {
			return undefined;
		}
	}
}

/** Whether an octet may be part of a number or a word. */
function isOfWord(code: number): boolean {
	const lower = code | 32;
	return (lower >= 97 && lower <= 122) || (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46;
}
