import type { Handle, Pump } from "../../core/pump";
import { DAY, type Millis, type Octets } from "../../core/time";
import type { Clock } from "../../ports/clock";
import type { FileDone, FileFailure, Files } from "../../ports/files";
import type { Log } from "../../ports/log";
import type { ContentStore, Coverage, StoreLimits, StoreListener, StoreUsage } from "../content-store";
import { Folders } from "../files/folders";
import { type CameraKey, isCameraKey, type RecordedCamera, type Segment, type Utc } from "../recording";
import type { RecordingReader } from "../recording-reader";
import type { RecordingListener, RecordingWriter } from "../recording-writer";
import { CameraWriter, type WriterOwner } from "./camera-writer";
import { ClusterPool } from "./cluster-pool";
import { LockKeeper } from "./lock-keeper";
import { PatientFiles } from "./patient-files";
import type { SegmentFile } from "./segment-file";
import { dayFolder } from "./segment-name";
import type { SegmentTable } from "./segment-table";
import { StoreIndex } from "./store-index";
import { StoreOpening } from "./store-opening";
import { type ReaderOwner, StoreReader } from "./store-reader";
import { StoreSpace } from "./store-space";

/** How often the medium is asked for its space. */
const TICK: Millis = 10_000;
/** What may wait for the medium, of all cameras. */
const QUEUE_MAX: Octets = 50_331_648;

/** What the store needs of its host. */
export interface StoreHost {
	/** The folder of the store. */
	readonly files: Files;
	readonly pump: Pump;
	readonly clock: Clock;
	readonly log: Log;
	/** Octets of all cameras that may wait for the medium. @default 50331648 */
	readonly queueMax?: Octets;
}

/**
 * The content store on files (STR-13): `recordings/<camera key>/<UTC date>/<start and facts>.mkv`.
 *
 * It opens itself at once; cameras are recorded meanwhile. These hold at any moment, whatever fails:
 *
 * 1. A file whose name ends in `.mkv` is whole and on the medium.
 * 2. A picture that was recorded more than two seconds ago is on the medium, unless the medium failed or was too slow.
 * 3. What ends in `.mkv.part` without a running writer is repaired at the next start: it keeps all whole pictures.
 * 4. The index is what the names of the files say, and nothing else.
 * 5. A deletion takes a whole segment, or nothing. Until its folder is synced, a power cut may bring it back whole.
 * 6. A locked segment is never deleted. A lock is on the medium when it is confirmed.
 * 7. Where space runs out, the oldest unlocked finished segments go first, of all cameras.
 */
export class FileContentStore implements ContentStore, WriterOwner, ReaderOwner {
	state: "opening" | "ready" | "failed" = "opening";
	readonly files: Files;
	readonly clock: Clock;
	readonly index = new StoreIndex();
	readonly folders: Folders;
	readonly queueMax: Octets;
	readonly clusters = new ClusterPool();
	queued: Octets = 0;
	/** When the space is looked at next. @see Machine */
	deadline: Millis;
	private readonly space = new StoreSpace(this);
	private readonly locks: LockKeeper;
	private readonly opening: StoreOpening;
	private readonly handle: Handle<FileContentStore, undefined>;
	private readonly writers = new Map<CameraKey, CameraWriter>();
	private readonly handles = new Map<CameraWriter, Handle<CameraWriter, undefined>>();
	/** The segments that are being written, by path. */
	private readonly active = new Map<string, { readonly file: SegmentFile; readonly writer: CameraWriter }>();
	private readonly readers = new Set<StoreReader>();
	private readonly listeners = new Set<StoreListener>();

	constructor(
		private readonly host: StoreHost,
		readonly limits: StoreLimits,
	) {
		this.files = new PatientFiles(host.files);
		this.clock = host.clock;
		this.queueMax = host.queueMax ?? QUEUE_MAX;
		this.folders = new Folders(this.files);
		this.locks = new LockKeeper(this.files, this.folders, this.index, (segment) => this.changed(segment));
		this.deadline = host.pump.now();
		this.handle = host.pump.add<undefined, FileContentStore>(this, undefined);
		this.opening = new StoreOpening(this, this.locks);
	}

