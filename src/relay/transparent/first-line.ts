import { latin1 } from "../../base/text";

/** A first line that has no end by then is of neither protocol. */
const LINE_MAX = 4096;
/** The first octet of TLS: a record of the handshake. @see RFC 8446 §5.1 */
const HANDSHAKE = 22;
const LF = 10;

/** What a client speaks, by the first octets that it sends. `unknown`: more are needed. */
export type FirstLine = "http" | "rtsp" | "encrypted" | "other" | "unknown";

/** Tells what a client speaks by what it has sent so far (REP-1). */
export function firstLineOf(bytes: Uint8Array): FirstLine {
	if (bytes.length === 0) return "unknown";
	if (bytes[0] === HANDSHAKE) return "encrypted";
	// Methods are of capitals, in both protocols.
	if (bytes[0] < 0x41 || bytes[0] > 0x5a) return "other";
	const end = bytes.indexOf(LF);
	if (end < 0) return bytes.length < LINE_MAX ? "unknown" : "other";
	const version = latin1(bytes, Math.max(0, end - 10), end).trimEnd();
	if (version.endsWith(" HTTP/1.1") || version.endsWith(" HTTP/1.0")) return "http";
	return version.endsWith(" RTSP/1.0") ? "rtsp" : "other";
}
