import type { Millis, Octets } from "../../core/time";
import type { VideoEncoding } from "../../media/video-encoding";
import type { OpenFile } from "../../ports/files";
import type { Utc } from "../recording";

/** The most pictures in one export: a day at 5 a second. */
const EXPORT_PICTURES_MAX = 432_000;
/** A gap in the recording becomes so long in an export. */
export const EXPORT_GAP: Millis = 1000;

const FIRST_CAPACITY = 1024;
const NOTHING = new Uint8Array(0);

/** How many pictures several exports may know at a time, so that many of them do not fill the memory. */
export interface PictureBudget {
	left: number;
}

/** A segment whose pictures are exported. */
export interface ExportedFile {
	readonly path: string;
	/** A segment that runs is held open, as it gets another name at its end. */
	readonly handle: OpenFile | undefined;
	/** Of H.264: its parameter sets. */
	readonly parameterSets: readonly Uint8Array[];
	/** The same sets as NAL units with lengths of four octets. */
	readonly prefix: Uint8Array;
}

/** Where the pictures of an export are in their segments, and when they are shown. About 20 octets each. */
export class PictureTable {
	count = 0;
	readonly files: ExportedFile[] = [];
	encoding: VideoEncoding = "JPEG";
	/** Of the first picture. */
	width = 0;
	height = 0;
	/** When the first picture was taken. */
	utc: Utc = 0;
	/** The time from the first picture on that is decoded but not shown: H.264 begins with a key picture, maybe before the span. */
	skipped: Millis = 0;
	/** How long the last picture is shown. */
	lastDuration: Millis = 0;
	/** True: the files have different parameter sets, so each key picture needs its own in front of it. */
	hasPrefixes = false;
	private offsets: Float64Array = new Float64Array(FIRST_CAPACITY);
	private lengths: Uint32Array = new Uint32Array(FIRST_CAPACITY);
	private times: Uint32Array = new Uint32Array(FIRST_CAPACITY);
	/** The number of the file, times two; plus one for a key picture. */
	private places: Uint32Array = new Uint32Array(FIRST_CAPACITY);
	/** What was taken from the budget. */
	private taken = 0;

	/** @param budget what is taken from it goes back at the end */
	constructor(private readonly budget: PictureBudget) {}

	/** Whether one more picture fits into the budget. */
	get hasRoom(): boolean {
		return this.count < this.lengths.length || this.lengths.length <= this.budget.left;
	}

	/**
	 * Adds a picture of the file that was added last, if the table {@link hasRoom}.
	 * @param time milliseconds since the first picture
	 * @returns false when there are {@link EXPORT_PICTURES_MAX} already
	 */
	add(offset: Octets, octets: Octets, time: Millis, isKey: boolean): boolean {
		const { count } = this;
		if (count >= EXPORT_PICTURES_MAX) return false;
		if (count === this.lengths.length) this.grow();
		this.offsets[count] = offset;
		this.lengths[count] = octets;
		this.times[count] = time;
		this.places[count] = (this.files.length - 1) * 2 + (isKey ? 1 : 0);
		this.count++;
		return true;
	}

	/** Where a picture starts in its file. */
	offset(picture: number): Octets {
		return this.offsets[picture];
	}

	/** The octets of a picture in its file. */
	stored(picture: number): Octets {
		return this.lengths[picture];
	}

	/** The octets of a picture in the export: with its parameter sets, where they are needed. */
	octets(picture: number): Octets {
		return this.lengths[picture] + this.prefix(picture).length;
	}

	/** The octets in front of a picture; mostly none. */
	prefix(picture: number): Uint8Array {
		if (!this.hasPrefixes || !this.isKey(picture)) return NOTHING;
		return this.files[this.places[picture] >> 1].prefix;
	}

	/** When a picture is shown first, in milliseconds since the first one. */
	time(picture: number): Millis {
		return this.times[picture];
	}

	/** How long a picture is shown. */
	duration(picture: number): Millis {
		return picture === this.count - 1 ? this.lastDuration : this.times[picture + 1] - this.times[picture];
	}

	isKey(picture: number): boolean {
		return (this.places[picture] & 1) !== 0;
	}

	/** The number of the file that a picture is in. */
	file(picture: number): number {
		return this.places[picture] >> 1;
	}

	/** When the last picture is no longer shown. */
	get end(): Millis {
		return this.count === 0 ? 0 : this.times[this.count - 1] + this.lastDuration;
	}

	/** Closes the files that are held open, and gives back what it took from the budget. It is not used any more. */
	close(): void {
		this.closeFiles();
		this.budget.left += this.taken;
		this.taken = 0;
	}

	/** Closes the files that are held open. */
	closeFiles(): void {
		for (const { handle } of this.files) handle?.close();
		this.files.length = 0;
	}

	private grow(): void {
		const more = this.lengths.length;
		const capacity = more * 2;
		this.taken += more;
		this.budget.left -= more;
		const offsets = new Float64Array(capacity);
		offsets.set(this.offsets);
		this.offsets = offsets;
		this.lengths = larger(this.lengths, capacity);
		this.times = larger(this.times, capacity);
		this.places = larger(this.places, capacity);
	}
}

function larger(from: Uint32Array, capacity: number): Uint32Array {
	const to = new Uint32Array(capacity);
	to.set(from);
	return to;
}
