import type { Millis } from "../../core/time";
import { type Hops, NO_HOPS, refusalOfHops } from "../../relay/hops";
import type { RelayedContent, RelayRefusal } from "../../relay/relayed-content";
import type { ContentHost } from "../../stream/distribution/playable-content";
import { type RelayedCatalog, RelayedContents } from "../../stream/relayed/relayed-contents";
import { RelayedVideo } from "../../stream/relayed/relayed-video";
import type { RelayedViewer } from "../../stream/relayed/relayed-viewer";
import { RtspRefusal } from "../../stream/rtsp-refusal";
import type { Answered } from "../../stream/stream-transport";
import { isContent } from "./content-sources";
import type { ContentRequest, RelayServices } from "./relay-services";
import { rtspRefusalOf } from "./rtsp-refusals";
import { RtspUpstream, type RtspUpstreamHost } from "./rtsp-upstream";
import { RtspViewer } from "./rtsp-viewer";

/** How many contents are remembered that were asked for. */
const KNOWN_MAX = 1024;

const NOT_OPEN = new RtspRefusal(503, "the upstream has ended, try again");
const NO_CONTENT = new RtspRefusal(404, "there is no such content");

/** What was asked for, and by which way the request came. */
interface Known {
	/** What it is answered. */
	readonly found: RelayedContent | RelayRefusal;
	/** What it is about, also where it is refused because of the way it came. */
	readonly content: RelayedContent | undefined;
	readonly hops: Hops;
}

/** The contents that a relay gets and serves by RTSP: finds them, asks the session monitor for them, and accounts for their viewers. */
export class RtspContents implements RelayedCatalog {
	readonly playable: RelayedContents;
	/** What was asked for, the newest last. */
	private readonly known = new Map<string, Known>();
	private readonly upstreams = new Map<string, RtspUpstream>();
	private readonly viewers = new Map<RelayedViewer, RtspViewer>();

	/**
	 * @param streams the distribution that sends them
	 * @param hostOf what the upstream of a content needs, but for what this class does itself
	 */
	constructor(
		private readonly relay: RelayServices,
		private readonly streams: ContentHost,
		hostOf: (content: RelayedContent) => Omit<RtspUpstreamHost, "opened" | "closed">,
	) {
		this.playable = new RelayedContents(this, streams);
		relay.upstreams.set("rtsp", (content, listener) => {
			const host: RtspUpstreamHost = {
				...hostOf(content),
				opened: (upstream) => this.opened(upstream),
				closed: (now, upstream) => this.closed(now, upstream),
			};
			return new RtspUpstream(host, content, new RelayedVideo(streams), listener);
		});
	}

	/**
	 * Finds what a request asks for.
	 * @param hops as the request names them; `undefined`: malformed
	 * @returns the content's key, by which the distribution knows it from now on; for what is refused something that is nobody else's
	 * key, as anybody may ask, and others may be about to enter the content
	 */
	find(request: ContentRequest, hops: Hops | undefined): string {
		const { known, relay } = this;
		const asked = relay.find(request);
		const content = isContent(asked) ? asked : undefined;
		const found = content === undefined ? asked : (refusalOfHops(hops, relay.hop) ?? content);
		const key = isContent(found) ? found.key : ` ${request.proxied} ${request.path} ${found.status}`;
		known.delete(key);
		known.set(key, { found, content, hops: hops ?? NO_HOPS });
		if (known.size > KNOWN_MAX) for (const [oldest] of known) if (known.delete(oldest)) break;
		return key;
	}

	/** The content with this key, if it was found. */
	content(key: string): RelayedContent | undefined {
		return this.known.get(key)?.content;
	}

	/** @see RelayedCatalog */
	has(id: string): boolean {
		return this.known.has(id);
	}

	/** @see RelayedCatalog */
	open(now: Millis, id: string, answered: Answered<RelayedVideo>): void {
		const { relay } = this;
		const { found, hops } = this.known.get(id) ?? NOTHING;
		if (found === undefined) return answered(now, NO_CONTENT);
		if (!isContent(found)) return answered(now, rtspRefusalOf(found));
		relay.monitor.ask(now, found, hops, (at, refusal) => {
			if (refusal !== undefined) return answered(at, rtspRefusalOf(refusal));
			answered(at, this.upstreams.get(found.key)?.video ?? NOT_OPEN);
		});
	}

	/** @see RelayedCatalog */
	joined(now: Millis, viewer: RelayedViewer): void {
		const { session } = viewer;
		const content = this.upstreams.get(session.content)?.content ?? this.content(session.content);
		const end = (at: Millis, reason: string): void => {
			viewer.reason = reason;
			this.streams.fail(at, session, reason);
		};
		if (content === undefined) end(now, NOT_OPEN.message);
		else this.viewers.set(viewer, new RtspViewer(this.relay, now, content, viewer, end));
	}

	/** @see RelayedCatalog */
	left(now: Millis, viewer: RelayedViewer): void {
		this.viewers.get(viewer)?.left(now);
		this.viewers.delete(viewer);
	}

	private opened(upstream: RtspUpstream): void {
		this.upstreams.set(upstream.content.key, upstream);
		this.playable.add(upstream.video);
	}

	private closed(now: Millis, upstream: RtspUpstream): void {
		const { key } = upstream.content;
		if (this.upstreams.get(key) === upstream) this.upstreams.delete(key);
		this.playable.remove(now, upstream.video, "the upstream has ended");
	}
}

const NOTHING = Object.freeze({ found: undefined, hops: NO_HOPS });
