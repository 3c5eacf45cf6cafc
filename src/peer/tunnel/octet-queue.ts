import type { Lease } from "../../core/stream";
import type { Octets } from "../../core/time";

interface Chunk {
	readonly bytes: Uint8Array;
	readonly start: number;
	/** Where its first octet is in the stream. */
	readonly offset: number;
	readonly length: number;
	readonly lease: Lease | undefined;
}

/** Octets of a stream that wait to be sent, or may have to be sent again; they are numbered from 0. */
export class OctetQueue {
	/** The number of the first octet that is kept. */
	start = 0;
	/** The number of the next octet to come. */
	end = 0;
	private chunks: Chunk[] = [];
	/** The chunk that was read last: reads mostly go on from there. */
	private hint = 0;

	/** Octets that are kept. */
	get length(): Octets {
		return this.end - this.start;
	}

	/** Appends a copy of `bytes[start, end)`. */
	push(bytes: Uint8Array, start: number, end: number): void {
		this.pushShared(bytes.slice(start, end), 0, end - start);
	}

	/** Appends `bytes[start, end)`, which do not change while the lease is retained; without a lease they never change. */
	pushShared(bytes: Uint8Array, start: number, end: number, lease?: Lease): void {
		const length = end - start;
		if (length <= 0) return;
		lease?.retain();
		this.chunks.push({ bytes, start, offset: this.end, length, lease });
		this.end += length;
	}

	/** Copies the octets `[from, to)`, all of which must be kept, to `into[at, …)`. */
	read(from: number, to: number, into: Uint8Array, at: number): void {
		const { chunks } = this;
		if (from < this.start || to > this.end)
			throw new RangeError(`octets ${from} to ${to} of ${this.start} to ${this.end}`);
		let index = Math.min(this.hint, chunks.length - 1);
		while (index > 0 && chunks[index].offset > from) index--;
		let next = from;
		let place = at;
		while (next < to) {
			const { bytes, start, offset, length } = chunks[index];
			if (offset + length <= next) {
				index++;
				continue;
			}
			const count = Math.min(to, offset + length) - next;
			const first = start + next - offset;
			into.set(bytes.subarray(first, first + count), place);
			place += count;
			next += count;
		}
		this.hint = index;
	}

	/** Returns one octet that is kept. */
	octet(offset: number): number {
		let index = Math.min(this.hint, this.chunks.length - 1);
		while (index > 0 && this.chunks[index].offset > offset) index--;
		while (this.chunks[index].offset + this.chunks[index].length <= offset) index++;
		const { bytes, start, offset: first } = this.chunks[index];
		return bytes[start + offset - first];
	}

	/** Lets the octets before `offset` go. */
	drop(offset: number): void {
		if (offset <= this.start) return;
		this.start = Math.min(offset, this.end);
		let gone = 0;
		const { chunks } = this;
		while (gone < chunks.length && chunks[gone].offset + chunks[gone].length <= this.start)
			chunks[gone++].lease?.release();
		if (gone === 0) return;
		if (gone === 1) chunks.shift();
		else chunks.splice(0, gone);
		this.hint = Math.max(0, this.hint - gone);
	}

	/** Lets everything go. */
	clear(): void {
		this.drop(this.end);
	}
}
