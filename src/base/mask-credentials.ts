/** Messages are shorter; of a longer text the rest is left out. */
const TEXT_MAX = 4000;

/** Stands for what is hidden. */
const HIDDEN = "***";

/** What may be a URL: characters up to a space or a quotation mark. */
const WORD = /[^\s"'<>]+/g;
/** The scheme, the part up to the path, and the rest; a colon at the end belongs to the sentence around it. */
const URL_FORM = /^([a-z][a-z0-9+.-]*:\/+)([^/?#]*)(.*?)(:?)$/i;
/** The name of a field that holds a secret, and the longest that is looked at: `?pwd=x`, `/user=a_password=x_channel=1`. */
const SECRET_NAME = /^p$|pas|pw|psw|token|key|secret|auth|sig|cred|code|pin|sid|session/i;
const NAME_MAX = 64;
/** Where the value of a field ends. */
const VALUE_END = /[&#;]|_[a-z]+=/gi;
/** A part of a path that is `user:password`, follows the name of an account, or is so long and mixed that it is a token. */
const ACCOUNT = /^(admin|administrator|root|user|guest|operator|viewer|default)$/i;
const TOKEN = /^(?=.*\d)(?=.*[a-z])[a-z0-9_~-]{16,}$/i;

/**
 * Hides user names, passwords and tokens of URLs in a text that people or programs may read.
 *
 * Cameras take them in many forms, and people type them as they are, so it hides too much rather than too little: what is
 * before the last `@` (a password may have a slash or an `@` in it), fields with a name like a secret's, in the query or in
 * the path, and parts of a path that look like an account or a token. Takes the first 4,000 characters.
 */
export function maskCredentials(text: string): string {
	return text.slice(0, TEXT_MAX).replace(WORD, maskWord);
}

function maskWord(word: string): string {
	const url = URL_FORM.exec(word);
	if (url === null) {
		// Not a URL, perhaps because it was mistyped: `rtsp:admin:secret@camera/`.
		const at = word.lastIndexOf("@");
		const open = at > 0 && word.lastIndexOf(":", at) >= 0 ? HIDDEN + word.slice(at) : word;
		return open.includes("=") ? maskFields(open) : open;
	}
	let [, scheme, authority, rest, colon] = url;
	const at = rest.lastIndexOf("@");
	if (at >= 0 && (authority + rest.slice(0, at)).includes(":")) {
		rest = rest.slice(at + 1);
		const end = rest.search(/[/?#]/);
		authority = `${HIDDEN}@${end < 0 ? rest : rest.slice(0, end)}`;
		rest = end < 0 ? "" : rest.slice(end);
	} else if (authority.includes("@")) authority = HIDDEN + authority.slice(authority.lastIndexOf("@"));
	return scheme + authority + maskFields(maskPath(rest)) + colon;
}

function maskFields(text: string): string {
	let masked = "";
	let from = 0;
	for (let equals = text.indexOf("="); equals >= 0; equals = text.indexOf("=", equals + 1)) {
		if (equals < from) continue;
		const [name] = /[^=&?#;,/_]*$/.exec(text.slice(Math.max(from, equals - NAME_MAX), equals)) ?? [""];
		if (!SECRET_NAME.test(name)) continue;
		VALUE_END.lastIndex = equals + 1;
		const end = VALUE_END.exec(text)?.index ?? text.length;
		if (end === equals + 1) continue;
		masked += text.slice(from, equals + 1) + HIDDEN;
		from = end;
	}
	return maskEncoded(masked + text.slice(from));
}

/** Hides `user:password@` in the percent-encoded form, as in a URL within a URL. */
function maskEncoded(text: string): string {
	const lower = text.toLowerCase();
	const at = lower.lastIndexOf("%40");
	const colon = lower.indexOf("%3a");
	if (colon < 0 || at < colon) return text;
	return text.slice(0, text.lastIndexOf("=", colon) + 1) + HIDDEN + text.slice(at);
}

/** @param rest of a URL, from the path on */
function maskPath(rest: string): string {
	const end = rest.search(/[?#]/);
	const parts = (end < 0 ? rest : rest.slice(0, end)).split("/");
	const masked = parts.map((part, i) => {
		const secret = part.includes(":") || TOKEN.test(part) || (i > 0 && ACCOUNT.test(parts[i - 1]) && part !== "");
		return secret ? HIDDEN : part;
	});
	return masked.join("/") + (end < 0 ? "" : rest.slice(end));
}
