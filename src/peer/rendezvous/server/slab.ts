/** Blocks are multiples of this many octets. */
export const UNIT = 4;
/** Units of a chunk, a power of two. */
const CHUNK_UNITS = 262_144;
const CHUNK_BITS = 18;

/**
 * Memory for very many small records without an object for each: blocks in chunks of 1 MiB, so few that their objects stay in
 * the processor's caches. A block is known by a number, which is never 0. Freed blocks are used again for blocks of the same size.
 */
export class Slab {
	private readonly chunks: Uint8Array[] = [];
	private readonly chunkWords: Uint32Array[] = [];
	/** The next unit that was never used, and the end of its chunk. */
	private next = 1;
	private end = 0;
	/** For each size in units, the first of the free blocks; each has the next one's number in its first word. */
	private readonly free: Uint32Array;

	/** @param largest the octets of the largest block */
	constructor(private readonly largest: number) {
		this.free = new Uint32Array(unitsOf(largest) + 1);
	}

	/** Octets of all chunks. */
	get octets(): number {
		return this.chunks.length * CHUNK_UNITS * UNIT;
	}

	/** Reserves a block, whose octets are undefined. */
	allocate(octets: number): number {
		const units = unitsOf(octets);
		if (octets > this.largest) throw new RangeError(`a block of ${octets} octets`);
		const freed = this.free[units];
		if (freed !== 0) {
			this.free[units] = this.words(freed)[this.wordAt(freed)];
			return freed;
		}
		if (this.next + units > this.end) this.grow();
		const block = this.next;
		this.next += units;
		return block;
	}

	/** Gives a block back. @param octets as it was reserved */
	release(block: number, octets: number): void {
		const units = unitsOf(octets);
		this.words(block)[this.wordAt(block)] = this.free[units];
		this.free[units] = block;
	}

	/** The octets in which a block is, from {@link at}. Valid as long as the slab. */
	bytes(block: number): Uint8Array {
		return this.chunks[block >>> CHUNK_BITS];
	}

	/** Where a block begins in {@link bytes}. */
	at(block: number): number {
		return (block & (CHUNK_UNITS - 1)) * UNIT;
	}

	/** The same octets as 32-bit words in the machine's order, from {@link wordAt}. */
	words(block: number): Uint32Array {
		return this.chunkWords[block >>> CHUNK_BITS];
	}

	/** Where a block begins in {@link words}. */
	wordAt(block: number): number {
		return block & (CHUNK_UNITS - 1);
	}

	/** Adds a chunk; what is left of the one before becomes free blocks. */
	private grow(): void {
		for (let left = this.end - this.next; left > 0; ) {
			const units = Math.min(left, this.free.length - 1);
			this.release(this.next, units * UNIT);
			this.next += units;
			left -= units;
		}
		const chunk = new Uint8Array(CHUNK_UNITS * UNIT);
		// The first unit of all is never used, as 0 is no block.
		this.next = this.chunks.length * CHUNK_UNITS + (this.chunks.length === 0 ? 1 : 0);
		this.chunks.push(chunk);
		this.chunkWords.push(new Uint32Array(chunk.buffer));
		this.end = this.chunks.length * CHUNK_UNITS;
	}
}

function unitsOf(octets: number): number {
	return Math.ceil(octets / UNIT);
}
