import type { Machine } from "../../core/machine";
import type { Millis, Octets } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import type { Frame } from "../../media/frame";
import { readSps, type SpsInfo } from "../../media/h264-sps";
import { JpegSize } from "../../media/jpeg-size";
import { isSameSets } from "../../media/matroska/avc-config";
import type { MatroskaCluster } from "../../media/matroska/matroska-cluster";
import type { VideoEncoding } from "../../media/video-encoding";
import type { FileFailure } from "../../ports/files";
import type { CameraKey, GapReason, Utc } from "../recording";
import type { RecordingListener, RecordingWriter } from "../recording-writer";
import { LAST_PICTURE_MAX, SegmentFile, type SegmentOwner } from "./segment-file";

/** Segments begin at multiples of it, where a camera is recorded without a gap. */
const SEGMENT_DURATION: Millis = 600_000;
/** A camera that changes its pictures more often than this loses some: a segment for each would fill the index and the folder. */
const SEGMENT_MIN: Millis = 1000;
/** How much later a segment ends at the latest when no key picture comes. */
const KEY_WAIT: Millis = 120_000;
/** Between two pictures of a segment. A longer one means that the clock was set. */
const JUMP: Millis = 60_000;
/** A longer segment ends before its time. */
const SEGMENT_OCTETS: Octets = 1_073_741_824;
/** How often what was recorded is put on the medium. */
const FLUSH: Millis = 1000;
/** A cluster with so many octets is not filled any further. */
const CLUSTER_OCTETS: Octets = 1_048_576;
/** What waits for the medium may not be more for one camera. */
const QUEUE_MAX: Octets = 8_388_608;
/** How many segments of a camera may be on their way to their end. */
const ENDING_MAX = 3;
/** How long nothing is tried after a failure of the medium. */
const RETRY: Millis = 2000;

/** What a {@link CameraWriter} needs of the store. */
export interface WriterOwner extends SegmentOwner {
	now(): Millis;
	/** Octets of all cameras that wait for the medium, and how many there may be. */
	readonly queued: Octets;
	readonly queueMax: Octets;
	/** True: the camera has a segment with this start. */
	has(camera: CameraKey, start: Utc): boolean;
	/** A segment begins. */
	began(file: SegmentFile, writer: CameraWriter): void;
	/** The writer's deadline has changed. */
	rearm(writer: CameraWriter): void;
	/** The writer will write nothing more. */
	closed(writer: CameraWriter): void;
}

/** Records one camera into segments. @see RecordingWriter */
export class CameraWriter implements RecordingWriter, Machine<undefined> {
	/** When {@link expire} must be called next. */
	deadline: Millis = Infinity;
	private file: SegmentFile | undefined;
	private cluster: MatroskaCluster | undefined;
	/** Octets of the cluster before. */
	private octets: Octets = 0;
	/** Segments on their way to their end. */
	private readonly ending: SegmentFile[] = [];
	private readonly size = new JpegSize();
	private sets: readonly Uint8Array[] = NO_SETS;
	private info: SpsInfo | undefined;
	/** The time of the newest picture, and how long the one before it was shown. */
	private last: Utc = 0;
	private shown: Millis = LAST_PICTURE_MAX;
	/** When the segment is to end. */
	private until: Utc = 0;
	/** Shortly before this time no segment begins. */
	private notBefore: Utc = -Infinity;
	/** When something may be tried again after a failure. */
	private retryAt: Millis = -Infinity;
	/** True: the medium is too slow, and pictures are dropped until little waits. */
	private isStalled = false;
	/** True: the listener was told of a trouble that is not over. */
	isTroubled = false;
	/** What the listener is to be told after the call. */
	private trouble: string | undefined;
	private done: (() => void) | undefined;

	constructor(
		private readonly owner: WriterOwner,
		readonly camera: CameraKey,
		readonly title: string,
		private readonly listener: RecordingListener,
	) {}

	/** The segment that is being written; `undefined`: none. */
	get running(): SegmentFile | undefined {
		return this.file;
	}

