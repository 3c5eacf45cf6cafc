import type { Millis } from "../../core/time";
import type { Frame } from "../../media/frame";
import type { FrameSink, FrameSource } from "../../ports/camera";

/** A source without viewers runs on for this long, so that the next page finds it awake. */
const LINGER: Millis = 10000;

/** Lets the frame source run while somebody watches, and a little longer. */
export class SourceActivation implements FrameSink {
	deadline: Millis = Infinity;
	/** What is wrong with the source, in words. */
	words: string | undefined;
	private running = false;

	/**
	 * @param push takes each frame; the gate releases it afterwards
	 * @param troubled called when {@link words} has changed
	 */
	constructor(
		private readonly source: FrameSource,
		private readonly push: (frame: Frame) => void,
		private readonly troubled: () => void,
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
		this.push(frame);
		frame.release();
	}

	trouble(words: string | undefined): void {
		if (words === this.words) return;
		this.words = words;
		this.troubled();
	}
}
