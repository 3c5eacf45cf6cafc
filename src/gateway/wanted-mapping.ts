import type { Seconds } from "../core/time";
import type { TransportProtocol } from "../wire/pcp";
import type { Diagnosis } from "./diagnosis";

/** The protocol by which a gateway gave a port. */
export type MappingMethod = "UPnP" | "PCP" | "NAT-PMP";

/** Why a port was lost. */
export type LossReason =
	| Diagnosis
	/** Port assignment was switched off (IMG-7). */
	| "switched-off"
	/** A UPnP gateway was found, which replaces PCP and NAT-PMP. */
	| "upnp-found"
	/** The router withdrew a mapping made by PCP or NAT-PMP. */
	| "withdrawn"
	/** Another camera is the representative. */
	| "not-representative"
	/** The gateway has given the port to another device. */
	| "reassigned";

/** A request for a port mapping. */
export interface MappingRequest {
	readonly protocol: TransportProtocol;
	/** The port that the mapping leads to; 0: the same as the external port. */
	readonly internalPort: number;
	/** At most 16 external ports to ask for, best first. PCP and NAT-PMP may give another one. */
	readonly candidates: readonly number[];
	/** Renewed at a third of it. @default GatewaySettings.ownLease */
	readonly lease?: Seconds;
	/** At most six letters or digits for the mapping's description, such as `rtsp`. @default the protocol in lower case */
	readonly service?: string;
}

/**
 * The handle of a requested mapping: shows what has become of it.
 *
 * `waiting`: no gateway has answered yet, or another port is being tried; `mapped`: {@link externalPort} leads to the
 * internal port; `refused`: no candidate is available, and all are tried again in a minute; `released`: it was given up.
 */
export class WantedMapping {
	state: "waiting" | "mapped" | "refused" | "released" = "waiting";
	/** The port on the gateway; 0 unless mapped. */
	externalPort = 0;
	/** The protocol by which it was mapped; empty unless mapped. */
	by: MappingMethod | "" = "";
	/** Why it was refused. */
	diagnosis: Diagnosis | undefined;

	constructor(readonly request: MappingRequest) {}
}
