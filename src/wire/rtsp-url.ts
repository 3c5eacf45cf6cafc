import { parseDigits } from "../base/digits";
import { utf8Encode } from "../base/text";
import { isHostValue } from "./http-host";
import { percentDecode } from "./http-target";

/** The longest URL. */
const URL_MAX = 2048;
/** The port of RTSP. @see RFC 2326 §3.2 */
export const RTSP_PORT = 554;
/** The port of RTSP over TLS. */
export const RTSPS_PORT = 322;

/** An absolute `rtsp` or `rtsps` URL, split. */
export interface RtspUrl {
	readonly secure: boolean;
	/** User and password, decoded; empty: none. */
	readonly user: string;
	readonly password: string;
	/** Host and port as they stand in the URL, without the user; IPv6 in brackets. */
	readonly authority: string;
	/** A name in lower case, or an address; IPv6 without brackets. */
	readonly host: string;
	readonly port: number;
	/** Path and query as they stand in the URL; may be empty. */
	readonly target: string;
}

/**
 * Parses an absolute `rtsp://` or `rtsps://` URL; `undefined` when it is malformed. `rtspu` (control by UDP) is not supported.
 * The password may contain an `@`, as people type it; a slash must be encoded.
 * @see RFC 2326 §3.2
 */
export function parseRtspUrl(text: string): RtspUrl | undefined {
	if (text.length > URL_MAX || !isVisible(text)) return undefined;
	const colon = text.indexOf("://");
	const scheme = text.slice(0, Math.max(0, colon)).toLowerCase();
	if (scheme !== "rtsp" && scheme !== "rtsps") return undefined;
	const secure = scheme === "rtsps";
	const rest = text.slice(colon + 3);
	const slash = rest.indexOf("/");
	const mark = rest.indexOf("?");
	const end = slash < 0 ? (mark < 0 ? rest.length : mark) : mark < 0 ? slash : Math.min(slash, mark);
	const at = rest.lastIndexOf("@", end - 1);
	const authority = rest.slice(at + 1, end);
	const userInfo = at < 0 ? "" : rest.slice(0, at);
	const between = userInfo.indexOf(":");
	const user = percentDecode(between < 0 ? userInfo : userInfo.slice(0, between), false);
	const password = between < 0 ? "" : percentDecode(userInfo.slice(between + 1), false);
	if (user === undefined || password === undefined || authority === "" || !isHostValue(authority)) return undefined;
	const close = authority.lastIndexOf("]");
	const before = authority.indexOf(":", Math.max(0, close));
	const host = (before < 0 ? authority : authority.slice(0, before)).toLowerCase();
	const digits = before < 0 ? "" : authority.slice(before + 1);
	const port = digits === "" ? (secure ? RTSPS_PORT : RTSP_PORT) : parseDigits(digits, 15);
	if (host === "" || port === undefined || port < 1 || port > 65535) return undefined;
	return {
		secure,
		user,
		password,
		authority,
		host: close < 0 ? host : host.slice(1, -1),
		port,
		target: rest.slice(end),
	};
}

/** Printable ASCII without spaces and fragments. */
function isVisible(text: string): boolean {
	// As octets, because indexing a long string takes quadratic time on XS.
	const bytes = utf8Encode(text);
	for (let i = 0; i < bytes.length; i++) if (bytes[i] <= 32 || bytes[i] >= 127 || bytes[i] === 35) return false;
	return true;
}
