import type { Millis } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import { readSps, type SpsInfo } from "../../media/h264-sps";
import { TICKS_PER_MS, ticksOf } from "../../media/video-clock";
import type { ContentDescription } from "../content";
import { H264Packetizer } from "../packets/h264-packetizer";
import { BandwidthManager } from "../reports/bandwidth-manager";
import { MediaClock } from "../reports/media-clock";
import type { Answered, PlayAnswer } from "../stream-transport";
import type { KeyRequester } from "./burst-group";
import { BurstGroups } from "./burst-groups";
import { PendingDescriptions, STOPPING } from "./pending-descriptions";
import { PictureRate } from "./picture-rate";
import type { ContentHost, PlayableContent } from "./playable-content";
import { PLAYING, type StreamSession } from "./stream-session";
import type { UnitHub, UnitViewer } from "./unit-hub";

/** The least time between two requests for a key picture, as each costs all viewers octets. */
const KEY_EVERY: Millis = 1000;
/** The source's own clock may be so far from ours before it counts as another clock: it has started again. */
const DRIFT_MAX: Millis = 2000;
/** From here on the difference is made smaller. */
const SLEW_FROM: Millis = 200;

/**
 * The live H.264 pictures of a camera as a content (STR-25), like `LiveContent` for JPEG.
 *
 * A stream begins with a key picture, and after it has missed one it goes on with a key picture. Where key pictures can be asked
 * for, it need not wait long.
 */
export class UnitContent implements PlayableContent, UnitViewer, KeyRequester {
	readonly followsQuality = false;
	private readonly groups: BurstGroups;
	private readonly clock = new MediaClock();
	/** The timestamp of our time 0, and of the source's. */
	private readonly offset: number;
	private ticksOffset = 0;
	private hasOffset = false;
	private readonly rate = new PictureRate();
	private readonly pending = new PendingDescriptions();
	private keyAt: Millis = -Infinity;
	private pictures = 0;
	private isJoined = false;

	/** @param title for people */
	constructor(
		readonly id: string,
		private readonly title: () => string,
		private readonly hub: UnitHub,
		private readonly host: ContentHost,
	) {
		this.groups = new BurstGroups(host, this, new H264Packetizer());
		this.offset = host.origin.timestamp();
		this.clock.set(0, this.offset);
	}

	/** Pictures per second; 0: not known. */
	get perSecond(): number {
		return this.rate.perSecond;
	}

	has(id: string): boolean {
		return id === this.id && this.hub.source !== undefined;
	}

	get deadline(): Millis {
		return Math.min(this.pending.deadline, this.hub.deadline);
	}

	expire(now: Millis): void {
		this.hub.expire(now);
		this.pending.expire(now);
		this.follow(now);
	}

	describe(now: Millis, _id: string, answered: Answered<ContentDescription>): void {
		this.pending.add(now, answered);
		this.follow(now);
		// The sets may be known from before; the source has been woken in any case.
		if (this.isDescribable) this.answerPending(now);
	}

	enter(now: Millis, session: StreamSession, answered: Answered<undefined>): void {
		this.groups.enter(session);
		answered(now, undefined);
	}

	newManager(session: StreamSession): BandwidthManager {
		return new BandwidthManager("H264", session.framing, this.perSecond);
	}

	leave(now: Millis, session: StreamSession): void {
		this.pause(now, session);
		this.groups.leave(session);
	}

	play(now: Millis, session: StreamSession, _range: unknown, answered: Answered<PlayAnswer>): void {
		// Over TCP pictures for others may come before the first key picture, so its number is not known.
		const sequence = session.out === undefined ? (session.receiver?.sequence ?? session.sequence) : undefined;
		const isNew = session.receiver === undefined;
		if (isNew) {
			session.waitsForKey = true;
			this.groups.play(now, session);
		}
		answered(now, { sequence, timestamp: undefined });
		if (!isNew || session.state !== PLAYING) return;
		this.groups.of(session).add(session);
		this.follow(now);
		this.requestKey(now);
	}

