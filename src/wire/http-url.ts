import { parseDigits } from "../base/digits";
import { utf8Encode } from "../base/text";
import { isHostValue } from "./http-host";

/** The longest URL. */
const URL_MAX = 2048;

/** An absolute `http` or `https` URL, split. */
export interface HttpUrl {
	/** Whether it is `https`. */
	readonly secure: boolean;
	/** A name in lower case, or an address; IPv6 without brackets. */
	readonly host: string;
	readonly port: number;
	/** Path and query, for the request line. */
	readonly target: string;
}

/**
 * Parses an absolute URL; returns `undefined` if the scheme is neither `http` nor `https`, if it has a user, or if it is
 * malformed. The fragment is removed. White space and characters beyond ASCII must be encoded.
 * @see RFC 9110 §4.2
 */
export function parseUrl(text: string): HttpUrl | undefined {
	if (text.length > URL_MAX || !isPlain(text)) return undefined;
	const colon = text.indexOf("://");
	const scheme = text.slice(0, Math.max(0, colon)).toLowerCase();
	if (scheme !== "http" && scheme !== "https") return undefined;
	const secure = scheme === "https";
	const rest = withoutFragment(text.slice(colon + 3));
	const path = startOfPath(rest);
	const authority = rest.slice(0, path);
	if (authority === "" || !isHostValue(authority)) return undefined;
	const close = authority.lastIndexOf("]");
	const mark = authority.indexOf(":", Math.max(0, close));
	const host = (mark < 0 ? authority : authority.slice(0, mark)).toLowerCase();
	const digits = mark < 0 ? "" : authority.slice(mark + 1);
	const port = digits === "" ? (secure ? 443 : 80) : parseDigits(digits, 15);
	if (host === "" || port === undefined || port < 1 || port > 65535) return undefined;
	const target = rest.slice(path);
	return {
		secure,
		host: close < 0 ? host : host.slice(1, -1),
		port,
		target: target[0] === "/" ? target : `/${target}`,
	};
}

/**
 * Resolves a reference, absolute or relative, against the URL of the document that contains it.
 * @see RFC 3986 §5.2
 */
export function resolveUrl(base: HttpUrl, reference: string): HttpUrl | undefined {
	if (reference.length > URL_MAX || !isPlain(reference)) return undefined;
	if (schemeLength(reference) > 0) return parseUrl(reference);
	if (reference.startsWith("//")) return parseUrl(`${base.secure ? "https:" : "http:"}${reference}`);
	const relative = withoutFragment(reference);
	const question = base.target.indexOf("?");
	const basePath = question < 0 ? base.target : base.target.slice(0, question);
	if (relative === "") return { ...base };
	if (relative[0] === "?") return { ...base, target: basePath + relative };
	const whole = relative[0] === "/" ? relative : basePath.slice(0, basePath.lastIndexOf("/") + 1) + relative;
	const target = withoutDots(whole);
	return target.length > URL_MAX ? undefined : { ...base, target };
}

/** Formats host and port for the Host field; the default port of the scheme is left out. @see RFC 9110 §7.2 */
export function authorityFor({ secure, host, port }: HttpUrl): string {
	const name = host.includes(":") ? `[${host}]` : host;
	return port === (secure ? 443 : 80) ? name : `${name}:${port}`;
}

/** Whether two URLs have the same scheme, host and port. @see RFC 6454 §5 */
export function isSameOrigin(one: HttpUrl, other: HttpUrl): boolean {
	return one.secure === other.secure && one.host === other.host && one.port === other.port;
}

/** Whether a text is printable ASCII without spaces. */
function isPlain(text: string): boolean {
	const bytes = utf8Encode(text);
	for (let i = 0; i < bytes.length; i++) if (bytes[i] <= 32 || bytes[i] >= 127) return false;
	return true;
}

function withoutFragment(text: string): string {
	const mark = text.indexOf("#");
	return mark < 0 ? text : text.slice(0, mark);
}

function startOfPath(text: string): number {
	const slash = text.indexOf("/");
	const mark = text.indexOf("?");
	if (slash < 0 || mark < 0) return slash < 0 && mark < 0 ? text.length : Math.max(slash, mark);
	return Math.min(slash, mark);
}

/** Returns the length of the scheme; 0 if there is none. @see RFC 3986 §3.1 */
function schemeLength(text: string): number {
	const colon = text.indexOf(":");
	if (colon < 1) return 0;
	for (let i = 0; i < colon; i++) {
		const code = text.charCodeAt(i);
		const letter = (code | 32) >= 97 && (code | 32) <= 122;
		const other = (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46;
		if (!letter && (i === 0 || !other)) return 0;
	}
	return colon;
}

/** Removes `.` and `..` segments. @see RFC 3986 §5.2.4 */
function withoutDots(target: string): string {
	const question = target.indexOf("?");
	const path = question < 0 ? target : target.slice(0, question);
	const segments: string[] = [];
	const parts = path.split("/");
	for (let i = 1; i < parts.length; i++) {
		const last = i === parts.length - 1;
		const part = parts[i];
		if (part === "..") segments.pop();
		else if (part !== ".") segments.push(part);
		if (last && (part === ".." || part === ".")) segments.push("");
	}
	return `/${segments.join("/")}${question < 0 ? "" : target.slice(question)}`;
}
