import { utf8Decode } from "../base/text";

const QUOTE = 34;
const COMMA = 44;
const LIST = 91;
const BACKSLASH = 92;
const LIST_END = 93;

/**
 * Reads a JSON list of texts, as `JSON.stringify` writes it: `bytes[start, end)`, without white space. XS never frees the name of
 * a property, so `JSON.parse` of a list that somebody else wrote could fill the memory.
 * @returns `undefined` for anything else
 * @see RFC 8259
 */
export function parseJsonTexts(bytes: Uint8Array, start: number, end: number): string[] | undefined {
	if (end - start < 2 || bytes[start] !== LIST || bytes[end - 1] !== LIST_END) return undefined;
	const texts: string[] = [];
	let at = start + 1;
	while (at < end - 1) {
		if (bytes[at] !== QUOTE) return undefined;
		const from = at++;
		while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
		at++;
		if (at >= end || (bytes[at] !== COMMA && at !== end - 1)) return undefined;
		try {
			texts.push(`${JSON.parse(utf8Decode(bytes, from, at))}`);
		} catch {
			return undefined;
		}
		// After a comma another text must follow.
		if (bytes[at] === COMMA && ++at === end - 1) return undefined;
	}
	return texts;
}
