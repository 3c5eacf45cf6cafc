import type { Millis } from "../../src/core/time";
import type { Clock } from "../../src/ports/clock";
import type { World, WorldEvent } from "./world";

/** A machine's clock: counts from its power-on, so that two machines never agree by accident. Dies at a crash. */
export class VirtualClock implements Clock {
	private readonly start: number;
	private event: WorldEvent | undefined;
	private alive = true;
	private asleep = false;
	/** What should have rung while the machine was asleep. */
	private missed: (() => void) | undefined;

	/** @param knowsDate false: a machine that has not yet heard the date */
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

	/** The machine is suspended: time goes on, but nothing rings before {@link wake}. */
	sleep(): void {
		this.asleep = true;
	}

	/** What should have rung meanwhile rings now. */
	wake(): void {
		this.asleep = false;
		const { missed } = this;
		this.missed = undefined;
		if (this.alive) missed?.();
	}

	/** The power is gone: the alarm never rings. */
	stop(): void {
		this.world.cancel(this.event);
		this.alive = false;
	}
}
