import { maskCredentials } from "../../base/mask-credentials";
import type { Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import type { ActiveSessions } from "../../relay/active-sessions";
import type { ContentSession } from "../../relay/content-session";
import { isNamedByViewer } from "../../relay/named-content";
import type { RelayMonitor } from "../../relay/relay-monitor";
import type { RelayedContent } from "../../relay/relayed-content";
import type { ApiOperation } from "../../web/api";
import { hostOf } from "../../web/browser-request";
import type { Fact } from "../../web/camera-page";
import type { Notice } from "../../web/notices";
import { RELAY_MESSAGES } from "../../web/relay-messages";
import {
	RELAY_STYLE,
	RELAY_STYLE_PATH,
	type RelayContentView,
	type RelayViewerView,
	relayPage,
} from "../../web/relay-page";
import { get, type Metric, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import { styleFile } from "../static-file";
import { rtspUrlOf } from "../url-of";
import type { RelayServices } from "./relay-services";

/** How long the connections of viewers may take to close. */
const FAREWELL: Millis = 200;
/** The most viewers on the page and in the answer for programs. */
const VIEWERS_SHOWN = 500;

/** The most contents with metrics of their own. */
const LABELLED_MAX = 200;

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/relay", label: RELAY_MESSAGES.name, need: "viewer" as const }),
]);

const ROUTES: readonly Route<MonitorPart>[] = Object.freeze([
	get("/", (_monitor: MonitorPart, _request, reply) => reply.redirect("/relay")),
	get("/relay", (monitor: MonitorPart, request, reply) => monitor.show(request, reply)),
]);

const FILES = Object.freeze([styleFile(RELAY_STYLE_PATH, RELAY_STYLE)]);

const OPERATIONS: readonly ApiOperation<MonitorPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/relay",
		need: "owner",
		about:
			"The contents of this relay with the state of their upstreams, the viewers (at most 500) with what they were sent, and the sums since the start.",
		run: (monitor: MonitorPart) => ({ body: monitor.state }),
	}),
]);

/** The session monitor as a part of the relay: its sessions for pages and programs, and their orderly end. */
export class MonitorPart implements Part {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly staticFiles = FILES;
	readonly operations = OPERATIONS;

	constructor(
		private readonly relay: RelayServices,
		private readonly monitor: RelayMonitor,
		private readonly sessions: ActiveSessions,
	) {}

	/** Answers with the relay's page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const { site, node } = this.relay;
		const visitor = site.visitor(request);
		relayPage({
			visitor,
			notices: visitor.owner ? site.notices() : [],
			contents: this.contents(request),
			viewers: visitor.owner ? this.viewers() : [],
			totals: this.sessions.totals,
			facts: visitor.owner ? node.parts.flatMap((part) => part.facts?.() ?? []) : [],
		}).reply(reply);
	}

	/** The answer to `GET /api/v1/relay`. */
	get state(): Record<string, unknown> {
		const contents = this.all().map(({ content, session }) => {
			const { protocol, origin, needsLogin } = content;
			const key = maskCredentials(content.key);
			const { title = key } = content;
			const hops = session?.upstream.hops.length ?? 0;
			return {
				key,
				title,
				protocol,
				origin,
				needsLogin,
				state: session?.state ?? null,
				viewers: session?.size ?? 0,
				hops,
			};
		});
		return { name: this.relay.name, contents, viewers: this.viewers(), totals: this.sessions.totals };
	}

	leave(done: () => void): void {
		const { node } = this.relay;
		const hadViewers = this.monitor.viewers > 0;
		// The last octets to viewers need a moment before the connections are dropped.
		this.monitor.stop(node.now, () => (hadViewers ? node.pump.after(FAREWELL, done) : done()));
	}

	facts(): readonly Fact[] {
		return [[RELAY_MESSAGES.relayName, this.relay.name]];
	}

	notices(): readonly Notice[] {
		const { notices } = RELAY_MESSAGES;
		return this.monitor
			.list()
			.filter(({ state }) => state === "broken")
			.map(({ content }) => ({ message: notices.broken(maskCredentials(content.key)), remedy: notices.brokenRemedy }));
	}

	status(): Record<string, unknown> {
		return { relay: { name: this.relay.name, viewers: this.monitor.viewers, upstreams: this.monitor.list().length } };
	}

	metrics(): readonly Metric[] {
		const { viewers, counters } = this.monitor;
		const { sessions, payload, total, frames, drops } = this.sessions.totals;
		return [
			["relay_viewers", "gauge", "Viewers at this relay", viewers],
			...this.monitor
				.list()
				// What viewers have named is nobody else's business.
				.filter(({ content }) => !isNamedByViewer(content))
				.slice(0, LABELLED_MAX)
				.map(
					({ content, size }): Metric => [
						"relay_content_viewers",
						"gauge",
						"Viewers of a content",
						size,
						[
							["content", maskCredentials(content.key)],
							["protocol", content.protocol],
						],
					],
				),
			["relay_sessions_total", "counter", "Sessions of viewers", sessions],
			["relay_payload_octets_total", "counter", "Octets of media sent to viewers", payload],
			["relay_octets_total", "counter", "Octets sent to viewers, with everything around the media", total],
			["relay_frames_total", "counter", "Pictures sent to viewers", frames],
			["relay_frames_missed_total", "counter", "Pictures that slow viewers missed", drops],
			["relay_upstreams_total", "counter", "Sessions opened with origins", counters.opened],
			["relay_upstreams_refused_total", "counter", "Sessions that origins refused", counters.refused],
			["relay_upstreams_broken_total", "counter", "Sessions with origins that broke", counters.broken],
		];
	}

	/** The contents that are known by name, and those that are watched though they are not. */
	private all(): readonly { readonly content: RelayedContent; readonly session: ContentSession | undefined }[] {
		const sessions = this.monitor.list();
		const listed = this.relay.sources.flatMap((source) => source.contents());
		const known = listed.map((content) => ({
			content,
			session: sessions.find((one) => isSame(one.content, content)),
		}));
		const others = sessions.filter(({ content }) => !listed.some((one) => isSame(one, content)));
		return known.concat(others.map((session) => ({ content: session.content, session })));
	}

	private contents(request: SiteRequest): readonly RelayContentView[] {
		const { settings } = this.relay.node;
		const host = hostOf(request) || request.localAddress;
		const isOwner = this.relay.site.visitor(request).owner;
		// What viewers have named is nobody else's business.
		const shown = this.all().filter(({ content }) => isOwner || !isNamedByViewer(content));
		return shown.map(({ content, session }) => {
			const { protocol, title } = content;
			const key = maskCredentials(content.key);
			return {
				key,
				title: title ?? key,
				protocol,
				url: protocol === "http" ? `/${key}` : rtspUrlOf(host, settings.rtspPort, `/${key}`),
				state: session?.state,
				viewers: session?.size ?? 0,
				hops: session?.upstream.hops.length ?? 0,
			};
		});
	}

	private viewers(): readonly RelayViewerView[] {
		const { now } = this.relay.node;
		return this.sessions.list.slice(0, VIEWERS_SHOWN).map(({ since, viewer, content, counters }) => ({
			content: content.title ?? maskCredentials(content.key),
			viewer: viewer.viewer,
			address: viewer.address,
			protocol: viewer.protocol === "http" ? "http" : `rtsp over ${viewer.framing}`,
			time: now - since,
			octets: counters.total,
			frames: counters.frames,
			drops: counters.drops,
		}));
	}
}

function isSame(one: RelayedContent, other: RelayedContent): boolean {
	return one.key === other.key && one.protocol === other.protocol;
}
