import type { Millis, Octets } from "../../core/time";
import { isSameSets } from "../../media/matroska/avc-config";
import { ClusterIndex, CUES_OCTETS_MAX } from "../../media/matroska/cluster-index";
import { CLUSTER_MAX } from "../../media/matroska/matroska-cluster";
import type { MatroskaFacts } from "../../media/matroska/matroska-head-reader";
import { type MatroskaSink, MatroskaWalker, WALK_MAX } from "../../media/matroska/matroska-walker";
import { setsWithLengths } from "../../media/matroska/nal-lengths";
import type { FileFailure, FileOperation, FileSink, Files, OpenFile } from "../../ports/files";
import type { Segment, Utc } from "../recording";
import { EXPORT_GAP, type PictureBudget, PictureTable } from "./picture-table";

/** Why the pictures of a span can't be found: see `ExportRefusal`. */
export type SurveyFailure = "large" | "busy" | "failed";

/** How much is read at a time where pictures are larger than {@link SMALL}: enough for the head of a segment. */
const LOOK: Octets = 4096;
const SMALL: Octets = 8192;
/** How long the last picture is shown at most. */
const LAST_MAX: Millis = 1000;
const LAST_DEFAULT: Millis = 40;

/** Finds the pictures of a span in its segments, without reading them. */
export class SpanSurvey implements MatroskaSink, FileSink {
	private readonly table: PictureTable;
	private readonly walker = new MatroskaWalker(this);
	private readonly index = new ClusterIndex();
	private readonly buffer = new Uint8Array(WALK_MAX);
	/** The `Cues` element that is being read; otherwise `undefined`. */
	private cues: Uint8Array | undefined;
	private file: OpenFile | undefined;
	private number = -1;
	/** Octets that are read at a time. */
	private look = LOOK;
	/** True: a cluster is to be found by the cues before pictures count. */
	private wantsCues = false;
	/** True: the rest of the segment is later than the span. */
	private isPast = false;
	/** True: the table has a file for the current segment. */
	private hasFile = false;
	/** Why no more pictures are looked for. */
	private problem: SurveyFailure | undefined;
	private last: Utc = 0;
	private lastSegment = -1;
	private isOver = false;
	private readonly isJpeg: boolean;

	/** @param done gets the pictures, maybe none; called once, later, unless cancelled */
	constructor(
		private readonly files: Files,
		private readonly segments: readonly Segment[],
		private readonly from: Utc,
		private readonly to: Utc,
		private readonly done: (answer: PictureTable | SurveyFailure) => void,
		budget: PictureBudget,
	) {
		this.table = new PictureTable(budget);
		this.table.encoding = segments[0]?.encoding ?? "JPEG";
		this.isJpeg = this.table.encoding === "JPEG";
	}

	/** Begins. There must be segments. */
	start(): void {
		this.next();
	}

	/** Ends without an answer. */
	cancel(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.file?.close();
		this.table.close();
	}

	/** @see MatroskaSink */
	head(facts: MatroskaFacts): void {
		const { ending, utc } = facts;
		const octets = (ending?.length ?? 0) - (ending?.cues ?? 0);
		this.wantsCues = this.from > utc && octets > 0 && octets <= CUES_OCTETS_MAX;
	}

	/** @see MatroskaSink */
	cluster(): void {}

	/** @see MatroskaSink */
	picture(start: Octets, end: Octets, time: Millis, isKey: boolean): boolean {
		const { facts } = this.walker;
		if (facts === undefined || this.wantsCues) return false;
		if (end - start > CLUSTER_MAX) return true;
		const utc = facts.utc + Math.round(time);
		const { table } = this;
		if (utc >= this.to) {
			this.isPast = true;
			return false;
		}
		// Before the span only the pictures from the last key picture on count, as others depend on them.
		if (utc < this.from && this.isJpeg) return true;
		if (utc <= this.from && isKey) this.clear();
		if (table.count === 0 && !isKey) return true;
		if (!this.hasFile) this.addFile(facts);
		const at = table.count === 0 ? this.begin(facts, utc) : table.time(table.count - 1) + this.step(utc);
		if (!table.hasRoom) this.problem = "busy";
		else if (!table.add(start, end - start, at, isKey)) this.problem = "large";
		if (this.problem !== undefined) return false;
		this.last = utc;
		this.lastSegment = this.number;
		return true;
	}

