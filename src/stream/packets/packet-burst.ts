import type { Lease } from "../../core/stream";
import type { Octets } from "../../core/time";

/** How RTP packets travel: as datagrams, or between the messages of an RTSP connection. @see RFC 2326 §10.12 */
export type Framing = "udp" | "tcp";

/** The most octets of an RTP packet that is sent as a datagram: it fits into a path of 1,500 octets with IPv6 and a tunnel. */
export const UDP_PACKET_MAX: Octets = 1400;
/** The most octets of an RTP packet between RTSP messages: most JPEG pictures are one packet. Players were measured up to 60,000. */
export const TCP_PACKET_MAX: Octets = 60_000;

/**
 * The RTP packets of one picture, adjacent in one buffer, made once and shared by all receivers with the same framing.
 *
 * Packet `i` is `bytes[offsets[i], offsets[i + 1])`. With the framing `tcp` each is preceded, inside these bounds, by `$`, the
 * channel and its length, so that a stream takes the whole burst in one write. Hosts retain it while they refer to the octets;
 * the buffer is used again after the last release.
 */
export interface PacketBurst extends Lease {
	readonly bytes: Uint8Array;
	/** `count + 1` ascending offsets. */
	readonly offsets: Uint32Array;
	readonly count: number;
	/** The RTP timestamp of all its packets, 90 kHz, 32 bits. */
	readonly timestamp: number;
	/** Whether decoding can start with it: always for JPEG. */
	readonly isKey: boolean;
	/** Octets of payload, without RTP headers and framing. */
	readonly payload: Octets;
}
