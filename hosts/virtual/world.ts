import { Prng } from "../../src/base/prng";
import { type Endpoint, EndpointTable } from "../../src/core/endpoint-table";
import type { Millis } from "../../src/core/time";
import { NameTable } from "./name-table";

/** Cancelled events kept at least before they are swept out. */
const CANCELLED_MAX = 1000;

/** Something that will happen in a {@link World}; keep it to {@link World.cancel} it. */
export interface WorldEvent {
	readonly at: number;
	readonly order: number;
	run: (() => void) | undefined;
}

/** Endpoints of datagrams that are remembered. */
const ENDPOINTS_MAX = 65_536;

/** Octets that fit into one UDP datagram. */
export const DATAGRAM_MAX = 65507;

/** Events at one and the same instant after which the world takes its programs for stuck in a circle. */
const EVENTS_AT_ONCE_MAX = 1_000_000;

/**
 * Holds the virtual time, the one seed, and what is still to happen, for everything in a simulation.
 *
 * Time jumps from event to event, so an idle hour costs nothing, and the same seed gives the same history. Events at
 * the same instant happen in the order in which they were asked for. A demo in real time calls {@link advanceTo}
 * when the real clock reaches {@link nextAt}, and before each call from outside.
 */
export class World {
	/** Virtual time in milliseconds since the beginning; fractional, because links are. */
	now = 0;
	/** Gives each part of the world a seed of its own when it is built. */
	readonly prng: Prng;
	/** What DNS knows, for all machines. */
	readonly names = new NameTable();
	/** The endpoints of all datagrams, for all sockets. */
	readonly endpoints = new EndpointTable<Endpoint>(ENDPOINTS_MAX, (address, port) => Object.freeze({ address, port }));
	/** Where a datagram lies while a socket's sink has it. */
	readonly delivery = new Uint8Array(DATAGRAM_MAX);
	private heap: WorldEvent[] = [];
	private cancelled = 0;
	private order = 0;
	private atOnce = 0;

	/**
	 * @param seed all randomness comes from it; print it when a test fails
	 * @param utc the calendar at the beginning, in milliseconds since 1970
	 */
	constructor(
		readonly seed: number,
		readonly utc: Millis = 1_767_225_600_000,
	) {
		this.prng = new Prng(seed);
	}

	/** Returns a generator of its own for a part of the world, so that one part's draws do not move another's. */
	fork(): Prng {
		return new Prng(this.prng.u32());
	}

	/** When the next event is due; `Infinity` when nothing will ever happen. */
	get nextAt(): number {
		while (this.heap.length > 0 && this.heap[0].run === undefined) {
			this.pop();
			this.cancelled--;
		}
		return this.heap.length > 0 ? this.heap[0].at : Infinity;
	}

	/** Lets `run` happen at `at`, or now if that is past; never inside this call. */
	at(at: number, run: () => void): WorldEvent {
		const event: WorldEvent = { at: Math.max(at, this.now), order: this.order++, run };
		this.push(event);
		return event;
	}

	/** Lets `run` happen after `delay` milliseconds. */
	after(delay: number, run: () => void): WorldEvent {
		return this.at(this.now + delay, run);
	}

	/** Keeps an event from happening; harmless when it has happened. */
	cancel(event: WorldEvent | undefined): void {
		if (event?.run === undefined) return;
		event.run = undefined;
		// A timer that is set anew with each packet would fill the heap with its former selves.
		if (++this.cancelled > CANCELLED_MAX && this.cancelled > this.heap.length / 2) this.sweep();
	}

	/** Jumps to the next event and lets it happen. @returns false when there is none */
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

	/** Lets everything happen that is due up to and at `until`, which is the time afterwards. */
	run(until: number): void {
		while (this.nextAt <= until) this.step();
		if (until > this.now) this.now = until;
	}

	/** Lets `span` milliseconds pass. */
	runFor(span: Millis): void {
		this.run(this.now + span);
	}

	/** Lets time pass until `done`, asked after each event. @returns false when that took longer than `limit` */
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

	/** Follows a real clock: the same as {@link run}, but a clock that went back does no harm. */
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
