import type { DatagramOutbox } from "../core/datagram";
import type { Outlet } from "../core/machine";
import type { FormerRepresentative } from "./succession-contract";

/** What a fleet tells its app. */
export type FleetEvent =
	/** What a page shows has changed. */
	| { readonly type: "changed" }
	/** This camera's own name has changed and is to be kept. */
	| { readonly type: "name"; readonly name: string; readonly automatic: boolean }
	/** This camera is to be the representative, or no longer. @see SuccessionOutbox.role */
	| { readonly type: "role"; readonly representative: boolean; readonly formers: readonly FormerRepresentative[] }
	/** The gateway is to be asked for a sign of life; `Fleet.gatewayAnswered` reports it. */
	| { readonly type: "check-gateway" }
	/** The fleet has a newer record of passwords, which is to be kept and applied; the fleet uses it already. */
	| { readonly type: "login"; readonly version: number; readonly text: string };

/** What a fleet may do. */
export interface FleetOutbox extends DatagramOutbox, Outlet<FleetEvent> {}

/** What a camera says of itself. */
export interface SelfDescription {
	name: string;
	automaticName: boolean;
	httpPort: number;
	externalPort: number;
	externalHost: string;
	/** Chosen by the cameras; without announcements by the gateway, which gave it the port. */
	representative: boolean;
	/** True: it has the representative's port on the gateway. */
	holds: boolean;
	/** True: links to it are https. @default false */
	secure: boolean;
	/** True: it has no pictures now. @default false */
	trouble: boolean;
	/** Version of its record of passwords; 0 for none that others are told of. @see LoginRecordSync */
	login: number;
}

/** What a camera says of itself before it knows anything. */
export function unknownSelf(): SelfDescription {
	return {
		name: "",
		automaticName: true,
		httpPort: 0,
		externalPort: 0,
		externalHost: "",
		representative: false,
		holds: false,
		secure: false,
		trouble: false,
		login: 0,
	};
}
