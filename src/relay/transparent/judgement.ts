import { parseTarget } from "../../wire/http-target";
import { parseRtspUrl } from "../../wire/rtsp-url";
import { parseSdp, type SdpFormat, type SdpMedia } from "../../wire/sdp";
import { fieldOf, type TextMessage } from "../../wire/text-message";
import { HOPS_FIELD } from "../hops";
import type { RelayProtocol } from "../relayed-content";

const HOPS = HOPS_FIELD.toLowerCase();
/** Longer targets are not judged. */
const TARGET_MAX = 1024;

/** Fields of a request that say who asks, or that its answer is for this client alone. */
const PERSONAL: ReadonlySet<string> = new Set([
	"authorization",
	"proxy-authorization",
	"cookie",
	"upgrade",
	"transfer-encoding",
	"require",
	"proxy-require",
	"session",
	"x-sessioncookie",
]);

/**
 * What a request to an origin comes to in transparent mode. `candidate`: its answer may be a live stream, and would be the same for
 * everybody. `pass`: it passes, and the next request on the connection is judged. `opaque`: all that follows on the connection
 * passes untouched.
 */
export type RequestVerdict = "candidate" | "pass" | "opaque";

/** A request as it was judged. */
export interface JudgedRequest {
	readonly verdict: RequestVerdict;
	readonly protocol: RelayProtocol;
	/** Path and query at the origin, as the viewer wrote them, with the slash at the beginning. */
	readonly target: string;
	/** The host that the viewer named, in lower case: over HTTP a server's answer may depend on it. */
	readonly host: string;
	/** The token of a link in the query; empty: none. */
	readonly link: string;
	/** The relays that it has passed, as the field has them; `undefined`: without the field. @see HOPS_FIELD */
	readonly hops: string | undefined;
	/** True: the answer tells whether it is a live stream. False: it is about the server alone (OPTIONS). */
	readonly tells: boolean;
}

/** Judges a request by its head (REP-1). */
export function judgeRequest(message: TextMessage, protocol: RelayProtocol): JudgedRequest {
	return protocol === "http" ? judgeHttp(message) : judgeRtsp(message);
}

/**
 * Judges by its answer whether a candidate is a live stream that a relay can copy: a multipart body of pictures, or one video by
 * JPEG or H.264 without an end.
 * @param answer for RTSP with its body
 */
export function isLiveAnswer(answer: TextMessage, protocol: RelayProtocol): boolean {
	if (answer.status !== 200) return false;
	const type = (fieldOf(answer, "content-type") ?? "").toLowerCase();
	if (protocol === "http") {
		// A cookie would be one viewer's.
		const isPlain = fieldOf(answer, "content-encoding") === undefined && fieldOf(answer, "set-cookie") === undefined;
		return isPlain && type.startsWith("multipart/x-mixed-replace");
	}
	// Some cameras do not say what it is.
	const session = type === "" || type.startsWith("application/sdp") ? parseSdp(answer.body) : undefined;
	return session !== undefined && session.media.length === 1 && isVideo(session.media[0]) && isEndless(session.range);
}

function judgeHttp(message: TextMessage): JudgedRequest {
	const { method, target, fields } = message;
	const hops = fieldOf(message, HOPS);
	const judged = (verdict: RequestVerdict): JudgedRequest => ({
		verdict,
		protocol: "http",
		target,
		host: hostIn(fieldOf(message, "host") ?? ""),
		link: "",
		hops,
		tells: true,
	});
	if (method === "CONNECT" || target[0] !== "/" || fields.some(([name]) => name === "upgrade")) return judged("opaque");
	if (method !== "GET" || target.length > TARGET_MAX) return judged("pass");
	for (const [name, value] of fields) {
		if (PERSONAL.has(name) || (name === "content-length" && value !== "0")) return judged("pass");
		// FFmpeg asks for all of it so.
		if (name === "range" && value !== "bytes=0-") return judged("pass");
	}
	const parsed = parseTarget(target);
	// A pass is good for one camera and one viewer.
	if (parsed === undefined || parsed.query.has("pass")) return judged("pass");
	return { ...judged("candidate"), link: parsed.query.get("link") ?? "" };
}

function judgeRtsp(message: TextMessage): JudgedRequest {
	const { method, target, fields } = message;
	const hops = fieldOf(message, HOPS);
	const tells = method === "DESCRIBE";
	const judged = (verdict: RequestVerdict, path = ""): JudgedRequest => {
		return { verdict, protocol: "rtsp", target: path, host: "", link: "", hops, tells };
	};
	if (method === "OPTIONS" && target === "*") return judged("pass");
	if (!tells && method !== "OPTIONS") return judged("opaque");
	const url = parseRtspUrl(target);
	if (url === undefined || url.secure || url.user !== "" || url.target.length > TARGET_MAX) return judged("opaque");
	for (const [name] of fields) if (PERSONAL.has(name)) return judged("opaque");
	const path = url.target[0] === "/" ? url.target : `/${url.target}`;
	const parsed = parseTarget(path);
	if (parsed === undefined) return judged("opaque");
	return { ...judged("candidate", path), link: parsed.query.get("link") ?? "" };
}

/** The host in a Host field, which the reader has checked: without the port. */
function hostIn(value: string): string {
	const close = value.lastIndexOf("]");
	const colon = value.indexOf(":", Math.max(0, close));
	const host = colon < 0 ? value : value.slice(0, colon);
	return (close < 0 ? host : host.slice(1, -1)).toLowerCase();
}

/** One of the two kinds of video that a relay copies. */
function isVideo({ kind, profile, formats }: SdpMedia): boolean {
	return kind === "video" && profile.toUpperCase() === "RTP/AVP" && formats.length === 1 && isCopied(formats[0]);
}

function isCopied({ payloadType, encoding }: SdpFormat): boolean {
	return payloadType === 26 || encoding === "JPEG" || encoding === "H264";
}

/** Whether a range has no end: recordings have one. @see RFC 2326 §3.6 */
function isEndless(range: string): boolean {
	if (range === "") return true;
	const value = range.toLowerCase().replace(/\s/g, "");
	return value.startsWith("npt=") && value.endsWith("-");
}
