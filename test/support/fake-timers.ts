import type { Millis } from "../../src/core/time";
import type { PacerTimers } from "../../src/media/pacer";

interface Armed {
	readonly call: () => void;
	readonly at: Millis;
}

/** Timers of a test: time passes by {@link pass} only, so that nothing depends on how fast the machine is. */
export class FakeTimers implements PacerTimers {
	private time: Millis = 0;
	private readonly armed = new Set<Armed>();

	now(): Millis {
		return this.time;
	}

	set(call: () => void, delay: Millis): unknown {
		const timer: Armed = { call, at: this.time + delay };
		this.armed.add(timer);
		return timer;
	}

	clear(timer: unknown): void {
		this.armed.delete(timer as Armed);
	}

	/** Time until the next timer; `Infinity` when none is set. */
	get wait(): Millis {
		return Math.min(Infinity, ...Array.from(this.armed, ({ at }) => at)) - this.time;
	}

	/** Advances time, and runs the timers that become due. */
	pass(span: Millis): void {
		const end = this.time + span;
		for (;;) {
			const [next] = [...this.armed].sort((a, b) => a.at - b.at);
			if (next === undefined || next.at > end) break;
			this.armed.delete(next);
			this.time = next.at;
			next.call();
		}
		this.time = end;
	}
}
