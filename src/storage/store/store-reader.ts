import type { AccessUnit } from "../../media/access-unit";
import { BufferPool } from "../../media/buffer-pool";
import type { Frame } from "../../media/frame";
import type { Files } from "../../ports/files";
import type { CameraKey, Utc } from "../recording";
import type { RecordingReader, RecordingSearch, RecordingSink } from "../recording-reader";
import type { SegmentFile } from "./segment-file";
import { SegmentReader, type SegmentReaderSink } from "./segment-reader";
import type { SegmentTable } from "./segment-table";

/** What a {@link StoreReader} needs of the store. */
export interface ReaderOwner {
	readonly files: Files;
	/** The segments of a camera; `undefined`: there are none. */
	find(camera: CameraKey): SegmentTable | undefined;
	/** The segment of a camera with this start while it is being written; `undefined`: it is finished. */
	running(camera: CameraKey, start: Utc): SegmentFile | undefined;
	/** Calls `run` soon, never during the call. */
	later(run: () => void): void;
	/** The reader is not used any more. */
	readerClosed(reader: StoreReader): void;
}

/** After so many segments that can't be read a read fails: it is the medium. */
const FAILURES_MAX = 8;

/** Reads the pictures of a camera from segment to segment. @see RecordingReader */
export class StoreReader implements RecordingReader, SegmentReaderSink {
	private readonly pool = new BufferPool();
	private open: SegmentReader | undefined;
	private sink: RecordingSink | undefined;
	private utc: Utc = 0;
	private search: RecordingSearch = "from";
	private keysOnly = false;
	private isClosed = false;
	/** Segments that could not be read, during one read. */
	private failures = 0;

	constructor(
		private readonly owner: ReaderOwner,
		readonly camera: CameraKey,
	) {}

	read(utc: Utc, search: RecordingSearch, keysOnly: boolean, sink: RecordingSink): void {
		if (this.sink !== undefined) throw new RangeError("one read at a time");
		if (this.isClosed) return;
		this.sink = sink;
		this.utc = utc;
		this.search = search;
		this.keysOnly = keysOnly;
		this.failures = 0;
		const table = this.owner.find(this.camera);
		this.go(table === undefined ? -1 : this.choose(table), false);
	}

	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.sink = undefined;
		this.drop();
		this.owner.readerClosed(this);
	}

	/** A segment of the camera was deleted. */
	deleted(start: Utc): void {
		if (this.open?.segment.start !== start) return;
		this.drop();
		if (this.sink !== undefined) this.take()?.failed("the recording was deleted");
	}

	/** @see SegmentReaderSink */
	found(utc: Utc, picture: Frame | AccessUnit, parameterSets: readonly Uint8Array[]): void {
		const segment = this.open?.segment;
		const sink = this.take();
		if (segment === undefined || sink === undefined) picture.release();
		else sink.found({ utc, segment, picture, parameterSets });
	}

	/** @see SegmentReaderSink */
	none(): void {
		const start = this.open?.segment.start ?? 0;
		const table = this.owner.find(this.camera);
		this.go(table === undefined ? -1 : this.chooseNext(table, start), true);
	}

	/** @see SegmentReaderSink */
	failed(detail: string): void {
		// One segment that can't be read does not block the others.
		if (++this.failures >= FAILURES_MAX) {
			this.open = undefined;
			return this.take()?.failed(detail);
		}
		this.none();
	}

	/** Looks in a row. @param isLater true: this is not during a call */
	private go(row: number, isLater: boolean): void {
		const { owner, camera } = this;
		const table = owner.find(camera);
		if (table === undefined || row < 0 || row >= table.count) {
			if (isLater) return this.take()?.none();
			const { sink } = this;
			return owner.later(() => {
				if (sink === this.sink) this.take()?.none();
			});
		}
		if (this.open === undefined || this.open.segment.start !== table.start(row)) {
			this.drop();
			const running = owner.running(camera, table.start(row));
			this.open = new SegmentReader(owner.files, table.segment(row), running, this.pool, this);
		}
		this.open.find(this.utc, this.search, this.keysOnly);
	}

	/** The row to look in first. Where segments overlap, as the clock was set back, the one that is open has precedence. */
	private choose(table: SegmentTable): number {
		const { utc } = this;
		const open = this.open === undefined ? -1 : table.rowAt(this.open.segment.start);
		if (open >= 0 && table.start(open) <= utc && utc < table.end(open)) return open;
		const next = table.rowFrom(utc + 1);
		for (let row = next - 1; row >= 0 && table.isNear(row, utc); row--) if (table.end(row) > utc) return row;
		if (this.search === "from") return next;
		// The segment that ends last before the time.
		let best = next - 1;
		for (let row = best - 1; row >= 0 && table.isNear(row, utc); row--)
			if (table.end(row) > table.end(best)) best = row;
		return best;
	}

	/** The row to look in when there was no such picture in the one with this start. */
	private chooseNext(table: SegmentTable, start: Utc): number {
		if (this.search === "until") return table.rowFrom(start) - 1;
		let row = table.rowFrom(start + 1);
		while (row < table.count && table.end(row) <= this.utc) row++;
		return row;
	}

	private take(): RecordingSink | undefined {
		const { sink } = this;
		this.sink = undefined;
		return sink;
	}

	private drop(): void {
		this.open?.close();
		this.open = undefined;
	}
}
