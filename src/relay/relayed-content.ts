import type { Tariff } from "./tariff";

/** The protocol by which a relay gets a content, and by which its viewers get it (REP-9). */
export type RelayProtocol = "rtsp" | "http";

/** A content of an origin as a relay knows it: from its table, from a URL that contains the origin's, or from an origin that it relays for. */
export interface RelayedContent {
	/**
	 * Identifies the content at this relay, and is its path without the slash: `garage`, or `origin/192.0.2.7:8554/live` where the
	 * viewer's URL names the origin. Two contents with the same key and protocol are the same.
	 */
	readonly key: string;
	readonly protocol: RelayProtocol;
	/** The origin's URL, with the relay's credentials, if it needs any: never logged or shown as it is. */
	readonly url: string;
	/** True: an origin with which the relay is registered has named the URL. */
	readonly isOffered?: boolean;
	/** The origin's address, where it is known otherwise than by the URL: the name in there is not resolved then. */
	readonly address?: string;
	/** For people. @default {@link key} */
	readonly title?: string;
	/** What tickets, records and tariffs call it: the camera's identity, or the key. */
	readonly content: string;
	/** The origin that gets the reports; empty: nobody does, and the records stay in the relay's log. @see RelayOrigin */
	readonly origin: string;
	/** True: only viewers with a ticket or an account of the relay; false: anybody who reaches the relay. */
	readonly needsLogin: boolean;
	readonly tariff: Tariff | undefined;
	/**
	 * True: its server is another member of the origin's fleet than the one with the ledger, so that reports do not go over the upstream
	 * session (ONE-9). @default false
	 */
	readonly isElsewhere?: boolean;
}

/** An origin that a relay reports to, and whose tickets it accepts. */
export interface RelayOrigin {
	/** Its name in the relay's table: `home`. */
	readonly name: string;
	/**
	 * The base of the pages of the member that keeps the ledger: reports are posted there, and the relay registers there:
	 * `https://home.example:8443`. Empty: reports go to the servers of the contents.
	 */
	readonly url: string;
	/** Of the cameras that it offers. @default none */
	readonly tariff?: Tariff | undefined;
	/** The key that it shares with this relay. @see relayKeyOf */
	readonly key: Uint8Array;
}

/** Why an origin, or the relay itself, refuses a content: the viewer gets the same status and words (REP-2). */
export interface RelayRefusal {
	/** As HTTP and RTSP both have it: 401, 403, 404, 453 (RTSP) or 503, 502 for an origin that can't be reached, 508 for a loop. */
	readonly status: number;
	/** For the viewer and the log, without a capital and a full stop; names no address. */
	readonly message: string;
}
