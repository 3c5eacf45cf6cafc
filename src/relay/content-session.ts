import type { Millis } from "../core/time";
import { type Hops, LOOP_DETECTED } from "./hops";
import type { Metering } from "./metering";
import type { RelayedContent, RelayRefusal } from "./relayed-content";
import type { RelayViewer } from "./session-monitor";
import type { Upstream, UpstreamListener, UpstreamMaker } from "./upstream";

/** An upstream that neither opens nor refuses for this long is given up. */
const OPEN_LIMIT: Millis = 14_000;
/** How long a viewer waits while the upstream is broken. */
const WAIT_LIMIT: Millis = 10_000;
/** An accepted viewer has so long to join. */
const JOIN_LIMIT: Millis = 10_000;
/** Viewers whose session the relay ends have so long for what is on its way to them; then reports go without them. */
const DISMISS_LIMIT: Millis = 2000;
/** Those who ask in so short a time after a refusal get the same answer, without another request to the origin. */
const REFUSAL_KEPT: Millis = 1000;
/** The same for a login that the origin refuses, as some lock accounts after a few wrong passwords. */
const LOGIN_REFUSAL_KEPT: Millis = 30_000;

/** What is said when the origin can't be reached any more. */
const LOST: RelayRefusal = Object.freeze({ status: 502, message: "the origin can't be reached" });
const SLOW: RelayRefusal = Object.freeze({ status: 504, message: "the origin does not answer" });

/** The answer to a viewer that asks. @see SessionMonitor.ask */
export type Answered = (now: Millis, refusal: RelayRefusal | undefined) => void;

/** What a {@link ContentSession} belongs to. */
export interface ContentSessionOwner {
	readonly metering: Metering;
	/** How long the upstream is kept after the last viewer. */
	readonly grace: Millis;
	/** How long viewers keep their sessions while the upstream is broken. */
	readonly breakLimit: Millis;
	/** The relay has as many viewers as it may have: why one more that has waited is refused; `undefined`: there is room. */
	noRoom(content: RelayedContent): RelayRefusal | undefined;
	/** For the log and the counters: the upstream's state has changed. @param detail of a break or a refusal */
	changed(session: ContentSession, what: UpstreamChange, detail: string): void;
	/** The session is over: it is forgotten, and those who wait begin the next one. */
	over(now: Millis, session: ContentSession, waiters: readonly Waiter[]): void;
	/** {@link ContentSession.deadline} may have changed. */
	rearm(): void;
}

/** What became of an upstream. */
export type UpstreamChange = "opening" | "opened" | "refused" | "broken" | "closed";

/** The state of a content, for the pages. */
export type ContentState = "opening" | "open" | "broken" | "refused" | "closing";

/** A viewer that waits for the upstream. */
export interface Waiter {
	readonly answered: Answered;
	/** @see SessionMonitor.ask */
	readonly hops: Hops;
	readonly until: Millis;
}

/** One content at the relay: its one upstream session and all its viewers, from the first one to the end of the grace (REP-2 … REP-4, REP-7, REP-10). */
export class ContentSession implements UpstreamListener {
	readonly upstream: Upstream;
	readonly viewers = new Set<RelayViewer>();
	state: ContentState = "opening";
	/** When the upstream was opened, and broken; -1: not yet. */
	since: Millis = -1;
	private brokenAt: Millis = -1;
	private waiters: Waiter[] = [];
	/**
	 * Accepted viewers that have not joined, and until when they may: they keep the upstream open. They take no place: a client that only asks what
	 * a content is, again and again, would take all of them.
	 */
	private promised = 0;
	private promisedUntil: Millis = -Infinity;
	/** When the last viewer left; -1: there are some. */
	private idleSince: Millis;
	private refusal: RelayRefusal | undefined;
	/** Until when {@link refusal} is kept. */
	private refusedUntil: Millis = 0;
	/** The URL that was asked; that of a registered content changes with its pass. */
	private readonly url: string;
	private readonly openBefore: Millis;
	private isSettling = false;
	/** When dismissed viewers are waited for no longer. */
	private closeAt: Millis = Infinity;
	private isOver = false;
	/** The metering manager was told that the origin can be reached. */
	private isReached = false;

