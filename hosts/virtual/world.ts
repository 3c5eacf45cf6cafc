import { Prng } from "../../src/base/prng";
import { type Endpoint, EndpointTable } from "../../src/core/endpoint-table";
import type { Millis } from "../../src/core/time";
import { NameTable } from "./name-table";

/** The number of cancelled events from which on they are removed from the heap. */
const CANCELLED_MAX = 1000;

/** An event of a {@link World}, which {@link World.cancel} can cancel. */
export interface WorldEvent {
	readonly at: number;
	readonly order: number;
	run: (() => void) | undefined;
}

/** How many endpoints of datagrams are remembered. */
const ENDPOINTS_MAX = 65_536;

/** The maximum number of octets in a UDP datagram. */
export const DATAGRAM_MAX = 65507;

/** The number of events at one instant after which the world reports an endless loop. */
const EVENTS_AT_ONCE_MAX = 1_000_000;

/**
 * Holds the virtual time, the seed and the pending events of a simulation.
 *
 * Time jumps from event to event, so an idle hour costs nothing, and the same seed gives the same history. Events at the same
 * instant run in the order in which they were added. A demo in real time calls {@link advanceTo} when the real clock reaches
 * {@link nextAt}, and before each call from outside.
 */
export class World {
	/** The virtual time in milliseconds since the start; fractional, as the delays of links are. */
	now = 0;
	/** Gives each part of the world its own seed when it is made. */
	readonly prng: Prng;
	/** The names in the DNS, for all machines. */
	readonly names = new NameTable();
	/** The endpoints of all datagrams, for all sockets. */
	readonly endpoints = new EndpointTable<Endpoint>(ENDPOINTS_MAX, (address, port) => Object.freeze({ address, port }));
	/** The buffer of a datagram while a socket's sink has it. */
	readonly delivery = new Uint8Array(DATAGRAM_MAX);
	private heap: WorldEvent[] = [];
	private cancelled = 0;
	private order = 0;
	private atOnce = 0;

	/**
	 * @param seed the source of all randomness; print it when a test fails
	 * @param utc the date at the start, in milliseconds since 1970
	 */
	constructor(
		readonly seed: number,
		readonly utc: Millis = 1_767_225_600_000,
	) {
		this.prng = new Prng(seed);
	}

	/** Returns a separate generator for a part of the world, so that its draws do not affect other parts. */
	fork(): Prng {
		return new Prng(this.prng.u32());
	}

	/** The time of the next event; `Infinity` if there is none. */
	get nextAt(): number {
		while (this.heap.length > 0 && this.heap[0].run === undefined) {
			this.pop();
			this.cancelled--;
		}
		return this.heap.length > 0 ? this.heap[0].at : Infinity;
	}

	/** Calls `run` at `at`, or now if that is past; never during this call. */
	at(at: number, run: () => void): WorldEvent {
		const event: WorldEvent = { at: Math.max(at, this.now), order: this.order++, run };
		this.push(event);
		return event;
	}

	/** Calls `run` after `delay` milliseconds. */
	after(delay: number, run: () => void): WorldEvent {
		return this.at(this.now + delay, run);
	}

	/** Cancels an event; harmless when it has happened. */
	cancel(event: WorldEvent | undefined): void {
		if (event?.run === undefined) return;
		event.run = undefined;
		// A timer that is set again with each packet would fill the heap with cancelled events.
		if (++this.cancelled > CANCELLED_MAX && this.cancelled > this.heap.length / 2) this.sweep();
	}

	/** Jumps to the next event and runs it. @returns false when there is none */
	step(): boolean {
		const at = this.nextAt;
		if (at === Infinity) return false;
		const event = this.pop();
		this.atOnce = at > this.now ? 0 : this.atOnce + 1;
		if (this.atOnce > EVENTS_AT_ONCE_MAX) throw new RangeError(`time stands still at ${at} ms (seed ${this.seed})`);
		this.now = at;
		const run = event.run;
		event.run = undefined;
		run?.();
		return true;
	}

	/** Runs all events up to and including `until`, which is the time afterwards. */
	run(until: number): void {
		while (this.nextAt <= until) this.step();
		if (until > this.now) this.now = until;
	}

	/** Runs all events of the next `span` milliseconds. */
	runFor(span: Millis): void {
		this.run(this.now + span);
	}

	/** Runs events until `done`, which is called after each one. @returns false when it is not true within `limit` */
	runUntil(done: () => boolean, limit: Millis): boolean {
		const end = this.now + limit;
		while (!done()) {
			if (this.nextAt > end) {
				this.run(end);
				return done();
			}
			this.step();
		}
		return true;
	}

	/** Follows a real clock: like {@link run}, but ignores a clock that went back. */
	advanceTo(now: number): void {
		if (now >= this.now) this.run(now);
	}

	private sweep(): void {
		this.heap = this.heap.filter((event) => event.run !== undefined).sort((a, b) => (isBefore(a, b) ? -1 : 1));
		this.cancelled = 0;
	}

	private push(event: WorldEvent): void {
		const heap = this.heap;
		let at = heap.length;
		heap.push(event);
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!isBefore(event, heap[parent])) break;
			heap[at] = heap[parent];
			at = parent;
		}
		heap[at] = event;
	}

	private pop(): WorldEvent {
		const heap = this.heap;
		const first = heap[0];
		const last = heap.pop() as WorldEvent;
		if (heap.length === 0) return first;
		let at = 0;
		for (;;) {
			let child = at * 2 + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
			if (!isBefore(heap[child], last)) break;
			heap[at] = heap[child];
			at = child;
		}
		heap[at] = last;
		return first;
	}
}

function isBefore(a: WorldEvent, b: WorldEvent): boolean {
	return a.at < b.at || (a.at === b.at && a.order < b.order);
}
