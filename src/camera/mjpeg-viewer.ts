import { type StreamOutbox, type StreamSource, writeWhatFits } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import type { FrameFanOut, FrameReceiver } from "../media/frame-fan-out";
import type { FrameHub } from "../media/frame-hub";
import type { Uplink } from "../media/uplink";
import { ViewerPace } from "../media/viewer-pace";
import { FIRST_BOUNDARY, wrapPart } from "./mjpeg-part";

/** All viewers of a camera, as one of them knows them. @see LiveViewers */
export interface ViewerGroup {
	readonly hub: FrameHub;
	readonly group: FrameFanOut;
	/** The time when a stream ends. */
	readonly now: () => Millis;
	sendNumber(sequence: number): number;
	begin(now: Millis): void;
	addPaced(viewer: MjpegViewer): void;
	leave(now: Millis, viewer: MjpegViewer, started: boolean): void;
}

/**
 * The live stream of one viewer: `multipart/x-mixed-replace` (IMG-16).
 *
 * Frames come by the fan-out group. A viewer that is busy with the frame before misses one, and gets the newest as soon
 * as it is ready; a viewer that reads nothing costs one frame at the most. Nothing is allocated or copied for a frame.
 */
export class MjpegViewer implements StreamSource {
	private started = false;
	private preamble = 0;
	private receiver: FrameReceiver | undefined;
	/** Frames that it got when it became ready, not by the group, and the last of them. */
	private late = 0;
	private lateSequence = -1;
	/** Absent where the viewer takes all frames. */
	private readonly pace: ViewerPace | undefined;
	private released = false;

	/**
	 * @param interval the least time between two frames; 0: the viewer takes all frames
	 * @param uplink what a viewer from the Internet shares with others
	 */
	constructor(
		private readonly viewers: ViewerGroup,
		interval: Millis,
		uplink?: Uplink,
	) {
		this.pace = interval > 0 || uplink !== undefined ? new ViewerPace(interval, uplink) : undefined;
	}

	/** Frames that this viewer got. */
	get delivered(): number {
		return this.late + (this.receiver?.delivered ?? 0);
	}

	/** Frames that came while it was busy. */
	get dropped(): number {
		return this.receiver?.missed ?? 0;
	}

	fill(now: Millis, out: StreamOutbox): boolean {
		if (!this.started) {
			this.started = true;
			this.pace?.join(now);
			this.viewers.begin(now);
		}
		if (this.preamble < FIRST_BOUNDARY.length) {
			this.preamble = writeWhatFits(out, FIRST_BOUNDARY, this.preamble, FIRST_BOUNDARY.length);
			if (this.preamble < FIRST_BOUNDARY.length) return false;
			this.receiver = this.viewers.group.addStream(out);
			if (this.pace !== undefined) this.viewers.addPaced(this);
		}
		this.sendLatest(now, out);
		return false;
	}

	release(): void {
		if (this.released) return;
		this.released = true;
		const { viewers, receiver, started } = this;
		const now = viewers.now();
		if (started) this.pace?.leave(now);
		if (receiver !== undefined) viewers.group.remove(receiver);
		viewers.leave(now, this, started);
	}

	/** A frame is about to be sent: a viewer whose next frame is not due yet is passed over. */
	hold(now: Millis): void {
		const { receiver, pace } = this;
		if (receiver !== undefined && pace !== undefined) receiver.hold = !pace.isDue(now);
	}

	/** A frame was sent. @param number of the send; @see FrameReceiver.last */
	sent(now: Millis, number: number, octets: Octets): void {
		if (this.receiver?.last === number) this.pace?.begin(now, octets);
	}

	/** Sends the newest frame, unless this viewer has it. */
	private sendLatest(now: Millis, out: StreamOutbox): void {
		const { viewers, receiver, pace } = this;
		const { hub } = viewers;
		const latest = this.delivered > 0 ? hub.latest : hub.fresh(now);
		if (latest === undefined || latest.sequence === this.lateSequence) return;
		if (receiver?.last === viewers.sendNumber(latest.sequence)) return;
		if (pace !== undefined && !pace.isDue(now)) return;
		if (latest.partStart < 0) wrapPart(latest);
		if (!out.offer(latest.bytes, latest.partStart, latest.partEnd, latest)) return;
		pace?.begin(now, latest.partEnd - latest.partStart);
		this.lateSequence = latest.sequence;
		this.late++;
		hub.delivered++;
		hub.octets += latest.partEnd - latest.partStart;
	}
}
