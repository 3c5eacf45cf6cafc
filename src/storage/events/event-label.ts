/** The longest label of an event, in UTF-16 units. */
export const EVENT_LABEL_MAX = 64;

/** Makes a label of text that is not to be trusted: one line without control characters, of limited length. */
export function eventLabel(text: string): string {
	let label = "";
	let units = 0;
	for (const character of text) {
		const code = character.codePointAt(0) ?? 0;
		// In XS a character outside of the basic plane is one unit.
		units += code > 0xffff ? 2 : 1;
		if (units > EVENT_LABEL_MAX) break;
		const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
		const isHalf = code >= 0xd800 && code < 0xe000;
		label += isControl ? " " : isHalf ? "\ufffd" : character;
	}
	return label.trim();
}
