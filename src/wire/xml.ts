import { latin1, utf8Decode } from "../base/text";
import type { Octets } from "../core/time";

/** Receives what {@link readXml} reads. Names are local names as written: namespaces are ignored. */
export interface XmlHandler {
	/** An element begins. */
	begin(name: string): void;
	/** An element that contains no other has ended: its text, without white space at the ends. */
	leaf(name: string, text: string): void;
}

/** Longer names are read as empty ones: nobody asks for them. */
const NAME_MAX: Octets = 256;
/** The longest text, unless the caller wants longer ones. */
const TEXT_MAX: Octets = 1024;
/** The most tags that are read. */
const TAGS_MAX = 4096;

const SPACE = 32;
const BANG = 33;
const QUOTE = 34;
const HASH = 35;
const AMPERSAND = 38;
const APOSTROPHE = 39;
const DASH = 45;
const SLASH = 47;
const COLON = 58;
const SEMICOLON = 59;
const LESS = 60;
const GREATER = 62;
const QUESTION = 63;
const BRACKET = 91;
const BRACKET_END = 93;

/**
 * Reads a document as UPnP devices write them: elements and text. It asks for no more than its handler needs, like the
 * clients that such devices are made for: tags need not match or end, a `<` that begins no tag is text, prefixes need not be
 * bound, and declarations, comments, attributes and document types are skipped (quirks 18, 19, 28). Only the five
 * predefined entities and numeric characters are decoded, so nothing can be expanded or fetched.
 *
 * It works on octets, because XS takes time proportional to the position for each character of a text, and it keeps
 * nothing but the present text, so that a hostile document takes neither time nor memory.
 * @param textMax longer texts are cut to it, in octets
 * @see XML 1.0; UPnP Device Architecture 2.0 §2.3
 */
export function readXml(bytes: Uint8Array, handler: XmlHandler, textMax: Octets = TEXT_MAX): void {
	/** The element whose text is being read. */
	let name: string | undefined;
	let text = "";
	let room = textMax;
	let from = 0;
	let tags = 0;
	const take = (start: number, end: number, decoded: boolean): void => {
		if (name === undefined) return;
		let at = start;
		while (text === "" && at < end && bytes[at] <= SPACE) at++;
		const last = Math.min(end, at + room);
		room -= last - at;
		if (last > at) text += decoded ? decodeEntities(bytes, at, last) : utf8Decode(bytes, at, last);
	};
	for (let open = bytes.indexOf(LESS); open >= 0; ) {
		const kind = bytes[open + 1];
		let close: number;
		if (kind === BANG || kind === QUESTION) {
			const comment = bytes[open + 2] === DASH && bytes[open + 3] === DASH;
			const literal = kind === BANG && bytes[open + 2] === BRACKET && bytes[open + 8] === BRACKET;
			take(from, open, true);
			if (comment) close = endAfter(bytes, open + 4, DASH);
			else close = literal ? endAfter(bytes, open + 9, BRACKET_END) : bytes.indexOf(GREATER, open);
			if (close < 0) return;
			if (literal) take(open + 9, close - 2, false);
		} else {
			const ends = kind === SLASH;
			const start = startOfName(bytes, ends ? open + 2 : open + 1);
			close = start < 0 ? -1 : endOfTag(bytes, start);
			if (close < 0) {
				open = bytes.indexOf(LESS, open + 1);
				continue;
			}
			if (++tags > TAGS_MAX) return;
			take(from, open, true);
			if (name !== undefined && (ends || text !== "")) handler.leaf(name, text.trimEnd());
			name = undefined;
			text = "";
			room = textMax;
			if (!ends) {
				const begun = localName(bytes, start, close);
				handler.begin(begun);
				if (bytes[close - 1] === SLASH) handler.leaf(begun, "");
				else name = begun;
			}
		}
		from = close + 1;
		open = bytes.indexOf(LESS, from);
	}
}

