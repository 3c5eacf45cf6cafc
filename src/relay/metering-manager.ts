import { toHex } from "../base/hex";
import { maskCredentials } from "../base/mask-credentials";
import type { Machine } from "../core/machine";
import type { Handle } from "../core/pump";
import type { Millis } from "../core/time";
import type { Random } from "../ports/random";
import type { MeteredSession, Metering, ReportChannel } from "./metering";
import type { DeliveryCounters, MeteredViewer, MeteringRecord } from "./metering-record";
import { type OutboxHost, RecordOutbox } from "./outbox";
import type { RelayedContent, RelayOrigin } from "./relayed-content";
import { ReportSeal } from "./report";
import { ReportSender } from "./report-sender";
import { amountOf } from "./tariff-amount";

/** What metering needs of its host. */
export interface MeteringHost extends OutboxHost {
	readonly random: Random;
	/** The date in milliseconds since 1970, if the host knows it. */
	utc(): Millis | undefined;
}

/** How a relay meters. */
export interface MeteringOptions {
	/** The relay's name. */
	readonly relay: string;
	/** How often a session that lasts is reported. */
	readonly interval: Millis;
	/** All origins that it reports to, by name; they may come and go. */
	readonly origins: ReadonlyMap<string, RelayOrigin>;
	/** Returns ways to an origin besides upstream sessions, best first. */
	channels(origin: RelayOrigin): readonly ReportChannel[];
}

/** How often the state of sessions is noted on the medium: the end of the program without notice costs so much at most. */
export const CHECKPOINT: Millis = 30_000;
/** How long the program waits for its last reports when it ends. */
const FAREWELL: Millis = 2000;
const SESSION_OCTETS = 16;

/**
 * The metering (charging) manager of a relay (REP-5, REP-6, REP-13, REP-14): makes records of sessions, keeps them in the outbox, and
 * has them delivered to their origins, over upstream sessions where there are some.
 */
export class MeteringManager implements Metering, Machine<undefined> {
	/** When {@link expire} must be called next. */
	deadline: Millis = Infinity;
	readonly outbox: RecordOutbox;
	/** Records made. */
	records = 0;
	/** Octets that viewers were sent, of sessions that have ended and spans that were reported. */
	total = 0;
	private readonly handle: Handle<MeteringManager, undefined>;
	private readonly sessions = new Set<Session>();
	private readonly senders = new Map<string, ReportSender>();
	/** Open upstream sessions that can deliver, by origin. */
	private readonly upstreams = new Map<string, Map<string, ReportChannel>>();

	constructor(
		private readonly host: MeteringHost,
		private readonly options: MeteringOptions,
	) {
		this.handle = host.pump.add(this, undefined);
		this.outbox = new RecordOutbox(host, () => this.wake());
	}

	/** Begins: reads what an earlier run has left. */
	start(): void {
		this.outbox.open();
	}

	/** The senders that have begun, for the owner's pages. */
	get reporters(): Iterable<ReportSender> {
		return this.senders.values();
	}

	/** Sessions that last. */
	get open(): number {
		return this.sessions.size;
	}

	/** @see Metering */
	begin(now: Millis, viewer: MeteredViewer, content: RelayedContent, counters: DeliveryCounters): MeteredSession {
		const bytes = new Uint8Array(SESSION_OCTETS);
		this.host.random.fill(bytes);
		const session = new Session(this, toHex(bytes), now, viewer, content, counters);
		this.sessions.add(session);
		this.note(session, now);
		if (this.deadline === Infinity) {
			this.deadline = now + this.rhythm;
			this.handle.called();
		}
		return session;
	}

	/** @see Metering */
	reach(now: Millis, { origin, protocol, key }: RelayedContent, channel: ReportChannel | undefined): void {
		const name = `${protocol} ${key}`;
		const ways = this.upstreams.get(origin) ?? new Map<string, ReportChannel>();
		if (channel === undefined) ways.delete(name);
		else ways.set(name, channel);
		if (ways.size > 0) this.upstreams.set(origin, ways);
		else this.upstreams.delete(origin);
		// What waits from before goes over this session.
		if (channel !== undefined) this.senderOf(origin)?.settle(now, () => {});
	}

	/** @see Metering */
	settle(now: Millis, content: RelayedContent, done: (now: Millis) => void): void {
		const sender = this.senderOf(content.origin);
		if (sender === undefined) done(now);
		else sender.settle(now, done);
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		for (const session of this.sessions) {
			const isDue = now - session.since >= this.options.interval;
			if (isDue && !this.outbox.isStrained) this.report(session, now, "");
			else this.note(session, now);
		}
		this.deadline = this.sessions.size > 0 ? now + this.rhythm : Infinity;
	}

	/** How often sessions are looked at: interim reports may be wanted more often than checkpoints. */
	private get rhythm(): Millis {
		return Math.min(CHECKPOINT, this.options.interval);
	}

