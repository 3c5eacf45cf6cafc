import type { DatagramMachine, DatagramOutbox } from "./datagram";
import { DeadlineHeap, type HeapEntry } from "./deadline-heap";
import { EventRing, type EventSink } from "./event-ring";
import type { Machine } from "./machine";
import type { Path } from "./path";
import type { EndReason, StreamMachine, StreamOutbox } from "./stream";
import type { Millis } from "./time";

/** The host's monotonic clock with its one timer. */
export interface Alarm {
	now(): Millis;
	/** Calls `ring` once, at or after `at`; replaces the call asked for before; `Infinity` cancels it. */
	set(at: Millis, ring: () => void): void;
}

/**
 * Runs machines on a host: keeps their deadlines with one timer, and delivers their events in order after the
 * machine that emitted them has returned.
 *
 * {@link add} returns a {@link Handle}. Machines are called only through their handles, which maintain the timer and
 * deliver the events. A change of one deadline costs O(log n) of the number of machines; an event costs no allocation.
 */
export class Pump {
	private readonly deadlines = new DeadlineHeap<Handle<Machine<never>, never>>();
	private readonly events = new EventRing();
	/** The machines that expire in the current ring. */
	private readonly due: Handle<Machine<never>, never>[] = [];
	private armed: Millis = Infinity;
	private settling = false;
	private isClosed = false;
	private added = 0;
	private readonly ring = (): void => {
		this.armed = Infinity;
		this.expire();
	};

	constructor(private readonly alarm: Alarm) {}

	/** The host's monotonic time. */
	now(): Millis {
		return this.alarm.now();
	}

	/** Adds a machine with its outbox. Its deadline is kept from now on. */
	add<Out, M extends Machine<Out>>(machine: M, out: Out): Handle<M, Out> {
		const handle = new Handle<M, Out>(this, machine, out, this.added++);
		this.rearm(handle);
		return handle;
	}

	/** Adds a machine at one end of a TCP connection; {@link StreamHandle.attach} sets the connection. */
	addStream<M extends StreamMachine>(machine: M): StreamHandle<M> {
		return new StreamHandle<M>(this, machine, NO_STREAM, this.added++);
	}

	/** Adds a machine that is fed by datagrams. */
	addDatagram<Out extends DatagramOutbox, M extends DatagramMachine<Out>>(
		machine: M,
		out: Out,
	): DatagramHandle<M, Out> {
		const handle = new DatagramHandle<M, Out>(this, machine, out, this.added++);
		this.rearm(handle);
		return handle;
	}

	/** Calls `run` once, after `delay` milliseconds. */
	after(delay: Millis, run: () => void): void {
		const once = new Once(this.now() + delay, run);
		once.handle = this.add(once, undefined);
	}

	/** Queues one event for delivery; an outbox calls it in `emit`. */
	post<Event>(sink: EventSink<Event>, event: Event): void {
		this.events.push(sink, event);
	}

	/** Delivers the queued events, in order, unless a delivery is already in progress. */
	settle(): void {
		if (this.settling) return;
		this.settling = true;
		try {
			while (!this.events.isEmpty) this.events.deliver();
		} finally {
			this.settling = false;
		}
	}

	/**
	 * Leaves the alarm to another pump: from now on no machine expires. To be called when the program ends or begins
	 * again, as machines that are still at work would take the alarm away from those of the next run.
	 */
	close(): void {
		this.isClosed = true;
		this.armed = Infinity;
		this.alarm.set(Infinity, this.ring);
	}

	/** Sets the timer for the deadline that a machine has now; handles call it. */
	rearm<M extends Machine<Out>, Out>(handle: Handle<M, Out>): void {
		const entry = handle as unknown as Handle<Machine<never>, never>;
		this.deadlines.set(entry, handle.isRemoved ? Infinity : handle.machine.deadline);
		if (handle.at < this.armed) this.arm(handle.at);
	}

