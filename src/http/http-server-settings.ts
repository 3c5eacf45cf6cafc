import type { Millis } from "../core/time";

/** How a server guards itself; times in milliseconds. */
export interface HttpServerSettings {
	/** Connections at a time. */
	readonly connections: number;
	/** Connections at a time from one address. */
	readonly connectionsPerAddress: number;
	/** From the first octet of a request to the end of its head. @default 10000 */
	readonly headTimeout: Millis;
	/** From the end of the head to the end of the body. @default 15000 */
	readonly bodyTimeout: Millis;
	/** Between requests. @default 30000 */
	readonly idleTimeout: Millis;
	/** The same for a stranger: who has had no request admitted. @default 10000 */
	readonly strangerTimeout: Millis;
	/** For a handler to answer; then 504. @default 15000 */
	readonly handlerTimeout: Millis;
	/** For a visitor who takes nothing of what is sent. @default 30000 */
	readonly stallTimeout: Millis;
}

/** The settings that a server is made with: its limits, and what differs from {@link HTTP_SERVER_DEFAULTS}. */
export type HttpServerOptions = Pick<HttpServerSettings, "connections" | "connectionsPerAddress"> &
	Partial<HttpServerSettings>;

/** @see HttpServerSettings */
export const HTTP_SERVER_DEFAULTS: Omit<HttpServerSettings, "connections" | "connectionsPerAddress"> = Object.freeze({
	headTimeout: 10000,
	bodyTimeout: 15000,
	idleTimeout: 30000,
	strangerTimeout: 10000,
	handlerTimeout: 15000,
	stallTimeout: 30000,
});

/** What a server has seen since its start. */
export interface HttpCounters {
	accepted: number;
	/** Connections refused by a limit. */
	refused: number;
	/** Connections of strangers that were dropped in favour of others. */
	displaced: number;
	requests: number;
	/** Requests that could not be read. */
	malformed: number;
	/** Connections dropped because the visitor was too slow. */
	timeouts: number;
}
