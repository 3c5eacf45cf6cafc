import { utf8Encode } from "../base/text";
import { isToken } from "./http-syntax";
import type { TextMessage } from "./text-message";

/** The longest list, and its entries. */
const FIELD_MAX = 2048;
const ENTRIES_MAX = 32;

/**
 * Returns the entries of a field that is a list of tokens, of all fields with the name: the methods of `Public` and `Allow`,
 * the option tags of `Require`, `Proxy-Require` and `Unsupported`.
 * @param name in lower case
 * @returns empty without the field; `undefined` when it is malformed or has more than 32 entries
 * @see RFC 2326 §12.4, §12.28, §12.32
 */
export function listOf(message: TextMessage, name: string): readonly string[] | undefined {
	const entries: string[] = [];
	for (const [field, value] of message.fields) {
		if (field !== name) continue;
		if (value.length > FIELD_MAX) return undefined;
		for (const part of value.split(",")) {
			const entry = part.trim();
			if (entry === "") continue;
			const bytes = utf8Encode(entry);
			if (entries.length >= ENTRIES_MAX || !isToken(bytes, 0, bytes.length)) return undefined;
			entries.push(entry);
		}
	}
	return entries;
}
