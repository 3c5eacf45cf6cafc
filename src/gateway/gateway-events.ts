import type { DatagramOutbox } from "../core/datagram";
import type { Outlet } from "../core/machine";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { Diagnosis } from "./diagnosis";
import type { MappingDescription } from "./mapping-description";

/** One entry of the gateway's table. */
export interface GatewayTableEntry {
	readonly protocol: "TCP" | "UDP";
	readonly externalPort: number;
	readonly internalClient: string;
	readonly internalPort: number;
	/** What its description tells, if the entry is of our product; `undefined`: of another. */
	readonly ours: MappingDescription | undefined;
}

/** What the gateway client tells its app. */
export type GatewayEvent =
	/** A gateway was found and chosen; `name` is its own word for itself, foreign text. */
	| { readonly type: "found"; readonly name: string; readonly address: string }
	/** This camera holds an external port (IMG-3, IMG-4). */
	| {
			readonly type: "mapped";
			readonly externalPort: number;
			readonly internalPort: number;
			readonly representative: boolean;
			readonly by: "UPnP" | "PCP" | "NAT-PMP";
	  }
	/** It holds none any more. */
	| { readonly type: "lost"; readonly why: string }
	/** It held the representative's port, and now another camera that lives does: this one steps down (IMG-25). */
	| { readonly type: "beaten" }
	/** The gateway has answered since `askSign`. */
	| { readonly type: "sign" }
	/** The gateway's address as the Internet sees it; empty when it is not known or not public (IMG-5). */
	| { readonly type: "address"; readonly address: string }
	| { readonly type: "table"; readonly entries: readonly GatewayTableEntry[] }
	/** What is the matter has changed. */
	| { readonly type: "diagnosis" }
	/** Mappings are deleted, or can't be; nothing more comes. */
	| { readonly type: "left" };

/** An HTTP request to a gateway; answered by `answered` or `unanswered` with the same `id`. */
export interface GatewayRequest {
	readonly id: number;
	readonly path: Path;
	readonly address: string;
	readonly port: number;
	readonly method: "GET" | "POST";
	readonly target: string;
	readonly headers: readonly (readonly [string, string])[];
	readonly body: Uint8Array;
	/** It is given up after this time, and its connection reset, so that it does not arrive later. @default 5000 */
	readonly timeout?: Millis;
}

/** What the gateway client may do. */
export interface GatewayOutbox extends DatagramOutbox, Outlet<GatewayEvent> {
	/** Makes an HTTP request over TCP. One is under way at a time. */
	request(request: GatewayRequest): void;
	/** Drops the connection of the request that is under way; it is not answered. */
	abandon(): void;
}

/** What is known of the gateway, for pages and for the doctor. */
export interface GatewayStatus {
	/** The gateway's own name; foreign text; empty while none is found. */
	readonly name: string;
	readonly gatewayAddress: string;
	readonly service: string;
	readonly externalAddress: string;
	readonly externalPort: number;
	readonly representative: boolean;
	readonly by: "UPnP" | "PCP" | "NAT-PMP" | "";
	readonly diagnoses: readonly Diagnosis[];
}
