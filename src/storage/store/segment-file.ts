import type { Millis, Octets } from "../../core/time";
import { ClusterIndex } from "../../media/matroska/cluster-index";
import type { MatroskaCluster } from "../../media/matroska/matroska-cluster";
import { MATROSKA_PATCH, type MatroskaHead, matroskaHead, SEGMENT_CONTENT } from "../../media/matroska/matroska-head";
import type { FileFailure, FileOperation, FileSink, Files, OpenFile } from "../../ports/files";
import type { Folders } from "../files/folders";
import type { GapReason, Utc } from "../recording";
import type { ClusterPool } from "./cluster-pool";
import { dayFolder, partName, type SegmentFacts, segmentName } from "./segment-name";

/** How many clusters are written before a sync: the file takes no more operations at a time. */
const CLUSTERS_AT_ONCE = 8;
/** How long the last picture before a gap is shown at most. */
export const LAST_PICTURE_MAX: Millis = 1000;

/** What a {@link SegmentFile} needs of the store, and tells it. Called between calls only. */
export interface SegmentOwner {
	readonly files: Files;
	readonly folders: Folders;
	/** Written clusters go back into it. */
	readonly clusters: ClusterPool;
	/** More pictures, and so many octets, are on the medium, and can be read. */
	grown(file: SegmentFile, octets: Octets): void;
	/** It has its final name. */
	finished(file: SegmentFile): void;
	/** It can't be written any further; what was synced stays in the file with the name of a running one, to be repaired. */
	broken(file: SegmentFile, why: FileFailure, detail: string): void;
	/** So many octets more, or less, wait for the medium. */
	queue(octets: Octets): void;
	/** The medium is full: deletes the oldest recordings. @param done told whether there is more room than before */
	makeRoom(done: (hasRoom: boolean) => void): void;
}

/**
 * Writes one segment, so that a power cut at any moment costs the running second at most:
 *
 * make the file, write the head, sync it, sync the folder; for each cluster: write, sync; at the end: write the cues, sync,
 * patch the head, sync, rename, sync the folder. Only one step is under way at a time.
 */
export class SegmentFile implements FileSink {
	/** Where the clusters on the medium are that begin with a key picture. */
	readonly clusters = new ClusterIndex();
	/** Of the pictures on the medium. */
	pictures = 0;
	/** The time of the newest picture on the medium, since the start. */
	last: Millis = 0;
	/** The length of what is on the medium. */
	length: Octets = 0;
	/** When the newest picture is no longer shown, since the start; an estimate until the end is known. */
	duration: Millis = 0;
	gap: GapReason | undefined;
	/** Octets that wait. */
	queued: Octets = 0;
	/** True: it was told to end. */
	isEnding = false;
	/** True: nothing more happens. */
	isOver = false;
	private file: OpenFile | undefined;
	private readonly waiting: MatroskaCluster[] = [];
	/** How many of them are to be put on the medium, and how many are being written. */
	private flushing = 0;
	private writing = 0;
	private step: "idle" | "make" | "cluster" | "cues" | "patch" | "rename" = "idle";
	private why: FileFailure | undefined;
	private detail = "";
	private bytes: Uint8Array;

	constructor(
		private readonly owner: SegmentOwner,
		readonly camera: string,
		readonly head: MatroskaHead,
	) {
		this.bytes = matroskaHead(head);
		this.make();
	}

	/** When its first picture was taken. */
	get start(): Utc {
		return this.head.utc;
	}

	/** Where it is while it is being written. */
	get path(): string {
		return `${dayFolder(this.camera, this.start)}/${partName(this.start)}`;
	}

	/** What is known of it now. */
	get facts(): SegmentFacts {
		const { head, duration, pictures, gap } = this;
		const { width, height, encoding } = head;
		return { start: head.utc, duration, pictures, width, height, encoding, gap };
	}

	/** Appends pictures, which wait until {@link flush}; the owner gets the cluster back. */
	append(cluster: MatroskaCluster): void {
		this.waiting.push(cluster);
		this.queued += cluster.length;
		this.owner.queue(cluster.length);
		if (this.waiting.length - this.flushing >= CLUSTERS_AT_ONCE) this.flush();
	}

	/** Puts all that waits on the medium. */
	flush(): void {
		this.flushing = this.waiting.length;
		this.next();
	}

	/** Ends the segment after what waits. @param duration when its newest picture is no longer shown, since the start */
	end(duration: Millis, gap: GapReason | undefined): void {
		if (this.isEnding) return;
		this.isEnding = true;
		this.duration = duration;
		this.gap = gap;
		this.flush();
	}

	/** @see FileSink */
	completed(operation: FileOperation): void {
		if (operation === "sync") this.synced();
	}

