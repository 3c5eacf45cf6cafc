import type { Millis } from "../../core/time";
import type { FanOutGroup } from "../../ports/net";
import type { ContentDescription, PlayRange } from "../content";
import type { BandwidthManager } from "../reports/bandwidth-manager";
import type { Answered, PlayAnswer } from "../stream-transport";
import type { RtpOrigin } from "./rtp-origin";
import type { StreamSession } from "./stream-session";

/**
 * A content as the distribution plays it, live pictures, or a folder of stored contents (STR-11).
 *
 * A stream is given to it by {@link enter}, plays between {@link play} and {@link pause}, and is taken back by {@link leave}.
 * What cannot go on the content ends by {@link ContentHost.fail}.
 */
export interface PlayableContent {
	/** Whether its pictures become smaller with the quality of the camera. */
	readonly followsQuality: boolean;
	/** Pictures per second of a live content; 0: not known. */
	readonly perSecond: number;
	/** When {@link expire} must be called next; `Infinity` while nothing is pending. Read again after each call. */
	readonly deadline: Millis;
	/** Handles everything due at `now`. */
	expire(now: Millis): void;
	/** Whether it is the content with this ID, or has it; false while the camera has no such video. */
	has(id: string): boolean;
	/** Describes a content that it has; answered once, in this call or later. */
	describe(now: Millis, id: string, answered: Answered<ContentDescription>): void;
	/**
	 * A stream is set up: over TCP, where streams share their packets, it gets their SSRC. Answered once, in this call or later.
	 */
	enter(now: Millis, session: StreamSession, answered: Answered<undefined>): void;
	/** Makes the bandwidth manager of a stream that plays. */
	newManager(session: StreamSession): BandwidthManager;
	/** The stream is taken down; it plays no more. */
	leave(now: Millis, session: StreamSession): void;
	/**
	 * Starts a stream that is ready or paused, or moves one that plays. Unless the answer is a refusal, the stream is `playing` before
	 * the answer is given, and its first packet is sent after.
	 */
	play(now: Millis, session: StreamSession, range: PlayRange | undefined, answered: Answered<PlayAnswer>): void;
	/** Stops sending to a stream; harmless when it does not play. */
	pause(now: Millis, session: StreamSession): void;
	/** The connection of a stream that plays has room again. */
	room(now: Millis, session: StreamSession): void;
	/** The pace of a stream has changed, or which pictures it takes. */
	paced(session: StreamSession): void;
	/** The RTP timestamp of an instant, 32 bits, for sender reports. */
	timestampAt(now: Millis, session: StreamSession): number;
	/** The camera leaves: what still waits is refused, and sources stop. All streams have left. */
	close(now: Millis): void;
}

/** What a content uses of the distribution. */
export interface ContentHost {
	/** The monotonic clock, for what happens between calls. */
	now(): Millis;
	readonly origin: RtpOrigin;
	/** A fan-out group of the host without receivers, for what is sent to one stream. */
	readonly solo: FanOutGroup;
	newGroup(): FanOutGroup;
	/** Ends a stream that cannot go on, or that has come to its end. @param reason @see StreamListener.streamEnded */
	fail(now: Millis, session: StreamSession, reason: string): void;
	/** A content's deadline has changed outside of a call by the distribution. */
	rearm(): void;
}
