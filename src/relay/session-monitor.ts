import type { Millis } from "../core/time";
import type { Hops } from "./hops";
import type { RelayedContent, RelayRefusal } from "./relayed-content";

/** A viewer of a content, as the session monitor knows it. */
export interface RelayViewer {
	/** Identifies the ticket by which it was admitted; empty or absent: none. */
	readonly ticket?: string;
	/** The relay ends the session: the upstream is gone for good, or the relay stops. @param reason for the viewer and the log */
	dismissed(now: Millis, reason: string): void;
}

/**
 * The session monitor (REP-14): sees the requests of viewers, opens one upstream session for each content and closes it after the
 * last viewer (REP-2, REP-3, REP-7), rides through breaks (REP-10).
 */
export interface SessionMonitor {
	/**
	 * A viewer asks for a content. The first one opens the upstream; those that come meanwhile wait for the same answer; later ones
	 * are answered at once, without anything to the origin.
	 * @param hops the relays that the request has passed, judged before by refusalOfHops; those of the viewer who opens the upstream go upstream
	 * @param answered called once, in this call or later: `undefined`: accepted. An accepted viewer must join within a few seconds,
	 * or the upstream may be closed again
	 */
	ask(
		now: Millis,
		content: RelayedContent,
		hops: Hops,
		answered: (now: Millis, refusal: RelayRefusal | undefined) => void,
	): void;
	/** The relays between the origin and this one, for the answer to an accepted viewer and its records (REP-11). @see Upstream.hops */
	hopsOf(content: RelayedContent): Hops;
	/** A viewer that was accepted begins to watch. */
	join(now: Millis, content: RelayedContent, viewer: RelayViewer): void;
	/** A viewer has left or vanished; harmless when repeated. */
	leave(now: Millis, content: RelayedContent, viewer: RelayViewer): void;
}
