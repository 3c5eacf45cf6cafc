import type { Millis } from "./time";

/** An entry of a {@link DeadlineHeap}. The heap alone writes these fields. */
export interface HeapEntry {
	/** The deadline that the heap has sorted the entry by; `Infinity` while the entry is not in the heap. */
	at: Millis;
	/** The position in the heap; -1 while the entry is not in it. */
	index: number;
	/** Settles the order of equal deadlines: the lower one comes first. */
	readonly order: number;
}

/**
 * Keeps entries sorted by deadline, in a binary heap: O(log n) for each change, O(1) to see the first.
 *
 * Entries without a deadline take no room in it.
 */
export class DeadlineHeap<Entry extends HeapEntry> {
	private readonly entries: Entry[] = [];

	/** The entry with the earliest deadline. */
	get first(): Entry | undefined {
		return this.entries[0];
	}

	/** How many entries have a deadline. */
	get size(): number {
		return this.entries.length;
	}

	/** Gives an entry a deadline, in place of the one it had; `Infinity` takes it out. */
	set(entry: Entry, at: Millis): void {
		if (at === entry.at) return;
		if (at === Infinity) {
			this.remove(entry);
			return;
		}
		if (entry.index < 0) {
			entry.index = this.entries.length;
			this.entries.push(entry);
		}
		const earlier = at < entry.at;
		entry.at = at;
		if (earlier) this.up(entry);
		else this.down(entry);
	}

	/** Takes an entry out; harmless when it is not there. */
	remove(entry: Entry): void {
		const { index } = entry;
		if (index < 0) return;
		const last = this.entries.pop() as Entry;
		entry.index = -1;
		entry.at = Infinity;
		if (last === entry) return;
		this.put(last, index);
		this.up(last);
		this.down(last);
	}

	private up(entry: Entry): void {
		let { index } = entry;
		while (index > 0) {
			const parent = this.entries[(index - 1) >> 1];
			if (!comesBefore(entry, parent)) break;
			this.put(parent, index);
			index = (index - 1) >> 1;
		}
		this.put(entry, index);
	}

	private down(entry: Entry): void {
		const { entries } = this;
		let { index } = entry;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= entries.length) break;
			if (child + 1 < entries.length && comesBefore(entries[child + 1], entries[child])) child++;
			if (!comesBefore(entries[child], entry)) break;
			this.put(entries[child], index);
			index = child;
		}
		this.put(entry, index);
	}

	private put(entry: Entry, index: number): void {
		this.entries[index] = entry;
		entry.index = index;
	}
}

function comesBefore(a: HeapEntry, b: HeapEntry): boolean {
	return a.at < b.at || (a.at === b.at && a.order < b.order);
}
