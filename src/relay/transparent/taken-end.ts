import type { EndReason, StreamMachine, StreamOutbox } from "../../core/stream";
import type { Millis } from "../../core/time";

/** What a {@link TakenEnd} belongs to. */
export interface TakenEndOwner {
	received(now: Millis, end: TakenEnd, bytes: Uint8Array): void;
	/** The connection is open, or has room again. */
	hasRoom(end: TakenEnd): void;
	/** @see StreamMachine.ended */
	gone(now: Millis, end: TakenEnd, why: EndReason): void;
	/** The deadline has passed. */
	late(now: Millis, end: TakenEnd): void;
}

/** The machine of one of the two connections between which a relay passes octets. */
export class TakenEnd implements StreamMachine {
	deadline: Millis = Infinity;
	/** The connection, until it is gone; the owner sets it when it opens one. */
	out: StreamOutbox | undefined;
	/** Whether it has been open. */
	isOpen = false;
	/** Set by its owner. Called when the deadline may have changed outside a call of this machine. */
	timer: { called(): void } | undefined;

	constructor(private readonly owner: TakenEndOwner) {}

	/** Sets the deadline. */
	until(deadline: Millis): void {
		this.deadline = deadline;
		this.timer?.called();
	}

	feed(now: Millis, bytes: Uint8Array): void {
		this.owner.received(now, this, bytes);
	}

	room(): void {
		this.isOpen = true;
		this.owner.hasRoom(this);
	}

	ended(now: Millis, why: EndReason): void {
		this.owner.gone(now, this, why);
		if (why !== "closed") this.out = undefined;
	}

	expire(now: Millis): void {
		if (now >= this.deadline) this.owner.late(now, this);
	}
}
