import type { Millis } from "../core/time";
import type { ContentDescription, PlayRange } from "./content";
import type { StreamSession } from "./stream-session";
import type { Answered, PlayAnswer } from "./stream-transport";

/**
 * A content as the distribution plays it: live pictures, or a file (STR-11).
 *
 * It sends pictures to the streams that it was given with {@link play}, until {@link pause}. It ends a stream that cannot go on
 * by its {@link StreamSession.fail}.
 */
export interface PlayableContent {
	/** When {@link expire} must be called next; `Infinity` while nothing is pending. */
	readonly deadline: Millis;
	/** Handles everything due at `now`. */
	expire(now: Millis): void;
	/** Describes it; answered once, in this call or later. */
	describe(now: Millis, answered: Answered<ContentDescription>): void;
	/** The timestamp that a picture would have that is taken at `now`, 90 kHz, 32 bits: for sender reports. */
	timestampAt(now: Millis, session: StreamSession): number;
	/** Starts a stream that is ready or paused, or moves one that plays. The answer comes before the first packet. */
	play(now: Millis, session: StreamSession, range: PlayRange | undefined, answered: Answered<PlayAnswer>): void;
	/** Stops sending to a stream; harmless when it does not play. */
	pause(now: Millis, session: StreamSession): void;
	/** The connection of a stream that plays has room again. */
	room(now: Millis, session: StreamSession): void;
	/** The pace of a stream that plays has changed. */
	paced(session: StreamSession): void;
	/** Ends everything: the program leaves. */
	close(now: Millis): void;
}
