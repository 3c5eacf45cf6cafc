import type { DatagramOutbox } from "../core/datagram";
import type { Outlet } from "../core/machine";
import type { Former } from "./succession-contract";

/** What a fleet tells its app. */
export type FleetEvent =
	/** What a page shows has changed. */
	| { readonly type: "changed" }
	/** This camera's own name has changed and is to be kept. */
	| { readonly type: "name"; readonly name: string; readonly automatic: boolean }
	/** This camera is to be the representative, or no longer. @see SuccessionOutbox.role */
	| { readonly type: "role"; readonly representative: boolean; readonly formers: readonly Former[] }
	/** The gateway is to be asked for a sign of life; `Fleet.proven` reports it. */
	| { readonly type: "doubt" };

/** What a fleet may do. */
export interface FleetOutbox extends DatagramOutbox, Outlet<FleetEvent> {}

/** What a camera says of itself. */
export interface Self {
	name: string;
	automaticName: boolean;
	httpPort: number;
	externalPort: number;
	externalHost: string;
	/** Chosen by the cameras; without announcements by the gateway, which gave it the port. */
	representative: boolean;
	/** True: it has the representative's port on the gateway. */
	holds: boolean;
}
