import { latin1, utf8Decode, utf8Encode } from "../base/text";
import { skipSpace, tokenEnd } from "./http-syntax";

/** The content of an Authorization field: a scheme, and its parameters or its token. */
export interface HttpCredentials {
	/** In lower case: `digest`, `bearer`. */
	readonly scheme: string;
	/** Names in lower case. Empty if there is a token instead. */
	readonly parameters: ReadonlyMap<string, string>;
	readonly token: string;
}

/** Limits of a field. */
const FIELD_MAX = 2048;
const PARAMETERS_MAX = 16;
const NAME_MAX = 32;

const QUOTE = 34;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;

/**
 * Reads an Authorization field; `undefined` when it is ill-formed or a parameter comes twice. It reads octets, because
 * indexing a long text takes quadratic time on XS.
 * @see RFC 9110 §11.4, RFC 7616 §3.4
 */
export function parseCredentials(field: string): HttpCredentials | undefined {
	if (field.length > FIELD_MAX) return undefined;
	const bytes = utf8Encode(field);
	const end = bytes.length;
	const space = tokenEnd(bytes, 0, Math.min(end, NAME_MAX + 1));
	let at = skipSpace(bytes, space, end);
	if (space === 0 || at === space) return undefined;
	const scheme = latin1(bytes, 0, space).toLowerCase();
	const parameters = new Map<string, string>();
	if (!bytes.includes(COMMA) && !bytes.includes(QUOTE))
		return { scheme, parameters, token: utf8Decode(bytes, at).trim() };
	while (at < end) {
		const nameEnd = tokenEnd(bytes, at, Math.min(end, at + NAME_MAX));
		const name = latin1(bytes, at, nameEnd).toLowerCase();
		at = skipSpace(bytes, nameEnd, end);
		if (name === "" || bytes[at] !== EQUALS || parameters.has(name) || parameters.size >= PARAMETERS_MAX)
			return undefined;
		at = skipSpace(bytes, at + 1, end);
		if (bytes[at] === QUOTE) {
			const start = ++at;
			let length = 0;
			// Decoded in place.
			for (; bytes[at] !== QUOTE; at++) {
				if (bytes[at] === BACKSLASH) at++;
				if (at >= end) return undefined;
				bytes[start + length++] = bytes[at];
			}
			parameters.set(name, utf8Decode(bytes, start, start + length));
			at = skipSpace(bytes, at + 1, end);
			if (at < end && bytes[at] !== COMMA) return undefined;
		} else {
			const comma = bytes.indexOf(COMMA, at);
			const valueEnd = comma < 0 ? end : comma;
			parameters.set(name, utf8Decode(bytes, at, valueEnd).trim());
			at = valueEnd;
		}
		at = skipSpace(bytes, at + 1, end);
	}
	return { scheme, parameters, token: "" };
}

/** Writes text as a quoted-string; characters that it cannot contain become question marks. @see RFC 9110 §5.6.4 */
export function quoted(text: string): string {
	let safe = '"';
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === 34 || code === 92) safe += "\\";
		safe += code < 32 || code > 126 ? "?" : text[i];
	}
	return `${safe}"`;
}
