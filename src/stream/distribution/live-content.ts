import type { Millis } from "../../core/time";
import type { Frame } from "../../media/frame";
import type { FrameHub, FrameViewer } from "../../media/frame-hub";
import { ticksOf } from "../../media/video-clock";
import type { ContentDescription } from "../content";
import { obstacleText } from "../packets/jpeg-gate";
import { JpegLayout } from "../packets/jpeg-layout";
import { BandwidthManager } from "../reports/bandwidth-manager";
import { RtspRefusal } from "../rtsp-refusal";
import type { Answered, PlayAnswer } from "../stream-transport";
import type { BurstGroup } from "./burst-group";
import { BurstGroups } from "./burst-groups";
import { PendingDescriptions, STOPPING } from "./pending-descriptions";
import { PictureRate } from "./picture-rate";
import type { ContentHost, PlayableContent } from "./playable-content";
import { PLAYING, type StreamSession } from "./stream-session";

/** How long a description waits for a second picture, which tells the rate. */
const RATE_WAIT: Millis = 200;

/** Where the pictures come from; a `FrameHub` is one. */
export type PictureHub = Pick<FrameHub, "latest" | "fresh" | "join" | "leave">;

/**
 * The live JPEG pictures of a camera as a content (STR-9): one viewer of the frame hub for all clients.
 *
 * At each picture it makes packets once for datagrams and once for connections, if there are clients of that kind, and hands each
 * burst over in one call. A picture that RTP/JPEG cannot carry ends the streams with the reason.
 */
export class LiveContent implements PlayableContent, FrameViewer {
	/** These clients are counted by the stream server. @see FrameViewer.viewers */
	readonly viewers = 0;
	readonly followsQuality = true;
	private readonly groups: BurstGroups;
	private readonly offset: number;
	private readonly layout = new JpegLayout();
	private readonly rate = new PictureRate();
	private readonly pending = new PendingDescriptions();
	/** When the descriptions are answered without a rate; `Infinity`: no picture has come yet. */
	private rateDeadline: Millis = Infinity;
	private isJoined = false;

	/** @param title for people */
	constructor(
		readonly id: string,
		private readonly title: () => string,
		private readonly hub: PictureHub,
		private readonly host: ContentHost,
	) {
		this.groups = new BurstGroups(host);
		this.offset = host.origin.timestamp();
	}

	/** Pictures per second; 0: not known. */
	get perSecond(): number {
		return this.rate.perSecond;
	}

	has(id: string): boolean {
		return id === this.id;
	}

	get deadline(): Millis {
		return Math.min(this.pending.deadline, this.rateDeadline);
	}

	expire(now: Millis): void {
		if (now >= this.rateDeadline) this.answerPending(now);
		this.pending.expire(now);
		this.follow(now);
	}

	describe(now: Millis, _id: string, answered: Answered<ContentDescription>): void {
		const fresh = this.hub.fresh(now);
		if (fresh !== undefined && this.rate.perSecond > 0) return answered(now, this.description(fresh));
		this.pending.add(now, answered);
		if (fresh !== undefined) this.rateDeadline = Math.min(this.rateDeadline, now + RATE_WAIT);
		this.follow(now);
	}

	enter(now: Millis, session: StreamSession, answered: Answered<undefined>): void {
		this.groups.enter(session);
		answered(now, undefined);
	}

	newManager(session: StreamSession): BandwidthManager {
		return new BandwidthManager("JPEG", session.framing, this.perSecond);
	}

	leave(now: Millis, session: StreamSession): void {
		this.pause(now, session);
		this.groups.leave(session);
	}

	play(now: Millis, session: StreamSession, _range: unknown, answered: Answered<PlayAnswer>): void {
		const group = this.groups.of(session);
		if (session.receiver !== undefined)
			return answered(now, { sequence: nextSequence(session, group), timestamp: undefined });
		const fresh = this.hub.fresh(now);
		if (fresh !== undefined && !this.keep(group, fresh)) {
			return answered(now, new RtspRefusal(415, group.packets.obstacle ?? ""));
		}
		const first = fresh === undefined ? undefined : group.latest;
		this.groups.play(now, session);
		const sequence = first === undefined ? nextSequence(session, group) : firstSequence(session, group);
		answered(now, { sequence, timestamp: first?.timestamp });
		if (session.state !== PLAYING) return;
		if (first !== undefined) group.sendLatest(now, session);
		group.add(session);
		this.follow(now);
	}

