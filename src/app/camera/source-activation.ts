import type { Millis } from "../../core/time";
import type { Frame } from "../../media/frame";
import type { FrameSink, FrameSource } from "../../ports/camera";

/** How long a source runs on without viewers, so that the next page starts at once. */
const LINGER: Millis = 10000;

/** Receives the output of a source. */
export interface SourceOwner {
	/** A frame; it is released after this call. */
	frame(frame: Frame): void;
	/** The source has begun to fail, or works again. */
	troubled(trouble: string | undefined): void;
}

/** Runs the frame source while somebody watches, and a little longer. */
export class SourceActivation implements FrameSink {
	deadline: Millis = Infinity;
	/** What is wrong with the source; `undefined`: nothing. */
	fault: string | undefined;
	private running = false;

	constructor(
		private readonly source: FrameSource,
		private readonly owner: SourceOwner,
	) {}

	/** Somebody watches. */
	wanted(): void {
		this.deadline = Infinity;
		if (this.running) return;
		this.running = true;
		this.source.start(this);
	}

	/** Nobody watches any more. */
	unwanted(now: Millis): void {
		if (this.running) this.deadline = now + LINGER;
	}

	expire(now: Millis): void {
		if (now >= this.deadline) this.stop();
	}

	/** Stops the source at once. */
	stop(): void {
		this.deadline = Infinity;
		if (this.running) this.source.stop();
		this.running = false;
	}

	frame(frame: Frame): void {
		this.owner.frame(frame);
		frame.release();
	}

	/** @see FrameSink */
	trouble(fault: string | undefined): void {
		if (fault === this.fault) return;
		this.fault = fault;
		this.owner.troubled(fault);
	}
}
