import type { Millis } from "../../core/time";
import { parseSession, SESSION_TIMEOUT } from "../../wire/rtsp-session";
import { formatTransport, parseTransport, type RtspPair, specifierOf } from "../../wire/rtsp-transport";
import { fieldOf, type TextMessage } from "../../wire/text-message";
import type { Framing } from "../packets/packet-burst";
import type { ClientPorts } from "./client-ports";

/** A session is kept alive before this share of its timeout is over, and at least and at most so often. */
const ALIVE_SHARE = 0.45;
const ALIVE_MIN: Millis = 2000;
const ALIVE_MAX: Millis = 60_000;

/** The channels that are asked for, and those of a server that does not tell. */
const CHANNELS: RtspPair = Object.freeze({ rtp: 0, rtcp: 1 });

/** What a server answers to SETUP. */
export interface RtspSetup {
	/** Empty: the server has no sessions. */
	readonly session: string;
	/** How often to keep the session alive. */
	readonly alivePeriod: Millis;
	/** Some servers answer with another one than they were asked for. */
	readonly framing: Framing;
	/** With the framing `tcp`. */
	readonly channels: RtspPair;
	/** Where datagrams come from; empty: the address of the connection. */
	readonly source: string;
	/** The server's ports; 0: not told. */
	readonly rtpPort: number;
	readonly rtcpPort: number;
}

/** Formats the Transport field of SETUP. @param ports needed with the framing `udp` */
export function transportFor(framing: Framing, ports: ClientPorts | undefined): string {
	const isUdp = framing === "udp";
	return formatTransport({
		framing,
		specifier: specifierOf(framing),
		multicast: false,
		clientPort: isUdp && ports !== undefined ? { rtp: ports.rtpPort, rtcp: ports.rtcpPort } : undefined,
		interleaved: isUdp ? undefined : CHANNELS,
	});
}

/**
 * Reads the answer to SETUP. Fields that are missing or malformed count as what was asked for.
 * @returns `undefined` when the server insists on multicast
 */
export function readSetup(message: TextMessage, asked: Framing): RtspSetup | undefined {
	const session = parseSession(fieldOf(message, "session") ?? "");
	const transport = parseTransport(fieldOf(message, "transport") ?? "");
	if (transport?.multicast) return undefined;
	const period = (session?.timeout ?? SESSION_TIMEOUT) * 1000 * ALIVE_SHARE;
	return {
		session: session?.id ?? "",
		alivePeriod: Math.floor(Math.max(ALIVE_MIN, Math.min(ALIVE_MAX, period))),
		framing: transport?.framing ?? asked,
		channels: transport?.interleaved ?? CHANNELS,
		source: transport?.source ?? "",
		rtpPort: transport?.serverPort?.rtp ?? 0,
		rtcpPort: transport?.serverPort?.rtcp ?? 0,
	};
}
