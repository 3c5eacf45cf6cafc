import type { Millis } from "../../../core/time";
import type { PeerTicket } from "../../peer-ticket";
import type { AcceptedRequest } from "./signed-answers";

/** An authentic request by a ticket. */
export interface ViewerRequest {
	readonly ticket: PeerTicket;
	/** The text of the ticket. */
	readonly text: string;
	/** The home's identifier in the first HOME_OCTETS; the rest is undefined. Valid during the call. */
	readonly ids: Uint8Array;
	/** The home in the table. */
	readonly home: number;
	readonly roundTrip: Millis;
	readonly request: AcceptedRequest;
}