	/** Expires each machine that is due, once, in the order of deadlines; one that is due again waits for the next ring. */
	private expire(): void {
		const now = this.alarm.now();
		const { due, deadlines } = this;
		for (let first = deadlines.first; first !== undefined && first.at <= now; first = deadlines.first) {
			deadlines.remove(first);
			due.push(first);
		}
		for (let i = 0; i < due.length; i++) {
			const handle = due[i];
			if (this.isClosed) break;
			if (!handle.isRemoved && handle.machine.deadline <= now) handle.machine.expire(now, handle.out);
			this.rearm(handle);
		}
		due.length = 0;
		this.settle();
		const next = deadlines.first;
		if (next !== undefined && next.at < this.armed) this.arm(next.at);
	}

	private arm(at: Millis): void {
		if (this.isClosed) return;
		this.armed = at;
		this.alarm.set(at, this.ring);
	}
}

/** A machine that a {@link Pump} runs: the one way to call it. */
export class Handle<M extends Machine<Out>, Out> implements HeapEntry {
	/** @see HeapEntry */
	at: Millis = Infinity;
	/** @see HeapEntry */
	index = -1;
	/** True once the pump has removed the machine. */
	isRemoved = false;

	/** Made by {@link Pump.add}. */
	constructor(
		protected readonly pump: Pump,
		readonly machine: M,
		/** What the machine may do: send, write, emit. */
		public out: Out,
		readonly order: number,
	) {}

	/**
	 * Calls the machine: `handle.call((fleet, now, out) => fleet.rename(now, name, out))`.
	 *
	 * Its timer is set, and its events are delivered, before this returns, unless a delivery is already in progress.
	 */
	call<Result>(run: (machine: M, now: Millis, out: Out) => Result): Result {
		const result = run(this.machine, this.pump.now(), this.out);
		this.called();
		return result;
	}

	/**
	 * Sets the machine's timer and delivers its events after a call that bypassed this handle, such as from a source that
	 * has data to send again.
	 */
	called(): void {
		this.pump.rearm(this);
		this.pump.settle();
	}

	/** Removes the machine; harmless when repeated. */
	remove(): void {
		this.isRemoved = true;
		this.pump.rearm(this);
	}
}

/** Counts connections. */
export interface StreamOwner<M extends StreamMachine> {
	/** The connection of this handle is gone. */
	streamGone(handle: StreamHandle<M>): void;
}

const NO_STREAM: StreamOutbox = Object.freeze({
	room: 0,
	queued: 0,
	write() {},
	writeShared() {},
	offer: () => false,
	reading() {},
	end() {},
	abort() {},
});

/** A machine at one end of a TCP connection; the host's sink of a stream. */
export class StreamHandle<M extends StreamMachine> extends Handle<M, StreamOutbox> {
	/** Called once, when the connection is gone and the machine was removed. */
	owner: StreamOwner<M> | undefined;

	/** Sets the connection; called once, before any of its events is passed on. */
	attach(out: StreamOutbox): this {
		this.out = out;
		this.pump.rearm(this);
		return this;
	}

	/** There is room to write. @see StreamMachine.room */
	room(): void {
		this.machine.room(this.pump.now(), this.out);
		this.called();
	}

	/** Octets came in. @see StreamMachine.feed */
	received(bytes: Uint8Array): void {
		this.machine.feed(this.pump.now(), bytes, this.out);
		this.called();
	}

	/** The peer has ended its sending side, or the connection is gone. @see StreamMachine.ended */
	ended(why: EndReason): void {
		this.machine.ended(this.pump.now(), why);
		this.called();
	}

	/** No more calls follow. */
	gone(): void {
		this.machine.ended(this.pump.now(), "reset");
		this.remove();
		this.pump.settle();
		this.owner?.streamGone(this);
	}
}

/** A machine that is fed by datagrams. */
export class DatagramHandle<M extends DatagramMachine<Out>, Out extends DatagramOutbox> extends Handle<M, Out> {
	/** A datagram came in. @see DatagramMachine.receive */
	receive(path: Path, address: string, port: number, bytes: Uint8Array): void {
		this.machine.receive(this.pump.now(), path, address, port, bytes, this.out);
		this.called();
	}
}

/** Runs something once. @see Pump.after */
class Once implements Machine<undefined> {
	handle: Handle<Once, undefined> | undefined;

	constructor(
		public deadline: Millis,
		private readonly run: () => void,
	) {}

	expire(): void {
		this.deadline = Infinity;
		this.handle?.remove();
		this.run();
	}
}
