import { type StreamOutbox, type StreamSource, writeWhatFits } from "../core/stream";
import type { Millis } from "../core/time";
import type { Frame } from "../media/frame";
import type { FrameHub, FrameViewer } from "../media/frame-hub";
import { FIRST_BOUNDARY, wrapPart } from "./mjpeg-part";
import type { Uplink } from "./uplink";
import { ViewerPace } from "./viewer-pace";

/** Counts who watches. */
export interface ViewerDesk {
	/** A viewer has gone. */
	left(): void;
}

/**
 * Sends one viewer the live picture: `multipart/x-mixed-replace` (IMG-16).
 *
 * A new frame is begun only when the one before has left for the network whole, so a viewer that takes nothing costs
 * one frame at the most. Nothing is allocated and nothing copied per frame.
 */
export class MjpegViewer implements StreamSource, FrameViewer {
	/** Frames that this viewer got, and missed because it was busy. */
	delivered = 0;
	dropped = 0;
	private out: StreamOutbox | undefined;
	private preamble = 0;
	private frame: Frame | undefined;
	private at = 0;
	private lastSequence = -1;
	/** Absent where the viewer takes all frames there are. */
	private readonly pace: ViewerPace | undefined;
	private released = false;

	/**
	 * @param interval the least time between two frames, in milliseconds; 0 for all there are
	 * @param now tells the time when the stream ends
	 * @param uplink what a viewer from the Internet shares with others
	 * @param desk is told when this viewer has gone
	 */
	constructor(
		private readonly hub: FrameHub,
		interval: Millis,
		private readonly now: () => Millis,
		uplink?: Uplink,
		private readonly desk?: ViewerDesk,
	) {
		this.pace = interval > 0 || uplink !== undefined ? new ViewerPace(interval, uplink) : undefined;
	}

	fill(now: Millis, out: StreamOutbox): boolean {
		if (this.out === undefined) {
			this.out = out;
			this.pace?.join(now);
			this.hub.join(now, this);
		}
		this.preamble = writeWhatFits(out, FIRST_BOUNDARY, this.preamble, FIRST_BOUNDARY.length);
		this.advance(now, out);
		return false;
	}

	offer(now: Millis): void {
		const { out } = this;
		if (out !== undefined) this.advance(now, out);
		const { latest } = this.hub;
		if (
			latest !== undefined &&
			latest.sequence > this.lastSequence &&
			latest !== this.frame &&
			(this.pace === undefined || this.pace.isDue(now))
		) {
			this.dropped++;
			this.hub.dropped++;
		}
	}

	release(): void {
		if (this.released) return;
		this.released = true;
		if (this.out !== undefined) this.pace?.leave(this.now());
		this.out = undefined;
		this.frame?.release();
		this.frame = undefined;
		this.hub.leave(this.now(), this);
		this.desk?.left();
	}

	/** Runs once a frame and viewer: calls and property look-ups are what it costs on XS. */
	private advance(now: Millis, out: StreamOutbox): void {
		if (this.frame === undefined) {
			const { latest } = this.hub;
			if (latest === undefined || latest.sequence === this.lastSequence) return;
			const { pace } = this;
			if (pace !== undefined && !pace.isDue(now)) return;
			if (out.queued > 0 || this.preamble < FIRST_BOUNDARY.length) return;
			const { room } = out;
			if (room === 0) return;
			if (latest.partStart < 0) wrapPart(latest);
			this.lastSequence = latest.sequence;
			const { partStart, partEnd } = latest;
			pace?.begin(now, partEnd - partStart);
			if (partEnd - partStart <= room) {
				out.writeShared(latest.bytes, partStart, partEnd);
				this.delivered++;
				this.hub.delivered++;
				return;
			}
			this.frame = latest.retain();
			this.at = partStart;
		}
		const { frame } = this;
		this.at = writeWhatFits(out, frame.bytes, this.at, frame.partEnd);
		if (this.at < frame.partEnd) return;
		frame.release();
		this.frame = undefined;
		this.delivered++;
		this.hub.delivered++;
	}
}
