import { parseDigits, unquoted } from "./rtsp-syntax";

/** The longest RTP-Info field, and its streams. */
const FIELD_MAX = 4096;
const STREAMS_MAX = 16;

/** Where one stream begins after PLAY. @see RFC 2326 §12.33 */
export interface RtpInfo {
	/** The URL of the stream, absolute or relative. */
	readonly url: string;
	/** The sequence number of the first packet, 16 bits; `undefined`: not told. */
	readonly sequence: number | undefined;
	/** The RTP timestamp that corresponds to the beginning of the range, 32 bits; `undefined`: not told. */
	readonly timestamp: number | undefined;
}

/** Formats an RTP-Info field. */
export function formatRtpInfo(streams: readonly RtpInfo[]): string {
	let text = "";
	for (const { url, sequence, timestamp } of streams) {
		text += `${text === "" ? "" : ","}url=${url}`;
		if (sequence !== undefined) text += `;seq=${sequence & 0xffff}`;
		if (timestamp !== undefined) text += `;rtptime=${timestamp >>> 0}`;
	}
	return text;
}

/**
 * Parses an RTP-Info field. URLs may contain commas and semicolons, as cameras do not quote them: a stream begins at `url=`.
 * @returns `undefined` when it is malformed
 */
export function parseRtpInfo(value: string): readonly RtpInfo[] | undefined {
	if (value.length > FIELD_MAX) return undefined;
	const lower = value.toLowerCase();
	const streams: RtpInfo[] = [];
	let at = nextUrl(lower, 0);
	if (at < 0) return undefined;
	while (at >= 0) {
		const next = nextUrl(lower, at + 4);
		let part = value.slice(at + 4, next < 0 ? undefined : next).trim();
		if (part.endsWith(",")) part = part.slice(0, -1);
		const info = parseStream(part);
		if (info === undefined || streams.length >= STREAMS_MAX) return undefined;
		streams.push(info);
		at = next;
	}
	return streams;
}

/** Returns where the next `url=` begins that is not inside a word; -1: nowhere. */
function nextUrl(lower: string, from: number): number {
	for (let at = lower.indexOf("url=", from); at >= 0; at = lower.indexOf("url=", at + 1)) {
		const before = at === 0 ? "," : lower[at - 1];
		if (before === "," || before === " ") return at;
	}
	return -1;
}

function parseStream(text: string): RtpInfo | undefined {
	let rest = text;
	let sequence: number | undefined;
	let timestamp: number | undefined;
	for (let i = 0; i < 4; i++) {
		const semicolon = rest.lastIndexOf(";");
		const equals = rest.indexOf("=", semicolon + 1);
		const name =
			semicolon < 0 || equals < 0
				? ""
				: rest
						.slice(semicolon + 1, equals)
						.trim()
						.toLowerCase();
		const value = rest.slice(equals + 1).trim();
		if (name === "seq") sequence = parseDigits(value, 5);
		else if (name === "rtptime") timestamp = parseDigits(value, 10);
		else break;
		if (name === "seq" ? !(sequence !== undefined && sequence <= 65535) : timestamp === undefined) return undefined;
		rest = rest.slice(0, semicolon);
	}
	if (timestamp !== undefined && timestamp > 0xffffffff) return undefined;
	const url = unquoted(rest.trim());
	return url === "" ? undefined : { url, sequence, timestamp };
}
