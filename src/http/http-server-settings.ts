import type { Millis } from "../core/time";

/** Limits of a server. */
export interface HttpServerSettings {
	/** Maximum number of open connections. */
	readonly connections: number;
	/** Maximum number of open connections from one address. */
	readonly connectionsPerAddress: number;
	/** Time from the first octet of a request to the end of its head. @default 10000 */
	readonly headTimeout: Millis;
	/** Time from the end of the head to the end of a body that is collected, or discarded. @default 15000 */
	readonly bodyTimeout: Millis;
	/** Time between two requests. @default 30000 */
	readonly idleTimeout: Millis;
	/** The same on a connection without an admitted request. @default 10000 */
	readonly untrustedTimeout: Millis;
	/** Time for a handler to answer; after it the response is 504. @default 15000 */
	readonly handlerTimeout: Millis;
	/** Time without progress while a response is sent, or an upload received. @default 30000 */
	readonly stallTimeout: Millis;
}

/** The settings of a server that have no default, and those that differ from {@link HTTP_SERVER_DEFAULTS}. */
export type HttpServerOptions = Pick<HttpServerSettings, "connections" | "connectionsPerAddress"> &
	Partial<HttpServerSettings>;

/** @see HttpServerSettings */
export const HTTP_SERVER_DEFAULTS: Omit<HttpServerSettings, "connections" | "connectionsPerAddress"> = Object.freeze({
	headTimeout: 10000,
	bodyTimeout: 15000,
	idleTimeout: 30000,
	untrustedTimeout: 10000,
	handlerTimeout: 15000,
	stallTimeout: 30000,
});

/** Counters of a server since its start. */
export interface HttpCounters {
	accepted: number;
	/** Connections refused because a limit was reached. */
	refused: number;
	/** Connections of strangers, and idle ones of guests, that were dropped for new ones. @see ConnectionLimits */
	displaced: number;
	requests: number;
	/** Requests that were malformed or exceeded a limit. */
	malformed: number;
	/** Connections closed because the client was too slow. */
	timeouts: number;
}
