import type { Millis } from "./time";

/**
 * The deadlines of one machine that has several: a small table with a numbered slot for each purpose.
 *
 * The machine names its slots with constants (`const RENEW = 0; const RETRY = 1;`), sets and clears them,
 * returns {@link deadline} as its own, and handles due slots in `expire`:
 *
 * ```ts
 * expire(now: Millis, out: Out): void {
 * 	for (let slot = this.timers.due(now); slot >= 0; slot = this.timers.due(now)) {
 * 		if (slot === RENEW) this.renew(now, out);
 * 		else this.retry(now, out);
 * 	}
 * }
 * ```
 */
export class Timers {
	/** The earliest deadline in the table; `Infinity` when no slot is set. */
	deadline: Millis = Infinity;
	private readonly slots: Millis[] = [];

	/** @param count the number of slots; they are numbered from 0, and none is set */
	constructor(count: number) {
		for (let slot = 0; slot < count; slot++) this.slots.push(Infinity);
	}

	/** The deadline of a slot; `Infinity` when it is not set. */
	at(slot: number): Millis {
		return this.slots[slot];
	}

	/** Whether a slot is set. */
	isSet(slot: number): boolean {
		return this.slots[slot] !== Infinity;
	}

	/** Sets a slot, in place of the deadline it had; `Infinity` clears it. */
	set(slot: number, at: Millis): void {
		const before = this.slots[slot];
		this.slots[slot] = at;
		if (at <= this.deadline) this.deadline = at;
		else if (before === this.deadline) this.deadline = this.earliest();
	}

	/** Sets a slot only if that brings its deadline forward. */
	setEarlier(slot: number, at: Millis): void {
		if (at < this.slots[slot]) this.set(slot, at);
	}

	/** Clears a slot. */
	clear(slot: number): void {
		this.set(slot, Infinity);
	}

	/** Clears all slots. */
	clearAll(): void {
		for (let slot = 0; slot < this.slots.length; slot++) this.slots[slot] = Infinity;
		this.deadline = Infinity;
	}

	/**
	 * Clears the slot whose deadline is the earliest of those due, and returns its number; -1 when none is due. Of equal
	 * deadlines the lower number comes first. A handler that sets its slot to a time not after `now` is called again.
	 */
	due(now: Millis): number {
		if (this.deadline > now) return -1;
		const slot = this.slots.indexOf(this.deadline);
		this.clear(slot);
		return slot;
	}

	private earliest(): Millis {
		let earliest = Infinity;
		for (let slot = 0; slot < this.slots.length; slot++) earliest = Math.min(earliest, this.slots[slot]);
		return earliest;
	}
}
