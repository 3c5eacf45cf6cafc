import type { Millis } from "../core/time";
import type { DeliveryCounters, MeteredViewer } from "./metering-record";
import type { RelayedContent } from "./relayed-content";

/** The account of one viewer's session. */
export interface MeteredSession {
	/** The session's identity: 32 hexadecimal digits. */
	readonly id: string;
	/** The session has ended: its last record is made of the counters as they are now, and stored. Harmless when repeated. */
	end(now: Millis, reason: string): void;
}

/** The metering (charging) manager, as the session monitor and the two interfaces see it (REP-14, REP-5). */
export interface Metering {
	/**
	 * A viewer was accepted.
	 * @param counters read at the end, and now and then for interim records
	 */
	begin(now: Millis, viewer: MeteredViewer, content: RelayedContent, counters: DeliveryCounters): MeteredSession;
	/**
	 * The upstream session of a content is open and can deliver reports to the content's origin: told at each `opened` of an upstream
	 * that is the origin itself (it names no hops), over RTSP, and with `undefined` when it breaks, and before it is closed after {@link settle}.
	 */
	reach(now: Millis, content: RelayedContent, channel: ReportChannel | undefined): void;
	/**
	 * The upstream of a content is about to end: reports on it go first (REP-6, REP-7).
	 * @param done called once, when they are delivered, or after a few seconds when they can't be: then they stay in the outbox
	 */
	settle(now: Millis, content: RelayedContent, done: (now: Millis) => void): void;
}

/** A way to deliver reports to an origin (REP-6): over an upstream session, or by a request of its own. */
export interface ReportChannel {
	/**
	 * Sends one report: the octets of its JSON body and the value of the field `Porthole-Report`, which names relay and signature.
	 * @param answered called once. `stored`: the answer is 200, and the detail is the value of its field `Porthole-Report`, the
	 * receipt, which the caller checks. `refused`: the origin understood and does not want
	 * it. `failed`: not known whether it arrived; it is sent again later, with the same identifiers
	 */
	report(
		now: Millis,
		body: Uint8Array,
		signature: string,
		answered: (now: Millis, outcome: "stored" | "refused" | "failed", detail: string) => void,
	): void;
}
