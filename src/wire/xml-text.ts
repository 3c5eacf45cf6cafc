import { latin1, utf8Decode, utf8Encode } from "../base/text";

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const HASH = 35;
const AMPERSAND = 38;
const SEMICOLON = 59;

/** The longest entity without its ampersand: `#x10FFFF;` */
const ENTITY_MAX = 10;

/** Decodes text with entities; `undefined` for one that is not well-formed. @param isValue white space becomes spaces */
export function decodeText(bytes: Uint8Array, start: number, end: number, isValue = false): string | undefined {
	if (!isText(bytes, start, end)) return undefined;
	const parts: string[] = [];
	let from = start;
	for (let at = start; at < end; at++) {
		if (bytes[at] !== AMPERSAND) continue;
		let last = at + 1;
		while (last < end && last - at <= ENTITY_MAX && bytes[last] !== SEMICOLON) last++;
		const character = last < end && bytes[last] === SEMICOLON ? entity(latin1(bytes, at + 1, last)) : undefined;
		if (character === undefined) return undefined;
		parts.push(plain(bytes, from, at, isValue), character);
		from = last + 1;
		at = last;
	}
	parts.push(plain(bytes, from, end, isValue));
	return parts.join("");
}

function plain(bytes: Uint8Array, start: number, end: number, isValue: boolean): string {
	const text = newLines(utf8Decode(bytes, start, end));
	return isValue ? text.replaceAll("\n", " ").replaceAll("\t", " ") : text;
}

/** Replaces all line ends by line feeds. @see XML 1.0 §2.11 */
export function newLines(text: string): string {
	return text.includes("\r") ? text.replaceAll("\r\n", "\n").replaceAll("\r", "\n") : text;
}

function entity(name: string): string | undefined {
	switch (name) {
		case "amp":
			return "&";
		case "lt":
			return "<";
		case "gt":
			return ">";
		case "quot":
			return '"';
		case "apos":
			return "'";
	}
	if (name.charCodeAt(0) !== HASH) return undefined;
	const isHex = name[1] === "x";
	const digits = name.slice(isHex ? 2 : 1);
	let code = 0;
	if (digits === "") return undefined;
	for (let i = 0; i < digits.length; i++) {
		const digit = digitOf(digits.charCodeAt(i));
		if (digit < 0 || (!isHex && digit > 9)) return undefined;
		code = code * (isHex ? 16 : 10) + digit;
	}
	const isCharacter =
		code === TAB ||
		code === LF ||
		code === CR ||
		(code >= SPACE && code < 0xd800) ||
		(code >= 0xe000 && code <= 0xfffd);
	return isCharacter || (code >= 0x10000 && code <= 0x10ffff) ? String.fromCodePoint(code) : undefined;
}

function digitOf(code: number): number {
	if (code >= 48 && code <= 57) return code - 48;
	const letter = code | 32;
	return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Tells whether octets have no control characters, which are not text. @see XML 1.0 §2.2 */
export function isText(bytes: Uint8Array, start: number, end: number): boolean {
	for (let i = start; i < end; i++) if (bytes[i] < SPACE && !isSpace(bytes[i])) return false;
	return true;
}

/** Tells whether octets are white space, or none. */
export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
	for (let i = start; i < end; i++) if (!isSpace(bytes[i])) return false;
	return true;
}

/** Tells whether an octet is white space. */
export function isSpace(octet: number): boolean {
	return octet === SPACE || octet === LF || octet === CR || octet === TAB;
}

/** Tells whether octets are UTF-8: ill-formed sequences are encoded to others than those they were decoded from. */
export function isUtf8(bytes: Uint8Array): boolean {
	const again = utf8Encode(utf8Decode(bytes));
	if (again.length !== bytes.length) return false;
	for (let i = 0; i < bytes.length; i++) if (again[i] !== bytes[i]) return false;
	return true;
}
