import { parseDigits } from "../base/digits";
import { isHex } from "../base/hex";
import { splitQuoted, unquoted } from "./rtsp-syntax";

/** The longest Transport field, its alternatives, and the parameters of one. */
const FIELD_MAX = 2048;
const ALTERNATIVES_MAX = 16;
const PARAMETERS_MAX = 24;

/** Two ports, for RTP and RTCP; or two channels. Equal where a client multiplexes both. */
export interface RtspPair {
	readonly rtp: number;
	readonly rtcp: number;
}

/**
 * One alternative of a Transport field, of a request or a response.
 * @see RFC 2326 §12.39
 */
export interface RtspTransport {
	/** How RTP travels; `undefined`: another profile or lower transport, which {@link specifier} names. */
	readonly framing: "udp" | "tcp" | undefined;
	/** As it was sent: `RTP/AVP`, `RTP/AVP/TCP`, `RTP/SAVP`. */
	readonly specifier: string;
	readonly multicast: boolean;
	/** Ports of the client for unicast. */
	readonly clientPort?: RtspPair | undefined;
	/** Ports of the server for unicast. */
	readonly serverPort?: RtspPair | undefined;
	/** Ports of a multicast group. */
	readonly port?: RtspPair | undefined;
	/** Channels between the messages; absent: the server chooses. */
	readonly interleaved?: RtspPair | undefined;
	/** Where packets are sent to; absent: to the other end of the connection. May be a name. */
	readonly destination?: string | undefined;
	/** Where packets come from; absent: the other end of the connection. May be a name. */
	readonly source?: string | undefined;
	/** In upper case: `PLAY`, `RECORD`, `PLAY,RECORD`. @default "PLAY" */
	readonly mode?: string | undefined;
	readonly ssrc?: number | undefined;
	readonly ttl?: number | undefined;
}

/**
 * Parses a Transport field, the alternatives in the order of preference. Unknown parameters are ignored.
 * @returns `undefined` when it is malformed, or has more than 16 alternatives
 */
export function parseTransports(value: string): readonly RtspTransport[] | undefined {
	if (value.length > FIELD_MAX) return undefined;
	const parts = splitQuoted(value, ",", ALTERNATIVES_MAX);
	if (parts === undefined) return undefined;
	const list: RtspTransport[] = [];
	for (const part of parts) {
		const one = parseTransport(part);
		if (one === undefined) return undefined;
		list.push(one);
	}
	return list;
}

/** Parses one alternative, as a response has it. @returns `undefined` when it is malformed */
export function parseTransport(text: string): RtspTransport | undefined {
	if (text.length > FIELD_MAX) return undefined;
	const parts = splitQuoted(text, ";", PARAMETERS_MAX);
	if (parts === undefined || parts[0] === "") return undefined;
	const transport: Mutable<RtspTransport> = {
		framing: framingOf(parts[0].toUpperCase()),
		specifier: parts[0],
		multicast: false,
	};
	for (let i = 1; i < parts.length; i++) if (!takeParameter(transport, parts[i])) return undefined;
	return transport;
}

/** Formats a transport for a request or a response. */
export function formatTransport(transport: RtspTransport): string {
	let text = `${transport.specifier};${transport.multicast ? "multicast" : "unicast"}`;
	const { destination, source, clientPort, serverPort, port, interleaved, ssrc, ttl, mode } = transport;
	if (destination !== undefined) text += `;destination=${destination}`;
	if (source !== undefined) text += `;source=${source}`;
	if (clientPort !== undefined) text += `;client_port=${formatPair(clientPort)}`;
	if (serverPort !== undefined) text += `;server_port=${formatPair(serverPort)}`;
	if (port !== undefined) text += `;port=${formatPair(port)}`;
	if (interleaved !== undefined) text += `;interleaved=${formatPair(interleaved)}`;
	if (ttl !== undefined) text += `;ttl=${ttl}`;
	if (ssrc !== undefined) text += `;ssrc=${formatSsrc(ssrc)}`;
	if (mode !== undefined) text += `;mode="${mode}"`;
	return text;
}

/** The specifier of a framing: `RTP/AVP` or `RTP/AVP/TCP`. */
export function specifierOf(framing: "udp" | "tcp"): string {
	return framing === "udp" ? "RTP/AVP" : "RTP/AVP/TCP";
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

function framingOf(specifier: string): "udp" | "tcp" | undefined {
	if (specifier === "RTP/AVP" || specifier === "RTP/AVP/UDP") return "udp";
	return specifier === "RTP/AVP/TCP" ? "tcp" : undefined;
}

/** @returns false when a known parameter has a value that it can't have */
function takeParameter(transport: Mutable<RtspTransport>, part: string): boolean {
	const equals = part.indexOf("=");
	const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
	const value = equals < 0 ? "" : unquoted(part.slice(equals + 1).trim());
	switch (name) {
		case "multicast":
			transport.multicast = true;
			return true;
		case "client_port":
			transport.clientPort = parsePair(value, 65535);
			return transport.clientPort !== undefined;
		case "server_port":
			transport.serverPort = parsePair(value, 65535);
			return transport.serverPort !== undefined;
		case "port":
			transport.port = parsePair(value, 65535);
			return transport.port !== undefined;
		case "interleaved":
			transport.interleaved = parsePair(value, 255);
			return transport.interleaved !== undefined;
		case "destination":
			// Without a value the client leaves the choice to the server.
			if (value !== "") transport.destination = value;
			return isHost(value);
		case "source":
			if (value !== "") transport.source = value;
			return isHost(value);
		case "mode":
			transport.mode = value.toUpperCase();
			return value.length <= 32;
		case "ssrc":
			transport.ssrc = parseSsrc(value);
			return transport.ssrc !== undefined;
		case "ttl":
			transport.ttl = parseDigits(value, 3);
			return transport.ttl !== undefined && transport.ttl <= 255;
		default:
			return true;
	}
}

/** Parses `a-b`, or `a`, whose second is one more. Ports and channels of 0 are allowed; what to do with them is up to the caller. */
function parsePair(text: string, most: number): RtspPair | undefined {
	const hyphen = text.indexOf("-");
	const rtp = parseDigits(hyphen < 0 ? text : text.slice(0, hyphen), 5);
	if (rtp === undefined) return undefined;
	const rtcp = hyphen < 0 ? rtp + 1 : parseDigits(text.slice(hyphen + 1), 5);
	return rtcp === undefined || rtp > most || rtcp > most ? undefined : { rtp, rtcp };
}

function formatPair({ rtp, rtcp }: RtspPair): string {
	return `${rtp}-${rtcp}`;
}

/** A name or an address, with a zone or brackets. */
function isHost(text: string): boolean {
	if (text.length > 255) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code <= 32 || code >= 127 || code === 34 || code === 44 || code === 59) return false;
	}
	return true;
}

/** Eight hexadecimal digits; some servers leave out leading zeros, or put spaces there. */
function parseSsrc(text: string): number | undefined {
	const digits = text.trim().toLowerCase();
	return digits.length >= 1 && digits.length <= 8 && isHex(digits, digits.length)
		? Number.parseInt(digits, 16)
		: undefined;
}

function formatSsrc(ssrc: number): string {
	return (ssrc >>> 0).toString(16).toUpperCase().padStart(8, "0");
}
