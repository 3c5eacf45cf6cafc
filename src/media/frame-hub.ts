import type { Millis, Octets } from "../core/time";
import type { Frame } from "./frame";

/** The greatest age of a picture that is shown to a new viewer as the current one. */
const FRESH: Millis = 1000;

/** Watches the frames of one camera. */
export interface FrameViewer {
	/** How many viewers it stands for. */
	readonly viewers: number;
	/** There is a new {@link FrameHub.latest}; a viewer that keeps it beyond the call retains it. */
	offer(now: Millis): void;
}

/** Learns whether there are viewers, so that a camera can sleep. */
export interface FrameDemand {
	wanted(now: Millis): void;
	unwanted(now: Millis): void;
}

/**
 * Hands the newest frame of a camera to all viewers.
 *
 * Nothing is queued: a slow viewer misses frames, and delays no other viewer (IMG-17).
 */
export class FrameHub {
	/** The newest frame; `undefined` until the first. Retained by the hub until the next one. */
	latest: Frame | undefined;
	/** When the newest frame came; `undefined` until the first. */
	latestAt: Millis | undefined;
	/** Frames that arrived, that were delivered to a viewer, and that a viewer missed because it was busy. */
	frames = 0;
	delivered = 0;
	/** Octets of the pictures that were delivered, with the heads of their parts. */
	octets: Octets = 0;
	dropped = 0;
	private readonly viewers: FrameViewer[] = [];

	constructor(private readonly demand: FrameDemand) {}

	/** How many viewers there are. */
	get watching(): number {
		let count = 0;
		for (const { viewers } of this.viewers) count += viewers;
		return count;
	}

	/** The newest frame, unless the source has stood still since: an old picture must not look live. */
	fresh(now: Millis): Frame | undefined {
		return now - (this.latestAt ?? 0) <= FRESH ? this.latest : undefined;
	}

	/** Adds a viewer. */
	join(now: Millis, viewer: FrameViewer): void {
		this.viewers.push(viewer);
		if (this.viewers.length === 1) this.demand.wanted(now);
	}

	/** Removes a viewer; harmless when it is not there. */
	leave(now: Millis, viewer: FrameViewer): void {
		const at = this.viewers.indexOf(viewer);
		if (at < 0) return;
		// The last one takes its place, so the others need not move.
		const last = this.viewers.pop() as FrameViewer;
		if (last !== viewer) this.viewers[at] = last;
		if (this.viewers.length === 0) this.demand.unwanted(now);
	}

	/** Offers a new frame to all viewers; keeps it, retained, as {@link latest}. */
	push(now: Millis, frame: Frame): void {
		this.frames++;
		this.latest?.release();
		this.latest = frame.retain();
		this.latestAt = now;
		// From the end, as a viewer that has seen enough may leave while it is offered the frame.
		for (let i = this.viewers.length - 1; i >= 0; i--) this.viewers[i].offer(now);
	}

	/** Drops the newest frame, because it is too old to be shown. */
	clear(): void {
		this.latest?.release();
		this.latest = undefined;
	}
}
