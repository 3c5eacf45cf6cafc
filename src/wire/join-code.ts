/** Characters of a join code: 80 bits, so that it cannot be guessed, even offline from a recording. */
const CODE_LENGTH = 16;
/** Letters and digits that are not mistaken for each other. @see RFC 4648 §6 */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Generates a code that a person can type: `ABCD-EFGH-IJKL-MNOP`.
 * @param random unpredictable octets
 * @param length characters, of five bits each @default 16
 */
export function drawCode(random: { fill(bytes: Uint8Array): void }, length = CODE_LENGTH): string {
	const octets = new Uint8Array(length);
	random.fill(octets);
	let code = "";
	for (let i = 0; i < length; i++) code += (i > 0 && i % 4 === 0 ? "-" : "") + ALPHABET[octets[i] & 31];
	return code;
}

/** Reads a join code as a person types it, in any case, with or without hyphens and spaces; `undefined` when it is not one. */
export function readJoinCode(text: string): string | undefined {
	return readCode(text, CODE_LENGTH);
}

/** Reads a code of a certain length as a person types it. @returns its characters in upper case; `undefined` when it is not one */
export function readCode(text: string, length: number): string | undefined {
	let code = "";
	for (const letter of text.slice(0, 64).toUpperCase()) {
		if (letter === "-" || letter === " ") continue;
		if (!ALPHABET.includes(letter)) return undefined;
		code += letter;
	}
	return code.length === length ? code : undefined;
}