	get usage(): StoreUsage {
		const { index, space } = this;
		const { free, total } = space;
		return { recordings: index.octets, locked: index.lockedOctets, free, total, from: index.from };
	}

	cameras(): readonly RecordedCamera[] {
		return this.index.cameras().filter(({ key, to }) => to > 0 || this.writers.has(key));
	}

	segments(camera: CameraKey, from: Utc, to: Utc, max: number): readonly Segment[] {
		return this.index.segments(camera, from, to, max);
	}

	segmentAt(path: string): Segment | undefined {
		return this.index.segmentAt(path);
	}

	coverage(camera: CameraKey, from: Utc, to: Utc, resolution: Millis, max?: number): readonly Coverage[] {
		return this.index.coverage(camera, from, to, resolution, max);
	}

	/** @throws {RangeError} for an invalid key, and while the camera has a writer */
	writer(camera: CameraKey, title: string, listener: RecordingListener): RecordingWriter {
		if (!isCameraKey(camera)) throw new RangeError(`${camera} is not a camera key`);
		if (this.writers.has(camera)) throw new RangeError(`${camera} has a writer`);
		const writer = new CameraWriter(this, camera, title, listener);
		this.index.table(camera);
		this.index.name(camera, title);
		this.writers.set(camera, writer);
		this.handles.set(writer, this.host.pump.add<undefined, CameraWriter>(writer, undefined));
		return writer;
	}

	reader(camera: CameraKey): RecordingReader {
		const reader = new StoreReader(this, camera);
		this.readers.add(reader);
		return reader;
	}

	delete(segment: Segment, done: FileDone<undefined>): void {
		const table = this.index.find(segment.camera);
		const row = table?.rowAt(segment.start) ?? -1;
		if (table === undefined || row < 0) {
			return this.later(() => done({ failure: "not-found", detail: `${segment.path} does not exist` }));
		}
		if (table.isRunning(row) || table.isLocked(row) || table.isGoing(row)) {
			return this.later(() => done({ failure: "busy", detail: `${segment.path} is being written, or locked` }));
		}
		this.remove(segment, done);
	}

	lock(camera: CameraKey, from: Utc, to: Utc, isLocked: boolean, done: FileDone<undefined>): void {
		this.locks.lock(camera, from, to, isLocked, done);
	}

	watch(listener: StoreListener): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Closes all writers in order, and ends what the store does by itself. @param done called when all is on the medium */
	close(done: () => void): void {
		this.handle.remove();
		let open = this.writers.size;
		if (open === 0) return this.later(done);
		for (const writer of [...this.writers.values()]) {
			writer.close("off", () => {
				if (--open === 0) done();
			});
		}
	}

	/** @see Machine */
	expire(now: Millis): void {
		this.deadline = now + TICK;
		this.space.tick(now);
		this.opening.tick();
	}

	/** @see StoreOpening */
	opened(state: "ready" | "failed"): void {
		this.state = state;
		this.space.tidy();
	}

	/** Writes to the log. */
	warn(text: string): void {
		this.host.log.write("warn", "storage", text);
	}

	/** A segment was found or has changed. */
	changed(segment: Segment): void {
		for (const listener of this.listeners) listener.segmentChanged?.(segment);
	}

	/** Deletes a segment that is neither running nor locked. @see SpaceOwner */
	remove(segment: Segment, done: FileDone<undefined>): void {
		const { camera, start } = segment;
		const table = this.index.table(camera);
		table.setGoing(table.rowAt(start), true);
		this.files.delete(table.path(table.rowAt(start)), (answer) => {
			if (answer.failure !== undefined && answer.failure !== "not-found") {
				table.setGoing(table.rowAt(start), false);
				return done(answer);
			}
			this.files.syncFolder(dayFolder(camera, start), () => {
				this.gone(table, start);
				done({ value: undefined });
			});
		});
	}

	/** @see SpaceOwner, SegmentOwner */
	makeRoom(done: (hasRoom: boolean) => void): void {
		if (this.opening.isScanned) this.space.makeRoom(done);
		else done(false);
	}

	/** @see ReaderOwner */
	find(camera: CameraKey): SegmentTable | undefined {
		return this.index.find(camera);
	}