	frame(frame: Frame, utc: Utc): void {
		const { size } = this;
		if (!size.read(frame.bytes, frame.start, frame.end)) return;
		if (!this.admit(utc, frame.length, "JPEG", size.width, size.height, NO_SETS, true)) return;
		const time = this.timeOf(utc);
		if (this.room().frame(frame, time)) return this.added(utc);
		this.flush(false);
		if (this.room().frame(frame, time)) this.added(utc);
	}

	unit(unit: AccessUnit, utc: Utc, parameterSets: readonly Uint8Array[]): void {
		const info = this.infoOf(parameterSets, unit.isKey);
		if (info === undefined) return;
		if (!this.admit(utc, unit.length, "H264", info.width, info.height, this.sets, unit.isKey)) return;
		const time = this.timeOf(utc);
		// Each key picture begins a cluster, so that the cues have it.
		if (unit.isKey) this.flush(false);
		if (this.room().unit(unit, time)) return this.added(utc);
		this.flush(false);
		if (this.room().unit(unit, time)) this.added(utc);
	}

	pause(reason: GapReason): void {
		this.finish(this.last + this.shown, reason);
	}

	close(reason: GapReason, done: () => void): void {
		if (this.done !== undefined) return;
		this.pause(reason);
		this.done = done;
		// Never during the call.
		this.arm(this.owner.now());
	}

	/** @see Machine */
	expire(now: Millis): void {
		this.deadline = Infinity;
		this.flush(true);
		const { trouble } = this;
		this.trouble = undefined;
		if (trouble !== undefined) this.tell(trouble);
		if (this.done !== undefined && this.ending.length === 0) this.leave();
		else if (this.cluster !== undefined) this.arm(now + FLUSH);
	}

	/** A segment of this camera has more pictures on the medium. */
	grown(): void {
		if (this.isStalled || !this.isTroubled) return;
		this.isTroubled = false;
		this.listener.storageWorks();
	}

	/** A segment of this camera is over, for good or ill. */
	over(file: SegmentFile, why: FileFailure | undefined, detail: string): void {
		const at = this.ending.indexOf(file);
		if (at >= 0) this.ending.splice(at, 1);
		if (this.file === file) {
			this.file = undefined;
			this.drop();
		}
		if (why !== undefined) {
			this.retryAt = this.owner.now() + RETRY;
			this.tell(why === "full" ? "the medium is full and nothing may be deleted" : `the medium fails: ${detail}`);
		}
		if (this.done !== undefined && this.ending.length === 0) this.leave();
	}

	/** Whether a picture is recorded; ends the segment before it, and begins the one for it. */
	private admit(
		utc: Utc,
		octets: Octets,
		encoding: VideoEncoding,
		width: number,
		height: number,
		sets: readonly Uint8Array[],
		isKey: boolean,
	): boolean {
		if (this.done !== undefined) return false;
		if (this.file !== undefined) this.endBefore(utc, encoding, width, height, sets, isKey);
		if (!this.hasRoom(octets)) return false;
		if (this.file !== undefined) return true;
		if (!isKey || this.owner.now() < this.retryAt || this.owner.has(this.camera, utc)) return false;
		if (utc < this.notBefore && utc >= this.notBefore - SEGMENT_MIN) return false;
		this.until = (Math.floor(utc / SEGMENT_DURATION) + 1) * SEGMENT_DURATION;
		const { owner, camera, title } = this;
		this.file = new SegmentFile(owner, camera, { encoding, width, height, utc, parameterSets: sets, camera, title });
		owner.began(this.file, this);
		return true;
	}

	/** Ends the running segment if a picture can't be in it. */
	private endBefore(
		utc: Utc,
		encoding: VideoEncoding,
		width: number,
		height: number,
		sets: readonly Uint8Array[],
		isKey: boolean,
	): void {
		const file = this.file as SegmentFile;
		const { head } = file;
		const octets = file.length + file.queued;
		if (utc <= this.last || utc - this.last > JUMP) {
			this.finish(this.last + this.shown, "clock");
		} else if (head.encoding !== encoding || head.width !== width || head.height !== height) {
			this.change(file, utc);
		} else if (isKey && !isSameSets(head.parameterSets, sets)) {
			this.change(file, utc);
		} else if (isKey && (utc >= this.until || octets > SEGMENT_OCTETS)) {
			this.finish(utc, undefined);
		} else if (utc >= this.until + KEY_WAIT || octets > 2 * SEGMENT_OCTETS) {
			this.finish(utc, undefined);
		}
	}

