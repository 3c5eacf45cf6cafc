import type { Millis } from "../../core/time";

/** The same line comes again after this time. */
const PAUSE: Millis = 3_600_000;
/** How many topics are remembered. */
const TOPICS_MAX = 256;

/** Keeps lines that many clients could cause from filling the log. */
export class SeldomLines {
	private readonly last = new Map<string, Millis>();

	/** Tells whether a line about a topic is due, and notes it. */
	isDue(now: Millis, topic: string): boolean {
		const before = this.last.get(topic);
		if (before !== undefined && now - before < PAUSE) return false;
		this.last.delete(topic);
		if (this.last.size >= TOPICS_MAX) for (const oldest of this.last.keys()) if (this.last.delete(oldest)) break;
		this.last.set(topic, now);
		return true;
	}
}
