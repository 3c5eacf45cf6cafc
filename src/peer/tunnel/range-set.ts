/** A set of octets of a stream, as sorted ranges that do not touch. */
export class RangeSet {
	/** Start and end of each range in turn. */
	private readonly bounds: number[] = [];

	/** How many ranges there are. */
	get size(): number {
		return this.bounds.length / 2;
	}

	/** The start and the end of the first range; `Infinity` when there is none. */
	get start(): number {
		return this.bounds.length > 0 ? this.bounds[0] : Infinity;
	}

	get end(): number {
		return this.bounds.length > 0 ? this.bounds[1] : Infinity;
	}

	/** Adds `[start, end)`. */
	add(start: number, end: number): void {
		if (end <= start) return;
		const { bounds } = this;
		let first = bounds.length;
		while (first >= 2 && bounds[first - 1] >= start) first -= 2;
		let after = first;
		let from = start;
		let to = end;
		while (after < bounds.length && bounds[after] <= to) {
			from = Math.min(from, bounds[after]);
			to = Math.max(to, bounds[after + 1]);
			after += 2;
		}
		bounds.splice(first, after - first, from, to);
	}

	/** Removes everything before `offset`. */
	removeBefore(offset: number): void {
		const { bounds } = this;
		let gone = 0;
		while (gone < bounds.length && bounds[gone + 1] <= offset) gone += 2;
		if (gone > 0) bounds.splice(0, gone);
		if (bounds.length > 0 && bounds[0] < offset) bounds[0] = offset;
	}

	/** Removes `[start, end)`. */
	remove(start: number, end: number): void {
		if (end <= start) return;
		const { bounds } = this;
		for (let at = 0; at < bounds.length; ) {
			const from = bounds[at];
			const to = bounds[at + 1];
			if (to <= start || from >= end) {
				at += 2;
				continue;
			}
			const kept: number[] = [];
			if (from < start) kept.push(from, start);
			if (to > end) kept.push(end, to);
			bounds.splice(at, 2, ...kept);
			at += kept.length;
		}
	}

	clear(): void {
		this.bounds.length = 0;
	}
}
