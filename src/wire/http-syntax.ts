const TAB = 9;
const SPACE = 32;
const SEMICOLON = 59;

/** Whether octets are a token, as field names and methods are. @see RFC 9110 §5.6.2 */
export function isToken(bytes: Uint8Array, start: number, end: number): boolean {
	return end > start && tokenEnd(bytes, start, end) === end;
}

/** Returns the index of the first octet that cannot be part of a token; `end` if there is none. */
export function tokenEnd(bytes: Uint8Array, start: number, end: number): number {
	for (let at = start; at < end; at++) {
		const code = bytes[at];
		const letter = (code | 32) >= 97 && (code | 32) <= 122;
		if (!letter && !(code >= 48 && code <= 57) && !isTokenMark(code)) return at;
	}
	return end;
}

/** One of ``!#$%&'*+-.^_`|~``. */
function isTokenMark(code: number): boolean {
	switch (code) {
		case 33:
		case 35:
		case 36:
		case 37:
		case 38:
		case 39:
		case 42:
		case 43:
		case 45:
		case 46:
		case 94:
		case 95:
		case 96:
		case 124:
		case 126:
			return true;
		default:
			return false;
	}
}

/** Returns the index after leading spaces and tabs. @see RFC 9110 §5.6.3 */
export function skipSpace(bytes: Uint8Array, start: number, end: number): number {
	let at = start;
	while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
	return at;
}

/** Returns the index of trailing spaces and tabs. @see RFC 9110 §5.6.3 */
export function trimSpace(bytes: Uint8Array, start: number, end: number): number {
	let at = end;
	while (at > start && (bytes[at - 1] === SPACE || bytes[at - 1] === TAB)) at--;
	return at;
}

/** Whether octets contain a control character other than a tab. */
export function hasControl(bytes: Uint8Array, start: number, end: number): boolean {
	for (let i = start; i < end; i++) {
		const code = bytes[i];
		if ((code < SPACE && code !== TAB) || code === 127) return true;
	}
	return false;
}

/**
 * Parses the line before a chunk: 1 to 8 hexadecimal digits, and extensions, which are ignored.
 * @param strict refuses white space before the digits, and control characters in extensions
 * @returns the size, or -1 if the line is malformed
 * @see RFC 9112 §7.1
 */
export function parseChunkSize(bytes: Uint8Array, start: number, end: number, strict: boolean): number {
	if (strict && hasControl(bytes, start, end)) return -1;
	const first = strict ? start : skipSpace(bytes, start, end);
	let value = 0;
	let at = first;
	for (; at < end; at++) {
		const digit = hexDigit(bytes[at]);
		if (digit < 0) break;
		value = value * 16 + digit;
	}
	if (at === first || at - first > 8) return -1;
	const rest = skipSpace(bytes, at, end);
	return rest === end || bytes[rest] === SEMICOLON ? value : -1;
}

/** Returns the value of a hexadecimal digit; -1 for any other octet. */
export function hexDigit(code: number): number {
	if (code >= 48 && code <= 57) return code - 48;
	const lower = code | 32;
	return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
