import type { Millis } from "../../core/time";
import type { ReplayWindow } from "../replay-window";
import { ACK, type PacketWriter } from "./packet-format";

/** An acknowledgement waits for so many packets, or so long. @see RFC 9000 §13.2 */
const PACKETS = 8;
const DELAY: Millis = 10;
/** The longest delay that an ACK can tell. */
const DELAY_MAX: Millis = 255;

/** Decides when the packets that have come are acknowledged. */
export class Acknowledger {
	/** When an acknowledgement must leave. */
	deadline: Millis = Infinity;
	/** Packets that have come and are not acknowledged; when the largest one came. */
	private count = 0;
	private largestAt: Millis = 0;

	/** @param seen the packets that have come */
	constructor(private readonly seen: ReplayWindow) {}

	/** True when there is something to acknowledge. */
	get isOwed(): boolean {
		return this.count > 0 && this.seen.largest >= 0;
	}

	/** A packet has come. @returns whether it is the next one in order */
	came(now: Millis, number: number): boolean {
		const { seen } = this;
		if (seen.largest === number) this.largestAt = now;
		return seen.largest === number && (number === 0 || seen.has(number - 1));
	}

	/** A packet has come that must be acknowledged. */
	owe(now: Millis, isInOrder: boolean): void {
		this.count++;
		this.deadline = Math.min(this.deadline, isInOrder && this.count < PACKETS ? now + DELAY : now);
	}

	/** What was acknowledged last may not have come. */
	repeat(): void {
		this.count++;
	}

	/** Writes the frame. */
	write(now: Millis, into: PacketWriter): void {
		const { seen } = this;
		const delay = Math.min(DELAY_MAX, Math.max(0, now - this.largestAt));
		into.u8(ACK).u48(seen.largest).u8(delay).u32(bits(seen, 32)).u32(bits(seen, 0));
		this.count = 0;
		this.deadline = Infinity;
	}
}

/** Which of the 32 packets up to `back` before the largest one have come, the newest in the lowest bit. */
function bits(seen: ReplayWindow, back: number): number {
	let set = 0;
	for (let i = 0; i < 32; i++) if (seen.has(seen.largest - back - i)) set |= 1 << i;
	return set >>> 0;
}
