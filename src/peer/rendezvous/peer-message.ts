import type { HmacSha1 } from "../../base/sha1";
import type { Endpoint } from "../../core/endpoint-table";
import type { Millis, Seconds } from "../../core/time";
import type { TurnServer } from "../candidate";
import type { DeviceRecord } from "./device-record";
import type { KeepAliveMode } from "./peer-attributes";

/** The sender of requests to a rendezvous server: a device of a home, or a viewer with a ticket. */
export interface PeerCredentials {
	/** USERNAME: {@link deviceUsername} or the text of a ticket. */
	readonly username: string;
	/** Of the account key or of the ticket's secret. */
	readonly integrity: HmacSha1;
	/** The key itself, 32 octets: TURN passwords are encrypted with it. */
	readonly key: Uint8Array;
}

/**
 * Another address of the sender of a request, such as that of its socket of the other family, which others are told as well. A server
 * gives it with its answer 438 to a request by that socket.
 */
export interface ProvenAddress {
	readonly address: string;
	readonly port: number;
	/** The NONCE that the server gave there. It proves the address for a minute or two. */
	readonly nonce: Uint8Array;
}

/** What all requests have besides their own. */
export interface RequestHead {
	/** The transaction ID, 12 octets, drawn at random; the same for repetitions of the request. */
	readonly transaction: Uint8Array;
	/** The server's newest NONCE; absent: none yet. The answer is then 438 with one. */
	readonly nonce?: Uint8Array;
	/** The public key of the home's account: only when the server has answered 401. */
	readonly homeKey?: Uint8Array;
	/** Of registrations and selections: where the sender is, too. */
	readonly alsoAt?: ProvenAddress;
	/** The newest round trip to the server; 0: not known. */
	readonly roundTrip: Millis;
}

/** Asks to be kept registered (P2P-2, P2P-6). */
export interface RegisterRequest {
	readonly lifetime: Seconds;
	/** Absent: everything is as before; the server answers 404 when it doesn't know the device, or at another address than this one. */
	readonly record?: DeviceRecord;
}

/** Asks for registered devices (P2P-3). */
export interface FindRequest {
	/** Part of the name, in any case; empty: any. */
	readonly name: string;
	/** One whole word of the tags, or the kind; empty: any. */
	readonly tag: string;
	/** The last device of the answer before; empty: from the beginning. */
	readonly after: string;
	/** True: the list contains addresses; false: they come with the selection. */
	readonly withAddresses: boolean;
}

/** Asks to be introduced to a device (P2P-3). */
export interface SelectRequest {
	/** The device, PEER_DIGITS. */
	readonly target: string;
	/** The identity of the sender: PEER_DIGITS, of a device or drawn by a viewer's program. */
	readonly self: string;
	/** About who asks, with its candidates. */
	readonly record: DeviceRecord;
	/**
	 * The session of the answer before: the device is told more candidates, such as a relayed one, which must be at the TURN server that
	 * came with the introduction. Absent: a new introduction.
	 */
	readonly session?: Uint8Array;
}

/** A device in a list. */
export interface FoundDevice {
	readonly peer: string;
	readonly record: DeviceRecord;
}

/** The session of an introduction and all that it came with. @see Introduction */
export interface IntroducedPeer {
	/** The other one. */
	readonly peer: string;
	readonly record: DeviceRecord;
	readonly session: Uint8Array;
	readonly startDelay: Millis;
	readonly turn?: TurnServer | undefined;
}

/** What a server answers. `stamp` is its time in seconds: an introduction with an earlier one than the newest answer's is an old copy. */
export type PeerAnswer =
	| {
			readonly type: "registered";
			readonly stamp: number;
			/** How long the server keeps the registration: refresh it at half of that. */
			readonly lifetime: Seconds;
			readonly keepAlive: KeepAliveMode;
			/** Our public address as the server saw it (P2P-1). */
			readonly address: string;
			readonly port: number;
	  }
	| { readonly type: "withdrawn"; readonly stamp: number }
	/** The indication has left. @see writeEcho */
	| { readonly type: "echoed"; readonly stamp: number }
	| {
			readonly type: "found";
			readonly stamp: number;
			readonly devices: readonly FoundDevice[];
			/** How many follow behind the last one: ask again with {@link FindRequest.after}. */
			readonly left: number;
	  }
	| ({ readonly type: "introduced"; readonly stamp: number } & IntroducedPeer)
	/**
	 * 438: repeat with this nonce. 401: the home is not known, repeat with its key; again 401: refused. 403: this server is closed to the
	 * home, or the ticket has ended. 404: not registered. 486: too many registrations or requests. Only those after the nonce was accepted
	 * are signed.
	 */
	| {
			readonly type: "refused";
			readonly code: number;
			readonly nonce?: Uint8Array | undefined;
			/** With 438: our public address. */
			readonly seen?: Endpoint | undefined;
	  };

/** What a server tells a device unasked (P2P-7): somebody wants to reach it. To be confirmed by {@link writeIntroduced}. */
export interface PushedIntroduction extends IntroducedPeer {
	readonly transaction: Uint8Array;
	readonly stamp: number;
	/** The text of the ticket; from its secret the key of the checks is computed. */
	readonly ticket: string;
}
