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

/**
 * Reads an Authorization field; `undefined` when it is ill-formed or a parameter comes twice.
 * @see RFC 9110 §11.4, RFC 7616 §3.4
 */
export function parseCredentials(field: string): HttpCredentials | undefined {
	if (field.length > FIELD_MAX) return undefined;
	const space = field.indexOf(" ");
	if (space < 1) return undefined;
	const scheme = field.slice(0, space).toLowerCase();
	const rest = field.slice(space + 1).trim();
	const parameters = new Map<string, string>();
	if (!rest.includes(",") && !rest.includes('"')) return { scheme, parameters, token: rest };
	let at = 0;
	while (at < rest.length) {
		const equals = rest.indexOf("=", at);
		if (equals < 0 || parameters.size >= PARAMETERS_MAX) return undefined;
		const name = rest.slice(at, equals).trim().toLowerCase();
		let value = "";
		at = equals + 1;
		while (rest[at] === " ") at++;
		if (rest[at] === '"') {
			for (at++; ; ) {
				const quote = rest.indexOf('"', at);
				const slash = rest.indexOf("\\", at);
				if (quote < 0) return undefined;
				if (slash < 0 || slash > quote) {
					value += rest.slice(at, quote);
					at = quote + 1;
					break;
				}
				value += rest.slice(at, slash) + rest.slice(slash + 1, slash + 2);
				at = slash + 2;
			}
			while (rest[at] === " ") at++;
			if (at < rest.length && rest[at] !== ",") return undefined;
			at++;
		} else {
			const comma = rest.indexOf(",", at);
			const end = comma < 0 ? rest.length : comma;
			value = rest.slice(at, end).trim();
			at = end + 1;
		}
		if (name === "" || parameters.has(name)) return undefined;
		parameters.set(name, value);
		while (rest[at] === " ") at++;
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
