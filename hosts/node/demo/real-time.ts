import type { World } from "../../virtual/world";

/** Runs a virtual world in step with the real clock, and lets real sockets and timers call into it. */
export class RealTime {
	private readonly began = performance.now();
	private timer: NodeJS.Timeout | undefined;
	private inside = false;

	constructor(readonly world: World) {}

	/**
	 * Calls into the virtual world from a real socket or timer: first runs what is due, then calls `visit`, then sets the timer.
	 * Calls may nest.
	 */
	enter<Result>(visit: () => Result): Result {
		if (this.inside) return visit();
		this.inside = true;
		try {
			this.world.advanceTo(performance.now() - this.began);
			return visit();
		} finally {
			this.world.advanceTo(performance.now() - this.began);
			this.inside = false;
			this.schedule();
		}
	}

	/** Stops the clock. */
	stop(): void {
		clearTimeout(this.timer);
	}

	private schedule(): void {
		clearTimeout(this.timer);
		const { nextAt } = this.world;
		if (nextAt === Infinity) return;
		const delay = Math.max(0, Math.min(nextAt - (performance.now() - this.began), 1000));
		this.timer = setTimeout(() => this.enter(() => {}), delay);
	}
}
