import type { Millis } from "../../core/time";
import type { MeteredSession } from "../../relay/metering";
import type { RelayedContent } from "../../relay/relayed-content";
import type { RelayViewer } from "../../relay/session-monitor";
import type { RelayedViewer } from "../../stream/relayed/relayed-viewer";
import { viewerNameOf } from "./relay-gate";
import type { RelayServices } from "./relay-services";

/** A viewer over RTSP, for the session monitor and the metering manager, from its SETUP to its end (REP-5, REP-6). */
export class RtspViewer implements RelayViewer {
	readonly ticket: string;
	private readonly account: MeteredSession;

	/** @param end ends its stream */
	constructor(
		private readonly relay: Pick<RelayServices, "monitor" | "metering">,
		now: Millis,
		readonly content: RelayedContent,
		private readonly viewer: RelayedViewer,
		private readonly end: (now: Millis, reason: string) => void,
	) {
		const { session } = viewer;
		const { admission, framing, client } = session;
		this.ticket = admission?.relayTicket ?? "";
		const who = {
			content: content.content,
			origin: content.origin,
			protocol: "rtsp" as const,
			framing,
			viewer: viewerNameOf(admission),
			ticket: this.ticket,
			address: client,
			hops: relay.monitor.hopsOf(content).length,
		};
		this.account = relay.metering.begin(now, who, content, viewer);
		relay.monitor.join(now, content, this);
	}

	/** @see RelayViewer */
	dismissed(now: Millis, reason: string): void {
		this.end(now, reason);
	}

	/** Its stream has ended. */
	left(now: Millis): void {
		const { reason } = this.viewer;
		this.account.end(now, reason === "TEARDOWN" ? "the viewer left" : reason);
		this.relay.monitor.leave(now, this.content, this);
	}
}
