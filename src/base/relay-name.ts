/** The longest name of a relay. */
const RELAY_NAME_MAX = 32;

/** Tells whether text can be a relay's name: at most 32 characters out of `A-Z a-z 0-9 . _ -`. Names differ by case. */
export function isRelayName(text: string): boolean {
	if (text.length === 0 || text.length > RELAY_NAME_MAX) return false;
	for (let i = 0; i < text.length; i++) if (!isNameCharacter(text.charCodeAt(i))) return false;
	return true;
}

/** Tells whether a character can stand in the names of relays and viewers: `A-Z a-z 0-9 . _ -`. @param code its code */
export function isNameCharacter(code: number): boolean {
	const lower = code | 32;
	const isLetter = code >= 65 && lower >= 97 && lower <= 122;
	const isDigit = code >= 48 && code <= 57;
	return isLetter || isDigit || code === 45 || code === 46 || code === 95;
}
