import type { Millis } from "../core/time";

/** Receives the body of a message as it arrives: an upload on a server, a download on a client. */
export interface BodySink {
	/**
	 * Takes `bytes[start, end)`, which is valid during the call only.
	 * @returns false to get no more until it is resumed; the peer feels back-pressure then
	 */
	take(now: Millis, bytes: Uint8Array, start: number, end: number): boolean;
	/** The body is complete. May be called while the sink is paused. */
	end(now: Millis): void;
	/**
	 * The body will not be completed: the connection was lost; the body is malformed, too large or too slow; or a server
	 * has answered before the end. Called at most once, instead of {@link end}.
	 */
	abort(): void;
}
