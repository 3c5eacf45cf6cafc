import type { Millis, Octets } from "../../core/time";
import type { ArchiveTarget } from "../../ports/archive-target";
import type { ContentStore, StoreListener } from "../content-store";
import { type CameraKey, isCameraKey, type Segment, type Utc } from "../recording";

/** How long after a failure a copy is tried again; it doubles up to the longest. */
const RETRY_MIN: Millis = 10_000;
const RETRY_MAX: Millis = 600_000;
/** How often the store is looked at until it is open. */
const OPENING: Millis = 1000;
/** Later than all recordings. */
const END: Utc = 8.64e15;
/** How many cameras are remembered, and how many of their waiting segments are counted. */
const CAMERAS_MAX = 1000;
const COUNT_MAX = 100;

/** What an {@link Archiver} needs. */
export interface ArchiverHost {
	readonly store: ContentStore;
	readonly target: ArchiveTarget;
	/** Calls `run` later. */
	after(delay: Millis, run: () => void): void;
	/** Stores how far the archive has come, for the next start. */
	save(text: string): void;
	/** Pages show something else now. */
	changed(): void;
}

/**
 * Copies finished recordings to another place, one after another, the oldest first.
 *
 * Nothing waits for it: the quota deletes the oldest recordings whether they were copied or not, and what it deletes first
 * is counted. After a restart at most the last copy is made again.
 */
export class Archiver implements StoreListener {
	/** What was copied since the start. */
	copies = 0;
	octets: Octets = 0;
	/** Segments that were deleted before they were copied. */
	lost = 0;
	/** Why the last copy failed, for people; `undefined`: it did not. */
	trouble: string | undefined;
	/** The start of the newest segment of each camera that was copied. */
	private readonly marks = new Map<CameraKey, Utc>();
	private current: Segment | undefined;
	private retry: Millis = RETRY_MIN;
	private waits = false;
	private unwatch: (() => void) | undefined;

	/** @param saved what an earlier archiver of this storage gave to {@link ArchiverHost.save}; anything else counts as nothing */
	constructor(
		private readonly host: ArchiverHost,
		saved: string,
	) {
		for (const line of saved.split("\n", CAMERAS_MAX)) {
			const space = line.indexOf(" ");
			const key = line.slice(0, Math.max(0, space));
			const mark = Number(line.slice(space + 1));
			if (isCameraKey(key) && mark > 0 && mark < END) this.marks.set(key, mark);
		}
	}

	/** Begins. */
	start(): void {
		this.unwatch = this.host.store.watch(this);
		this.next();
	}

	/** Ends; a copy that is being made is made again at the next start. */
	stop(): void {
		this.unwatch?.();
		this.unwatch = undefined;
		this.host.target.close();
	}

	/** Segments that wait to be copied, counted up to a bound for each camera. */
	get waiting(): number {
		let count = 0;
		for (const { key } of this.host.store.cameras()) count += this.after(key, COUNT_MAX).length;
		return count;
	}

	/** Until when everything is copied: the end of the newest segment up to which no other waits; 0: nothing is. */
	get until(): Utc {
		const oldest = this.oldest();
		if (oldest !== undefined) return this.copies === 0 && this.marks.size === 0 ? 0 : oldest.start;
		let newest = 0;
		for (const mark of this.marks.values()) newest = Math.max(newest, mark);
		return newest;
	}

	/** @see StoreListener */
	segmentChanged({ isRunning }: Segment): void {
		if (!isRunning) this.next();
	}

	/** @see StoreListener */
	segmentDeleted(segment: Segment): void {
		if (segment.start <= (this.marks.get(segment.camera) ?? 0)) return;
		this.lost++;
		if (segment.path !== this.current?.path) return;
		// What was copied of it is of no use.
		this.host.target.close();
		this.current = undefined;
		this.host.after(0, () => this.next());
	}

	/** Copies the oldest segment that was not copied, unless a copy is being made or has to wait. */
	private next(): void {
		if (this.unwatch === undefined || this.current !== undefined || this.waits) return;
		if (this.host.store.state !== "ready") return this.wait(OPENING);
		const segment = this.oldest();
		if (segment === undefined) return;
		this.current = segment;
		this.host.target.put(segment.path, segment.octets, (fault) => this.done(segment, fault));
	}

	private done(segment: Segment, fault: string | undefined): void {
		if (this.unwatch === undefined || this.current !== segment) return;
		this.current = undefined;
		const isNews = fault !== this.trouble;
		this.trouble = fault;
		if (isNews) this.host.changed();
		if (fault !== undefined) {
			this.wait(this.retry);
			this.retry = Math.min(2 * this.retry, RETRY_MAX);
			return;
		}
		this.retry = RETRY_MIN;
		this.copies++;
		this.octets += segment.octets;
		this.marks.set(segment.camera, segment.start);
		this.save();
		this.next();
	}

	private wait(delay: Millis): void {
		this.waits = true;
		this.host.after(delay, () => {
			this.waits = false;
			this.next();
		});
	}

	private oldest(): Segment | undefined {
		let oldest: Segment | undefined;
		for (const { key } of this.host.store.cameras()) {
			const [first] = this.after(key, 1);
			if (first !== undefined && (oldest === undefined || first.start < oldest.start)) oldest = first;
		}
		return oldest;
	}

	/** The finished segments of a camera after the one that was copied last. */
	private after(key: CameraKey, most: number): readonly Segment[] {
		const mark = this.marks.get(key) ?? -1;
		// The one that was copied may reach beyond its start.
		const found = this.host.store.segments(key, mark + 1, END, most + 1);
		return found.filter(({ start, isRunning }) => start > mark && !isRunning).slice(0, most);
	}

	private save(): void {
		const lines: string[] = [];
		for (const { key } of this.host.store.cameras()) {
			const mark = this.marks.get(key);
			if (mark !== undefined) lines.push(`${key} ${mark}`);
		}
		this.host.save(lines.join("\n"));
	}
}