	constructor(
		private readonly owner: ContentSessionOwner,
		readonly content: RelayedContent,
		make: UpstreamMaker,
		private readonly hops: Hops,
		now: Millis,
	) {
		this.url = content.url;
		this.openBefore = now + OPEN_LIMIT;
		this.idleSince = now;
		this.upstream = make(content, this);
	}

	/** Opens the upstream; called once. */
	begin(now: Millis): void {
		this.owner.changed(this, "opening", "");
		this.upstream.open(now, this.hops);
	}

	/** Viewers that watch or wait. */
	get size(): number {
		return this.viewers.size + this.waiters.length;
	}

	/** Whether the origin has refused the login: its passwords may have changed since the relay got its pass. */
	get lacksLogin(): boolean {
		return this.state === "refused" && this.refusal?.status === 401;
	}

	/** When something is due. */
	get deadline(): Millis {
		if (this.isOver) return Infinity;
		// Those who wait do so in the order of their limits.
		let at = this.waiters[0]?.until ?? Infinity;
		if (this.state === "opening") at = Math.min(at, this.openBefore);
		else if (this.state === "refused") return this.refusedUntil;
		else if (this.state === "broken") at = Math.min(at, this.brokenAt + this.owner.breakLimit);
		else if (this.state === "closing") return this.closeAt;
		return this.isSettling ? at : Math.min(at, this.idleAt);
	}

	/** @see SessionMonitor.ask */
	ask(now: Millis, hops: Hops, answered: Answered): void {
		if (this.state === "refused" && this.content.url !== this.url) {
			// The origin has given another pass since.
			this.waiters.push({ answered, hops, until: Infinity });
			this.finish(now);
		} else if (this.state === "refused") answered(now, this.refusal);
		else if (this.state === "open") this.accept(now, answered);
		else {
			const isBroken = this.state === "broken";
			this.waiters.push({ answered, hops, until: isBroken ? now + WAIT_LIMIT : Infinity });
		}
	}

	/** @see SessionMonitor.join */
	join(now: Millis, viewer: RelayViewer): void {
		if (this.promised > 0) this.promised--;
		if (this.isOver || this.state === "closing") return viewer.dismissed(now, LOST.message);
		this.viewers.add(viewer);
		this.idleSince = -1;
	}

	/** @see SessionMonitor.leave */
	leave(now: Millis, viewer: RelayViewer): void {
		if (!this.viewers.delete(viewer) || this.viewers.size > 0) return;
		this.idleSince = now;
		if (this.state === "closing") this.settle(now);
	}

	/** Ends all viewers in order, then the upstream. */
	end(now: Millis, reason: string, refusal: RelayRefusal): void {
		if (this.state === "refused") return this.finish(now);
		if (this.state === "closing") return;
		const wasOpen = this.state === "open" || this.state === "broken";
		this.state = "closing";
		this.answerAll(now, refusal);
		this.closeAt = now + DISMISS_LIMIT;
		for (const viewer of [...this.viewers]) viewer.dismissed(now, reason);
		if (!wasOpen) this.finish(now);
		else if (this.viewers.size === 0) this.settle(now);
	}

	expire(now: Millis): void {
		const { owner } = this;
		if (this.isOver) return;
		if (now >= this.promisedUntil) this.promised = 0;
		if (this.state === "closing" && now >= this.closeAt) return this.settle(now);
		if (this.state === "refused" && now >= this.refusedUntil) return this.finish(now);
		if (this.state === "opening" && now >= this.openBefore) {
			this.upstream.close(now);
			return this.refused(now, SLOW);
		}
		if (this.state === "broken" && now >= this.brokenAt + owner.breakLimit) return this.end(now, LOST.message, LOST);
		const late = this.waiters.filter(({ until }) => until <= now);
		if (late.length > 0) this.waiters = this.waiters.filter(({ until }) => until > now);
		for (const { answered } of late) answered(now, LOST);
		if (!this.isSettling && now >= this.idleAt) this.settle(now);
	}

