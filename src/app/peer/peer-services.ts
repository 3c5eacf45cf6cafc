import type { Candidate } from "../../peer/candidate";
import type { PeerLink, PeerLinkSink } from "../../peer/peer-link";
import type { NatKind } from "../../peer/stun/nat-behaviour";

/** A home of which someone may find devices: all that pairing gives to a viewer, besides passes for its pages. */
export interface HomeAccess {
	/** The home's identifier, HOME_DIGITS. */
	readonly home: string;
	/** Rendezvous servers in the form of the setting: `KEY@HOST[:PORT]`, separated by commas. */
	readonly rendezvous: string;
	/** The ticket that the matching server wants, and the secret that goes with it and is never sent. */
	readonly ticket: string;
	readonly ticketSecret: Uint8Array;
	/** Checks keys of devices; absent for a guest link, which has the key of its one device. @see HomeKeys.provesDevice */
	readonly pinKey?: Uint8Array;
	/** The one device that a guest link is for, and its key. */
	readonly peer?: string;
	readonly peerKey?: Uint8Array;
	/** What a guest link has for the handshake with a pre-shared key: GUEST_ID_OCTETS and GUEST_SECRET_OCTETS. */
	readonly guestId?: Uint8Array;
	readonly guestSecret?: Uint8Array;
}

/** A device that was found at the matching server. */
export interface FoundPeer {
	readonly peer: string;
	readonly name: string;
	/** `camera`, `nas`, `relay`; empty: not said. */
	readonly kind: string;
	/** True for the representative: it has the portal (ONE-6). */
	readonly isPortal: boolean;
	/** Its NAT maps ports per destination; absent unless addresses were asked for. */
	readonly isSymmetric?: boolean;
	/** Where it might be reached; absent unless {@link PeerQuery.withAddresses} asked for them. */
	readonly candidates?: readonly Candidate[];
}

/** What is searched for; empty members match everything (P2P-3). */
export interface PeerQuery {
	readonly name: string;
	readonly tag: string;
	/** True: the list has addresses (P2P-3). @default false, as a selection brings them */
	readonly withAddresses?: boolean;
}

/** One UDP socket with everything that leaves from it (P2P-16): finds peers, links to them, and is found. */
export interface PeerEndpoint {
	/** Lists or searches the devices of a home. Called back once; a string says, for people, why there is no answer. */
	find(access: HomeAccess, query: PeerQuery, done: (found: readonly FoundPeer[] | string) => void): void;
	/** Links to a device of a home. */
	link(access: HomeAccess, peer: string, sink: PeerLinkSink): PeerLink;
	/** Sets who takes links that others make to this device. @param taker returns `undefined` to refuse */
	accept(taker: (link: PeerLink) => PeerLinkSink | undefined): void;
	/** The kind of NAT in front of this device. */
	readonly natKind: NatKind;
	/** The same for people; empty: nothing is known yet. */
	readonly natText: string;
}
