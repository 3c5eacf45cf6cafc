import type { Endpoint } from "../../src/core/endpoint-table";
import type { Octets } from "../../src/core/time";

/** What a TCP segment carries besides its octets. Offsets count from 0 in each direction; FIN counts as one octet. */
export interface TcpHeader {
	/** Tells one connection from another that had the same addresses and ports. */
	readonly flow: number;
	readonly syn: boolean;
	readonly fin: boolean;
	readonly rst: boolean;
	/** True when the sender wants an answer even to an empty segment. */
	readonly probe: boolean;
	/** Offset of the first octet. */
	readonly seq: number;
	/** Offset that the sender expects next. */
	readonly ack: number;
	/** Offset up to which the sender takes octets: the credit. */
	readonly limit: number;
	/**
	 * Stands for a whole TLS handshake. In the first segment: present when the client speaks TLS. In the answer: the name that
	 * the server's certificate is for, absent when it does not speak TLS.
	 */
	readonly tls?: string | undefined;
}

/** An IP packet of the virtual world. Never changed once sent: a NAT makes another one. */
export interface Packet {
	readonly source: string;
	readonly sourcePort: number;
	readonly destination: string;
	readonly destinationPort: number;
	/** Routers that it may still pass. */
	readonly ttl: number;
	readonly body: Uint8Array;
	/** Absent: the packet is a UDP datagram. */
	readonly tcp: TcpHeader | undefined;
	/** The source of a datagram as an endpoint, once a socket has looked for it. */
	sender?: Endpoint | undefined;
}

/** Routers that a unicast packet may pass. */
export const TTL_DEFAULT = 64;

/** Returns the octets that a packet takes on the wire, IP and transport headers included. */
export function packetLength(packet: Packet): Octets {
	return packet.body.length + (packet.tcp === undefined ? 28 : 40) + (isIpv6(packet.destination) ? 20 : 0);
}

/** True when an address, which is well-formed, is one of IPv6. */
export function isIpv6(address: string): boolean {
	return address.indexOf(":") >= 0;
}

/** True for 224.0.0.0/4 and ff00::/8. */
export function isMulticast(address: string): boolean {
	if (address.charCodeAt(0) === 0x66) return address.charCodeAt(1) === 0x66 && isIpv6(address);
	const first = address.charCodeAt(0) === 50 && address.charCodeAt(3) === 46 ? Number(address.slice(0, 3)) : 0;
	return first >= 224 && first <= 239;
}

/** Formats a packet in one line, for captures: `udp 10.0.0.1:5 > 10.0.0.2:6 12`. */
export function formatPacket(packet: Packet): string {
	const { source, sourcePort, destination, destinationPort, body, tcp } = packet;
	let kind = "udp";
	if (tcp !== undefined) {
		kind = `tcp${tcp.syn ? " syn" : ""}${tcp.fin ? " fin" : ""}${tcp.rst ? " rst" : ""} ${tcp.seq}/${tcp.ack}`;
	}
	return `${kind} ${source}:${sourcePort} > ${destination}:${destinationPort} ${body.length}`;
}
