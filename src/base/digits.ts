const ZERO = 48;

/**
 * Parses decimal digits, without a sign.
 * @param most how many digits there may be, up to 15
 * @param least how many there must be
 * @returns `undefined` for anything else
 */
export function parseDigits(text: string, most: number, least = 1): number | undefined {
	if (text.length < least || text.length > most) return undefined;
	let value = 0;
	for (let i = 0; i < text.length; i++) {
		const digit = text.charCodeAt(i) - ZERO;
		if (digit < 0 || digit > 9) return undefined;
		value = value * 10 + digit;
	}
	return value;
}
