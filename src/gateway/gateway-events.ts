import type { DatagramOutbox } from "../core/datagram";
import type { Outlet } from "../core/machine";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { Diagnosis } from "./diagnosis";
import type { MappingDescription } from "./mapping-description";
import type { LossReason, MappingMethod, WantedMapping } from "./wanted-mapping";

/** One entry of the gateway's table. */
export interface GatewayTableEntry {
	readonly protocol: "TCP" | "UDP";
	readonly externalPort: number;
	readonly internalClient: string;
	readonly internalPort: number;
	/** The description's contents if the entry leads to the pages of one of our cameras; `undefined` for all others. */
	readonly ours: MappingDescription | undefined;
}

/** The events of the gateway client. */
export type GatewayEvent =
	/** A gateway was found and chosen; `name` is its own name, untrusted text. */
	| { readonly type: "found"; readonly name: string; readonly address: string }
	/** This camera holds an external port for its pages (IMG-3, IMG-4). */
	| {
			readonly type: "mapped";
			readonly externalPort: number;
			readonly internalPort: number;
			readonly representative: boolean;
			readonly by: MappingMethod;
	  }
	/** It does not hold one any more. */
	| { readonly type: "lost"; readonly reason: LossReason }
	/** A mapping asked for with `want` exists. */
	| {
			readonly type: "mapping";
			readonly state: "mapped";
			readonly mapping: WantedMapping;
			readonly externalPort: number;
			readonly internalPort: number;
			readonly by: MappingMethod;
	  }
	/** A mapping asked for with `want` does not exist any more. */
	| { readonly type: "mapping"; readonly state: "lost"; readonly mapping: WantedMapping; readonly reason: LossReason }
	/** No candidate of a mapping asked for with `want` is available; all are tried again in a minute. */
	| {
			readonly type: "mapping";
			readonly state: "refused";
			readonly mapping: WantedMapping;
			readonly diagnosis: Diagnosis;
	  }
	/** The gateway refuses a port with an error that no diagnosis names: an error of UPnP, or a result code of PCP or NAT-PMP. */
	| { readonly type: "refusal"; readonly by: MappingMethod; readonly error: number }
	/** It held the representative's port, and now another live camera does: this one steps down (IMG-25). */
	| { readonly type: "beaten" }
	/** The gateway has answered since `askSign`. */
	| { readonly type: "sign" }
	/** The gateway's address as the Internet sees it; empty when it is unknown or not public (IMG-5). */
	| { readonly type: "address"; readonly address: string }
	/** The gateway's table was read; `complete` is false when that broke off before its end (IMG-9, IMG-11). */
	| { readonly type: "table"; readonly entries: readonly GatewayTableEntry[]; readonly complete: boolean }
	/** A problem has appeared, or is gone. */
	| { readonly type: "diagnosis"; readonly diagnosis: Diagnosis; readonly holds: boolean }
	/** This camera leaves, and the representative's port is free of it as far as that was possible in a moment (IMG-20). */
	| { readonly type: "released" }
	/** All mappings are deleted, or cannot be; no event follows. */
	| { readonly type: "left" };

/** An HTTP request to a gateway; answered by `answered` or `unanswered` with the same `id`. */
export interface GatewayRequest {
	readonly id: number;
	/** The interface to connect from. */
	readonly path: Path;
	readonly address: string;
	readonly port: number;
	/** The Host field. @default `address:port` */
	readonly host?: string;
	readonly method: "GET" | "POST" | "SUBSCRIBE" | "UNSUBSCRIBE";
	readonly target: string;
	readonly headers: readonly (readonly [string, string])[];
	readonly body: Uint8Array;
	/** After this time the connection is reset, so that the request does not arrive later. @default 5000 */
	readonly timeout?: Millis;
}

/** What the gateway client, or another client of gateways, can do. */
export interface GatewayOutbox<Event = GatewayEvent> extends DatagramOutbox, Outlet<Event> {
	/** Makes an HTTP request over TCP. Only one is under way at a time. */
	request(request: GatewayRequest): void;
	/** Closes the connection of the request that is under way; it is not answered. */
	abandon(): void;
}

/** What is known about the gateway, for pages and for the doctor. */
export interface GatewayStatus {
	/** The gateway's own name, untrusted text; empty while none is found. */
	readonly name: string;
	readonly gatewayAddress: string;
	readonly service: string;
	readonly externalAddress: string;
	readonly externalPort: number;
	readonly representative: boolean;
	readonly by: MappingMethod | "";
	/** How much of its table was read last (IMG-9). */
	readonly table: "unread" | "complete" | "incomplete";
	readonly diagnoses: readonly Diagnosis[];
}
