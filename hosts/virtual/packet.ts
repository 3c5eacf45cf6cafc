import type { Endpoint } from "../../src/core/endpoint-table";
import type { Octets } from "../../src/core/time";

/** The header of a TCP segment. Offsets count from 0 in each direction; FIN counts as one octet. */
export interface TcpHeader {
	/** Distinguishes connections with the same addresses and ports. */
	readonly flow: number;
	readonly syn: boolean;
	readonly fin: boolean;
	readonly rst: boolean;
	/** True when the sender wants an acknowledgement even of an empty segment. */
	readonly probe: boolean;
	/** Offset of the first octet. */
	readonly seq: number;
	/** Offset of the next octet that the sender expects. */
	readonly ack: number;
	/** Offset up to which the sender accepts octets. */
	readonly limit: number;
	/**
	 * Stands for the TLS handshake. In a client's first segment it is present when the client uses TLS. In the answer it is the
	 * name in the server's certificate, or absent when the server has no TLS.
	 */
	readonly tls?: string | undefined;
}

/** An IP packet of the virtual world. It is not changed after it was sent; a NAT makes another one. */
export interface Packet {
	readonly source: string;
	readonly sourcePort: number;
	readonly destination: string;
	readonly destinationPort: number;
	/** How many more routers it may pass. */
	readonly ttl: number;
	readonly body: Uint8Array;
	/** Absent in UDP datagrams. */
	readonly tcp: TcpHeader | undefined;
	/** The source of a datagram as an endpoint; set by the first socket that receives it. */
	sender?: Endpoint | undefined;
}

/** How many routers a unicast packet may pass. */
export const TTL_DEFAULT = 64;

/** Returns the length of a packet on the wire, including the IP and transport headers. */
export function packetLength(packet: Packet): Octets {
	return packet.body.length + (packet.tcp === undefined ? 28 : 40) + (isIpv6(packet.destination) ? 20 : 0);
}

/** True when a well-formed address is an IPv6 address. */
export function isIpv6(address: string): boolean {
	return address.indexOf(":") >= 0;
}

/** True for multicast addresses: 224.0.0.0/4 and ff00::/8. */
export function isMulticast(address: string): boolean {
	if (address.charCodeAt(0) === 0x66) return address.charCodeAt(1) === 0x66 && isIpv6(address);
	const first = address.charCodeAt(0) === 50 && address.charCodeAt(3) === 46 ? Number(address.slice(0, 3)) : 0;
	return first >= 224 && first <= 239;
}

/** Formats a packet as one line, for captures: `udp 10.0.0.1:5 > 10.0.0.2:6 12`. */
export function formatPacket(packet: Packet): string {
	const { source, sourcePort, destination, destinationPort, body, tcp } = packet;
	let kind = "udp";
	if (tcp !== undefined) {
		kind = `tcp${tcp.syn ? " syn" : ""}${tcp.fin ? " fin" : ""}${tcp.rst ? " rst" : ""} ${tcp.seq}/${tcp.ack}`;
	}
	return `${kind} ${source}:${sourcePort} > ${destination}:${destinationPort} ${body.length}`;
}
