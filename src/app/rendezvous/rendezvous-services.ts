import type { TurnServer } from "../../peer/candidate";
import type { Leg } from "../../peer/rendezvous/server/leg";
import type { RendezvousSettings } from "../../settings/rendezvous-schema";
import type { AccessPart } from "../access/access-part";
import type { Node } from "../node";
import type { Part } from "../part";
import type { Site } from "../site";
import type { RendezvousHost } from "./rendezvous-host";

/** Connections that carry the same messages as UDP, for networks that let no UDP through. */
export interface MessageLegs {
	/**
	 * A connection can carry messages now.
	 * @param send sends a message to the other end, or loses it; the octets are the caller's again when it returns
	 */
	open(address: string, port: number, send: (bytes: Uint8Array, start: number, end: number) => void): Leg;
	/** A message came in; answers leave during the call or later. The octets are the caller's again when it returns. */
	receive(leg: Leg, bytes: Uint8Array): void;
	/** The connection is gone. */
	close(leg: Leg): void;
}

/** What the parts of a rendezvous server share. */
export interface RendezvousServices {
	readonly node: Node<RendezvousSettings>;
	readonly host: RendezvousHost;
	readonly site: Site;
	readonly access: AccessPart;
	readonly legs: MessageLegs;
	/** True: it registers devices and introduces viewers to them. */
	readonly isMatching: boolean;
	/** The server's public key in hexadecimal, the first half of the setting at devices. */
	readonly publicKey: string;
	/** Whether a home may use this server. @param home HOME_DIGITS */
	admits(home: string): boolean;
	/**
	 * Finds the key that a home and this server share ({@link accountKeyOf}), of which the key of its tickets is made.
	 * @param from the address of the client, for the limits
	 * @param done gets `none` when no device of the home is registered at any instance, and `undefined` when the store does not answer
	 */
	accountKey(home: string, from: string, done: (key: Uint8Array | "none" | undefined) => void): void;
	/** Computes that key from the public key of a home's account; costly: bound how often. `undefined` when it is not a key. */
	agree(homeKey: Uint8Array): Uint8Array | undefined;
	/** Makes credentials of the TURN server, good for a day; `undefined`: there is none. @param user tells users apart */
	turn(user: string): TurnServer | undefined;
}

/** A part that only some hosts have, or that is written elsewhere. */
export type RendezvousExtra = (services: RendezvousServices) => Part;
