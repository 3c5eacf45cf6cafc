import type { Millis, Octets } from "../core/time";
import type { MeteredSession, Metering, ReportChannel } from "./metering";
import type { DeliveryCounters, MeteredViewer } from "./metering-record";
import type { RelayedContent } from "./relayed-content";

/** A viewer's session that has not ended. */
export interface ActiveSession {
	/** @see MeteredSession.id */
	readonly id: string;
	readonly since: Millis;
	readonly viewer: MeteredViewer;
	readonly content: RelayedContent;
	readonly counters: DeliveryCounters;
}

/** What all viewers were sent since the start. */
export interface DeliveryTotals {
	readonly sessions: number;
	readonly payload: Octets;
	readonly total: Octets;
	readonly frames: number;
	readonly drops: number;
}

/** Keeps the sessions that last, for pages and programs; everything goes on to the metering manager. */
export class ActiveSessions implements Metering {
	private readonly sessions = new Map<string, ActiveSession>();
	/** Of the sessions that have ended. */
	private readonly ended = { sessions: 0, payload: 0, total: 0, frames: 0, drops: 0 };
	private begun = 0;

	constructor(private readonly manager: Metering) {}

	/** The sessions that last, in the order in which they began. */
	get list(): readonly ActiveSession[] {
		return [...this.sessions.values()];
	}

	/** Adds up all sessions. */
	get totals(): DeliveryTotals {
		let { sessions, payload, total, frames, drops } = this.ended;
		for (const { counters } of this.sessions.values()) {
			sessions++;
			payload += counters.payload;
			total += counters.total;
			frames += counters.frames;
			drops += counters.drops;
		}
		return { sessions, payload, total, frames, drops };
	}

	begin(now: Millis, viewer: MeteredViewer, content: RelayedContent, counters: DeliveryCounters): MeteredSession {
		const metered = this.manager.begin(now, viewer, content, counters);
		const key = `${this.begun++}`;
		const { id } = metered;
		this.sessions.set(key, { id, since: now, viewer, content, counters });
		return {
			id,
			end: (at, reason) => {
				if (this.sessions.delete(key)) this.add(counters);
				metered.end(at, reason);
			},
		};
	}

	reach(now: Millis, content: RelayedContent, channel: ReportChannel | undefined): void {
		this.manager.reach(now, content, channel);
	}

	settle(now: Millis, content: RelayedContent, done: (now: Millis) => void): void {
		this.manager.settle(now, content, done);
	}

	private add({ payload, total, frames, drops }: DeliveryCounters): void {
		const { ended } = this;
		ended.sessions++;
		ended.payload += payload;
		ended.total += total;
		ended.frames += frames;
		ended.drops += drops;
	}
}
