/** The longest host name, with a port. @see RFC 1035 §2.3.4 */
const HOST_MAX = 261;

/**
 * Whether a text is a valid value of a Host field: a name or an address, with or without a port, or empty. Names are
 * checked more strictly than in a URI, so that no other software can take one for a different host.
 * @see RFC 9110 §7.2
 */
export function isHostValue(text: string): boolean {
	if (text.length > HOST_MAX) return false;
	const bracket = text[0] === "[";
	const close = bracket ? text.indexOf("]") : -1;
	if (bracket && close < 0) return false;
	const colon = text.indexOf(":", close + 1);
	const end = colon < 0 ? text.length : colon;
	if (bracket ? end !== close + 1 : colon === 0) return false;
	for (let i = colon < 0 ? end : end + 1; i < text.length; i++) if (!isDigit(text.charCodeAt(i))) return false;
	if (colon >= 0 && text.length - colon > 6) return false;
	const start = bracket ? 1 : 0;
	const nameEnd = bracket ? close : end;
	for (let i = start; i < nameEnd; i++) {
		const code = text.charCodeAt(i);
		const letter = (code | 32) >= 97 && (code | 32) <= 122;
		if (!letter && !isDigit(code) && !(bracket ? ":." : "-._~").includes(text[i])) return false;
	}
	return true;
}

/**
 * Returns the authority of a target in absolute-form, in lower case, with the user if it has one; `undefined` for any
 * other target.
 * @see RFC 9112 §3.2.2
 */
export function authorityOf(target: string): string | undefined {
	const start = authorityStart(target);
	return start < 0 ? undefined : target.slice(start, authorityEnd(target, start)).toLowerCase();
}

/** Returns path and query of a target in absolute-form; any other target unchanged. @see RFC 9112 §3.2.1 */
export function originFormOf(target: string): string {
	const start = authorityStart(target);
	if (start < 0) return target;
	const rest = target.slice(authorityEnd(target, start));
	return rest[0] === "/" ? rest : `/${rest}`;
}

function authorityStart(target: string): number {
	if (target[0] === "/") return -1;
	const scheme = target.slice(0, 8).toLowerCase();
	return scheme.startsWith("http://") ? 7 : scheme === "https://" ? 8 : -1;
}

function authorityEnd(target: string, start: number): number {
	const slash = target.indexOf("/", start);
	const mark = target.indexOf("?", start);
	if (slash < 0 || mark < 0) return slash < 0 && mark < 0 ? target.length : Math.max(slash, mark);
	return Math.min(slash, mark);
}

function isDigit(code: number): boolean {
	return code >= 48 && code <= 57;
}
