import type { Millis, Seconds } from "../../../core/time";
import type { Ciphers } from "../../../ports/ciphers";
import type { Random } from "../../../ports/random";
import type { PeerRegistry } from "../../peer-registry";
import type { KeepAliveMode } from "../peer-attributes";
import type { Leg } from "./leg";
import type { TurnIssuer } from "./turn-issuer";

/** What a {@link MatchingServer} needs. */
export interface MatchingOptions {
	readonly ciphers: Pick<Ciphers, "agree">;
	readonly random: Pick<Random, "fill">;
	/** The server's static private key, KEY_OCTETS. Instances that share a store have the same one. */
	readonly privateKey: Uint8Array;
	/** How many devices may be registered here. */
	readonly capacity: number;
	/** The longest time for which a device stays registered unless it refreshes that. */
	readonly lifetime: Seconds;
	/** What devices are told about keep-alives. */
	readonly keepAlive: KeepAliveMode;
	/** The homes that may register, HOME_DIGITS each; absent: all. */
	readonly homes?: ReadonlySet<string> | undefined;
	/** The store that is shared with other instances, and the name of this one; absent: it is alone. */
	readonly registry?: PeerRegistry | undefined;
	readonly edge?: string | undefined;
	/** Makes credentials for a TURN server; absent: there is none. */
	readonly turn?: TurnIssuer | undefined;
	/** The monotonic time. */
	now(): Millis;
	/** Seconds since 1970; `undefined`: the date is not known. */
	utc(): Seconds | undefined;
	/** Called when the store has answered and the deadline may be another one. */
	woken?(): void;
	/** Sends a message; what can't be sent is lost. The octets are the server's again when the call returns. */
	send(leg: Leg, bytes: Uint8Array, start: number, end: number): void;
}

/** What a {@link MatchingServer} has done, for metrics. */
export interface MatchingCounters {
	/** Registrations with a record, refreshes, and ends. */
	registered: number;
	refreshed: number;
	withdrawn: number;
	/** Searches and introductions. */
	found: number;
	introduced: number;
	/** Answers 438: the client had no proof of its address yet. */
	challenged: number;
	/** Requests refused with another code. */
	refused: number;
	/** Messages without any answer: malformed, or their source has had its share. */
	dropped: number;
	/** Diffie-Hellman computations. */
	agreements: number;
}
