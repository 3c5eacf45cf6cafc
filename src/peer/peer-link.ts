import type { Introduction } from "./introduction";
import type { PeerPath } from "./peer-path";

/**
 * Why two peers could not be connected, or no longer are.
 *
 * `no-server`: no rendezvous server answered. `refused`: the server does not accept the credentials. `not-found`: no such device is
 * registered. `no-answer`: the device was introduced, and not one check arrived. `symmetric`: both NATs map ports per destination and
 * there is no TURN server. `lost`: a path worked and no longer does, and no other was found. `busy`: too many links.
 * `closed`: by the other side or by us.
 */
export type PeerFailure =
	| "no-server"
	| "refused"
	| "not-found"
	| "no-answer"
	| "symmetric"
	| "lost"
	| "busy"
	| "closed";

/** What happens on the way to a peer, for people who wait; each is reported once as it happens. */
export type PeerStep = "server" | "found" | "introduced" | "checking" | "connected";

/** Receives the events of a link. Never called during a call to the link, nor after {@link PeerLink.close}. */
export interface PeerLinkSink {
	/** Something was reached on the way. `detail` is plain English for people: names, addresses, the kind of NAT. */
	step(step: PeerStep, detail: string): void;
	/** The peer can be reached; called once, before anything is received. */
	connected(introduction: Introduction, path: PeerPath): void;
	/** Another path is used from now on: a better one, or one after the network has changed. Nothing is repeated or held back. */
	moved(path: PeerPath): void;
	/** The path in use gives no answers any more, and another one is sought: `moved` follows, also when it was only slow, or `ended`. */
	interrupted?(): void;
	/** A datagram of the peer that is no STUN message. `bytes` is valid during the call only, and may be changed in place. */
	received(bytes: Uint8Array): void;
	/** The link is over, or was never made. Called once, as the last call. `detail` says more, for people. */
	ended(why: PeerFailure, detail: string): void;
}

/** Datagrams to and from one peer, by the best path known (P2P-9 … P2P-12). */
export interface PeerLink {
	/** The path in use; `undefined` before {@link PeerLinkSink.connected}, and while a path is being replaced. */
	readonly path: PeerPath | undefined;
	/** Sends a datagram by the path in use. @see PeerPath.send */
	send(bytes: Uint8Array, start: number, end: number): void;
	/**
	 * Nothing comes by the path in use, although something should: it is tested now. If it gives no answer another one is sought, as this
	 * side may be behind another NAT than before without having another address.
	 */
	probe(): void;
	/** Ends the link; harmless when repeated. Keep-alives stop, and the NAT's mapping lapses (P2P-8). */
	close(): void;
}
