import type { Octets } from "../../src/core/time";
import type { Nic } from "./nic";

/** What goes over the virtual wire about an address; ordinary questions are not modelled, for the network knows. */
export interface ArpMessage {
	/**
	 * `probe`: is anybody using it (RFC 5227 §2.1.1); `answer`: I do, said to the one who asked; `announcement`: I do,
	 * said to all (§2.3).
	 */
	readonly kind: "probe" | "answer" | "announcement";
	readonly address: string;
	/** Who says so. */
	readonly from: Nic;
}

/** Octets of an ARP message that count for a link with a rate. @see RFC 826 */
export const ARP_OCTETS: Octets = 28;
