import type { Millis } from "../core/time";

/** Takes the body of a message as it arrives: an upload at a server, a download at a client. */
export interface BodySink {
	/**
	 * Takes `bytes[start, end)`, which is valid during the call only.
	 * @returns false when it wants no more until it is resumed; the other side is slowed down by that
	 */
	take(now: Millis, bytes: Uint8Array, start: number, end: number): boolean;
	/** The body is whole. May come while the sink wants no more. */
	end(now: Millis): void;
	/**
	 * The body will not be whole: the connection is gone; or what came is malformed, too large or too slow; or, at a
	 * server, an answer was given before the end. Called once, in place of {@link end}.
	 */
	abort(): void;
}
