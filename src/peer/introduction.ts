import type { Millis } from "../core/time";
import type { Candidate, TurnServer } from "./candidate";

/** Octets of {@link Introduction.session}. */
export const SESSION_OCTETS = 8;
/** Octets of {@link Introduction.password}. */
export const PASSWORD_OCTETS = 20;

/** What one side learns from the matching server about the other one (P2P-3): enough to begin testing. */
export interface Introduction {
	/**
	 * Drawn by the matching server for this pair: {@link SESSION_OCTETS}. Its hexadecimal digits are both sides' fragment: the USERNAME of
	 * checks has them twice, separated by a colon. @see RFC 8445 §7.2.2
	 */
	readonly session: Uint8Array;
	/** The key of the checks' MESSAGE-INTEGRITY. Both sides and the server compute it; it is never sent (P2P-14). */
	readonly password: Uint8Array;
	/** True for the side that asked: it nominates the path (ICE's controlling role). @see RFC 8445 §6.1.1 */
	readonly controlling: boolean;
	/** The peer, 16 hexadecimal digits: a device's identity, or one drawn by a viewer's program. */
	readonly peer: string;
	/** Its name, for people; empty: not known. */
	readonly name: string;
	/** The public key of a device ({@link DeviceKey}); absent: a viewer, whose key comes with its handshake. */
	readonly key?: Uint8Array;
	/** Proves that the key is of a device of the home. @see HomeKeys.provesDevice */
	readonly proof?: Uint8Array;
	/** Where the peer might be reached, at most CANDIDATES_MAX. Public ones are those that the server saw itself. */
	readonly candidates: readonly Candidate[];
	/** The peer says that its NAT maps ports per destination (P2P-12), so that its reflexive candidate won't be right. @default false */
	readonly symmetric?: boolean;
	/** How long to wait before the first check, so that both sides begin within one one-way delay. */
	readonly startDelay: Millis;
	/** The last resort; absent: the server has none. */
	readonly turn?: TurnServer;
}
