import type { Millis, Octets } from "../core/time";
import type { RelayProtocol } from "./relayed-content";

/** What one viewer was sent (REP-5). All numbers only grow; they are read when a record is made, never per packet. */
export interface DeliveryCounters {
	/** Octets of media: of RTP packets with their headers; of the parts of a multipart body with their heads. */
	readonly payload: Octets;
	/**
	 * Octets that the viewer's session took on its transport: of its TCP connection from the acceptance on (requests' answers,
	 * framing and heads included); of UDP the IP packets that were sent to it, IP and UDP headers included. As the kernel counts them.
	 */
	readonly total: Octets;
	/** RTP packets; 0 over HTTP. */
	readonly packets: number;
	readonly frames: number;
	/** Frames that it missed because it was slow. */
	readonly drops: number;
}

/** Which viewer watches which content at a relay. */
export interface MeteredViewer {
	/** @see RelayedContent.content */
	readonly content: string;
	/** @see RelayOrigin.name */
	readonly origin: string;
	readonly protocol: RelayProtocol;
	readonly framing: "udp" | "tcp";
	/** The viewer that the ticket names, the account, or empty for somebody unknown. */
	readonly viewer: string;
	/** The ticket's identifier; empty: none. */
	readonly ticket: string;
	/** The viewer's address, in canonical form. */
	readonly address: string;
	/** The relays above this one on the way to the origin, for chains (REP-11). 0: the upstream is the origin. */
	readonly hops: number;
}

/**
 * One span of one viewer's session, as it goes to the ledger (REP-5, REP-6, REP-8, REP-13). Records of one session follow each other
 * without overlap, so that all sums are sums of records.
 */
export interface MeteringRecord extends Omit<MeteredViewer, "origin" | "address">, DeliveryCounters {
	/** Unique: session and part, `9f3c…-2`. The ledger keeps one record of each (exactly once). */
	readonly id: string;
	/** The viewer's session at the relay: 32 hexadecimal digits. */
	readonly session: string;
	/** 0, 1, 2, … within the session. */
	readonly part: number;
	/** True: the session has ended with this record; false: an interim report. */
	readonly isLast: boolean;
	/** The relay's name. */
	readonly relay: string;
	/** In milliseconds since 1970, of this span. */
	readonly start: Millis;
	readonly end: Millis;
	/** Why the session ended: `the viewer left`, `the upstream has ended`; empty while it lasts. */
	readonly reason: string;
	/** In millionths of {@link currency}, rounded so that the amounts of a session add up to that of the whole; 0 without a tariff. */
	readonly amount: number;
	/** Empty without a tariff. */
	readonly currency: string;
}
