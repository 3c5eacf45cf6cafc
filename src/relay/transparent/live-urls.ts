import type { Endpoint } from "../../core/endpoint-table";
import { canonicalIp, formatEndpoint, ipFamily } from "../../core/ip-address";
import type { Millis } from "../../core/time";
import { NO_HOPS, parseHops, refusalOfHops } from "../hops";
import type { RelayedContent, RelayProtocol } from "../relayed-content";
import type { RelayViewer, SessionMonitor } from "../session-monitor";
import type { JudgedRequest } from "./judgement";
import type { CandidateFate } from "./taken-connection-owner";

/** How many URLs are known at a time; the one that was asked for longest ago makes room. */
const URLS_MAX = 1024;

/** A URL for which viewers are handed over to the relay. */
export interface LiveUrl {
	/** Names it at this relay; drawn at random, as a URL may contain a secret. */
	readonly id: string;
	/** The token to be checked when it is handed over; empty: none. */
	readonly link: string;
	/** The viewer has been handed over, or has left: its place at the monitor is free for the session that it has now. Harmless when repeated. */
	release(now: Millis): void;
}

/** What {@link LiveUrls} needs of its owner. */
export interface LiveUrlsOwner {
	readonly monitor: Pick<SessionMonitor, "ask" | "join" | "leave">;
	/** The identity of this relay in hop lists. */
	readonly hop: string;
	/** The receiver of reports about viewers of an origin, and their tariff. */
	terms(origin: Endpoint, protocol: RelayProtocol): Pick<RelayedContent, "origin" | "tariff">;
	/** A content for whose viewers the origin has signed tickets, if the link of the request is such a ticket and good for it. */
	ticketed(origin: Endpoint, request: JudgedRequest): RelayedContent | undefined;
	/** Draws an {@link LiveUrl.id}. */
	draw(): string;
}

/** Takes what becomes of a candidate; with `relay` comes the URL. */
export type UrlFateSink = (now: Millis, fate: CandidateFate, url: LiveUrl | undefined) => void;

/** For requests that have passed this relay before: its servers refuse them by their hops, before they look at the content. */
const LOOP: LiveUrl & { readonly content: RelayedContent } = Object.freeze({
	id: "loop",
	link: "",
	release() {},
	content: Object.freeze({
		key: "loop",
		protocol: "http",
		url: "",
		content: "loop",
		origin: "",
		needsLogin: false,
		tariff: undefined,
	}),
});

interface Entry {
	readonly id: string;
	readonly content: RelayedContent;
	/** True: it is known to be a live stream; false: somebody's answer from the origin is awaited. */
	isLive: boolean;
	readonly waiters: UrlFateSink[];
}

/** A viewer on its way from the connection that was taken to the relay's server. */
class Guest implements LiveUrl, RelayViewer {
	readonly id: string;

	constructor(
		private readonly monitor: Pick<SessionMonitor, "leave">,
		private readonly entry: Entry,
		readonly link: string,
	) {
		this.id = entry.id;
	}

	release(now: Millis): void {
		this.monitor.leave(now, this.entry.content, this);
	}

	/** The server that it is handed over to learns it too. */
	dismissed(): void {}
}

/**
 * Knows which URLs of origins are live streams, as their answers have shown, and asks the session monitor for their viewers.
 *
 * Viewers that ask while the first one's answer is awaited wait for it, so that there is one request upstream (REP-2). Where the
 * monitor refuses, the viewer passes on to the origin, which says no itself, and the URL is judged again the next time.
 */
export class LiveUrls {
	private readonly entries = new Map<string, Entry>();
	private readonly ids = new Map<string, Entry>();

	constructor(private readonly owner: LiveUrlsOwner) {}

	/** How many are known, those included whose answer is awaited. */
	get size(): number {
		return this.entries.size;
	}

	/** The URL that was handed over under a name. */
	find(id: string): RelayedContent | undefined {
		if (id === LOOP.id) return LOOP.content;
		const entry = this.ids.get(id);
		return entry?.isLive === true ? entry.content : undefined;
	}

