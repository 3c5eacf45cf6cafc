import { parseDigits } from "../base/digits";
/**
 * Reads the Range field of a request for a body of `length` octets.
 * @returns the range; `unsatisfiable` if it lies outside the body; `undefined` if the whole body is to be sent because the
 * field is malformed, has several ranges, or another unit
 * @see RFC 9110 §14.2
 */
export function parseRange(
	field: string,
	length: number,
): { start: number; end: number } | "unsatisfiable" | undefined {
	if (!field.startsWith("bytes=") || field.includes(",")) return undefined;
	const dash = field.indexOf("-", 6);
	if (dash < 0) return undefined;
	const first = number(field.slice(6, dash).trim());
	const last = number(field.slice(dash + 1).trim());
	if (first === undefined || last === undefined || (first < 0 && last < 0)) return undefined;
	if (first < 0)
		return last === 0 || length === 0 ? "unsatisfiable" : { start: Math.max(0, length - last), end: length };
	if (last >= 0 && last < first) return undefined;
	if (first >= length) return "unsatisfiable";
	return { start: first, end: last < 0 ? length : Math.min(length, last + 1) };
}

/** Returns a number; -1 for an empty text, `undefined` for anything else. */
function number(text: string): number | undefined {
	return text === "" ? -1 : parseDigits(text, 15);
}
