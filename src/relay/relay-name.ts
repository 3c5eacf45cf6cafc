/** The longest name of a relay. */
const RELAY_NAME_MAX = 32;

/** Tells whether text can be a relay's name: at most 32 characters out of `A-Z a-z 0-9 . _ -`. Names differ by case. */
export function isRelayName(text: string): boolean {
	if (text.length === 0 || text.length > RELAY_NAME_MAX) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		const lower = code | 32;
		const isLetter = code >= 65 && lower >= 97 && lower <= 122;
		const isDigit = code >= 48 && code <= 57;
		if (!isLetter && !isDigit && code !== 45 && code !== 46 && code !== 95) return false;
	}
	return true;
}
