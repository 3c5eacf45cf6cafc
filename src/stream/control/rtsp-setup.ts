import { canonicalIp } from "../../core/ip-address";
import { formatTransport, parseTransports, type RtspTransport } from "../../wire/rtsp-transport";
import { RtspRefusal } from "../rtsp-refusal";
import type { StreamAnswer } from "../stream-transport";
import { saysBehindRouter, UNREACHABLE } from "../units/udp-reachability";

/** Ports below belong to services, which no player uses. */
const PORT_MIN = 1024;
/** The channels of every stream between messages: pictures are shared by all clients, with the channel in them. */
const CHANNELS = Object.freeze({ rtp: 0, rtcp: 1 });

const NO_TRANSPORT = new RtspRefusal(400, "SETUP needs a Transport");
const UNSUPPORTED = new RtspRefusal(461, "use RTP/AVP unicast with client_port, or RTP/AVP/TCP");
const NOT_ENCRYPTED = new RtspRefusal(461, "media by UDP would not be encrypted, use RTP/AVP/TCP");
const NO_CHANNEL = new RtspRefusal(461, "the connection carries a stream already, use another connection");
const ELSEWHERE = new RtspRefusal(463, "media goes to the address that asks for it, and nowhere else");

/** What the connection of a SETUP request allows. */
export interface SetupPlace {
	readonly remoteAddress: string;
	readonly secure: boolean;
	readonly hasFreeChannels: boolean;
}

/**
 * Chooses from the alternatives of a Transport field the first that can be had: unicast, to play, to the client's own address
 * (STR-1, STR-20).
 * @param replaces whether the stream that has the channels ends with this request
 */
export function chooseTransport(
	field: string | undefined,
	place: SetupPlace,
	replaces: boolean,
): RtspTransport | RtspRefusal {
	if (field === undefined) return NO_TRANSPORT;
	const alternatives = parseTransports(field);
	if (alternatives === undefined) return new RtspRefusal(400, "Transport cannot be read");
	let refusal = UNSUPPORTED;
	for (const transport of alternatives) {
		const { framing, multicast, mode, destination, clientPort } = transport;
		if (framing === undefined || multicast || !(mode ?? "PLAY").includes("PLAY")) continue;
		if (destination !== undefined && canonicalIp(destination) !== canonicalIp(place.remoteAddress))
			refusal = saysBehindRouter(place.remoteAddress, destination) ? UNREACHABLE : ELSEWHERE;
		else if (framing === "tcp") {
			if (place.hasFreeChannels || replaces) return transport;
			refusal = NO_CHANNEL;
		} else if (place.secure) refusal = NOT_ENCRYPTED;
		else if (clientPort !== undefined && clientPort.rtp >= PORT_MIN && clientPort.rtcp >= PORT_MIN) return transport;
	}
	return refusal;
}

/** The Transport field of the answer (STR-1, STR-19, STR-20). */
export function answerTransport({ specifier, framing, clientPort }: RtspTransport, answer: StreamAnswer): string {
	return formatTransport({
		specifier,
		framing,
		multicast: false,
		ssrc: answer.ssrc,
		mode: "PLAY",
		...(framing === "tcp"
			? { interleaved: CHANNELS }
			: {
					clientPort,
					serverPort: { rtp: answer.rtpPort, rtcp: answer.rtcpPort },
					...(answer.source !== "" && { source: answer.source }),
				}),
	});
}
