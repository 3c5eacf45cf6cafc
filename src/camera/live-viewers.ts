import type { Millis } from "../core/time";
import type { FrameFanOut } from "../media/frame-fan-out";
import type { FrameHub, FrameViewer } from "../media/frame-hub";
import { Uplink } from "../media/uplink";
import { wrapPart } from "./mjpeg-part";
import { MjpegViewer } from "./mjpeg-viewer";

/** The rate of an uplink without a limit, in kB/s: more than any has. */
const UNLIMITED = 1_000_000;

/** Limits of live viewing, at the start. */
export interface LiveViewersSettings {
	/** The most live viewers at a time. @default 32 */
	readonly viewers: number;
	/** Limit for all viewers from the Internet together, in kB/s; 0: none. @default 1500 */
	readonly uplink: number;
}

/**
 * Sends the live picture to all viewers: a limited number at a time, and those from the Internet within the uplink's
 * limit.
 *
 * A frame costs one call to the host, which sends it to every viewer that is ready. Only viewers with a frame rate or a
 * share of the uplink of their own are looked at for each frame.
 */
export class LiveViewers implements FrameViewer {
	/** How many viewers there are. */
	watching = 0;
	/** How many of them their stream has reached. */
	private started = 0;
	/** What viewers from the Internet share; viewers by other protocols share it too. */
	readonly uplink: Uplink;
	/** The most viewers at a time. */
	limit: number;
	/** Whether viewers from the Internet that come now share the uplink's limit. */
	private isShared: boolean;
	/** The viewers that do not take all frames. */
	private readonly paced: MjpegViewer[] = [];
	/** The frame that the group sent last, and which of its sends that was. */
	private sentSequence = -1;
	private sentNumber = 0;

	/**
	 * @param group the host's fan-out group, for these viewers only
	 * @param now tells the time when a stream ends
	 */
	constructor(
		readonly hub: FrameHub,
		{ viewers, uplink }: LiveViewersSettings,
		readonly group: FrameFanOut,
		readonly now: () => Millis,
	) {
		this.limit = viewers;
		this.isShared = uplink > 0;
		this.uplink = new Uplink(uplink || UNLIMITED);
	}

	/** Limits what viewers from the Internet share, in kB/s, from now on; 0: does not. */
	setUplink(rate: number): void {
		this.isShared = rate > 0;
		this.uplink.setRate(this.now(), rate || UNLIMITED);
	}

	/** How many viewers are accepted. @param owner whether they are owners, for whom an eighth of the places is kept */
	places(owner: boolean): number {
		const { limit } = this;
		return owner || limit === 1 ? limit : limit - Math.max(1, limit >> 3);
	}

	/** Whether no further viewer is accepted. @param owner whether it is an owner */
	isFull(owner: boolean): boolean {
		return this.watching >= this.places(owner);
	}

	/**
	 * Makes one more viewer; it counts until it is released.
	 * @param interval the least time between two frames; 0: the viewer takes all frames
	 * @param far true: it watches from the Internet
	 */
	watch(interval: Millis, far: boolean): MjpegViewer {
		this.watching++;
		return new MjpegViewer(this, interval, far && this.isShared ? this.uplink : undefined);
	}

	/** @see FrameViewer.viewers */
	get viewers(): number {
		return this.started;
	}

	/** Runs once for each frame: calls and property look-ups are what it costs on XS. */
	offer(now: Millis): void {
		const { hub, group, paced } = this;
		const { latest } = hub;
		if (latest === undefined || group.size === 0) return;
		if (latest.partStart < 0) wrapPart(latest);
		for (let i = 0; i < paced.length; i++) paced[i].hold(now);
		const { missed } = group;
		const taken = group.send(latest.bytes, latest.partStart, latest.partEnd, latest);
		hub.delivered += taken;
		hub.octets += taken * (latest.partEnd - latest.partStart);
		hub.dropped += group.missed - missed;
		this.sentSequence = latest.sequence;
		this.sentNumber = group.sends;
		for (let i = 0; i < paced.length; i++) paced[i].sent(now, this.sentNumber, latest.partEnd - latest.partStart);
	}

	/** The {@link FrameReceiver.last} of receivers that the group sent this frame to; -1 when it has not sent it. */
	sendNumber(sequence: number): number {
		return sequence === this.sentSequence ? this.sentNumber : -1;
	}

	/** The stream of a viewer has begun; called by it. */
	begin(now: Millis): void {
		if (this.started++ === 0) this.hub.join(now, this);
	}

	/** A viewer with a pace of its own has joined the group; called by it. */
	addPaced(viewer: MjpegViewer): void {
		this.paced.push(viewer);
	}

	/** A viewer has gone; called by it. @param started whether its stream had begun */
	leave(now: Millis, viewer: MjpegViewer, started: boolean): void {
		this.watching--;
		const at = this.paced.indexOf(viewer);
		if (at >= 0) this.paced.splice(at, 1);
		if (started && --this.started === 0) this.hub.leave(now, this);
	}
}