	/** @see ReaderOwner */
	running(camera: CameraKey, start: Utc): SegmentFile | undefined {
		for (const { file } of this.active.values()) if (file.camera === camera && file.start === start) return file;
		return undefined;
	}

	/** @see ReaderOwner */
	later(run: () => void): void {
		this.host.pump.after(0, run);
	}

	/** @see ReaderOwner */
	readerClosed(reader: StoreReader): void {
		this.readers.delete(reader);
	}

	/** @see WriterOwner */
	now(): Millis {
		return this.host.pump.now();
	}

	/** @see SegmentOwner */
	queue(octets: Octets): void {
		this.queued += octets;
	}

	/** @see WriterOwner */
	has(camera: CameraKey, start: Utc): boolean {
		return (this.index.find(camera)?.rowAt(start) ?? -1) >= 0 || this.running(camera, start) !== undefined;
	}

	/** @see WriterOwner */
	began(file: SegmentFile, writer: CameraWriter): void {
		this.active.set(file.path, { file, writer });
	}

	/** @see WriterOwner */
	rearm(writer: CameraWriter): void {
		const handle = this.handles.get(writer);
		if (handle !== undefined) this.host.pump.rearm(handle);
	}

	/** @see WriterOwner */
	closed(writer: CameraWriter): void {
		this.handles.get(writer)?.remove();
		this.handles.delete(writer);
		if (this.writers.get(writer.camera) === writer) this.writers.delete(writer.camera);
	}

	/** @see SegmentOwner */
	grown(file: SegmentFile, octets: Octets): void {
		const table = this.index.table(file.camera);
		const row = table.rowAt(file.start);
		if (row >= 0) table.update(row, file.facts, file.length);
		else if (table.add(file.facts, file.length, true) >= 0) this.index.name(file.camera, file.head.title);
		this.space.written(octets);
		this.active.get(file.path)?.writer.grown();
		this.tell(table, file.start);
		if (this.opening.isScanned) this.space.tidy();
	}

	/** @see SegmentOwner */
	finished(file: SegmentFile): void {
		const table = this.index.table(file.camera);
		const row = table.rowAt(file.start);
		if (row >= 0) {
			table.update(row, file.facts, file.length);
			table.finish(row);
		}
		this.over(file, undefined, "");
		this.tell(table, file.start);
	}

	/** @see SegmentOwner */
	broken(file: SegmentFile, why: FileFailure, detail: string): void {
		const table = this.index.table(file.camera);
		// One attempt follows the other while the medium fails.
		if (this.active.get(file.path)?.writer.isTroubled !== true) this.warn(`${file.path}: ${detail}`);
		const row = table.rowAt(file.start);
		if (row >= 0 && table.isLocked(row)) this.locks.keep(file.camera, file.start);
		this.gone(table, file.start);
		this.over(file, why, detail);
		const { camera, start, length } = file;
		if (why !== "exists") this.opening.repair({ camera, start, limit: length, gap: "storage" });
	}

	private over(file: SegmentFile, why: FileFailure | undefined, detail: string): void {
		const entry = this.active.get(file.path);
		this.active.delete(file.path);
		entry?.writer.over(file, why, detail);
	}

	/** A segment is not there any more. */
	private gone(table: SegmentTable, start: Utc): void {
		const row = table.rowAt(start);
		if (row < 0) return;
		const segment = table.segment(row);
		table.remove(row);
		for (const reader of [...this.readers]) if (reader.camera === segment.camera) reader.deleted(start);
		for (const listener of this.listeners) listener.segmentDeleted?.(segment);
		this.dropFolder(table, start);
	}

	/** Deletes the folder of a day without segments, unless it is the newest one: it may be in use. */
	private dropFolder(table: SegmentTable, start: Utc): void {
		const day = Math.floor(start / DAY) * DAY;
		const next = table.rowFrom(day);
		if (next >= table.count || table.start(next) < day + DAY) return;
		const folder = dayFolder(table.camera, start);
		this.folders.forget(folder);
		// One with something else in it stays.
		this.files.delete(folder, () => undefined);
	}

	private tell(table: SegmentTable, start: Utc): void {
		const row = table.rowAt(start);
		if (row >= 0 && this.listeners.size > 0) this.changed(table.segment(row));
	}
}
