import type { Machine } from "./machine";
import type { Millis } from "./time";

/** The host's monotonic clock with its one timer. */
export interface Alarm {
	now(): Millis;
	/** Calls `ring` once, at or after `at`; replaces the call asked for before; `Infinity` cancels it. */
	set(at: Millis, ring: () => void): void;
}

/** Receives the events of one machine, in order, outside any call of a machine. */
export interface EventSink<Event> {
	on(event: Event): void;
}

interface Entry {
	readonly machine: Machine<unknown>;
	readonly out: unknown;
}

/**
 * Runs machines on a host: keeps their deadlines with one timer, and delivers their events in order after the
 * machine that emitted them has returned.
 *
 * Whoever calls a machine calls {@link ran} (or {@link settle}) afterwards. A deadline that moved later costs
 * nothing: the timer rings early once, and is set anew.
 */
export class Pump {
	private readonly entries = new Map<unknown, Entry>();
	private armed: Millis = Infinity;
	private queue: (() => void)[] = [];
	private settling = false;
	private readonly ring = (): void => {
		this.armed = Infinity;
		this.expire();
	};

	constructor(private readonly alarm: Alarm) {}

	/** The host's monotonic time. */
	now(): Millis {
		return this.alarm.now();
	}

	/** Takes a machine in; its deadlines are kept from now on, with `out` as its outbox. */
	add<Out>(machine: Machine<Out>, out: Out): void {
		this.entries.set(machine, { machine: machine as Machine<unknown>, out });
		this.arm(machine.deadline);
	}

	/** Lets a machine go; harmless when it is not there. */
	remove(machine: Machine<never>): void {
		this.entries.delete(machine);
	}

	/** To be called after each call of a machine: sets the timer for its deadline, and delivers events. */
	ran(machine: Machine<never>): void {
		this.arm(machine.deadline);
		this.settle();
	}

	/** Queues one event for delivery; what an outbox does in `emit`. */
	post<Event>(sink: EventSink<Event>, event: Event): void {
		this.queue.push(() => sink.on(event));
	}

	/** Delivers what is queued, in order, unless a delivery is already under way. */
	settle(): void {
		if (this.settling) return;
		this.settling = true;
		try {
			for (let i = 0; i < this.queue.length; i++) this.queue[i]();
		} finally {
			this.queue = [];
			this.settling = false;
		}
	}

	private expire(): void {
		const now = this.alarm.now();
		let next = Infinity;
		for (const entry of [...this.entries.values()]) {
			if (entry.machine.deadline <= now && this.entries.get(entry.machine) === entry) {
				entry.machine.expire(now, entry.out);
			}
		}
		this.settle();
		for (const entry of this.entries.values()) next = Math.min(next, entry.machine.deadline);
		this.arm(next);
	}

	private arm(at: Millis): void {
		if (at >= this.armed) return;
		this.armed = at;
		this.alarm.set(at, this.ring);
	}
}
