import type { Millis, Octets } from "../../core/time";
import { MATROSKA_PATCH, type MatroskaEnding, matroskaHead } from "../../media/matroska/matroska-head";
import { CLUSTER_LENGTH_AT, clusterLengthPatch, MatroskaScan } from "../../media/matroska/matroska-scan";
import { MatroskaWalker, WALK_MAX } from "../../media/matroska/matroska-walker";
import type { FileAnswer, FileFailure, FileOperation, FileSink, Files, OpenFile } from "../../ports/files";
import type { CameraKey, GapReason, Utc } from "../recording";
import { LAST_PICTURE_MAX } from "./segment-file";
import { dayFolder, parseGap, partName, SEGMENT_DURATION_MAX, type SegmentFacts, segmentName } from "./segment-name";

/** What was left of a segment. */
export interface RepairedSegment {
	readonly facts: SegmentFacts;
	readonly octets: Octets;
	/** The name of the camera, as the file says it. */
	readonly title: string;
}

/** A segment to be repaired. */
export interface BrokenSegment {
	readonly camera: CameraKey;
	readonly start: Utc;
	/** How much of the file can be relied on; `Infinity`: as much as is sound. */
	readonly limit: Octets;
	readonly gap: GapReason;
}

/** How much is read at least at a time: a few small pictures. */
const READ_MIN: Octets = 4096;
/** A file that is larger is not deleted where its head can't be read: it may hold recordings. */
const HEAD_ONLY: Octets = 65_536;

/**
 * Finishes a segment that was never finished: walks over it, cuts it after its last whole picture, appends the cues, patches the head,
 * and gives it its final name. Power may fail at any moment of this: then it is done again.
 */
export class SegmentRepair implements FileSink {
	private readonly scan = new MatroskaScan();
	private readonly walker = new MatroskaWalker(this.scan, true);
	private readonly bytes = new Uint8Array(WALK_MAX);
	private readonly folder: string;
	private readonly path: string;
	private file: OpenFile | undefined;
	private size: Octets = 0;
	/** Where its last picture ends. */
	private end: Octets = 0;
	private facts: SegmentFacts | undefined;
	private step: "walk" | "cues" | "patch" = "walk";
	private why: FileFailure | undefined;
	private detail = "";

	/** @param done gets the segment; `undefined`: there was no picture in it, or no file, and there is none now */
	constructor(
		private readonly files: Files,
		private readonly broken: BrokenSegment,
		private readonly done: (answer: FileAnswer<RepairedSegment | undefined>) => void,
	) {
		this.folder = dayFolder(broken.camera, broken.start);
		this.path = `${this.folder}/${partName(broken.start)}`;
		files.open(this.path, "update", (answer) => {
			if (answer.failure === "not-found") return done({ value: undefined });
			if (answer.failure !== undefined) return done(answer);
			this.file = answer.value;
			this.size = Math.min(answer.value.size, broken.limit);
			this.walker.open(this.size);
			this.walk();
		});
	}

	/** @see FileSink */
	completed(operation: FileOperation, count: Octets): void {
		if (operation === "read") {
			this.walker.take(this.bytes, 0, count);
			this.walk();
		} else if (operation === "sync") {
			this.synced();
		}
	}

	/** @see FileSink */
	failed(operation: FileOperation, why: FileFailure, detail: string): void {
		this.why ??= why;
		this.detail = detail;
		if (operation === "read") this.fail();
		else if (operation === "sync") this.synced();
	}

	private walk(): void {
		const { walker, file, size } = this;
		if (walker.isWalking) {
			const length = Math.min(WALK_MAX, Math.max(READ_MIN, walker.need), size - walker.at);
			file?.read(walker.at, this.bytes, 0, Math.max(0, length), this);
			return;
		}
		if (walker.facts === undefined || this.scan.pictures === 0) return this.discard();
		const { ending } = walker.facts;
		if (ending !== undefined && ending.length === size) return this.keepEnded(ending);
		this.cut();
	}

	/** All was written, only the name is missing. */
	private keepEnded({ duration, gap }: MatroskaEnding): void {
		this.describe(duration, parseGap(gap));
		this.step = "patch";
		this.file?.sync(this);
	}

	/** Cuts the file after its last whole picture, and appends the cues. */
	private cut(): void {
		const { walker, scan, file } = this;
		const segment = walker.facts?.segment ?? 0;
		const shown = Math.min(LAST_PICTURE_MAX, Math.max(1, scan.last - scan.before));
		this.describe(scan.last + shown, this.broken.gap);
		// Cues that are there already are written again.
		const end = Math.min(walker.wholePicture, scan.clusterEnd);
		this.end = end;
		const cues = scan.index.encode(segment);
		file?.truncate(end, this);
		if (end > walker.whole) {
			const patch = clusterLengthPatch(walker.clusterAt, end);
			file?.write(walker.clusterAt + CLUSTER_LENGTH_AT, patch, 0, patch.length, this);
		}
		this.step = "cues";
		file?.write(end, cues, 0, cues.length, this);
		file?.sync(this);
		this.size = end + cues.length;
	}

	private describe(duration: Millis, gap: GapReason | undefined): void {
		const { facts } = this.walker;
		if (facts === undefined) return;
		const { encoding, width, height } = facts;
		const { start } = this.broken;
		// A name that says more would not be read again.
		const whole = Math.min(SEGMENT_DURATION_MAX, Math.max(1, Math.round(duration)));
		this.facts = { start, duration: whole, pictures: this.scan.pictures, width, height, encoding, gap };
	}

	private synced(): void {
		const { walker, facts, file, why } = this;
		const head = walker.facts;
		if (why !== undefined || facts === undefined || head === undefined) return this.fail();
		if (this.step === "patch") return this.rename();
		this.step = "patch";
		const { duration, pictures, gap } = facts;
		const cues = this.end;
		const patch = matroskaHead(head, { duration, pictures, gap: gap ?? "", cues, length: this.size });
		file?.write(0, patch, 0, MATROSKA_PATCH, this);
		file?.sync(this);
	}

	private rename(): void {
		const { files, folder, done, size } = this;
		const facts = this.facts as SegmentFacts;
		this.file?.close();
		files.rename(this.path, `${folder}/${segmentName(facts)}`, (answer) => {
			if (answer.failure !== undefined) return done(answer);
			files.syncFolder(folder, () => done({ value: { facts, octets: size, title: this.walker.facts?.title ?? "" } }));
		});
	}

	/** The file has no picture. */
	private discard(): void {
		const { files, folder, path, done, walker } = this;
		this.file?.close();
		const gone = (answer: FileAnswer<undefined>) => {
			if (answer.failure !== undefined && answer.failure !== "not-found") return done(answer);
			files.syncFolder(folder, () => done({ value: undefined }));
		};
		if (walker.facts === undefined && this.size > HEAD_ONLY) files.rename(path, `${path}.broken`, gone);
		else files.delete(path, gone);
	}

	private fail(): void {
		this.file?.close();
		this.done({ failure: this.why ?? "failed", detail: this.detail });
	}
}