	pause(now: Millis, session: StreamSession): void {
		this.groups.pause(now, session);
		this.follow(now);
	}

	room(now: Millis, session: StreamSession): void {
		// In between, only a key picture is of use to a stream that missed one.
		if (session.state === PLAYING && session.waitsForKey) this.groups.of(session).sendLatest(now, session);
	}

	paced(session: StreamSession): void {
		this.groups.paced(session);
	}

	timestampAt(now: Millis): number {
		return this.clock.timestampAt(now);
	}

	close(now: Millis): void {
		this.pending.answer(now, STOPPING);
		this.follow(now);
		this.hub.stop();
	}

	/** @see KeyRequester */
	requestKey(now: Millis): void {
		if (now - this.keyAt < KEY_EVERY) return;
		this.keyAt = now;
		this.hub.requestKey();
	}

	/** @see UnitViewer */
	unit(now: Millis, unit: AccessUnit): void {
		this.rate.add(unit.at, unit.sequence);
		const timestamp = this.timestampOf(unit);
		const { all } = this.groups;
		const sets = this.hub.source?.parameterSets;
		this.pictures++;
		for (let i = 0; i < all.length; i++) {
			const group = all[i];
			if (group.sessions.length === 0) continue;
			if (sets !== undefined) group.packets.parameterSets = sets;
			const burst = group.packets.unit(unit, timestamp);
			if (burst === undefined) this.lost(now);
			else group.send(now, burst, this.pictures);
		}
		if (this.pending.size > 0 && this.isDescribable) this.answerPending(now);
	}

	/** A picture cannot be sent: what follows cannot be decoded. */
	private lost(now: Millis): void {
		for (const group of this.groups.all) {
			for (const session of group.sessions) {
				session.waitsForKey = true;
				group.watch(session);
			}
		}
		this.requestKey(now);
	}

	/** The source's own clock gives the timestamps; our clock gives their beginning, again whenever the source starts again. */
	private timestampOf(unit: AccessUnit): number {
		const ours = ticksOf(unit.at, this.offset);
		const theirs = (unit.ticks + this.ticksOffset) >>> 0;
		const ahead = (theirs - ours) | 0;
		if (this.hasOffset && Math.abs(ahead) <= DRIFT_MAX * TICKS_PER_MS) {
			// No two clocks run alike: a tick with each picture keeps them together.
			if (Math.abs(ahead) > SLEW_FROM * TICKS_PER_MS) this.ticksOffset -= Math.sign(ahead);
			this.clock.set(unit.at, theirs);
			return theirs;
		}
		this.hasOffset = true;
		this.ticksOffset = (ours - unit.ticks) | 0;
		this.clock.set(unit.at, ours);
		return ours;
	}

	private get isDescribable(): boolean {
		return (this.hub.source?.parameterSets.length ?? 0) > 0;
	}

	private answerPending(now: Millis): void {
		const parameterSets = this.hub.source?.parameterSets ?? [];
		let shown: SpsInfo | undefined;
		for (const set of parameterSets) shown ??= readSps(set, 0, set.length);
		const { width = 0, height = 0, frameRate = 0 } = shown ?? {};
		const rate = this.rate.perSecond || frameRate;
		const video = { encoding: "H264", width, height, frameRate: rate, parameterSets } as const;
		this.pending.answer(now, { id: this.id, title: this.title(), video });
		this.follow(now);
	}

	/** Watches the hub while it is needed, so that the source runs. */
	private follow(now: Millis): void {
		const isNeeded = this.groups.playing > 0 || this.pending.size > 0;
		if (isNeeded === this.isJoined) return;
		this.isJoined = isNeeded;
		if (isNeeded) this.hub.join(this);
		else this.hub.leave(now, this);
	}
}
