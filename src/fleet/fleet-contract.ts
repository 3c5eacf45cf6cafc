import type { DatagramOutbox } from "../core/datagram";
import type { Outlet } from "../core/machine";
import type { EndedSession } from "./logout-notice";
import type { FormerRepresentative } from "./succession-contract";

/** What a fleet tells its owner. */
export type FleetEvent =
	/** Something that a page shows has changed. */
	| { readonly type: "changed" }
	/** This camera's own name has changed and is to be stored. */
	| { readonly type: "name"; readonly name: string; readonly automatic: boolean }
	/** This camera is to be the representative, or no longer. @see SuccessionOutbox.role */
	| { readonly type: "role"; readonly representative: boolean; readonly formers: readonly FormerRepresentative[] }
	/** The gateway is to be asked for a sign of life; `Fleet.gatewayAnswered` reports it. */
	| { readonly type: "check-gateway" }
	/** The fleet has a newer login record, which is to be stored and applied; the fleet uses it already. */
	| { readonly type: "login"; readonly version: number; readonly text: string }
	/** A user has logged out at another camera of the sealed fleet, which accepts the same sessions. */
	| ({ readonly type: "logout" } & EndedSession);

/** What a fleet may do: send datagrams and emit events. */
export interface FleetOutbox extends DatagramOutbox, Outlet<FleetEvent> {}
