import type { Millis } from "../../core/time";
import type { ContentDescription } from "../content";
import { RtspRefusal } from "../rtsp-refusal";
import type { Answered } from "../stream-transport";

/**
 * How long a client waits for the first picture of a source that sleeps: an encoder on a busy board takes seconds to start. Less than
 * our own client waits for an answer.
 */
const PATIENCE: Millis = 8000;
/** How many may wait; more than all clients of a home that ask at once. */
const WAITING_MAX = 64;

const FULL = new RtspRefusal(503, "too many clients are waiting for the first picture");
const NO_PICTURE = new RtspRefusal(503, "the camera gives no picture");

/** The refusal of those that still wait when the camera leaves. */
export const STOPPING = new RtspRefusal(503, "the camera is stopping");

/** Clients that wait for the description of a live content, until its source has given a picture. */
export class PendingDescriptions {
	/** When the first of them has waited for too long. */
	deadline: Millis = Infinity;
	private waiting: Answered<ContentDescription>[] = [];
	private until: Millis[] = [];

	get size(): number {
		return this.waiting.length;
	}

	/** Adds one; it is refused at once when there are too many. */
	add(now: Millis, answered: Answered<ContentDescription>): void {
		if (this.waiting.length >= WAITING_MAX) return answered(now, FULL);
		this.waiting.push(answered);
		this.until.push(now + PATIENCE);
		if (this.waiting.length === 1) this.deadline = now + PATIENCE;
	}

	/** Answers all. */
	answer(now: Millis, answer: ContentDescription | RtspRefusal): void {
		const { waiting } = this;
		this.waiting = [];
		this.until = [];
		this.deadline = Infinity;
		for (let i = 0; i < waiting.length; i++) waiting[i](now, answer);
	}

	/** Refuses those that have waited for too long. They came in the order of their deadlines. */
	expire(now: Millis): void {
		while (this.until.length > 0 && this.until[0] <= now) {
			this.until.shift();
			this.waiting.shift()?.(now, NO_PICTURE);
		}
		this.deadline = this.until.length > 0 ? this.until[0] : Infinity;
	}
}
