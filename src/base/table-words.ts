import { parseDigits } from "./digits";

/** Splits a line at blanks, without the comment that `#` begins. */
export function wordsOf(text: string): string[] {
	const words: string[] = [];
	let start = -1;
	for (let i = 0; i <= text.length; i++) {
		const code = i < text.length ? text.charCodeAt(i) : 0x23;
		const isBlank = code === 0x20 || code === 0x09 || code === 0x0d || code === 0xfeff;
		if (isBlank || code === 0x23) {
			if (start >= 0) words.push(text.slice(start, i));
			start = -1;
			if (code === 0x23) break;
		} else if (start < 0) start = i;
	}
	return words;
}

/** Puts foreign text into a sentence. */
export function quote(text: string): string {
	return text.length > 40 ? `"${text.slice(0, 40)}…"` : `"${text}"`;
}

/** Parses one to five digits without leading zeros. */
export function parseShortNumber(text: string, start: number, end: number): number | undefined {
	if (end <= start || end - start > 5 || (text.charCodeAt(start) === 0x30 && end - start > 1)) return undefined;
	return parseDigits(text.slice(start, end), 5);
}
