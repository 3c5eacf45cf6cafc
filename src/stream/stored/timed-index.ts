import type { Octets } from "../../core/time";
import type { StoredSearch, Ticks } from "./stored-content";
import { StoredIndex } from "./stored-index";

/** Where the pictures of a file are that has a time for each of them. */
export class TimedIndex extends StoredIndex {
	private times = new Float64Array(1024);

	/** Appends a picture, which must be later than the one before. @returns false when it is not, or there are too many */
	addAt(at: Ticks, offset: Octets, length: Octets, isKey: boolean): boolean {
		const { count } = this;
		if (count > 0 && at <= this.times[count - 1]) return false;
		if (!this.add(offset, length, isKey)) return false;
		if (count === this.times.length) {
			const times = new Float64Array(2 * count);
			times.set(this.times);
			this.times = times;
		}
		this.times[count] = at;
		return true;
	}

	/** The last picture is shown as long as the others are on average. */
	override ticks(picture: number): Ticks {
		const { count, times } = this;
		if (picture < count) return times[picture];
		const last = times[count - 1];
		return last + (count > 1 ? Math.max(1, Math.round(last / (count - 1))) : Math.round(super.ticks(1)));
	}

	override find(at: Ticks, search: StoredSearch, keysOnly: boolean): number {
		// The first picture that is later than the time, or at it for `from`.
		let low = 0;
		let high = this.count;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (search === "from" ? this.times[middle] < at : this.times[middle] <= at) low = middle + 1;
			else high = middle;
		}
		const step = search === "from" ? 1 : -1;
		let picture = search === "from" ? low : low - 1;
		while (keysOnly && picture >= 0 && picture < this.count && !this.isKey(picture)) picture += step;
		return picture < this.count ? picture : -1;
	}
}
