/** Receives the events of one machine, in order, outside any call of a machine. */
export interface EventSink<Event> {
	on(event: Event): void;
}

const CAPACITY_MIN = 16;

/** A queue of events and their receivers. Queueing allocates nothing once the ring is large enough. */
export class EventRing {
	private sinks: (EventSink<never> | undefined)[] = [];
	private events: unknown[] = [];
	private head = 0;
	private count = 0;

	/** True: nothing is queued. */
	get isEmpty(): boolean {
		return this.count === 0;
	}

	/** Queues one event. */
	push<Event>(sink: EventSink<Event>, event: Event): void {
		if (this.count === this.sinks.length) this.grow();
		const at = (this.head + this.count++) % this.sinks.length;
		this.sinks[at] = sink;
		this.events[at] = event;
	}

	/** Takes the oldest event out and delivers it; there must be one. */
	deliver(): void {
		const at = this.head;
		const sink = this.sinks[at] as EventSink<unknown>;
		const event = this.events[at];
		this.sinks[at] = undefined;
		this.events[at] = undefined;
		this.head = (at + 1) % this.sinks.length;
		this.count--;
		sink.on(event);
	}

	private grow(): void {
		const { length } = this.sinks;
		const sinks: (EventSink<never> | undefined)[] = [];
		const events: unknown[] = [];
		for (let i = 0; i < Math.max(CAPACITY_MIN, 2 * length); i++) {
			const from = (this.head + i) % length;
			sinks.push(i < this.count ? this.sinks[from] : undefined);
			events.push(i < this.count ? this.events[from] : undefined);
		}
		this.sinks = sinks;
		this.events = events;
		this.head = 0;
	}
}
