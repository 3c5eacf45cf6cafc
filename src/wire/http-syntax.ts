/** A token as names and methods are. @see RFC 9110 §5.6.2 */
export function isToken(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		const letter = (code | 32) >= 97 && (code | 32) <= 122;
		if (!letter && !(code >= 48 && code <= 57) && !"!#$%&'*+-.^_`|~".includes(text[i])) return false;
	}
	return text.length > 0;
}

/** Without spaces and tabs at its ends. @see RFC 9110 §5.6.3 */
export function trimSpace(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && (text[start] === " " || text[start] === "\t")) start++;
	while (end > start && (text[end - 1] === " " || text[end - 1] === "\t")) end--;
	return text.slice(start, end);
}

/** Digits only, 15 at most; `undefined` for anything else. @see RFC 9110 §8.6 */
export function parseLength(text: string): number | undefined {
	if (text.length < 1 || text.length > 15) return undefined;
	let value = 0;
	for (let i = 0; i < text.length; i++) {
		const digit = text.charCodeAt(i) - 48;
		if (digit < 0 || digit > 9) return undefined;
		value = value * 10 + digit;
	}
	return value;
}

/**
 * Reads the line before a chunk: hexadecimal digits, 8 at most, and extensions that mean nothing to us.
 * `undefined` for anything else.
 * @param strict true: no white space before the digits, no control characters in extensions
 * @see RFC 9112 §7.1
 */
export function parseChunkSize(line: string, strict: boolean): number | undefined {
	if (strict && (hasControl(line) || line[0] === " " || line[0] === "\t")) return undefined;
	const semicolon = line.indexOf(";");
	const digits = trimSpace(semicolon < 0 ? line : line.slice(0, semicolon));
	if (digits.length < 1 || digits.length > 8) return undefined;
	let value = 0;
	for (let i = 0; i < digits.length; i++) {
		const digit = "0123456789abcdef".indexOf(digits[i].toLowerCase());
		if (digit < 0) return undefined;
		value = value * 16 + digit;
	}
	return value;
}

/** Tells whether a text has a control character other than a tab. */
export function hasControl(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if ((code < 32 && code !== 9) || code === 127) return true;
	}
	return false;
}
