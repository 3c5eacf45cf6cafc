import type { Millis, Octets } from "../../core/time";
import type { BandwidthManager } from "../reports/bandwidth-manager";
import { StreamTable } from "../stream-table";
import type { UdpReachability } from "../units/udp-reachability";
import { UNREACHABLE_REASON } from "../units/udp-reachability";
import { QualityDemand, type QualityLadder } from "./quality-ladder";
import { PLAYING, type StreamSession } from "./stream-session";

/** How often each stream is looked at. */
const TICK: Millis = 1000;
/** Reports wait at most so long for each other, so that many streams are not looked at all the time. */
const SOON: Millis = 100;
/** A stream whose connection takes nothing for so long ends, and so does the connection. */
const STALLED: Millis = 20_000;

const STALLED_REASON = "the connection takes nothing";

/** What streams have sent. */
export interface StreamTotals {
	readonly packets: number;
	readonly octets: Octets;
	/** Pictures that they missed because their connections were busy. */
	readonly missed: number;
}

/** What the keeper tells the distribution. */
export interface KeeperOwner {
	/** Pictures per second of the stream's content; 0: not known, or the stream's own. */
	rateOf(session: StreamSession): number;
	/** Makes the bandwidth manager of a stream. */
	newManager(session: StreamSession): BandwidthManager;
	/** Whether a lower quality of the camera makes the stream's pictures smaller. */
	followsQuality(session: StreamSession): boolean;
	/** The share of the pictures that the stream takes may have changed. */
	paced(session: StreamSession): void;
	/** The stream cannot go on. */
	fail(now: Millis, session: StreamSession, reason: string): void;
}

/**
 * Keeps the streams of all clients: sends their reports, lets the bandwidth managers look at them once a second, ends those that
 * cannot go on, and asks the quality ladder for what several of them demand.
 */
export class SessionKeeper {
	deadline: Millis = Infinity;
	readonly table = new StreamTable<StreamSession>();
	private readonly demand = new QualityDemand();
	/** What streams have sent that have ended. */
	private readonly past = { packets: 0, octets: 0, missed: 0 };
	private tickAt: Millis = Infinity;

	/**
	 * @param ladder absent where the camera's quality is not to be touched
	 * @param others viewers of the camera's pictures besides the streams
	 */
	constructor(
		private readonly reachability: UdpReachability,
		private readonly ladder: QualityLadder | undefined,
		private readonly others: () => number,
	) {}

	get size(): number {
		return this.table.size;
	}

	/** Streams that play. */
	get playing(): number {
		let count = 0;
		for (const { state } of this.table.entries) if (state === PLAYING) count++;
		return count;
	}

	/** What all streams have sent, those included that have ended. */
	get totals(): StreamTotals {
		const totals = { ...this.past };
		for (const session of this.table.entries) addTo(totals, session);
		return totals;
	}

	/** How many streams a client has. */
	countOf(client: string): number {
		let count = 0;
		for (const session of this.table.entries) if (session.client === client) count++;
		return count;
	}

	/** Whether a stream has this SSRC. */
	hasSource(ssrc: number): boolean {
		for (const session of this.table.entries) if (session.ssrc === ssrc) return true;
		return false;
	}

	/** The first of all streams; `undefined`: there are none. */
	get first(): StreamSession | undefined {
		return this.table.entries[0];
	}

	add(session: StreamSession): void {
		this.table.add(session);
	}

	/** Removes a stream; harmless when repeated. */
	remove(session: StreamSession): void {
		if (!this.table.remove(session.stream)) return;
		addTo(this.past, session);
		if (this.table.size > 0) return;
		this.deadline = this.tickAt = Infinity;
		this.ladder?.restore();
	}

	/** A stream plays: its reports begin. */
	began(now: Millis, session: StreamSession): void {
		session.playingSince = session.progressAt = now;
		session.rtcp?.play(now);
		if (this.tickAt === Infinity) this.tickAt = now + TICK;
		this.deadline = Math.min(this.deadline, this.tickAt, session.rtcp?.deadline ?? Infinity);
	}

	/** A stream has been paused. */
	paused(session: StreamSession): void {
		session.playingSince = Infinity;
		session.rtcp?.pause();
		session.bandwidth?.pause();
	}

	/** Does what is due. */
	expire(now: Millis, owner: KeeperOwner): void {
		if (now < this.deadline) return;
		const isTick = now >= this.tickAt;
		if (isTick) this.demand.reset();
		let next = Infinity;
		// From the end, as a stream that ends leaves the list; its listener may end others.
		const { entries } = this.table;
		for (let i = entries.length - 1; i >= 0; i--) {
			const session: StreamSession | undefined = entries[i];
			if (session?.state !== PLAYING) continue;
			if (isTick) this.look(now, session, owner);
			const { rtcp, reports } = session;
			if (rtcp === undefined || reports === undefined || rtcp.deadline === Infinity) continue;
			if (now >= rtcp.deadline) rtcp.expire(now, reports);
			if (rtcp.deadline < next) next = rtcp.deadline;
		}
		if (isTick) {
			this.ladder?.update(now, this.demand.wanted(this.others()));
			this.tickAt = entries.length > 0 ? now + TICK : Infinity;
		}
		this.deadline = Math.min(this.tickAt, Math.max(next, now + SOON));
	}

	/** A second has passed for a stream that plays. */
	private look(now: Millis, session: StreamSession, owner: KeeperOwner): void {
		const { delivered, missed, media } = session;
		// A stream over TCP needs managing from the first picture on that it misses; the second before is the first that counts.
		if (session.bandwidth === undefined && session.out !== undefined && missed > session.seenMissed) {
			session.bandwidth = owner.newManager(session);
			session.bandwidth.tick(now - TICK, session.seen, session.seenMissed);
		}
		const { bandwidth } = session;
		const rate = owner.rateOf(session);
		if (bandwidth !== undefined) {
			if (rate > 0) bandwidth.rate = rate;
			bandwidth.tick(now, delivered, missed);
			owner.paced(session);
		}
		// A client by TCP may have stopped reading for reasons of its own.
		const demand = session.out === undefined && bandwidth !== undefined ? bandwidth.demand : 0;
		if (owner.followsQuality(session)) this.demand.add(demand);
		const { client, playingSince, rtcp } = session;
		const expects = media?.expectsReports === true;
		if (this.reachability.isUnreachable(now, client, expects, playingSince, rtcp?.at ?? -Infinity))
			return owner.fail(now, session, UNREACHABLE_REASON);
		if (delivered !== session.seen || missed === session.seenMissed) session.progressAt = now;
		session.seen = delivered;
		session.seenMissed = missed;
		if (now - session.progressAt < STALLED) return;
		owner.fail(now, session, STALLED_REASON);
		// Neither a report nor an answer gets through any more.
		session.out?.abort();
	}
}

function addTo(totals: { packets: number; octets: Octets; missed: number }, session: StreamTotals): void {
	totals.packets += session.packets;
	totals.octets += session.octets;
	totals.missed += session.missed;
}
