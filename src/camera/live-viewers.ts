import type { Millis } from "../core/time";
import type { FrameFanOut } from "../media/frame-fan-out";
import type { FrameHub, FrameViewer } from "../media/frame-hub";
import { Uplink } from "../media/uplink";
import { wrapPart } from "./mjpeg-part";
import { MjpegViewer } from "./mjpeg-viewer";

/** Limits of live viewing. */
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
	/** What viewers from the Internet share; viewers by other protocols share it too. `undefined`: no limit. */
	readonly uplink: Uplink | undefined;
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
		private readonly settings: LiveViewersSettings,
		readonly group: FrameFanOut,
		readonly now: () => Millis,
	) {
		this.uplink = settings.uplink > 0 ? new Uplink(settings.uplink) : undefined;
	}

	/** Whether no further viewer is accepted. @param owner whether it is an owner, for whom an eighth of the places is kept */
	isFull(owner: boolean): boolean {
		const { viewers } = this.settings;
		return this.watching >= (owner || viewers === 1 ? viewers : viewers - Math.max(1, viewers >> 3));
	}

	/**
	 * Makes one more viewer; it counts until it is released.
	 * @param interval the least time between two frames; 0: the viewer takes all frames
	 * @param far true: it watches from the Internet
	 */
	watch(interval: Millis, far: boolean): MjpegViewer {
		this.watching++;
		return new MjpegViewer(this, interval, far ? this.uplink : undefined);
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
