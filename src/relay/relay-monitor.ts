import { maskCredentials } from "../base/mask-credentials";
import type { Machine } from "../core/machine";
import type { Handle, Pump } from "../core/pump";
import type { Millis } from "../core/time";
import type { Log } from "../ports/log";
import {
	type Answered,
	ContentSession,
	type ContentSessionOwner,
	type UpstreamChange,
	type Waiter,
} from "./content-session";
import { type Hops, NO_HOPS } from "./hops";
import type { Metering } from "./metering";
import { isNamedByViewer } from "./named-content";
import type { RelayedContent, RelayProtocol, RelayRefusal } from "./relayed-content";
import type { RelayViewer, SessionMonitor } from "./session-monitor";
import type { UpstreamMaker } from "./upstream";

/** What a monitor needs of its owner. */
export interface RelayMonitorHost {
	readonly pump: Pump;
	readonly log: Log;
	readonly metering: Metering;
	/** How the upstream of each protocol is made; looked up when one is needed. */
	readonly upstreams: ReadonlyMap<RelayProtocol, UpstreamMaker>;
}

/** The limits of a monitor. */
export interface RelayMonitorLimits {
	/**
	 * Viewers at a time. As many may wait for origins besides: they take no places of others, as who asks for what no origin answers, and
	 * leaves, would take all of them.
	 */
	readonly viewers: number;
	/** Upstream sessions at a time. */
	readonly upstreams: number;
	readonly grace: Millis;
	readonly breakLimit: Millis;
}

const STOPPING: RelayRefusal = Object.freeze({ status: 503, message: "the relay is stopping" });

/** The session monitor of a relay. @see SessionMonitor */
export class RelayMonitor implements SessionMonitor, Machine<undefined>, ContentSessionOwner {
	readonly metering: Metering;
	readonly grace: Millis;
	readonly breakLimit: Millis;
	/** Upstream sessions opened, refused, and broken, since the start. */
	readonly counters = { opened: 0, refused: 0, broken: 0 };
	private readonly sessions = new Map<string, ContentSession>();
	private readonly handle: Handle<RelayMonitor, undefined>;
	private stopped: (() => void) | undefined;

	constructor(
		private readonly host: RelayMonitorHost,
		private readonly limits: RelayMonitorLimits,
	) {
		this.metering = host.metering;
		this.grace = limits.grace;
		this.breakLimit = limits.breakLimit;
		this.handle = host.pump.add(this, undefined);
	}

	/** The contents that are watched, and those that were refused a moment ago. */
	list(): readonly ContentSession[] {
		return [...this.sessions.values()];
	}

	/** The contents whose upstream is broken, while viewers wait for its return, or that has refused the login of this relay. */
	get broken(): readonly RelayedContent[] {
		return this.list()
			.filter(({ state, lacksLogin }) => state === "broken" || lacksLogin)
			.map(({ content }) => content);
	}

	/** Viewers that watch or wait. */
	get viewers(): number {
		let count = 0;
		for (const { size } of this.sessions.values()) count += size;
		return count;
	}

	/** @see SessionMonitor */
	ask(now: Millis, content: RelayedContent, hops: Hops, answered: Answered): void {
		if (this.stopped !== undefined) return answered(now, STOPPING);
		const known = this.sessions.get(nameOf(content));
		const isCrowded = known?.state !== "open" && this.waiting >= this.limits.viewers;
		const full = isCrowded ? fullFor(content, "viewer") : this.noRoom(content);
		if (full !== undefined) return answered(now, full);
		if (known !== undefined) {
			known.ask(now, hops, answered);
			return this.rearm();
		}
		const make = this.host.upstreams.get(content.protocol);
		if (make === undefined) return answered(now, { status: 501, message: "the relay does not know this protocol" });
		if (!this.hasRoom(content)) return answered(now, fullFor(content, "content"));
		const session = new ContentSession(this, content, make, hops, now);
		this.sessions.set(nameOf(content), session);
		session.ask(now, hops, answered);
		session.begin(now);
		this.rearm();
	}

	/** @see ContentSessionOwner */
	noRoom(content: RelayedContent): RelayRefusal | undefined {
		let watching = 0;
		for (const { viewers } of this.sessions.values()) watching += viewers.size;
		return watching >= this.limits.viewers ? fullFor(content, "viewer") : undefined;
	}

	/** @see SessionMonitor */
	hopsOf(content: RelayedContent): Hops {
		return this.sessions.get(nameOf(content))?.upstream.hops ?? NO_HOPS;
	}

