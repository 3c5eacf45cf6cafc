import type { FileDone, Files } from "../../ports/files";
import type { Folders } from "../files/folders";
import type { CameraKey, Segment, Utc } from "../recording";
import { SegmentLocks } from "./segment-locks";
import type { SegmentTable } from "./segment-table";
import type { StoreIndex } from "./store-index";

/** How many changes may wait. */
const WAITING_MAX = 64;

/** Locks segments in the index and on the medium, one change after another. */
export class LockKeeper {
	private readonly locks: SegmentLocks;
	/** Locks without a segment: of one that is to be repaired, or that is gone. */
	private readonly rest = new Map<CameraKey, Set<Utc>>();
	private readonly waiting: (() => void)[] = [];

	constructor(
		private readonly files: Files,
		folders: Folders,
		private readonly index: StoreIndex,
		private readonly changed: (segment: Segment) => void,
	) {
		this.locks = new SegmentLocks(files, folders);
	}

	/** Reads the locks of the segments in the index. */
	load(done: FileDone<undefined>): void {
		this.locks.load((camera, start) => {
			const table = this.index.find(camera);
			const row = table?.rowAt(start) ?? -1;
			if (table !== undefined && row >= 0) return table.setLocked(row, true);
			this.keep(camera, start);
		}, done);
	}

	/** Locks a segment that was just repaired, if it was locked before. */
	restore(table: SegmentTable, row: number): void {
		if (this.rest.get(table.camera)?.delete(table.start(row)) === true) table.setLocked(row, true);
	}

	/** Remembers the lock of a segment that is to be repaired. */
	keep(camera: CameraKey, start: Utc): void {
		const starts = this.rest.get(camera) ?? new Set();
		this.rest.set(camera, starts.add(start));
	}

	/** Deletes the locks of segments that are gone. @param isBroken tells whether a segment is still to be repaired */
	forgetRest(isBroken: (camera: CameraKey, start: Utc) => boolean): void {
		for (const [camera, starts] of this.rest) {
			const gone: Utc[] = [];
			for (const start of starts) if (!isBroken(camera, start)) gone.push(start);
			for (const start of gone) starts.delete(start);
			if (gone.length > 0) this.locks.set(camera, gone, false, () => undefined);
		}
	}

	/** @see ContentStore.lock */
	lock(camera: CameraKey, from: Utc, to: Utc, isLocked: boolean, done: FileDone<undefined>): void {
		if (this.waiting.length >= WAITING_MAX) {
			// Answers later, as the contract demands.
			this.files.stat("", () => done({ failure: "busy", detail: `${WAITING_MAX} changes of locks wait` }));
			return;
		}
		this.waiting.push(() => this.change(camera, from, to, isLocked, done));
		if (this.waiting.length === 1) this.waiting[0]();
	}

	private change(camera: CameraKey, from: Utc, to: Utc, isLocked: boolean, done: FileDone<undefined>): void {
		const table = this.index.find(camera);
		const starts: Utc[] = [];
		if (table !== undefined) {
			for (let row = table.firstOverlapping(from); row < table.count && table.start(row) < to; row++) {
				if (table.end(row) <= from || table.isLocked(row) === isLocked || table.isGoing(row)) continue;
				starts.push(table.start(row));
				// From now on the quota passes over it.
				if (isLocked) table.setLocked(row, true);
			}
		}
		if (!isLocked) this.unlockRest(camera, from, to, starts);
		const settled: FileDone<undefined> = (answer) => {
			const isDone = answer.failure === undefined;
			for (const start of starts) this.settle(table, start, isLocked === isDone, isDone);
			done(answer);
			this.waiting.shift();
			this.waiting[0]?.();
		};
		if (starts.length > 0) this.locks.set(camera, starts, isLocked, settled);
		else this.files.stat("", () => settled({ value: undefined }));
	}

	/** Segments that are still to be repaired are unlocked too. */
	private unlockRest(camera: CameraKey, from: Utc, to: Utc, starts: Utc[]): void {
		const rest = this.rest.get(camera);
		if (rest === undefined) return;
		for (const start of [...rest]) {
			if (start < from || start >= to) continue;
			rest.delete(start);
			starts.push(start);
		}
	}

	private settle(table: SegmentTable | undefined, start: Utc, isLocked: boolean, isDone: boolean): void {
		const row = table?.rowAt(start) ?? -1;
		if (table === undefined || row < 0) return;
		table.setLocked(row, isLocked);
		if (isDone) this.changed(table.segment(row));
	}
}
