import type { Millis } from "../../core/time";
import { HOPS_FIELD, type Hops, NO_HOPS, parseHops, writeHops } from "../../relay/hops";
import type { RelayedContent } from "../../relay/relayed-content";
import type { Upstream, UpstreamListener } from "../../relay/upstream";
import type { RtspTrack, SourceCalendar } from "../../stream/client/rtp-sink";
import { type RtspFailure, rtspFailureText } from "../../stream/client/rtsp-failure";
import { RtspFeed, type RtspFeedHost, type RtspFeedOptions, type RtspFeedSink } from "../../stream/client/rtsp-feed";
import type { Framing } from "../../stream/packets/packet-burst";
import type { RelayedVideo } from "../../stream/relayed/relayed-video";
import type { RtpPacket } from "../../wire/rtp";
import { parseSourceUrl } from "../../wire/rtsp-source-url";
import type { RtspUrl } from "../../wire/rtsp-url";
import { fieldOf } from "../../wire/text-message";
import type { ReportAnswered } from "./report-route";
import { relayRefusalOf } from "./rtsp-refusals";
import { reportRequest } from "./rtsp-report";

/** What an upstream needs of its relay. */
export interface RtspUpstreamHost extends RtspFeedHost {
	/** @see RelayServices.hop */
	readonly hop: string;
	/** The transport that is asked for first. */
	readonly framing: Framing;
	/** @see RtspFeedOptions.certificate */
	readonly certificate: string;
	/** @see RtspFeedOptions.basic */
	readonly basic: boolean;
	/** The upstream is open from now on, until {@link closed}: its video may be played. */
	opened(upstream: RtspUpstream): void;
	closed(now: Millis, upstream: RtspUpstream): void;
}

/** The one RTSP session of a content with its origin (REP-2): its packets go to the {@link RelayedVideo} as they come. */
export class RtspUpstream implements Upstream, RtspFeedSink {
	hops: Hops = NO_HOPS;
	private feed: RtspFeed | undefined;
	/** Whether a packet has come since the session began or began again, and whether any ever has. */
	private isUp = false;
	private wasUp = false;

	constructor(
		private readonly host: RtspUpstreamHost,
		readonly content: RelayedContent,
		readonly video: RelayedVideo,
		private readonly listener: UpstreamListener,
	) {}

	open(now: Millis, hops: Hops): void {
		const { host, content } = this;
		const url = parseSourceUrl(content.url);
		if (url === undefined)
			return this.listener.refused(now, { status: 404, message: "the origin's URL can't be read" });
		this.host.opened(this);
		this.feed = new RtspFeed(host, new UpstreamOptions(host, content, url, hops), this);
		this.feed.start();
	}

	close(now: Millis): void {
		this.feed?.stop();
		this.feed = undefined;
		this.host.closed(now, this);
	}

	report(now: Millis, body: Uint8Array, field: string, answered: ReportAnswered): void {
		if (this.feed === undefined) answered(now, "failed", "the upstream session is closed");
		else this.feed.set(reportRequest(body, field, answered));
	}

	/** @see RtpSink */
	began(now: Millis, track: RtspTrack, _calendar: SourceCalendar): void {
		const { answer } = track;
		this.isUp = false;
		this.hops = (answer === undefined ? undefined : parseHops(fieldOf(answer, HOPS_FIELD.toLowerCase()))) ?? NO_HOPS;
		this.video.began(now, track);
	}

	/** @see RtpSink */
	packet(now: Millis, packet: RtpPacket, bytes: Uint8Array): void {
		this.video.packet(now, packet, bytes);
		if (this.isUp) return;
		this.isUp = true;
		this.wasUp = true;
		this.listener.opened(now);
	}

	/** @see RtpSink */
	lost(now: Millis, count: number): void {
		this.video.lost(now, count);
	}

	/** @see RtspFeedSink */
	failed(now: Millis, failure: RtspFailure): void {
		if (!this.wasUp) {
			this.close(now);
			this.listener.refused(now, relayRefusalOf(failure));
			return;
		}
		this.video.interrupt(now);
		if (!this.isUp) return;
		this.isUp = false;
		this.listener.broken(now, rtspFailureText(failure));
	}
}

/** How the feed connects; the URL is read at each attempt, as its pass may have been renewed. */
class UpstreamOptions implements RtspFeedOptions {
	readonly fields: readonly string[];

	constructor(
		private readonly host: RtspUpstreamHost,
		private readonly content: RelayedContent,
		private readonly first: RtspUrl,
		hops: Hops,
	) {
		this.fields = [HOPS_FIELD, writeHops(hops, host.hop)];
	}

	get url(): RtspUrl {
		return parseSourceUrl(this.content.url) ?? this.first;
	}

	get framing(): Framing {
		return this.host.framing;
	}

	get basic(): boolean {
		return this.host.basic;
	}

	get certificate(): string {
		return this.host.certificate;
	}
}
