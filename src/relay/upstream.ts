import type { Millis } from "../core/time";
import type { Hops } from "./hops";
import type { ReportChannel } from "./metering";
import type { RelayedContent, RelayRefusal } from "./relayed-content";

/** Learns what becomes of an upstream session. */
export interface UpstreamListener {
	/** The origin has accepted, and media comes: once for each {@link Upstream.open}, and again after each `broken`. */
	opened(now: Millis): void;
	/** The origin has refused, or could not be reached for the first time: the upstream is closed. */
	refused(now: Millis, refusal: RelayRefusal): void;
	/** Media does not come any more; the upstream tries again by itself until it is closed (REP-10). @param reason for the log */
	broken(now: Millis, reason: string): void;
}

/** The interface to the IP network (REP-14): the one upstream session of one content. */
export interface Upstream extends ReportChannel {
	/** Opens the session; called when it is closed. @param hops of the first viewer's request: the request upstream names them and this relay */
	open(now: Millis, hops: Hops): void;
	/** Ends the session in order. Nothing is told afterwards. */
	close(now: Millis): void;
	/** The relays between the origin and this one, as the upstream's answer says: none, or some in a chain; known once it is open (REP-11). */
	readonly hops: Hops;
}

/**
 * Makes the upstream of a content, closed: one for each protocol. Its maker takes its media, and copies it to the viewers that
 * have joined; an upstream that was closed for good is not used again.
 */
export type UpstreamMaker = (content: RelayedContent, listener: UpstreamListener) => Upstream;
