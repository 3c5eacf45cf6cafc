import type { Millis } from "../../core/time";
import type { FanOutGroup, FanOutReceiver } from "../../ports/net";
import type { ContentHost } from "../distribution/playable-content";
import type { StreamSession } from "../distribution/stream-session";
import { type PacketBurst, UDP_PACKET_MAX } from "../packets/packet-burst";
import { DatagramCutter } from "./datagram-cutter";
import type { PacketRun } from "./packet-run";
import type { PictureCache } from "./picture-cache";
import type { RelayedPicture } from "./relayed-picture";
import { BEHIND, IDLE, KEY_PATIENCE, LIVE, type PictureCount, type RelayedViewer, WAITING } from "./relayed-viewer";

/** A new viewer is sent the kept packets in steps, so that no buffer on the way overflows: so many packets, so often. */
const STEP_PACKETS = 16;
const STEP: Millis = 2;

/**
 * The viewers of a relayed video over UDP: one call to the host sends a run of packets to all of them. The host gives each its own
 * source and running sequence numbers; what is missing from the origin is missing in these, too.
 */
export class DatagramViewers implements PictureCount {
	/** When those that are behind get the next packets. */
	deadline: Millis = Infinity;
	/** @see PictureCount */
	pictures = 0;
	private readonly viewers: RelayedViewer[] = [];
	/** Those that are looked at before each picture. */
	private readonly watched: RelayedViewer[] = [];
	private readonly fan: FanOutGroup;
	private readonly solo: FanOutGroup;
	private readonly jpeg = new DatagramCutter("JPEG");
	private readonly h264 = new DatagramCutter("H264");
	private isJpeg = true;

	constructor(
		host: ContentHost,
		private readonly cache: PictureCache,
	) {
		this.fan = host.newGroup();
		this.solo = host.solo;
	}

	/** How many there are. */
	get size(): number {
		return this.viewers.length;
	}

	/** Begins to send to a viewer. @param newest the number of the newest picture */
	add(now: Millis, viewer: RelayedViewer, newest: number): void {
		this.viewers.push(viewer);
		this.watched.push(viewer);
		viewer.joined = newest;
		viewer.hasBegun = false;
		viewer.next = this.cache.first;
		viewer.run = 0;
		if (viewer.next === Infinity) return viewer.waits(now);
		viewer.mode = BEHIND;
		this.advance(now, viewer);
		if (viewer.mode === BEHIND) this.deadline = Math.min(this.deadline, now + STEP);
	}

	remove(_now: Millis, viewer: RelayedViewer): void {
		const at = this.viewers.indexOf(viewer);
		if (viewer.mode === IDLE || at < 0) return;
		this.viewers.splice(at, 1);
		this.leaveFan(viewer);
		viewer.mode = IDLE;
		if (viewer.isPlain) viewer.leavesGroup();
		else this.watched.splice(this.watched.indexOf(viewer), 1);
	}

	/** What comes refers to pictures that nobody has, until a key picture. */
	restart(now: Millis): void {
		for (const viewer of this.viewers) {
			this.leaveFan(viewer);
			viewer.waits(now);
			this.watch(viewer);
		}
	}

	/** Which pictures a viewer takes, or how it gets them, may have changed. */
	watch(viewer: RelayedViewer): void {
		const { mode, isPlain } = viewer;
		if (mode === IDLE) return;
		const shouldBePlain = mode === LIVE && !viewer.isWatched;
		if (shouldBePlain === isPlain) return;
		if (isPlain) {
			viewer.leavesGroup();
			this.watched.push(viewer);
		} else {
			viewer.follows(this);
			this.watched.splice(this.watched.indexOf(viewer), 1);
		}
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		for (const viewer of this.viewers) {
			if (viewer.mode !== BEHIND) continue;
			this.advance(now, viewer);
			if (viewer.mode === BEHIND) this.deadline = now + STEP;
		}
	}

	/** A picture begins: decides who gets it. */
	begin(now: Millis, picture: RelayedPicture): void {
		const { watched } = this;
		this.pictures++;
		// From the end, as those that need not be looked at any more leave the list.
		for (let i = watched.length - 1; i >= 0; i--) {
			const viewer = watched[i];
			if (viewer.mode === WAITING && (picture.isKey || now - viewer.since >= KEY_PATIENCE)) this.enterFan(viewer);
			if (viewer.mode !== LIVE) continue;
			const { receiver } = viewer.session;
			if (receiver === undefined) continue;
			receiver.hold = !takes(now, viewer, picture);
			if (!receiver.hold) this.watch(viewer);
		}
	}

