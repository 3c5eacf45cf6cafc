import type { Slab } from "./slab";

/** The first word of each block that is in an index: the next block of the same chain. */
const NEXT = 0;
const FIRST_SIZE = 1024;

/** Finds blocks of a {@link Slab} by hashes: chains whose links are the first words of the blocks. */
export class BlockIndex {
	/** How many blocks there are. */
	size = 0;
	private heads = new Uint32Array(FIRST_SIZE);
	/** The chain at which {@link findNext} begins. */
	private cursor = 0;

	/** @param hash computes the hash of a block, 32 bits */
	constructor(
		private readonly slab: Slab,
		private readonly hash: (block: number) => number,
	) {}

	/** Octets that it takes besides the blocks. */
	get octets(): number {
		return this.heads.length * 4;
	}

	/** The first block of the chain in which those of a hash are, with others; 0: none. */
	first(hash: number): number {
		return this.heads[hash & (this.heads.length - 1)];
	}

	/** Adds a block that is not in it. */
	add(block: number): void {
		if (this.size >= this.heads.length) this.grow();
		this.link(block);
		this.size++;
	}

	/** Removes a block that is in it. */
	remove(block: number): void {
		const { slab, heads } = this;
		const chain = this.hash(block) & (heads.length - 1);
		const next = slab.words(block)[slab.wordAt(block) + NEXT];
		let before = heads[chain];
		if (before === block) heads[chain] = next;
		else {
			while (this.after(before) !== block) before = this.after(before);
			slab.words(before)[slab.wordAt(before) + NEXT] = next;
		}
		this.size--;
	}

	/** Visits one of `of` parts; the visitor may remove the block that it is given. @param turn chooses the part */
	visit(turn: number, of: number, visitor: (block: number) => void): void {
		const { length } = this.heads;
		const part = turn % of;
		const end = Math.floor((length * (part + 1)) / of);
		for (let chain = Math.floor((length * part) / of); chain < end; chain++) {
			for (let block = this.heads[chain]; block !== 0; ) {
				const next = this.after(block);
				visitor(block);
				block = next;
			}
		}
	}

	/** Finds a block that fulfils a condition: each call looks on behind the chain at which the one before ended. 0: there is none. */
	findNext(is: (block: number) => boolean): number {
		const { length } = this.heads;
		for (let i = 0; i < length; i++) {
			this.cursor = (this.cursor + 1) % length;
			for (let block = this.heads[this.cursor]; block !== 0; block = this.after(block)) if (is(block)) return block;
		}
		return 0;
	}

	private after(block: number): number {
		return this.slab.words(block)[this.slab.wordAt(block) + NEXT];
	}

	private link(block: number): void {
		const { slab, heads } = this;
		const chain = this.hash(block) & (heads.length - 1);
		slab.words(block)[slab.wordAt(block) + NEXT] = heads[chain];
		heads[chain] = block;
	}

	private grow(): void {
		const before = this.heads;
		this.heads = new Uint32Array(2 * before.length);
		for (let chain = 0; chain < before.length; chain++) {
			for (let block = before[chain]; block !== 0; ) {
				const next = this.after(block);
				this.link(block);
				block = next;
			}
		}
	}
}
