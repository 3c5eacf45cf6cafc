/** Returns the octets that hexadecimal digits stand for; spaces and line ends are ignored. */
export function octetsOf(hex: string): Uint8Array {
	const digits = hex.replace(/\s+/g, "");
	const octets = new Uint8Array(digits.length / 2);
	for (let i = 0; i < octets.length; i++) octets[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
	return octets;
}

/** Returns the octets of text whose characters are below U+0100. */
export function latin1(text: string): Uint8Array {
	const octets = new Uint8Array(text.length);
	for (let i = 0; i < octets.length; i++) octets[i] = text.charCodeAt(i);
	return octets;
}
