import type { Millis } from "./time";

/**
 * The contract of all protocol code: bytes and the time go in; bytes to send, typed events and the next deadline
 * come out.
 *
 * A machine is called by one owner, never from inside its own outbox, and calls only the outbox that it is given. It
 * is called through the handle that `Pump.add` returns, which then reads {@link deadline} again.
 * @typeParam Out what the machine may do: send, write, emit
 */
export interface Machine<Out> {
	/** When {@link expire} must be called next; `Infinity` while nothing is pending. */
	readonly deadline: Millis;
	/** Handles everything due at `now`; called at or after {@link deadline}, harmless when called early. */
	expire(now: Millis, out: Out): void;
}

/** Takes the typed events of a machine; they are delivered after the machine has returned. */
export interface Outlet<Event> {
	emit(event: Event): void;
}