	/** Sends packets of the picture that has begun. */
	send(run: PacketRun, isJpeg: boolean): void {
		const { fan } = this;
		this.isJpeg = isJpeg;
		if (fan.size === 0) return;
		if (run.gap > 0) this.leaveOut(run.gap);
		this.give(fan, run);
	}

	/** Sends a run to a group. */
	private give(fan: FanOutGroup, run: PacketRun): PacketBurst {
		if (run.largest <= UDP_PACKET_MAX) {
			fan.sendBatch(run.bytes, run.offsets, run.count, run);
			return run;
		}
		const burst = (this.isJpeg ? this.jpeg : this.h264).cut(run);
		fan.sendBatch(burst.bytes, burst.offsets, burst.count, burst);
		burst.release();
		return burst;
	}

	/** Packets are missing: the numbers of all that get this picture leave them out. */
	private leaveOut(count: number): void {
		const { viewers } = this;
		for (let i = 0; i < viewers.length; i++) {
			const viewer = viewers[i];
			if (viewer.mode !== LIVE || viewer.session.receiver?.hold !== false || !viewer.hasBegun) continue;
			this.leaveFan(viewer);
			skipNumbers(viewer.session, count);
			this.enterFan(viewer);
		}
	}

	private enterFan(viewer: RelayedViewer): void {
		const { session } = viewer;
		const { media } = session;
		viewer.mode = LIVE;
		if (media !== undefined) session.receiver ??= this.fan.addPeer(media.socket, media.peer, session);
	}

	private leaveFan(viewer: RelayedViewer): void {
		const { session } = viewer;
		const { receiver } = session;
		if (receiver === undefined) return;
		viewer.leaves(receiver);
		this.fan.remove(receiver);
		session.detach();
	}

	/** Sends some of what is kept to a viewer that is behind. */
	private advance(now: Millis, viewer: RelayedViewer): void {
		const { cache } = this;
		for (let packets = 0; packets < STEP_PACKETS && viewer.mode === BEHIND; ) {
			const { first } = cache;
			if (first === Infinity) return viewer.waits(now);
			if (viewer.next < first) jump(viewer, first);
			const picture = cache.get(viewer.next);
			// It has all that there is, perhaps of a picture whose rest follows.
			if (picture === undefined) return this.enterFan(viewer);
			if (viewer.run === 0 && picture.sent > 0 && !takes(now, viewer, picture)) {
				if (!picture.isWhole) {
					this.enterFan(viewer);
					(viewer.session.receiver as FanOutReceiver).hold = true;
					return;
				}
				viewer.next++;
			} else if (viewer.run < picture.sent) packets += this.sendTo(viewer, picture.runs[viewer.run++]);
			else if (!picture.isWhole) return this.enterFan(viewer);
			else {
				viewer.next++;
				viewer.run = 0;
			}
		}
	}

	/** Sends a run to one viewer. @returns how many packets it has */
	private sendTo(viewer: RelayedViewer, run: PacketRun): number {
		const { solo } = this;
		const { session } = viewer;
		const { media } = session;
		if (media === undefined) return run.count;
		if (run.gap > 0 && session.packets > 0) skipNumbers(session, run.gap);
		const single = solo.addPeer(media.socket, media.peer, session);
		this.give(solo, run);
		session.sequence = single.sequence;
		session.took(single.packets, single.octets);
		viewer.leaves(single);
		solo.remove(single);
		return run.count;
	}
}

/** Whether a viewer gets a picture that begins. */
function takes(now: Millis, viewer: RelayedViewer, picture: RelayedPicture): boolean {
	const { session } = viewer;
	const isSlow = session.bandwidth?.isReduced === true;
	// A rate that was asked for counts whole pictures; the octets that follow are not known yet.
	if (viewer.isWatched) {
		if (!session.takes(now, picture.isKey, false)) {
			if (isSlow) viewer.skips(1);
			return false;
		}
		session.begun(now, picture.octets);
	}
	viewer.began();
	return true;
}

/** A viewer leaves out what is not kept any more. */
function jump(viewer: RelayedViewer, first: number): void {
	viewer.skips(first - viewer.next);
	// The rest of a picture that it has begun is missing.
	if (viewer.run > 0) skipNumbers(viewer.session, 1);
	viewer.next = first;
	viewer.run = 0;
}

function skipNumbers(session: StreamSession, count: number): void {
	session.sequence = (session.sequence + count) & 0xffff;
}