	/** @see UpstreamListener */
	opened(now: Millis): void {
		if (this.state !== "opening" && this.state !== "broken") return;
		if (this.since < 0) {
			this.since = now;
			this.idleSince = now;
		}
		this.state = "open";
		this.owner.changed(this, "opened", "");
		this.reach(now, true);
		const { waiters } = this;
		this.waiters = [];
		for (const { answered } of waiters) {
			const refusal = this.owner.noRoom(this.content);
			if (refusal === undefined) this.accept(now, answered);
			else answered(now, refusal);
		}
		this.owner.rearm();
	}

	/** @see UpstreamListener */
	refused(now: Millis, refusal: RelayRefusal): void {
		if (this.state !== "opening") return;
		this.state = "refused";
		this.refusal = refusal;
		this.refusedUntil = now + (refusal.status === 401 ? LOGIN_REFUSAL_KEPT : REFUSAL_KEPT);
		this.owner.changed(this, "refused", `${refusal.status} ${refusal.message}`);
		if (refusal.status === LOOP_DETECTED && this.hops.length > 0) return this.refuseChained(now, refusal);
		this.answerAll(now, refusal);
		this.owner.rearm();
	}

	/** @see UpstreamListener */
	broken(now: Millis, reason: string): void {
		if (this.state !== "open") return;
		this.state = "broken";
		this.brokenAt = now;
		this.owner.changed(this, "broken", reason);
		this.reach(now, false);
		this.owner.rearm();
	}

	/** When it has been without viewers for long enough. */
	private get idleAt(): Millis {
		const isIdle = this.viewers.size === 0 && this.waiters.length === 0;
		if (!isIdle || (this.state !== "open" && this.state !== "broken")) return Infinity;
		return Math.max(this.idleSince + this.owner.grace, this.promised > 0 ? this.promisedUntil : -Infinity);
	}

	/** Reports go over an RTSP session with the origin itself, while it is open (REP-6). */
	private reach(now: Millis, isOpen: boolean): void {
		const { content, upstream } = this;
		const reaches = isOpen && content.protocol === "rtsp" && content.isElsewhere !== true && upstream.hops.length === 0;
		if (reaches || this.isReached) this.owner.metering.reach(now, content, reaches ? upstream : undefined);
		this.isReached = reaches;
	}

	private accept(now: Millis, answered: Answered): void {
		this.promised++;
		this.promisedUntil = now + JOIN_LIMIT;
		answered(now, undefined);
	}

	/** The hops that went upstream were of one viewer's request, who may have made them up: viewers without any ask once more. */
	private refuseChained(now: Millis, refusal: RelayRefusal): void {
		const chained = this.waiters.filter(({ hops }) => hops.length > 0);
		this.waiters = this.waiters.filter(({ hops }) => hops.length === 0);
		for (const { answered } of chained) answered(now, refusal);
		this.finish(now);
	}

	private answerAll(now: Millis, refusal: RelayRefusal): void {
		const { waiters } = this;
		this.waiters = [];
		for (const { answered } of waiters) answered(now, refusal);
	}

	/** Reports go before the upstream ends (REP-6); who comes meanwhile keeps it open. */
	private settle(now: Millis): void {
		this.closeAt = Infinity;
		if (this.isSettling || this.isOver) return;
		this.isSettling = true;
		this.owner.metering.settle(now, this.content, (later) => {
			this.isSettling = false;
			if (this.state === "closing" || later >= this.idleAt) this.finish(later);
			this.owner.rearm();
		});
	}

	private finish(now: Millis): void {
		if (this.isOver) return;
		this.isOver = true;
		const { waiters, state, owner } = this;
		this.waiters = [];
		if (state !== "refused") {
			this.reach(now, false);
			this.upstream.close(now);
			owner.changed(this, "closed", "");
		}
		owner.over(now, this, waiters);
	}
}
