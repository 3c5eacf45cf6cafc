import { latin1 } from "../base/text";
import type { Octets } from "../core/time";

/** The methods that only RTSP has; a client may begin with any of them. @see RFC 2326 §10 */
const RTSP_METHODS: readonly string[] = Object.freeze([
	"DESCRIBE",
	"SETUP",
	"PLAY",
	"PAUSE",
	"TEARDOWN",
	"ANNOUNCE",
	"RECORD",
	"REDIRECT",
	"GET_PARAMETER",
	"SET_PARAMETER",
]);
/** How RTSP begins with the method that HTTP has too; schemes may be in capitals. */
const RTSP_OPTIONS: readonly string[] = Object.freeze(["options rtsp:", "options rtsps:", "options * rtsp/"]);

/** So many octets always tell the protocol. */
export const FIRST_OCTETS: Octets = 15;

/**
 * Tells by the first octets of a connection whether its client speaks RTSP; everything else counts as HTTP (ONE-3).
 * @returns `undefined`: more octets are needed, {@link FIRST_OCTETS} at most
 */
export function isRtspStart(bytes: Uint8Array): boolean | undefined {
	const start = latin1(bytes, 0, Math.min(bytes.length, FIRST_OCTETS));
	const space = start.indexOf(" ");
	if (space >= 0 && RTSP_METHODS.includes(start.slice(0, space))) return true;
	const small = start.toLowerCase();
	if (RTSP_OPTIONS.some((options) => small.startsWith(options))) return true;
	const mayBe = RTSP_OPTIONS.some((options) => options.startsWith(small));
	return mayBe || (space < 0 && RTSP_METHODS.some((method) => method.startsWith(start))) ? undefined : false;
}
