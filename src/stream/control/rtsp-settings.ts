import type { Millis, Seconds } from "../../core/time";

/** How many clients an RTSP server has. */
export interface RtspServerLimits {
	/** Maximum number of open connections, and of sessions. */
	readonly connections: number;
	/** The same from one address. */
	readonly connectionsPerAddress: number;
}

/** How long a session lives without a sign of life from its client. */
export const SESSION_TIME: Seconds = 60;
/** Time from the first octet of a message to its end. */
export const MESSAGE_TIME: Millis = 10_000;
/** Time between two requests on a connection without a session. */
export const IDLE_TIME: Millis = 60_000;
/** The same on a connection without an admitted request. */
export const UNTRUSTED_TIME: Millis = 10_000;
/** Time for an answer of the distribution; after it the response is 503. */
export const ANSWER_TIME: Millis = 15_000;
/** Time for which a response may wait for room on the connection. */
export const STALL_TIME: Millis = 30_000;

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
