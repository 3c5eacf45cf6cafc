import type { Octets } from "../../src/core/time";
import type { Link } from "./link";
import type { Packet } from "./packet";

/** What goes over the virtual wire about an address; ordinary requests are not modelled, as the network knows the answers. */
export interface ArpMessage {
	/**
	 * `probe`: does anybody use the address (RFC 5227 §2.1.1); `answer`: I do, to the one who asked; `announcement`: I do,
	 * to all (§2.3).
	 */
	readonly kind: "probe" | "answer" | "announcement";
	readonly address: string;
	/** Who sends it. */
	readonly from: LanStation;
}

/** Octets of an ARP message that count for a link with a rate. @see RFC 826 */
export const ARP_OCTETS: Octets = 28;

/** A machine's interface, as a network sees it. */
export interface LanStation {
	readonly name: string;
	/** Hardware address as six hexadecimal pairs with colons. */
	readonly mac: string;
	readonly link: Link;
	/** The broadcast address of its IPv4 network; empty while it has none. */
	readonly broadcast: string;
	/** Multicast groups that the machine has joined here, with the number of sockets that did. */
	readonly groups: ReadonlyMap<string, number>;
	/** True when it answers for `address`. */
	has(address: string): boolean;
	/** Takes a packet that arrived. */
	deliver(packet: Packet): void;
	/** Takes an ARP message that arrived. */
	hear(message: ArpMessage): void;
}