	/** @see SessionMonitor */
	join(now: Millis, content: RelayedContent, viewer: RelayViewer): void {
		const session = this.sessions.get(nameOf(content));
		if (session === undefined) return viewer.dismissed(now, "the upstream has ended");
		session.join(now, viewer);
		this.rearm();
	}

	/** @see SessionMonitor */
	leave(now: Millis, content: RelayedContent, viewer: RelayViewer): void {
		this.sessions.get(nameOf(content))?.leave(now, viewer);
		this.rearm();
	}

	/** Ends the sessions of viewers whose tickets are good no more. @param isOver tells which */
	endTickets(now: Millis, isOver: (content: RelayedContent, ticket: string) => boolean): void {
		for (const { content, viewers } of this.list())
			for (const viewer of [...viewers]) {
				const { ticket = "" } = viewer;
				if (ticket !== "" && isOver(content, ticket)) viewer.dismissed(now, "the viewer link was revoked");
			}
		this.rearm();
	}

	/** Ends all sessions in order: viewers, reports, upstreams. @param done called once, when all have ended */
	stop(now: Millis, done: () => void): void {
		this.stopped = done;
		for (const session of this.list()) session.end(now, STOPPING.message, STOPPING);
		this.rearm();
		this.endIfEmpty();
	}

	get deadline(): Millis {
		let at = Infinity;
		for (const session of this.sessions.values()) at = Math.min(at, session.deadline);
		return at;
	}

	expire(now: Millis): void {
		for (const session of this.list()) if (session.deadline <= now) session.expire(now);
	}

	/** @see ContentSessionOwner */
	changed({ content, viewers }: ContentSession, what: UpstreamChange, detail: string): void {
		const { log } = this.host;
		const { key, protocol } = content;
		if (what === "opened") this.counters.opened++;
		else if (what === "refused") this.counters.refused++;
		else if (what === "broken") this.counters.broken++;
		const level = what === "refused" || what === "broken" ? "warn" : what === "opening" ? "debug" : "info";
		const suffix = detail === "" ? "" : `: ${detail}`;
		const waiting = what === "broken" ? `, ${viewers.size} viewers wait` : "";
		log.write(level, "relay", `${maskCredentials(key)} (${protocol}): upstream ${what}${waiting}${suffix}`);
	}

	/** @see ContentSessionOwner */
	over(now: Millis, session: ContentSession, waiters: readonly Waiter[]): void {
		const { content } = session;
		const name = nameOf(content);
		// It may have made room for another one already.
		if (this.sessions.get(name) === session) this.sessions.delete(name);
		for (const { hops, answered } of waiters) this.ask(now, content, hops, answered);
		this.endIfEmpty();
	}

	/** @see ContentSessionOwner */
	rearm(): void {
		// Only the timer: events of others are not delivered in the middle of a call.
		this.host.pump.rearm(this.handle);
	}

	/** Viewers that wait. */
	private get waiting(): number {
		let count = 0;
		for (const { size, viewers } of this.sessions.values()) count += size - viewers.size;
		return count;
	}

	/**
	 * Whether one more upstream may be opened; what was only refused makes room for it. A quarter is kept for contents that no viewer has
	 * named: of the others anybody can make up more and more.
	 */
	private hasRoom(content: RelayedContent): boolean {
		const { upstreams } = this.limits;
		const isNamed = isNamedByViewer(content);
		let named = 0;
		for (const session of this.sessions.values()) if (isNamedByViewer(session.content)) named++;
		const isCrowded = isNamed && named >= upstreams - (upstreams >> 2);
		if (!isCrowded && this.sessions.size < upstreams) return true;
		for (const [name, { state, content: known }] of this.sessions) {
			if (state !== "refused" || (isCrowded && !isNamedByViewer(known))) continue;
			this.sessions.delete(name);
			return true;
		}
		return false;
	}

	private endIfEmpty(): void {
		const { stopped } = this;
		if (stopped === undefined || this.sessions.size > 0) return;
		this.stopped = () => {};
		stopped();
	}
}

/** What is said when a limit is reached. */
function fullFor({ protocol }: RelayedContent, another: "viewer" | "content"): RelayRefusal {
	return { status: protocol === "rtsp" ? 453 : 503, message: `the relay has no room for another ${another}` };
}

/** Contents with the same key and protocol are the same. */
function nameOf({ protocol, key }: RelayedContent): string {
	return `${protocol} ${key}`;
}
