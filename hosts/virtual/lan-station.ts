import type { Octets } from "../../src/core/time";
import type { Link } from "./link";
import type { Packet } from "./packet";

/** An ARP message about an address. Ordinary requests are not modelled, as the network knows the answers. */
export interface ArpMessage {
	/**
	 * `probe`: asks whether a machine uses the address (RFC 5227 §2.1.1); `answer`: the reply to a probe; `announcement`: tells all
	 * that the sender uses it (§2.3).
	 */
	readonly kind: "probe" | "answer" | "announcement";
	readonly address: string;
	/** The sender. */
	readonly from: LanStation;
}

/** The octets of an ARP message, for links with a rate. @see RFC 826 */
export const ARP_OCTETS: Octets = 28;

/** An interface of a machine, as the network sees it. */
export interface LanStation {
	readonly name: string;
	/** Hardware address as six hexadecimal pairs with colons. */
	readonly mac: string;
	readonly link: Link;
	/** The broadcast address of its IPv4 network; empty if there is none. */
	readonly broadcast: string;
	/** Multicast groups that the machine has joined here, with the number of sockets that did. */
	readonly groups: ReadonlyMap<string, number>;
	/** True when it answers for `address`. */
	has(address: string): boolean;
	/** Receives a packet. */
	deliver(packet: Packet): void;
	/** Receives an ARP message. */
	hear(message: ArpMessage): void;
}
