import type { Lease, StreamMachine, StreamOutbox } from "../../src/core/stream";

/** A TCP connection without a network: the test sets its room, and written octets are kept. */
export class FakeStream implements StreamOutbox {
	readonly written: Buffer[] = [];
	writes = 0;
	shared = 0;
	isReading = true;
	ended = false;
	aborted = false;
	queued = 0;
	/** Held while octets of an offered frame are queued. */
	private lease: Lease | undefined;

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

	offer(bytes: Uint8Array, start: number, end: number, lease?: Lease): boolean {
		if (this.ended || this.queued > 0 || this.free === 0) return false;
		this.shared++;
		this.writes++;
		this.written.push(Buffer.from(bytes.slice(start, end)));
		this.queued = Math.max(0, end - start - this.free);
		this.free = Math.max(0, this.free - (end - start));
		if (this.queued === 0) return true;
		lease?.retain();
		this.lease = lease;
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
		this.lease?.release();
		this.lease = undefined;
	}

	/** Leaves room for so many octets. */
	leave(octets: number): void {
		this.free = octets;
	}

	/** The peer takes octets: there is that much more room. */
	take(octets: number, now: number, machine: StreamMachine): void {
		const queued = Math.max(0, Math.min(this.queued, octets));
		this.queued -= queued;
		this.free += octets - queued;
		if (this.queued > 0) return;
		this.lease?.release();
		this.lease = undefined;
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