/** Escapes text for XML content and attributes in double quotes. */
export function escapeXml(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** The first `>` with two of the octet before it; -1 for none. */
function endAfter(bytes: Uint8Array, from: number, octet: number): number {
	let at = bytes.indexOf(GREATER, from);
	while (at >= 0 && (at < from + 2 || bytes[at - 1] !== octet || bytes[at - 2] !== octet))
		at = bytes.indexOf(GREATER, at + 1);
	return at;
}

/** Skips white space before a name (quirk 18). @returns -1 if none begins there */
function startOfName(bytes: Uint8Array, from: number): number {
	let at = from;
	while (at < bytes.length && bytes[at] <= SPACE) at++;
	const first = bytes[at] | 32;
	// Letters, the underscore, the colon, and all that is not ASCII.
	const begins = (first >= 97 && first <= 122) || bytes[at] === 95 || bytes[at] === COLON || bytes[at] >= 128;
	return begins ? at : -1;
}

/** The `>` that ends a tag, outside quotes unless those never end; -1 if a `<` or the end comes first, so that it is not a tag. */
function endOfTag(bytes: Uint8Array, from: number): number {
	let quote = 0;
	/** The first angle bracket in the present quotes; 0 for none. */
	let inside = 0;
	for (let at = from; at < bytes.length; at++) {
		const octet = bytes[at];
		if (quote === 0) {
			if (octet === GREATER) return at;
			if (octet === LESS) return -1;
			if (octet === QUOTE || octet === APOSTROPHE) {
				quote = octet;
				inside = 0;
			}
		} else if (octet === quote) {
			quote = 0;
		} else if (inside === 0 && (octet === GREATER || octet === LESS)) {
			inside = at;
		}
	}
	return quote !== 0 && bytes[inside] === GREATER ? inside : -1;
}

function localName(bytes: Uint8Array, from: number, close: number): string {
	let start = from;
	let end = from;
	for (; end < close && bytes[end] > SPACE && bytes[end] !== SLASH; end++) {
		if (end - from >= NAME_MAX) return "";
		if (bytes[end] === COLON) start = end + 1;
	}
	return latin1(bytes, start, end);
}

/** The longest entity, with its ampersand and semicolon: `&#1114111;` */
const ENTITY_MAX = 10;

function decodeEntities(bytes: Uint8Array, start: number, end: number): string {
	// The host's own search would go on to the end of the document, for each of its texts.
	let first = start;
	while (first < end && bytes[first] !== AMPERSAND) first++;
	if (first === end) return utf8Decode(bytes, start, end);
	const decoded = new Uint8Array(end - start);
	let length = 0;
	for (let at = start; at < end; at++) {
		let last = at;
		if (bytes[at] === AMPERSAND) while (last < end && last - at < ENTITY_MAX && bytes[last] !== SEMICOLON) last++;
		const code = bytes[last] === SEMICOLON && last < end && last > at ? entity(bytes, at + 1, last) : 0;
		if (code === 0) {
			decoded[length++] = bytes[at];
			continue;
		}
		at = last;
		// An entity is longer than its character.
		if (code < 0x80) {
			decoded[length++] = code;
			continue;
		}
		const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
		decoded[length++] = ((0xff << (7 - more)) & 0xff) | (code >> (6 * more));
		for (let i = more - 1; i >= 0; i--) decoded[length++] = 0x80 | ((code >> (6 * i)) & 0x3f);
	}
	return utf8Decode(decoded, 0, length);
}

/** The character of an entity; 0 if it is unknown. */
function entity(bytes: Uint8Array, start: number, end: number): number {
	if (bytes[start] === HASH) {
		const digits = latin1(bytes, start + 1, end);
		const code = digits[0] === "x" ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
		return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? code : 0;
	}
	switch (latin1(bytes, start, end)) {
		case "amp":
			return AMPERSAND;
		case "lt":
			return LESS;
		case "gt":
			return GREATER;
		case "quot":
			return QUOTE;
		case "apos":
			return APOSTROPHE;
	}
	return 0;
}
