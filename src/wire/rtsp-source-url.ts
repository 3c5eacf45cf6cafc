import { toHex } from "../base/hex";
import { utf8Decode, utf8Encode } from "../base/text";
import { hexDigit } from "./http-syntax";
import { parseRtspUrl, RTSP_PORT, RTSPS_PORT, type RtspUrl } from "./rtsp-url";

/** The longest URL. */
const URL_MAX = 2048;

/**
 * Parses the URL of a camera as people type it; returns `undefined` if it is malformed or the scheme is neither `rtsp` nor `rtsps`.
 *
 * The last `@` before the path ends the password, and a percent sign that encodes nothing stands for itself. What a request line
 * can't contain becomes percent-encoded, and a fragment is removed.
 */
export function parseSourceUrl(text: string): RtspUrl | undefined {
	const start = schemeEnd(text);
	if (start < 0 || text.length > URL_MAX) return undefined;
	const rest = text.slice(start);
	const path = pathStart(rest);
	// Not in the authority, as a password may have one.
	const mark = rest.indexOf("#", path);
	const target = encodeTarget(mark < 0 ? rest.slice(path) : rest.slice(path, mark));
	const at = rest.lastIndexOf("@", path - 1);
	const login = at < 0 || path === 0 ? "" : rest.slice(0, at);
	const url = parseRtspUrl(text.slice(0, start) + rest.slice(at + 1, path) + target);
	if (url === undefined) return undefined;
	const split = login.indexOf(":");
	const user = decodePercent(split < 0 ? login : login.slice(0, split));
	return { ...url, user, password: split < 0 ? "" : decodePercent(login.slice(split + 1)) };
}

/** Formats a URL without user and password, for request lines and for people; the default port is left out. */
export function formatRtspUrl({ secure, host, port, target }: RtspUrl): string {
	const name = host.includes(":") ? `[${host}]` : host;
	const end = port === (secure ? RTSPS_PORT : RTSP_PORT) ? "" : `:${port}`;
	return `${secure ? "rtsps" : "rtsp"}://${name}${end}${target}`;
}

/** Whether two URLs have the same scheme, host and port. */
export function isSameServer(one: RtspUrl, other: RtspUrl): boolean {
	return one.secure === other.secure && one.host === other.host && one.port === other.port;
}

/**
 * Returns the URL that control URLs are relative to, which is also that of the whole presentation.
 *
 * Of the session's `a=control`, Content-Base and Content-Location the first that can be used wins, then the request's own. Host
 * and port stay those of the connection, as cameras behind a router name their private address.
 * @param request the URL of DESCRIBE
 * @param candidates in that order; those that are empty or malformed count for nothing
 * @see RFC 2326 §C.1.1
 */
export function baseUrlOf(request: RtspUrl, candidates: readonly string[]): RtspUrl {
	for (const candidate of candidates) {
		if (candidate === "" || candidate === "*") continue;
		if (candidate.length > URL_MAX) continue;
		const target = candidate[0] === "/" ? encodeTarget(candidate) : parseSourceUrl(candidate)?.target;
		if (target !== undefined) return sibling(request, target);
	}
	return request;
}

/**
 * Resolves the control URL of a medium.
 *
 * As players do, and unlike RFC 3986, a relative one is appended to the whole base with its query, after a slash:
 * `…/cam?channel=1` and `trackID=0` give `…/cam?channel=1/trackID=0`.
 * @param control as written in the description; empty or `*`: the base itself
 * @returns `undefined` when the URL is malformed or too long
 */
export function resolveControl(base: RtspUrl, control: string): RtspUrl | undefined {
	if (control === "" || control === "*") return base;
	if (schemeEnd(control) >= 0) {
		const url = parseSourceUrl(control);
		return url === undefined ? undefined : sibling(base, url.target);
	}
	const { target } = base;
	const joint = target.endsWith("/") || control[0] === "/" || control[0] === "?" ? "" : "/";
	const whole = encodeTarget(
		target.endsWith("/") && control[0] === "/" ? target + control.slice(1) : target + joint + control,
	);
	return whole.length > URL_MAX ? undefined : sibling(base, whole);
}

/** Returns a URL on the same server. */
function sibling(url: RtspUrl, target: string): RtspUrl {
	return { ...url, target };
}

/** Returns where the authority starts; -1 if the scheme is another. */
function schemeEnd(text: string): number {
	const scheme = text.slice(0, 8).toLowerCase();
	return scheme.startsWith("rtsp://") ? 7 : scheme === "rtsps://" ? 8 : -1;
}

/** Returns where path or query of a URL without its scheme starts; its length if there is neither. */
export function pathStart(rest: string): number {
	const slash = rest.indexOf("/");
	const mark = rest.indexOf("?");
	if (slash < 0 || mark < 0) return slash < 0 && mark < 0 ? rest.length : Math.max(slash, mark);
	return Math.min(slash, mark);
}

/** Encodes what a request line can't contain: spaces, control characters and characters beyond ASCII. */
export function encodeTarget(target: string): string {
	let encoded = "";
	const bytes = utf8Encode(target);
	for (let i = 0; i < bytes.length; i++) {
		const code = bytes[i];
		encoded += code > 32 && code < 127 ? String.fromCharCode(code) : `%${toHex(bytes, i, i + 1).toUpperCase()}`;
	}
	return encoded;
}

/** Decodes percent-encoded text; a percent sign that encodes nothing stands for itself. */
export function decodePercent(text: string): string {
	if (!text.includes("%")) return text;
	const bytes = utf8Encode(text);
	let length = 0;
	for (let at = 0; at < bytes.length; at++) {
		const high = bytes[at] === 37 && at + 2 < bytes.length ? hexDigit(bytes[at + 1]) : -1;
		const low = high < 0 ? -1 : hexDigit(bytes[at + 2]);
		bytes[length++] = low < 0 ? bytes[at] : high * 16 + low;
		if (low >= 0) at += 2;
	}
	return utf8Decode(bytes, 0, length);
}
