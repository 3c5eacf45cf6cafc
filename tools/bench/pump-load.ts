import { Prng } from "../../src/base/prng";
import type { EventSink } from "../../src/core/event-ring";
import type { Machine } from "../../src/core/machine";
import { type Alarm, type Handle, Pump } from "../../src/core/pump";
import type { Millis } from "../../src/core/time";

/** How many machines a pump runs while it is measured: more than any appliance has. */
export const MACHINES = 10_000;
/** Deadlines lie within this time. */
const SPAN: Millis = 60_000;

/** A clock that is moved by hand. */
class HandClock implements Alarm {
	time: Millis = 0;
	at: Millis = Infinity;
	private ring: () => void = () => {};

	now(): Millis {
		return this.time;
	}

	set(at: Millis, ring: () => void): void {
		this.at = at;
		this.ring = ring;
	}

	/** Goes on to the next deadline, and rings. */
	next(): void {
		this.time = this.at;
		this.at = Infinity;
		this.ring();
	}
}

/** A machine whose deadline comes again and again, and which emits an event when it is told to. */
class LoadMachine implements Machine<Pump> {
	deadline: Millis;

	constructor(
		private readonly prng: Prng,
		private readonly sink: EventSink<number>,
	) {
		this.deadline = 1 + prng.below(SPAN);
	}

	expire(now: Millis): void {
		this.deadline = now + 1 + this.prng.below(SPAN);
	}

	/** As a connection does when octets come in: its time limit moves. */
	touch(now: Millis): void {
		this.deadline = now + 1 + this.prng.below(SPAN);
	}

	emit(out: Pump): void {
		out.post(this.sink, 1);
	}
}

function touch(machine: LoadMachine, now: Millis): void {
	machine.touch(now);
}

function emit(machine: LoadMachine, _now: Millis, out: Pump): void {
	machine.emit(out);
}

/** A pump under load; each method does one thing once. */
export class PumpLoad implements EventSink<number> {
	/** Events that were delivered. */
	delivered = 0;
	private readonly clock = new HandClock();
	private readonly pump = new Pump(this.clock);
	private readonly handles: Handle<LoadMachine, Pump>[] = [];
	private readonly prng = new Prng(1);

	constructor() {
		for (let i = 0; i < MACHINES; i++) this.handles.push(this.pump.add(new LoadMachine(this.prng, this), this.pump));
	}

	on(event: number): void {
		this.delivered += event;
	}

	/** Calls one machine, whose deadline moves. */
	call(): void {
		this.handles[this.prng.below(MACHINES)].call(touch);
	}

	/** Lets the alarm ring, which expires the machine that is due. */
	ring(): void {
		this.clock.next();
	}

	/** Calls one machine, which emits one event. */
	event(): void {
		this.handles[this.prng.below(MACHINES)].call(emit);
	}
}