	/** The camera sends something else now: ends the segment. */
	private change({ start }: SegmentFile, utc: Utc): void {
		if (utc >= start + SEGMENT_MIN) return this.finish(utc, undefined);
		this.notBefore = start + SEGMENT_MIN;
		this.finish(this.last + this.shown, "source");
	}

	/** Whether more may wait; where not, the segment ends here, until little waits. */
	private hasRoom(octets: Octets): boolean {
		const { owner } = this;
		let queued = octets + (this.cluster?.length ?? 0) + (this.file?.queued ?? 0);
		for (const file of this.ending) queued += file.queued;
		const most = this.isStalled ? QUEUE_MAX >> 2 : QUEUE_MAX;
		const mostOfAll = this.isStalled ? owner.queueMax >> 1 : owner.queueMax;
		if (queued <= most && owner.queued + octets <= mostOfAll && this.ending.length < ENDING_MAX) {
			this.isStalled = false;
			return true;
		}
		if (!this.isStalled) {
			this.isStalled = true;
			this.trouble = "the medium is too slow, pictures are dropped";
			this.finish(this.last + this.shown, "storage");
			this.arm(owner.now());
		}
		return false;
	}

	private finish(end: Utc, gap: GapReason | undefined): void {
		const { file } = this;
		if (file === undefined) return;
		this.flush(true);
		this.file = undefined;
		this.ending.push(file);
		file.end(Math.max(1, end - file.start), gap);
	}

	/** The cluster that the next picture goes into. */
	private room(): MatroskaCluster {
		if (this.cluster !== undefined && this.cluster.length > CLUSTER_OCTETS) this.flush(false);
		if (this.cluster === undefined) {
			this.cluster = this.owner.clusters.take(this.octets);
			this.arm(this.owner.now() + FLUSH);
		}
		return this.cluster;
	}

	/** A picture is in the cluster. */
	private added(utc: Utc): void {
		const isFirst = utc === this.file?.start;
		if (!isFirst) this.shown = Math.min(LAST_PICTURE_MAX, utc - this.last);
		this.last = utc;
	}

	/** Hands the cluster over to the segment. @param isNow true: all that waits goes to the medium now */
	private flush(isNow: boolean): void {
		const { cluster, file } = this;
		if (file === undefined) return;
		if (cluster !== undefined && cluster.pictures > 0) {
			this.cluster = undefined;
			this.octets = cluster.length;
			file.append(cluster);
		}
		if (isNow) file.flush();
	}

	private drop(): void {
		const { cluster } = this;
		this.cluster = undefined;
		if (cluster !== undefined) this.owner.clusters.put(cluster);
	}

	private timeOf(utc: Utc): Millis {
		return utc - (this.file?.start ?? utc);
	}

	/** Finds the size of the pictures, when the parameter sets have changed. */
	private infoOf(sets: readonly Uint8Array[], isKey: boolean): SpsInfo | undefined {
		if (!isKey || sets === this.sets || sets.length === 0) return this.info;
		if (isSameSets(sets, this.sets)) return this.info;
		this.info = readSps(sets[0], 0, sets[0].length);
		this.sets = sets;
		return this.info;
	}

	private tell(trouble: string): void {
		if (this.isTroubled) return;
		this.isTroubled = true;
		this.listener.storageTrouble(trouble);
	}

	private arm(at: Millis): void {
		if (at >= this.deadline) return;
		this.deadline = at;
		this.owner.rearm(this);
	}

	private leave(): void {
		const { done } = this;
		this.done = undefined;
		this.drop();
		this.owner.closed(this);
		done?.();
	}
}

const NO_SETS: readonly Uint8Array[] = Object.freeze([]);
