import type { Octets } from "../../core/time";
import { type StoredSearch, TICKS_PER_SECOND, type Ticks } from "./stored-content";

/** The most pictures of a file: 11 hours at 25 a second, in 13 MB. */
const STORED_PICTURES_MAX = 1_000_000;
const FIRST = 1024;

/** Where the pictures of a file are, in the order of time, at an even rate. */
export class StoredIndex {
	/** How many there are. */
	count = 0;
	private offsets = new Float64Array(FIRST);
	private lengths = new Uint32Array(FIRST);
	/** 1: a key picture. */
	private keys = new Uint8Array(FIRST);

	/** @param rate pictures per second; to be set before the index is asked for times */
	constructor(public rate: number) {}

	/** Appends a picture. @returns false when there are too many */
	add(offset: Octets, length: Octets, isKey: boolean): boolean {
		const { count } = this;
		if (count === STORED_PICTURES_MAX) return false;
		if (count === this.keys.length) this.grow();
		this.offsets[count] = offset;
		this.lengths[count] = length;
		this.keys[count] = isKey ? 1 : 0;
		this.count++;
		return true;
	}

	/** Where the picture starts in the file. */
	offset(picture: number): Octets {
		return this.offsets[picture];
	}

	length(picture: number): Octets {
		return this.lengths[picture];
	}

	isKey(picture: number): boolean {
		return this.keys[picture] === 1;
	}

	/** When the picture is shown. That of {@link count} is the end. */
	ticks(picture: number): Ticks {
		return Math.round((picture * TICKS_PER_SECOND) / this.rate);
	}

	/** Finds a picture by its time. @returns -1 when there is none */
	find(at: Ticks, search: StoredSearch, keysOnly: boolean): number {
		let picture = Math.floor((at * this.rate) / TICKS_PER_SECOND);
		// The times are rounded to ticks.
		if (search === "until") {
			picture = Math.min(this.count - 1, picture + 1);
			while (picture >= 0 && this.ticks(picture) > at) picture--;
			if (picture < 0) return -1;
			return keysOnly ? this.keys.lastIndexOf(1, picture) : picture;
		}
		picture = Math.max(0, picture - 1);
		while (picture < this.count && this.ticks(picture) < at) picture++;
		if (picture >= this.count) return -1;
		return keysOnly ? this.keys.indexOf(1, picture) : picture;
	}

	private grow(): void {
		const length = Math.min(STORED_PICTURES_MAX, 2 * this.keys.length);
		const offsets = new Float64Array(length);
		const lengths = new Uint32Array(length);
		const keys = new Uint8Array(length);
		offsets.set(this.offsets);
		lengths.set(this.lengths);
		keys.set(this.keys);
		this.offsets = offsets;
		this.lengths = lengths;
		this.keys = keys;
	}
}
