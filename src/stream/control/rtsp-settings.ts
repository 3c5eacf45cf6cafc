import type { Millis, Seconds } from "../../core/time";

/** Limits of an RTSP server. */
export interface RtspServerSettings {
	/** Maximum number of open connections, and of sessions. */
	readonly connections: number;
	/** The same from one address. */
	readonly connectionsPerAddress: number;
	/** How long a session lives without a sign of life from its client. @default 60 */
	readonly sessionTimeout: Seconds;
	/** Time from the first octet of a message to its end. @default 10000 */
	readonly messageTimeout: Millis;
	/** Time between two requests on a connection without a session. @default 60000 */
	readonly idleTimeout: Millis;
	/** The same on a connection without an admitted request. @default 10000 */
	readonly untrustedTimeout: Millis;
	/** Time for an answer of the distribution; after it the response is 503. @default 15000 */
	readonly answerTimeout: Millis;
	/** Time for which a response may wait for room on the connection. @default 30000 */
	readonly stallTimeout: Millis;
}

/** The settings of a server that have no default, and those that differ from {@link RTSP_SERVER_DEFAULTS}. */
export type RtspServerOptions = Pick<RtspServerSettings, "connections" | "connectionsPerAddress"> &
	Partial<RtspServerSettings>;

/** @see RtspServerSettings */
export const RTSP_SERVER_DEFAULTS: Omit<RtspServerSettings, "connections" | "connectionsPerAddress"> = Object.freeze({
	sessionTimeout: 60,
	messageTimeout: 10_000,
	idleTimeout: 60_000,
	untrustedTimeout: 10_000,
	answerTimeout: 15_000,
	stallTimeout: 30_000,
});

/** Counters of an RTSP server since its start. */
export interface RtspCounters {
	/** Connections accepted. */
	accepted: number;
	/** Connections refused because a limit was reached. */
	refused: number;
	/** Connections of strangers, and idle ones of guests, that were dropped for new ones. */
	displaced: number;
	requests: number;
	/** Requests that were malformed or exceeded a limit, and interleaved frames that nobody expects. */
	malformed: number;
	/** Requests answered 401. */
	strangers: number;
	/** Connections and sessions that ended because the client was too slow or silent. */
	timeouts: number;
	/** Sessions set up. */
	sessions: number;
}