	/** A viewer asks for a candidate. */
	ask(now: Millis, origin: Endpoint, request: JudgedRequest, answered: UrlFateSink): void {
		// The origin is not asked either: the request has been here before.
		if (refusalOfHops(parseHops(request.hops), this.owner.hop) !== undefined) return answered(now, "relay", LOOP);
		// A proxy, or something that does not say where it wants to go.
		const { host } = request;
		if (ipFamily(host) !== undefined && canonicalIp(host) !== origin.address) return answered(now, "pass", undefined);
		const content = request.link === "" ? undefined : this.owner.ticketed(origin, request);
		// Another token than a ticket is a credential that only the origin knows.
		if (request.link !== "" && content === undefined) return answered(now, "pass", undefined);
		const name = nameOf(origin, request);
		const entry = this.entries.get(name);
		if (entry !== undefined) {
			// The one that was asked for last is the last to go.
			this.entries.delete(name);
			this.entries.set(name, entry);
			// The next request asks for the stream itself.
			if (entry.isLive && !request.tells) answered(now, "relay", new Guest(this.owner.monitor, entry, ""));
			else if (entry.isLive) this.serve(now, name, entry, request, answered);
			else if (request.tells) entry.waiters.push(answered);
			else answered(now, "pass", undefined);
			return;
		}
		if (!request.tells && content === undefined) return answered(now, "pass", undefined);
		const isLive = content !== undefined;
		const added = this.add(name, content ?? this.describe(origin, request), isLive);
		if (!request.tells) answered(now, "relay", new Guest(this.owner.monitor, added, ""));
		else if (isLive) this.serve(now, name, added, request, answered);
		else answered(now, "probe", undefined);
	}

	/** The answer to a candidate whose fate was `probe` is a live stream. */
	isLive(now: Millis, origin: Endpoint, request: JudgedRequest, answered: UrlFateSink): void {
		const name = nameOf(origin, request);
		const entry = this.entries.get(name) ?? this.add(name, this.describe(origin, request), true);
		entry.isLive = true;
		for (const waiter of [answered, ...entry.waiters.splice(0)]) this.serve(now, name, entry, request, waiter);
	}

	/** It is not live; or, if that is not known, the next waiting request has to find out. */
	isNotLive(now: Millis, origin: Endpoint, request: JudgedRequest, known: boolean): void {
		const name = nameOf(origin, request);
		const entry = this.entries.get(name);
		if (entry === undefined || entry.isLive) return;
		const next = known ? undefined : entry.waiters.shift();
		if (next !== undefined) return next(now, "probe", undefined);
		this.forget(name, entry);
		for (const waiter of entry.waiters.splice(0)) waiter(now, "pass", undefined);
	}

	/** The content that a candidate names. It is shared with viewers who name the origin by its address (REP-3). */
	private describe(origin: Endpoint, { protocol, host, target }: JudgedRequest): RelayedContent {
		const { address, port } = origin;
		const endpoint = formatEndpoint(address, port);
		const isNamed = host !== "" && ipFamily(host) === undefined;
		// The viewer chose the host name, so the stream is shared only by viewers who use the same one.
		const key = `origin/${endpoint}${target}${isNamed ? `#${host}` : ""}`;
		return {
			...this.owner.terms(origin, protocol),
			key,
			protocol,
			url: `${protocol}://${isNamed ? formatEndpoint(host, port) : endpoint}${target}`,
			...(isNamed && { address }),
			content: key,
			// The origin itself has given it to a viewer without one.
			needsLogin: false,
		};
	}

	private serve(now: Millis, name: string, entry: Entry, { hops, link }: JudgedRequest, answered: UrlFateSink): void {
		const { monitor } = this.owner;
		monitor.ask(now, entry.content, parseHops(hops) ?? NO_HOPS, (then, refusal) => {
			if (refusal === undefined) {
				const guest = new Guest(monitor, entry, link);
				monitor.join(then, entry.content, guest);
				return answered(then, "relay", guest);
			}
			if (this.entries.get(name) === entry) this.forget(name, entry);
			answered(then, "pass", undefined);
		});
	}

	private add(name: string, content: RelayedContent, isLive: boolean): Entry {
		if (this.entries.size >= URLS_MAX) this.makeRoom();
		const entry: Entry = { id: this.owner.draw(), content, isLive, waiters: [] };
		this.entries.set(name, entry);
		this.ids.set(entry.id, entry);
		return entry;
	}

	private makeRoom(): void {
		for (const [name, entry] of this.entries) {
			if (!entry.isLive) continue;
			this.forget(name, entry);
			return;
		}
	}

	private forget(name: string, entry: Entry): void {
		this.entries.delete(name);
		this.ids.delete(entry.id);
	}
}

function nameOf({ address, port }: Endpoint, { protocol, host, target }: JudgedRequest): string {
	return `${protocol} ${formatEndpoint(address, port)}${target} ${host}`;
}
