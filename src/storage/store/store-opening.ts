import type { Octets } from "../../core/time";
import { MatroskaWalker } from "../../media/matroska/matroska-walker";
import type { FileAnswer, FileSink, Files } from "../../ports/files";
import type { CameraKey, Segment, Utc } from "../recording";
import type { LockKeeper } from "./lock-keeper";
import type { SegmentFile } from "./segment-file";
import type { SegmentFacts } from "./segment-name";
import { type BrokenSegment, SegmentRepair } from "./segment-repair";
import type { SegmentTable } from "./segment-table";
import type { StoreIndex } from "./store-index";
import { type ScanSink, StoreScan } from "./store-scan";

/** How much of a segment is read for the name of its camera. */
const HEAD: Octets = 4096;

/** What a {@link StoreOpening} needs of the store. */
export interface OpeningOwner {
	readonly files: Files;
	readonly index: StoreIndex;
	/** The segment of a camera with this start while it is being written; `undefined`: nothing writes it. */
	running(camera: CameraKey, start: Utc): SegmentFile | undefined;
	changed(segment: Segment): void;
	makeRoom(done: (hasRoom: boolean) => void): void;
	warn(text: string): void;
	opened(state: "ready" | "failed"): void;
}

/**
 * Opens the store: makes the index, reads the locks, repairs what was not finished, and learns the names of the cameras.
 * Later it repairs what could not be finished because the medium failed.
 */
export class StoreOpening implements ScanSink {
	/** True: the index is complete, but for segments to be repaired. */
	isScanned = false;
	private isReady = false;
	private isFailed = false;
	private isUnsure = false;
	private broken: BrokenSegment[] = [];
	private repairing = false;
	/** Those that could not be repaired; they are tried again at the next tick. */
	private failing: BrokenSegment[] = [];

	constructor(
		private readonly owner: OpeningOwner,
		private readonly locks: LockKeeper,
	) {
		this.scan();
	}

	/** Tries again what has failed. To be called every few seconds. */
	tick(): void {
		if (this.isFailed) return this.scan();
		const { failing } = this;
		this.failing = [];
		this.broken.push(...failing);
		if (this.isScanned) this.repairNext();
	}

	/** Repairs a segment that could not be finished. */
	repair(broken: BrokenSegment): void {
		this.broken.push(broken);
		if (this.isScanned) this.repairNext();
	}

	/** @see ScanSink */
	camera(camera: CameraKey): void {
		this.owner.index.table(camera);
	}

	/** @see ScanSink */
	segment(camera: CameraKey, facts: SegmentFacts, octets: Octets): void {
		this.owner.index.table(camera).add(facts, octets, false);
	}

	/** @see ScanSink */
	part(camera: CameraKey, start: Utc): void {
		if (this.owner.running(camera, start) !== undefined) return;
		this.broken.push({ camera, start, limit: Number.POSITIVE_INFINITY, gap: "crash" });
	}

	/** @see ScanSink */
	unreadable(path: string, detail: string): void {
		this.isUnsure = true;
		this.owner.warn(`${path}: ${detail}`);
	}

	/** @see ScanSink */
	scanned(answer: FileAnswer<undefined>): void {
		if (answer.failure !== undefined) return this.failed(answer.detail);
		this.locks.load((locked) => {
			if (locked.failure !== undefined) return this.failed(locked.detail);
			this.isScanned = true;
			this.repairNext();
		});
	}

	private scan(): void {
		this.isFailed = false;
		new StoreScan(this.owner.files, this);
	}

	private failed(detail: string): void {
		this.isFailed = true;
		this.owner.warn(`the recordings can't be read: ${detail}`);
		this.owner.opened("failed");
	}

	private repairNext(): void {
		if (this.repairing) return;
		const next = this.broken.shift();
		if (next === undefined) {
			if (!this.isReady) this.readTitles([...this.owner.index.keys]);
			return;
		}
		this.repairing = true;
		new SegmentRepair(this.owner.files, next, (answer) => {
			this.repairing = false;
			if (answer.failure === undefined) {
				if (answer.value !== undefined)
					this.repaired(next, answer.value.facts, answer.value.octets, answer.value.title);
				return this.repairNext();
			}
			this.owner.warn(`a recording of ${next.camera} can't be repaired now: ${answer.detail}`);
			this.failing.push(next);
			if (answer.failure !== "full") return this.repairNext();
			this.owner.makeRoom((hasRoom) => {
				if (hasRoom) this.broken.unshift(...this.failing.splice(0));
				this.repairNext();
			});
		});
	}

	private repaired({ camera }: BrokenSegment, facts: SegmentFacts, octets: Octets, title: string): void {
		const { index } = this.owner;
		const table = index.table(camera);
		const row = table.add(facts, octets, false);
		if (row < 0) return;
		if (title !== "" && index.title(camera) === camera) index.name(camera, title);
		this.locks.restore(table, row);
		this.owner.changed(table.segment(row));
	}

	/** Reads the names of the cameras from their newest segments. */
	private readTitles(cameras: CameraKey[]): void {
		const { files, index } = this.owner;
		const camera = cameras.pop();
		if (camera === undefined) return this.ready();
		const table = index.find(camera);
		const row = table === undefined ? -1 : newestFinished(table);
		if (table === undefined || row < 0 || index.title(camera) !== camera) return this.readTitles(cameras);
		files.open(table.path(row), "read", (answer) => {
			if (answer.failure !== undefined) return this.readTitles(cameras);
			const file = answer.value;
			const bytes = new Uint8Array(HEAD);
			const read = (count: Octets) => {
				const title = titleOf(bytes, count);
				if (title !== "") index.name(camera, title);
				file.close();
				this.readTitles(cameras);
			};
			const sink: FileSink = { completed: (_operation, count) => read(count), failed: () => read(0) };
			file.read(0, bytes, 0, HEAD, sink);
		});
	}

	private ready(): void {
		this.isReady = true;
		const isBroken = (camera: CameraKey, start: Utc) =>
			this.failing.some((broken) => broken.camera === camera && broken.start === start);
		if (!this.isUnsure) this.locks.forgetRest(isBroken);
		this.owner.opened("ready");
	}
}

function newestFinished(table: SegmentTable): number {
	let row = table.count - 1;
	while (row >= 0 && table.isRunning(row)) row--;
	return row;
}

/** Reads the name of a camera from the beginning of a segment; empty: it says none. */
function titleOf(bytes: Uint8Array, count: Octets): string {
	const walker = new MatroskaWalker({ head() {}, cluster() {}, picture: () => false });
	walker.open(count).take(bytes, 0, count);
	return walker.facts?.title ?? "";
}
