import { type MjpegFailure, mjpegFailureText } from "../../camera/mjpeg-failure";
import { MjpegFeed, type MjpegFeedHost, type MjpegFeedSink } from "../../camera/mjpeg-feed";
import { wrapPart } from "../../camera/mjpeg-part";
import type { Millis } from "../../core/time";
import type { Frame } from "../../media/frame";
import type { FanOutGroup } from "../../ports/net";
import { HOPS_FIELD, type Hops, LOOP_ABOVE, LOOP_DETECTED, NO_HOPS, parseHops, writeHops } from "../../relay/hops";
import type { RelayedContent, RelayRefusal } from "../../relay/relayed-content";
import type { Upstream, UpstreamListener } from "../../relay/upstream";
import { parseHttpSource } from "../../wire/http-source-url";
import { fieldOf, type TextMessage } from "../../wire/text-message";

/** The longest pause between attempts while viewers wait for the origin to come back. */
const PAUSE_MAX: Millis = 5000;

/** What an upstream by HTTP needs of its relay. */
export interface MjpegUpstreamHost {
	readonly feed: MjpegFeedHost;
	/** The relay's identity in lists of hops. */
	readonly hop: string;
	/** @see MjpegFeedOptions */
	readonly basic: boolean;
	readonly certificate: string;
	/** The upstream was closed. */
	closed(upstream: MjpegUpstream): void;
}

/**
 * The one Motion JPEG stream of a content from its origin, and its copies to all viewers: each picture is wrapped once and sent to
 * all of them in one call. Its octets stay as they are.
 */
export class MjpegUpstream implements Upstream, MjpegFeedSink {
	/** The newest picture; `undefined`: none yet, or the session is broken. */
	latest: Frame | undefined;
	/** {@link FanOutGroup.sends} of it. */
	latestNumber = 0;
	hops: Hops = NO_HOPS;
	readonly group: FanOutGroup;
	private readonly feed: MjpegFeed;
	private asked: Hops = NO_HOPS;
	private hasOpened = false;
	private isComing = false;

	constructor(
		private readonly host: MjpegUpstreamHost,
		readonly content: RelayedContent,
		private readonly listener: UpstreamListener,
	) {
		const { feed, hop, basic, certificate } = host;
		this.group = feed.network.fanOut();
		this.feed = new MjpegFeed(
			feed,
			{
				// Read at each attempt, as it may change.
				place: () => parseHttpSource(content.url),
				basic,
				certificate,
				isUnchanged: true,
				pause: PAUSE_MAX,
				fields: () => [[HOPS_FIELD, writeHops(this.asked, hop)]],
			},
			this,
		);
	}

	open(_now: Millis, hops: Hops): void {
		this.asked = hops;
		this.feed.start();
	}

	close(): void {
		this.feed.stop();
		this.forget();
		this.host.closed(this);
	}

	/** Reports to origins that are reached by HTTP are requests of their own. */
	report: Upstream["report"] = (now, _body, _signature, answered) =>
		answered(now, "failed", "a Motion JPEG stream takes no reports");

	/** @see MjpegFeedSink */
	accepted(_now: Millis, answer: TextMessage): void {
		this.hops = parseHops(fieldOf(answer, "porthole-hops")) ?? NO_HOPS;
	}

	/** @see MjpegFeedSink */
	picture(frame: Frame): void {
		wrapPart(frame);
		this.latest?.release();
		this.latest = frame;
		this.group.send(frame.bytes, frame.partStart, frame.partEnd, frame);
		this.latestNumber = this.group.sends;
		if (this.isComing) return;
		this.isComing = true;
		this.hasOpened = true;
		this.listener.opened(frame.at);
	}

	/** @see MjpegFeedSink */
	failed(now: Millis, failure: MjpegFailure): void {
		const reason = mjpegFailureText(failure);
		if (!this.hasOpened) {
			this.feed.stop();
			this.host.closed(this);
			this.listener.refused(now, refusalOf(failure, reason));
			return;
		}
		if (!this.isComing) return;
		this.isComing = false;
		this.forget();
		this.listener.broken(now, reason);
	}

	/** An old picture must not look live. */
	private forget(): void {
		this.latest?.release();
		this.latest = undefined;
	}
}

/** The origin's own status where it gave one; otherwise that of a gateway. @see RFC 9110 §15.6.3 */
function refusalOf(failure: MjpegFailure, message: string): RelayRefusal {
	switch (failure.kind) {
		case "status":
			if (failure.status === LOOP_DETECTED) return LOOP_ABOVE;
			return { status: failure.status >= 400 && failure.status <= 599 ? failure.status : 502, message };
		case "login":
			return { status: 401, message: "the origin wants a login that the relay does not have" };
		case "type":
			return { status: 415, message };
		case "no-picture":
			return { status: 504, message };
		case "connection":
			return { status: failure.why === "timeout" ? 504 : 502, message };
		default:
			return { status: 502, message };
	}
}
