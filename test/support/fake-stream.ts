import type { StreamMachine, StreamOutbox } from "../../src/core/stream";

/** A TCP connection without a network: its room is what the test says, and what was written is kept. */
export class FakeStream implements StreamOutbox {
	readonly written: Buffer[] = [];
	writes = 0;
	shared = 0;
	isReading = true;
	ended = false;
	aborted = false;
	queued = 0;

	/** @param free octets that may be written before {@link take} */
	constructor(private free = 1 << 20) {}

	get room(): number {
		return this.ended ? 0 : this.free;
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		if (this.ended || end - start > this.free || end <= start)
			throw new RangeError(`wrote ${end - start} with room for ${this.free}`);
		this.free -= end - start;
		this.writes++;
		this.written.push(Buffer.from(bytes.slice(start, end)));
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.shared++;
		this.write(bytes, start, end);
	}

	offer(bytes: Uint8Array, start: number, end: number): boolean {
		if (this.ended || this.queued > 0 || this.free === 0) return false;
		this.shared++;
		this.writes++;
		this.written.push(Buffer.from(bytes.slice(start, end)));
		return true;
	}

	reading(on: boolean): void {
		this.isReading = on;
	}

	end(): void {
		this.ended = true;
	}

	abort(): void {
		this.aborted = true;
	}

	/** The peer takes octets: there is that much more room. */
	take(octets: number, now: number, machine: StreamMachine): void {
		this.free += octets;
		machine.room(now, this);
	}

	/** Gives a machine its turns until it waits for something else than time. @returns how many it took */
	turns(now: number, machine: StreamMachine): number {
		let count = 0;
		for (; machine.deadline <= now; count++) machine.expire(now, this);
		return count;
	}

	/** All that was written since the last call, as text. */
	text(): string {
		return Buffer.concat(this.written.splice(0)).toString("latin1");
	}
}
