import { parseDigits } from "../base/digits";

const QUOTE = 34;
const DOT = 46;
const MINUS = 45;
const PLUS = 43;

/**
 * Splits a field at a mark, but not inside quotation marks, and trims the parts.
 * @param most the most parts
 * @returns `undefined` for more parts than that, or an open quotation
 */
export function splitQuoted(text: string, mark: string, most: number): string[] | undefined {
	const parts: string[] = [];
	if (!text.includes('"')) {
		for (const part of text.split(mark, most + 1)) parts.push(part.trim());
		return parts.length > most ? undefined : parts;
	}
	const at = mark.charCodeAt(0);
	let start = 0;
	let isQuoted = false;
	for (let i = 0; i <= text.length; i++) {
		const code = i < text.length ? text.charCodeAt(i) : at;
		if (code === QUOTE) isQuoted = !isQuoted;
		if (code !== at || (isQuoted && i < text.length)) continue;
		if (isQuoted || parts.length >= most) return undefined;
		parts.push(text.slice(start, i).trim());
		start = i + 1;
	}
	return parts;
}

/** Removes the quotation marks around a value, if it has them. */
export function unquoted(text: string): string {
	return text.length >= 2 && text[0] === '"' && text.endsWith('"') ? text.slice(1, -1) : text;
}

/**
 * Parses a decimal number with an optional sign, up to 10 digits before the point and 9 behind it.
 * @returns `undefined` for anything else: exponents, `Infinity`, an empty text
 */
export function parseDecimal(text: string): number | undefined {
	const isSigned = text.charCodeAt(0) === MINUS || text.charCodeAt(0) === PLUS;
	const digits = isSigned ? text.slice(1) : text;
	if (digits.length > 20) return undefined;
	let point = digits.length;
	for (let i = 0; i < digits.length && point === digits.length; i++) if (digits.charCodeAt(i) === DOT) point = i;
	const whole = digits.slice(0, point);
	const part = digits.slice(point + 1);
	if (whole === "" && part === "") return undefined;
	const before = whole === "" ? 0 : parseDigits(whole, 10);
	const behind = part === "" ? 0 : parseDigits(part, 9);
	if (before === undefined || behind === undefined) return undefined;
	const value = before + behind / 10 ** part.length;
	return text.charCodeAt(0) === MINUS ? 0 - value : value;
}

/** Formats a number with at most three digits behind the point, and no exponent. */
export function formatDecimal(value: number): string {
	return `${Math.round(value * 1000) / 1000}`;
}

/** Formats a number with exactly three digits behind the point, as players expect in `npt`. */
export function formatThousandths(value: number): string {
	return (Math.round(value * 1000) / 1000).toFixed(3);
}
