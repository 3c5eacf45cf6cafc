import type { Seconds } from "../core/time";

/** One registered device. */
export interface Registration {
	/** The home, {@link HOME_DIGITS} hexadecimal digits. */
	readonly home: string;
	/** The device, {@link PEER_DIGITS} hexadecimal digits. */
	readonly peer: string;
	/** The rendezvous instance at which it registered, a short name: only that one can reach it through its NAT. */
	readonly edge: string;
	/** The public key of the home's account, so that instances at which none of its devices has registered know the home. */
	readonly homeKey: Uint8Array;
	/**
	 * All else about it, as the codec of records writes it: name, tags, addresses, key, proof. At most REGISTRATION_MAX; in a store with a
	 * seal of SEAL_OCTETS behind it.
	 */
	readonly record: Uint8Array;
}

/** Hexadecimal digits of a home's identifier. */
export const HOME_DIGITS = 32;
/** Hexadecimal digits of a peer's identity. */
export const PEER_DIGITS = 16;
/** The longest {@link Registration.record} in octets. */
export const REGISTRATION_MAX = 400;
/** Octets by which instances recognize what one of them has put into the store. */
export const SEAL_OCTETS = 16;
/** How many devices one home may have registered. */
export const PEERS_PER_HOME = 256;

/**
 * A store in which several instances of a rendezvous server keep their registered devices, so that each introduces viewers to the
 * devices of all (P2P-15). An instance alone has none: its own devices are in its DeviceTable.
 *
 * All calls return at once. Answers come by callbacks, during the call or later; each is called once, with `undefined` when the store
 * does not answer.
 */
export interface PeerRegistry {
	/** Adds or replaces a device; it expires after `lifetime` unless put again. The octets are the caller's again when it returns. */
	put(registration: Registration, lifetime: Seconds): void;
	/** Removes a device, unless it has registered at another instance since. @param edge of the instance that removes it */
	remove(home: string, peer: string, edge: string): void;
	/** Finds one device. */
	get(home: string, peer: string, done: (found: Registration | "none" | undefined) => void): void;
	/** Lists the devices of a home, at most {@link PEERS_PER_HOME}, in the order of their identities. */
	list(home: string, done: (found: readonly Registration[] | undefined) => void): void;
	/** Sends a message to another instance. @param done tells whether that instance listens */
	tell(edge: string, message: Uint8Array, done: (isHeard: boolean | undefined) => void): void;
	/** Sets who takes messages of other instances to this one; the octets are valid during the call. */
	listen(edge: string, taker: (message: Uint8Array) => void): void;
	/** Why the store can't be reached; empty: it can. */
	readonly fault: string;
	close(): void;
}