	pause(now: Millis, session: StreamSession): void {
		this.groups.pause(now, session);
		this.follow(now);
	}

	room(now: Millis, session: StreamSession): void {
		if (session.state === PLAYING) this.groups.of(session).sendLatest(now, session);
	}

	paced(session: StreamSession): void {
		this.groups.paced(session);
	}

	timestampAt(now: Millis): number {
		return ticksOf(now, this.offset);
	}

	close(now: Millis): void {
		this.pending.answer(now, STOPPING);
		this.follow(now);
	}

	/** @see FrameViewer */
	offer(now: Millis): void {
		const { latest } = this.hub;
		if (latest === undefined) return;
		this.rate.add(latest.at, latest.sequence);
		const { all } = this.groups;
		for (let i = 0; i < all.length; i++) {
			const group = all[i];
			if (group.sessions.length === 0) continue;
			// The buffers of the picture before are used again, unless a client still takes it.
			group.clear();
			const burst = group.packets.frame(latest, this.timestampOf(latest));
			if (burst === undefined) return this.refuse(now, group.packets.obstacle ?? "");
			group.send(now, burst, latest.sequence);
		}
		if (this.pending.size > 0) this.described(now);
	}

	private timestampOf(frame: Frame): number {
		return ticksOf(frame.at, this.offset);
	}

	/** Makes a picture the group's newest, if it is not. @returns false when RTP/JPEG cannot carry it */
	private keep(group: BurstGroup, frame: Frame): boolean {
		if (group.latestId === frame.sequence) return true;
		const burst = group.packets.frame(frame, this.timestampOf(frame));
		if (burst !== undefined) group.keep(burst, frame.sequence);
		return burst !== undefined;
	}

	/** The picture cannot be carried: the streams end. */
	private refuse(now: Millis, reason: string): void {
		const { all } = this.groups;
		for (let i = all.length - 1; i >= 0; i--) {
			const { sessions } = all[i];
			for (let j = sessions.length - 1; j >= 0; j--) this.host.fail(now, sessions[j], reason);
		}
		if (this.pending.size > 0) this.answerPending(now);
	}

	/** A picture came while descriptions wait. */
	private described(now: Millis): void {
		if (this.rate.perSecond > 0) this.answerPending(now);
		else if (this.rateDeadline === Infinity) {
			this.rateDeadline = now + RATE_WAIT;
			this.host.rearm();
		}
	}

	private answerPending(now: Millis): void {
		this.rateDeadline = Infinity;
		const { latest } = this.hub;
		if (latest !== undefined) this.pending.answer(now, this.description(latest));
		this.follow(now);
	}

	private description(frame: Frame): ContentDescription | RtspRefusal {
		const { layout } = this;
		if (!layout.read(frame.bytes, frame.start, frame.end, true) && layout.obstacle !== undefined)
			return new RtspRefusal(415, obstacleText(layout.obstacle, layout.width, layout.height));
		const { width, height } = layout;
		const video = { encoding: "JPEG", width, height, frameRate: this.rate.perSecond, parameterSets: [] } as const;
		return { id: this.id, title: this.title(), video };
	}

	/** Watches the hub while it is needed, so that the source runs. */
	private follow(now: Millis): void {
		const isNeeded = this.groups.playing > 0 || this.pending.size > 0;
		if (isNeeded === this.isJoined) return;
		this.isJoined = isNeeded;
		if (isNeeded) this.hub.join(now, this);
		else this.hub.leave(now, this);
	}
}

/** The number of the first packet of the group's newest picture, as a stream gets it. */
function firstSequence(session: StreamSession, group: BurstGroup): number {
	const { latest } = group;
	if (session.out === undefined || latest === undefined) return nextSequence(session, group);
	// Behind `$`, the channel, the length, and the first two octets of the RTP header.
	const at = latest.offsets[0] + 6;
	return (latest.bytes[at] << 8) | latest.bytes[at + 1];
}

/** The number of the next packet that a stream gets. */
function nextSequence(session: StreamSession, group: BurstGroup): number {
	if (session.out !== undefined) return group.packets.sequence;
	return session.receiver?.sequence ?? session.sequence;
}
