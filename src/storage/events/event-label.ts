/** The longest label of an event, in UTF-16 units. */
export const EVENT_LABEL_MAX = 64;

/** Makes a label of text that is not to be trusted: one line without control characters, of limited length. */
export function eventLabel(text: string): string {
	let label = "";
	for (const character of text.slice(0, EVENT_LABEL_MAX)) {
		const code = character.codePointAt(0) ?? 0;
		const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
		const isHalf = code >= 0xd800 && code < 0xe000;
		label += isControl ? " " : isHalf ? "\ufffd" : character;
	}
	return label.trim();
}