	/** @see FileSink */
	failed(operation: FileOperation, why: FileFailure, detail: string): void {
		if (this.why === undefined) {
			this.why = why;
			this.detail = detail;
		}
		// A failed sync proves that what was written is lost, so nothing can be tried again.
		if (operation === "sync") this.synced(true);
	}

	private make(): void {
		const { files, folders } = this.owner;
		this.step = "make";
		const folder = dayFolder(this.camera, this.start);
		folders.ensure(folder, (made) => {
			if (made.failure !== undefined) return this.fail(made.failure, made.detail);
			files.open(this.path, "create", (answer) => {
				if (answer.failure !== undefined) return this.fail(answer.failure, answer.detail);
				this.file = answer.value;
				this.write(0);
			});
		});
	}

	/** Writes what is in `bytes` and syncs. */
	private write(at: Octets, bytes = this.bytes, length: Octets = bytes.length): void {
		this.why = undefined;
		this.file?.write(at, bytes, 0, length, this);
		this.file?.sync(this);
	}

	private writeClusters(): void {
		let at = this.length;
		this.why = undefined;
		for (let i = 0; i < this.writing; i++) {
			const { bytes, length } = this.waiting[i];
			this.file?.write(at, bytes, 0, length, this);
			at += length;
		}
		this.file?.sync(this);
	}

	/** Starts the next step, if none is under way. */
	private next(): void {
		if (this.step !== "idle" || this.isOver) return;
		if (this.flushing > 0) {
			this.step = "cluster";
			this.writing = Math.min(this.flushing, CLUSTERS_AT_ONCE);
			this.writeClusters();
		} else if (this.isEnding) {
			this.step = "cues";
			this.bytes = this.clusters.encode(SEGMENT_CONTENT);
			this.write(this.length);
		}
	}

	private synced(isLost = false): void {
		const { why, step } = this;
		if (why === "full" && !isLost) return this.owner.makeRoom((hasRoom) => this.retry(hasRoom));
		if (why !== undefined) return this.fail(why, this.detail);
		if (step === "make") {
			this.length = this.bytes.length;
			this.owner.files.syncFolder(dayFolder(this.camera, this.start), (answer) => {
				if (answer.failure !== undefined) return this.fail(answer.failure, answer.detail);
				this.step = "idle";
				this.next();
			});
		} else if (step === "cluster") {
			this.written();
		} else if (step === "cues") {
			this.step = "patch";
			const { duration, pictures, length, gap } = this;
			const whole = length + this.bytes.length;
			const ending = { duration, pictures, gap: gap ?? "", cues: length, length: whole };
			this.length = whole;
			this.bytes = matroskaHead(this.head, ending);
			this.write(0, this.bytes, MATROSKA_PATCH);
		} else {
			this.rename();
		}
	}

	private written(): void {
		const before = this.length;
		for (const cluster of this.waiting.splice(0, this.writing)) {
			const { length, first, last, pictures } = cluster;
			if (cluster.isKey) this.clusters.add(first, this.length);
			this.length += length;
			this.pictures += pictures;
			// An estimate: the newest picture is shown as long as the others of its cluster.
			const each = pictures > 1 ? (last - first) / (pictures - 1) : first - this.last;
			if (!this.isEnding) this.duration = last + Math.round(Math.min(LAST_PICTURE_MAX, Math.max(1, each)));
			this.last = last;
			this.give(cluster);
		}
		this.flushing -= this.writing;
		this.step = "idle";
		this.owner.grown(this, this.length - before);
		this.next();
	}

	private rename(): void {
		const { files } = this.owner;
		this.step = "rename";
		this.close();
		const folder = dayFolder(this.camera, this.start);
		files.rename(this.path, `${folder}/${segmentName(this.facts)}`, (answer) => {
			if (answer.failure !== undefined) return this.fail(answer.failure, answer.detail);
			files.syncFolder(folder, () => {
				// Where this fails, a power cut may leave the old name, and the segment is repaired.
				this.isOver = true;
				this.owner.finished(this);
			});
		});
	}

	/** There is room now, or there is not. */
	private retry(hasRoom: boolean): void {
		if (!hasRoom) return this.fail("full", this.detail);
		if (this.step === "cluster") this.writeClusters();
		else if (this.step === "patch") this.write(0, this.bytes, MATROSKA_PATCH);
		else this.write(this.step === "make" ? 0 : this.length);
	}

	private fail(why: FileFailure, detail: string): void {
		if (this.isOver) return;
		this.isOver = true;
		this.close();
		for (const cluster of this.waiting) this.give(cluster);
		this.waiting.length = this.flushing = 0;
		this.owner.broken(this, why, detail);
	}

	private give(cluster: MatroskaCluster): void {
		this.queued -= cluster.length;
		this.owner.queue(-cluster.length);
		this.owner.clusters.put(cluster);
	}

	private close(): void {
		this.file?.close();
		this.file = undefined;
	}
}
