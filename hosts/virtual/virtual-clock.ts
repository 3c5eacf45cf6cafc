import type { Millis } from "../../src/core/time";
import type { Clock } from "../../src/ports/clock";
import type { World, WorldEvent } from "./world";

/** The clock of a machine. It counts from power-on, so that the clocks of two machines differ. It stops at a crash. */
export class VirtualClock implements Clock {
	private readonly start: number;
	private event: WorldEvent | undefined;
	private alive = true;
	private asleep = false;
	/** The alarm that was due while the machine was suspended. */
	private missed: (() => void) | undefined;

	/** @param knowsDate false: the machine does not know the date yet */
	constructor(
		private readonly world: World,
		private readonly knowsDate: boolean,
	) {
		this.start = Math.floor(world.now);
	}

	now(): Millis {
		return Math.floor(this.world.now) - this.start;
	}

	set(at: Millis, ring: () => void): void {
		this.world.cancel(this.event);
		this.event = undefined;
		if (!this.alive || at === Infinity) return;
		this.event = this.world.at(this.start + Math.ceil(at), () => {
			if (this.asleep) this.missed = ring;
			else ring();
		});
	}

	utc(): Millis | undefined {
		return this.knowsDate ? this.world.utc + Math.floor(this.world.now) : undefined;
	}

	/** The machine is suspended: time passes, but the alarm does not ring before {@link wake}. */
	sleep(): void {
		this.asleep = true;
	}

	/** The machine is resumed; an alarm that was due rings now. */
	wake(): void {
		this.asleep = false;
		const { missed } = this;
		this.missed = undefined;
		if (this.alive) missed?.();
	}

	/** The power fails: the alarm never rings. */
	stop(): void {
		this.world.cancel(this.event);
		this.alive = false;
	}
}
