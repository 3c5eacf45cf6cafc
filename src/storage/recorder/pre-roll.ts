import type { Millis, Octets } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import type { Frame } from "../../media/frame";
import type { Utc } from "../recording";

/** The memory that the rings of all cameras share in equal parts. */
export class PreRollBudget {
	/** Rings that hold pictures. */
	rings = 0;

	constructor(private readonly octets: Octets) {}

	/** What one ring may hold. */
	get share(): Octets {
		return this.octets / Math.max(1, this.rings);
	}
}

/** Takes the pictures that a ring kept. */
export interface PreRollSink {
	/** The sink gets no reference of its own. */
	kept(picture: Frame | AccessUnit, utc: Utc): void;
}

/** The most pictures in a ring: what 60 seconds have at 60 a second. */
const PICTURES_MAX = 3600;

/**
 * The newest pictures of a camera in memory, for the time before an event: bounded by time, memory and number.
 *
 * Of H.264 it begins with a key picture, so that all that it holds can be decoded.
 */
export class PreRoll {
	/** Octets that its pictures hold, with the room in their buffers. */
	octets: Octets = 0;
	private readonly pictures: (Frame | AccessUnit | undefined)[] = [];
	private readonly times: Utc[] = [];
	/** Where the oldest picture is. */
	private first = 0;

	constructor(private readonly budget: PreRollBudget) {}

	/** How many pictures it holds. */
	get size(): number {
		return this.pictures.length - this.first;
	}

	/** Keeps a picture, which it retains, and drops those that are older than `span`. */
	push(picture: Frame | AccessUnit, utc: Utc, span: Millis): void {
		if (span <= 0) return;
		if (this.size === 0) {
			if (!isKey(picture)) return;
			this.budget.rings++;
		}
		this.pictures.push(picture.retain());
		this.times.push(utc);
		this.octets += picture.bytes.length;
		this.trim(utc, span);
		this.compact();
	}

	/** Gives all pictures to a sink, the oldest first, and forgets them. */
	drain(sink: PreRollSink): void {
		for (let i = this.first; i < this.pictures.length; i++) {
			const picture = this.pictures[i];
			if (picture !== undefined) sink.kept(picture, this.times[i]);
		}
		this.clear();
	}

	/** Forgets all pictures. */
	clear(): void {
		if (this.size > 0) this.dropUntil(this.pictures.length);
		this.compact();
	}

	/** Drops the oldest pictures, each key picture with those that can't be decoded without it. */
	private trim(utc: Utc, span: Millis): void {
		while (this.size > 0) {
			const { length } = this.pictures;
			const next = this.nextKey();
			const isOver = this.octets > this.budget.share || this.size > PICTURES_MAX || this.times[this.first] > utc;
			const isOld = next < length && this.times[next] <= utc - span;
			if (!isOver && !isOld) return;
			this.dropUntil(next);
		}
	}

	/** Where the picture after the oldest is with which decoding can start; the end if there is none. */
	private nextKey(): number {
		let next = this.first + 1;
		while (next < this.pictures.length && !isKey(this.pictures[next])) next++;
		return next;
	}

	private dropUntil(end: number): void {
		for (; this.first < end; this.first++) {
			const picture = this.pictures[this.first];
			this.pictures[this.first] = undefined;
			if (picture === undefined) continue;
			this.octets -= picture.bytes.length;
			picture.release();
		}
		if (this.size === 0) this.budget.rings--;
	}

	/** Moves the pictures to the beginning of the list, now and then. */
	private compact(): void {
		if (this.first < 64 && this.size > 0) return;
		this.pictures.splice(0, this.first);
		this.times.splice(0, this.first);
		this.first = 0;
	}
}

function isKey(picture: Frame | AccessUnit | undefined): boolean {
	return picture !== undefined && (!("isKey" in picture) || picture.isKey);
}
