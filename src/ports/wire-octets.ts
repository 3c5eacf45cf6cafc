import type { Octets } from "../core/time";
import type { FanOutReceiver } from "./net";

/** The headers of IPv4 and of IPv6, each with that of UDP. @see RFC 791, RFC 8200, RFC 768 */
const IPV4_UDP: Octets = 28;
const IPV6_UDP: Octets = 48;

/** Returns the octets of IP and UDP headers in front of each datagram to an address. */
export function udpHeader(address: string): Octets {
	return address.includes(":") ? IPV6_UDP : IPV4_UDP;
}

/**
 * Returns the octets of the IP packets that a UDP peer of a fan-out group was sent.
 * @param address the peer's
 */
export function wireOctets(receiver: FanOutReceiver, address: string): Octets {
	return receiver.wire ?? receiver.octets + receiver.packets * udpHeader(address);
}