	/** Ends all sessions, and waits a little until their records are delivered. @param done called once */
	close(now: Millis, done: () => void): void {
		for (const session of [...this.sessions]) session.end(now, "the relay stops");
		this.deadline = Infinity;
		this.handle.remove();
		let isDone = false;
		const end = (): void => {
			if (isDone) return;
			isDone = true;
			for (const sender of this.senders.values()) sender.stop();
			this.outbox.close(done);
		};
		let left = 1;
		const one = (): void => {
			if (--left === 0) end();
		};
		for (const name of [...this.outbox.origins]) {
			left++;
			const sender = this.senderOf(name);
			if (sender === undefined) one();
			else sender.settle(now, one);
		}
		this.host.pump.after(FAREWELL, end);
		one();
	}

	/** Called by a session at its end. */
	ended(session: Session, now: Millis, reason: string): void {
		if (!this.sessions.delete(session)) return;
		this.report(session, now, reason);
	}

	/** Makes a record of a session's current span. @param reason empty: the session lasts */
	private report(session: Session, now: Millis, reason: string): void {
		const record = session.take(now, this.options.relay, this.host.utc(), reason);
		const { origin } = session.viewer;
		const isLast = reason !== "";
		this.records++;
		this.total += record.total;
		if (isLast)
			// The RTSP server has a line about the end of each of its sessions.
			this.host.log.write(
				session.viewer.protocol === "rtsp" ? "debug" : "info",
				"metering",
				`${record.viewer || "a viewer"} has watched ${record.content} for ${Math.round((now - session.began) / 1000)} s: ${reason}`,
			);
		if (origin === "") return;
		this.outbox.add(origin, record);
		if (!isLast) this.note(session, now);
	}

	/** Notes the state of a session on the medium. */
	private note(session: Session, now: Millis): void {
		const { origin } = session.viewer;
		if (origin !== "") this.outbox.checkpoint(origin, session.peek(now, this.options.relay, this.host.utc(), ""));
	}

	private wake(): void {
		for (const name of this.outbox.origins) this.senderOf(name)?.wake(this.host.pump.now());
	}

	/** @returns `undefined` for an origin that is not known (now): its records wait */
	private senderOf(name: string): ReportSender | undefined {
		const origin = this.options.origins.get(name);
		const known = this.senders.get(name);
		if (known !== undefined || origin === undefined) return known;
		const { relay } = this.options;
		const channels = (): readonly ReportChannel[] => {
			const now = this.options.origins.get(name) ?? origin;
			// A server of the origin may have a ledger of its own, but the table names the one.
			const upstreams = now.url === "" ? [...(this.upstreams.get(name)?.values() ?? [])] : [];
			return upstreams.slice(0, 1).concat(this.options.channels(now));
		};
		const sender = new ReportSender(this.host, this.outbox, name, new ReportSeal(relay, origin.key), channels);
		this.senders.set(name, sender);
		return sender;
	}
}

/** The account of one viewer. */
class Session implements MeteredSession {
	/** When the current span began. */
	since: Millis;
	private part = 0;
	/** The date at which it began, once it is known. */
	private date: Millis | undefined;
	/** What the records until now have. */
	private payload = 0;
	private total = 0;
	private packets = 0;
	private frames = 0;
	private drops = 0;
	private amount = 0;

	constructor(
		private readonly manager: MeteringManager,
		readonly id: string,
		readonly began: Millis,
		readonly viewer: MeteredViewer,
		private readonly content: RelayedContent,
		private readonly counters: DeliveryCounters,
	) {
		this.since = began;
	}

	/** @see MeteredSession */
	end(now: Millis, reason: string): void {
		this.manager.ended(this, now, reason === "" ? "the session has ended" : reason);
	}

	/** Returns the record of the current span as it would be now. @param utc the date, if it is known */
	peek(now: Millis, relay: string, utc: Millis | undefined, reason: string): MeteringRecord {
		const { content, protocol, framing, viewer, ticket, hops } = this.viewer;
		const { payload, total, packets, frames, drops } = this.counters;
		const { tariff } = this.content;
		// The clock may be set while the session lasts; its spans follow each other anyway.
		if (this.date === undefined && utc !== undefined) this.date = Math.round(utc - (now - this.began));
		const date = this.date ?? 0;
		return {
			id: `${this.id}-${this.part}`,
			session: this.id,
			part: this.part,
			isLast: reason !== "",
			relay,
			// Where a viewer names the origin, its URL may have a login in it.
			content: maskCredentials(content),
			protocol,
			framing,
			viewer,
			ticket,
			hops,
			start: date + Math.round(this.since - this.began),
			end: date + Math.round(now - this.began),
			reason,
			payload: payload - this.payload,
			total: total - this.total,
			packets: packets - this.packets,
			frames: frames - this.frames,
			drops: drops - this.drops,
			amount: amountOf(tariff, this.counters, now - this.began) - this.amount,
			currency: tariff?.currency ?? "",
		};
	}

	/** Returns the record of the current span, and begins the next one. */
	take(now: Millis, relay: string, utc: Millis | undefined, reason: string): MeteringRecord {
		const record = this.peek(now, relay, utc, reason);
		this.part++;
		this.since = now;
		this.payload += record.payload;
		this.total += record.total;
		this.packets += record.packets;
		this.frames += record.frames;
		this.drops += record.drops;
		this.amount += record.amount;
		return record;
	}
}
