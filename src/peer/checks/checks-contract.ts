import type { Machine, Outlet } from "../../core/machine";
import type { Millis } from "../../core/time";
import type { Candidate } from "../candidate";
import type { Introduction } from "../introduction";
import type { PeerFailure } from "../peer-link";
import type { PathKind } from "../peer-path";

/**
 * By which way of ours a datagram leaves or came in: {@link VIA_SOCKET}, {@link VIA_RELAY}, or {@link VIA_SPREAD} and more for the
 * sockets of {@link CheckOutbox.spread}.
 */
export type Via = number;
/** The one socket of the endpoint, or that of the address's family (P2P-16). */
export const VIA_SOCKET: Via = 0;
/** Our own allocation at a TURN server. */
export const VIA_RELAY: Via = 1;
/** The first of the additional sockets. */
export const VIA_SPREAD: Via = 2;

/** A way to the peer on which a check was answered. The object stays the same while the way does; members are kept up to date. */
export interface CheckedPath {
	readonly kind: PathKind;
	readonly via: Via;
	/** Where datagrams to the peer go by this way. */
	readonly address: string;
	readonly port: number;
	/** The round-trip time of the latest check. */
	readonly roundTrip: Millis;
}

/** What a {@link PathChecks} reports. */
export type PathEvent =
	/** The first check has left. `pairs`: how many ways will be tested. */
	| { readonly type: "checking"; readonly pairs: number }
	/** A way works: once for each machine, before any `moved`. */
	| { readonly type: "connected"; readonly path: CheckedPath }
	/** Another way is used from now on: a better one, or one after another was lost. */
	| { readonly type: "moved"; readonly path: CheckedPath }
	/**
	 * The way in use gives no answers. It may still be used until {@link PathChecks.path} is `undefined` (30 s after the last answer,
	 * RFC 7675); all ways are being tested. `moved`, perhaps to the same way, or `failed` follows. A new introduction helps:
	 * the peer may be elsewhere.
	 */
	| { readonly type: "interrupted" }
	/** The last event: no way was found within the bound, or none works any more. @see describeFailure */
	| { readonly type: "failed"; readonly why: PeerFailure; readonly findings: CheckFindings };

/** What was found out until the checks failed, for the text that people read (P2P-12). */
export interface CheckFindings {
	/** The peer's checks arrived here; false: nothing came from it at all. */
	readonly heardPeer: boolean;
	/** Our own NAT, and the peer's, map ports per destination. */
	readonly symmetric: boolean;
	readonly peerSymmetric: boolean;
	/** Our own relay was among the ways that were tested. */
	readonly hadRelay: boolean;
}

/** What a {@link PathChecks} does. */
export interface CheckOutbox extends Outlet<PathEvent> {
	/** Sends a STUN message; the octets are the machine's again when the call returns. What can't be sent is lost. */
	send(via: Via, address: string, port: number, bytes: Uint8Array, start: number, end: number): void;
	/**
	 * Opens up to `count` more UDP sockets of IPv4, so that a NAT that maps ports per destination makes as many mappings (birthday probing).
	 * They are the vias from {@link VIA_SPREAD}. What they receive goes to {@link PathChecks.receive}. A host closes them with the link.
	 * May be called again after {@link gather}. @returns how many there are; 0 where the host has none to spare
	 */
	spread(count: number): number;
	/** No more than this one of the additional sockets is needed, or, with {@link VIA_SOCKET}, none. */
	gather(via: Via): void;
}

/** What a {@link PathChecks} knows about its own side. */
export interface OwnSide {
	/** Our candidates as they were told to the server; those of the relay are added by {@link PathChecks.relayed}. */
	readonly candidates: readonly Candidate[];
	/** Our NAT maps ports per destination. */
	readonly symmetric: boolean;
	/** There is a socket of IPv6, too. */
	readonly hasIpv6: boolean;
}

/**
 * Finds the best way to one peer and keeps it: connectivity checks to all its candidates, consent, and moves to better ways (P2P-9 …
 * P2P-12). A pure machine; PathFinder is the one implementation. @see RFC 8445, RFC 7675
 *
 * One socket serves several of these. STUN requests belong to the one whose {@link sessionName} their USERNAME begins with. STUN
 * responses, and requests, may just be offered to each by {@link receive}, which refuses what isn't its own at once.
 */
export interface PathChecks extends Machine<CheckOutbox> {
	/** The 16 digits that the USERNAME of the peer's checks begins with; changes with {@link introduce}. */
	readonly sessionName: string;
	/** The way to send by; `undefined` before `connected`, when the consent has ended until `moved`, and after `failed`. */
	readonly path: CheckedPath | undefined;
	/**
	 * Begins, after {@link Introduction.startDelay}; or begins again with another introduction of the same peer, after either side has
	 * moved to another network. The way in use stays in use until another one works.
	 */
	introduce(now: Millis, introduction: Introduction, own: OwnSide, out: CheckOutbox): void;
	/** More candidates of the peer came to be known, such as its relayed one. Known ones and too many are ignored. */
	addCandidates(now: Millis, candidates: readonly Candidate[], out: CheckOutbox): void;
	/** Our TURN allocation is ready: {@link VIA_RELAY} may be used. `candidate` is our relayed address. */
	relayed(now: Millis, candidate: Candidate, out: CheckOutbox): void;
	/** Our TURN allocation is gone. */
	relayLost(now: Millis, out: CheckOutbox): void;
	/** Nothing comes by the path in use, although something should: checks it now, and all others once it gives no answers. */
	probe(now: Millis, out: CheckOutbox): void;
	/** Our addresses have changed: checks all ways now. */
	doubt(now: Millis, out: CheckOutbox): void;
	/**
	 * A STUN message arrived.
	 * @returns false when it isn't for this machine: another session, or a transaction that isn't its own
	 */
	receive(
		now: Millis,
		via: Via,
		address: string,
		port: number,
		bytes: Uint8Array,
		start: number,
		end: number,
		out: CheckOutbox,
	): boolean;
	/** Whether the peer was tested at this address: its other datagrams are taken from there only. */
	isPeer(via: Via, address: string, port: number): boolean;
	/** Stops; nothing is sent any more, and no event follows. */
	close(): void;
}