	/** @see FileSink */
	completed(operation: FileOperation, count: Octets): void {
		if (this.isOver || operation !== "read") return;
		const { cues, walker } = this;
		if (cues === undefined) {
			walker.take(this.buffer, 0, count);
		} else {
			this.cues = undefined;
			this.wantsCues = false;
			this.seek(cues, count);
		}
		this.goOn();
	}

	/** @see FileSink */
	failed(operation: FileOperation, _why: FileFailure, _detail: string): void {
		if (operation === "read") this.finish("failed");
	}

	/** Opens the next segment. */
	private next(): void {
		const { segments, table } = this;
		do this.number++;
		while (this.number < segments.length && segments[this.number].encoding !== table.encoding);
		if (this.number >= segments.length) return this.complete();
		const segment = segments[this.number];
		const isSmall = segment.pictures > 0 && segment.octets / segment.pictures < SMALL;
		this.look = isSmall ? WALK_MAX : LOOK;
		this.hasFile = this.isPast = this.wantsCues = false;
		this.files.open(segment.path, "read", (answer) => {
			if (answer.failure === undefined) this.opened(answer.value);
			// It was deleted meanwhile.
			else if (answer.failure === "not-found") this.isOver || this.next();
			else this.finish("failed");
		});
	}

	private opened(file: OpenFile): void {
		if (this.isOver) return file.close();
		this.file = file;
		this.walker.open(file.size);
		this.goOn();
	}

	private goOn(): void {
		const { walker, file } = this;
		if (file === undefined) return;
		if (this.problem !== undefined) return this.finish(this.problem);
		if (this.wantsCues) {
			const ending = walker.facts?.ending;
			if (ending !== undefined) {
				this.cues = new Uint8Array(ending.length - ending.cues);
				return file.read(ending.cues, this.cues, 0, this.cues.length, this);
			}
		}
		if (walker.isWalking && !this.isPast) {
			return file.read(walker.at, this.buffer, 0, Math.max(walker.need, this.look), this);
		}
		// The pictures that were found count, even if the rest is damaged.
		this.file = undefined;
		const isHeld = this.hasFile && this.segments[this.number].isRunning;
		if (!isHeld) file.close();
		this.next();
	}

	/** Goes to the cluster in which the span begins. */
	private seek(cues: Uint8Array, count: Octets): void {
		const { walker, index, file } = this;
		const { facts } = walker;
		if (facts === undefined || file === undefined) return;
		const isRead = index.decode(cues, 0, count, facts.segment, facts.scale, facts.track);
		const found = isRead ? index.find(this.from - facts.utc) : -1;
		walker.seek(found < 0 ? facts.clusters : index.place(found), file.size);
	}

	/** Forgets the pictures so far: they are before the span. */
	private clear(): void {
		const { table } = this;
		if (table.count === 0) return;
		table.count = 0;
		const file = table.files.pop();
		table.closeFiles();
		if (this.hasFile && file !== undefined) table.files.push(file);
		else file?.handle?.close();
	}

	private addFile({ parameterSets }: MatroskaFacts): void {
		const { path, isRunning } = this.segments[this.number];
		const handle = isRunning ? this.file : undefined;
		this.table.files.push({ path, handle, parameterSets, prefix: setsWithLengths(parameterSets) });
		this.hasFile = true;
	}

	private begin({ width, height }: MatroskaFacts, utc: Utc): Millis {
		const { table } = this;
		table.width = width;
		table.height = height;
		table.utc = utc;
		return 0;
	}

	/** The time from the newest picture to one that was taken at `utc`. */
	private step(utc: Utc): Millis {
		const step = Math.max(1, utc - this.last);
		const { lastSegment, number } = this;
		// A segment in between may have another encoding, or was deleted.
		const isAfterGap =
			number > lastSegment + 1 || (number > lastSegment && this.segments[lastSegment].gap !== undefined);
		return isAfterGap ? Math.min(EXPORT_GAP, step) : step;
	}

	private complete(): void {
		const { table } = this;
		const { count, files } = table;
		if (count === 0) return this.finish(table);
		const before = count > 1 ? table.time(count - 1) - table.time(count - 2) : LAST_DEFAULT;
		table.skipped = Math.max(0, Math.min(this.from - table.utc, table.time(count - 1)));
		table.lastDuration = Math.min(LAST_MAX, Math.max(1, before));
		for (const file of files) if (!isSameSets(file.parameterSets, files[0].parameterSets)) table.hasPrefixes = true;
		this.finish(table);
	}

	private finish(answer: PictureTable | SurveyFailure): void {
		if (this.isOver) return;
		this.isOver = true;
		this.file?.close();
		if (answer !== this.table) this.table.close();
		this.done(answer);
	}
}
