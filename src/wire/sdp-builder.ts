import { toBase64 } from "../base/base64";
import { toHex } from "../base/hex";
import { utf8Encode } from "../base/text";

/** The one video of a session description. */
export interface SdpVideo {
	/** 26 for JPEG; a dynamic number (96 to 127) for others. */
	readonly payloadType: number;
	/** The name in `rtpmap`: `JPEG`, `H264`. */
	readonly encoding: string;
	/** Pictures per second; 0: left out. */
	readonly frameRate: number;
	/** In pixels; 0: left out. */
	readonly width: number;
	readonly height: number;
	/** Of H.264: NAL units without start codes; may be empty. */
	readonly parameterSets: readonly Uint8Array[];
	/** The control URL, or what is appended to the `Content-Base`: `track1`. */
	readonly control: string;
}

/** What a server describes. */
export interface SdpOffer {
	/** Decimal digits; identifies the session together with {@link address}. */
	readonly id: string;
	/** Grows when the description changes. */
	readonly version: number;
	/** The server's address as the client may know it: the advertised one, or an unspecified one (STR-19). */
	readonly address: string;
	readonly title: string;
	/** The aggregate control URL; `*` means the `Content-Base`. */
	readonly control: string;
	/** Values of `a=range`, such as `npt=0-12.5` and `clock=…`; empty: none. */
	readonly ranges: readonly string[];
	readonly video: SdpVideo;
}

/**
 * Builds the session description that DESCRIBE answers.
 *
 * The connection address is unspecified, as SETUP tells where packets come from.
 * @see RFC 8866, RFC 2326 §C.1, RFC 6184 §8.2.1
 */
export function buildSdp(offer: SdpOffer): Uint8Array {
	const { video } = offer;
	const isV6 = offer.address.includes(":");
	const lines = [
		"v=0",
		`o=- ${offer.id} ${offer.version} IN ${isV6 ? "IP6" : "IP4"} ${lineOf(offer.address)}`,
		`s=${lineOf(offer.title) || "-"}`,
		`c=IN ${isV6 ? "IP6 ::" : "IP4 0.0.0.0"}`,
		"t=0 0",
		`a=control:${lineOf(offer.control)}`,
	];
	for (const range of offer.ranges) lines.push(`a=range:${lineOf(range)}`);
	lines.push(`m=video 0 RTP/AVP ${video.payloadType}`, `a=rtpmap:${video.payloadType} ${video.encoding}/90000`);
	const parameters = parametersOf(video);
	if (parameters !== "") lines.push(`a=fmtp:${video.payloadType} ${parameters}`);
	if (video.frameRate > 0) lines.push(`a=framerate:${Math.round(video.frameRate * 1000) / 1000}`);
	if (video.width > 0 && video.height > 0) lines.push(`a=x-dimensions:${video.width},${video.height}`);
	lines.push(`a=control:${lineOf(video.control)}`, "");
	return utf8Encode(lines.join("\r\n"));
}

function parametersOf({ encoding, parameterSets }: SdpVideo): string {
	if (encoding !== "H264") return "";
	let level = "";
	const sets: string[] = [];
	for (const set of parameterSets) {
		if (level === "" && (set[0] & 31) === 7 && set.length >= 4)
			level = `; profile-level-id=${toHex(set.subarray(1, 4))}`;
		sets.push(toBase64(set));
	}
	return `packetization-mode=1${level}${sets.length > 0 ? `; sprop-parameter-sets=${sets.join(",")}` : ""}`;
}

/** Removes what would end the line. */
function lineOf(text: string): string {
	let line = "";
	for (let i = 0; i < text.length; i++) line += text.charCodeAt(i) < 32 ? " " : text[i];
	return line.trim();
}
