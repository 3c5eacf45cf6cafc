import type { Millis, Octets } from "../../core/time";
import { AccessUnit } from "../../media/access-unit";
import type { BufferPool } from "../../media/buffer-pool";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../media/frame";
import { ClusterIndex, CUES_OCTETS_MAX } from "../../media/matroska/cluster-index";
import { type MatroskaSink, MatroskaWalker, WALK_MAX } from "../../media/matroska/matroska-walker";
import { lengthsToStartCodes } from "../../media/matroska/nal-lengths";
import type { FileFailure, FileOperation, FileSink, Files, OpenFile } from "../../ports/files";
import type { Segment, Utc } from "../recording";
import type { RecordingSearch } from "../recording-reader";
import type { SegmentFile } from "./segment-file";

/** How much is read at a time to find pictures: their heads, without the pictures. */
const LOOK: Octets = 512;
/** The largest picture that is read, as none that was recorded is larger: what a file says is not believed. */
const PICTURE_MAX: Octets = 16 * 1024 * 1024;
/** How much is read at first: the whole head of a segment. */
const HEAD: Octets = 4096;

/** Takes the answer of a {@link SegmentReader}; one of its methods is called, once. */
export interface SegmentReaderSink {
	/** The sink takes over the reference. */
	found(utc: Utc, picture: Frame | AccessUnit, parameterSets: readonly Uint8Array[]): void;
	none(): void;
	failed(detail: string): void;
}

/** Finds and reads the pictures of one segment, running or finished. */
export class SegmentReader implements FileSink, MatroskaSink {
	private readonly walker = new MatroskaWalker(this);
	private readonly bytes = new Uint8Array(WALK_MAX);
	private file: OpenFile | undefined;
	private readonly clusters: ClusterIndex;
	private step: "idle" | "open" | "head" | "cues" | "walk" | "picture" = "open";
	private isClosed = false;
	private cues: Uint8Array = NOTHING;
	/** What is wanted. */
	private time: Millis = 0;
	private search: RecordingSearch = "from";
	private keysOnly = false;
	/** The time of the picture that the walker is behind; -1: it is at no such place. */
	private walked: Millis = -1;
	/** The picture that was found; `foundEnd` 0: none yet. */
	private foundStart: Octets = 0;
	private foundEnd: Octets = 0;
	private foundTime: Millis = 0;
	private foundKey = false;
	private isStopped = false;
	/** Up to where the walker walks. */
	private walkSize: Octets = 0;
	private content: Uint8Array = NOTHING;
	private readonly isJpeg: boolean;
	private sequence = 0;

	/**
	 * Opens the segment; then calls {@link SegmentReaderSink} for each {@link find}.
	 * @param running writes the segment; `undefined`: it is finished
	 * @param pool of the buffers of pictures
	 */
	constructor(
		files: Files,
		readonly segment: Segment,
		private readonly running: SegmentFile | undefined,
		private readonly pool: BufferPool,
		private readonly sink: SegmentReaderSink,
	) {
		this.clusters = running?.clusters ?? new ClusterIndex();
		this.isJpeg = segment.encoding === "JPEG";
		files.open(segment.path, "read", (answer) => {
			if (this.isClosed) {
				if (answer.failure === undefined) answer.value.close();
				return;
			}
			if (answer.failure !== undefined) return this.fail(answer.detail);
			this.file = answer.value;
			this.step = "head";
			this.walker.open(this.size);
			this.walk(HEAD);
		});
	}

	/** The length of what can be read. */
	private get size(): Octets {
		return this.running?.length ?? this.file?.size ?? 0;
	}

	/** Finds a picture and reads it. One at a time. @see RecordingReader.read */
	find(utc: Utc, search: RecordingSearch, keysOnly: boolean): void {
		this.time = utc - this.segment.start;
		this.search = search;
		this.keysOnly = keysOnly;
		if (this.step === "idle") this.seek();
	}

	/** Ends the use; the sink is not called any more. */
	close(): void {
		this.isClosed = true;
		this.file?.close();
		this.file = undefined;
	}

	/** @see FileSink */
	completed(operation: FileOperation, count: Octets): void {
		if (operation !== "read" || this.isClosed) return;
		switch (this.step) {
			case "cues":
				// Without cues the segment is walked over from its start.
				if (count < this.cues.length || !this.clusters.decode(this.cues, 0, count, this.walker.facts?.segment ?? 0)) {
					this.clusters.clear();
				}
				this.cues = NOTHING;
				return this.seek();
			case "picture":
				return this.answer(count);
			default:
				this.walker.take(this.bytes, 0, count);
				return this.walk(this.step === "head" ? HEAD : LOOK);
		}
	}

	/** @see FileSink */
	failed(operation: FileOperation, _why: FileFailure, detail: string): void {
		if (operation === "read" && !this.isClosed) this.fail(detail);
	}

	/** @see MatroskaSink */
	head(): void {}

	/** @see MatroskaSink */
	cluster(): void {
		if (this.step === "head") this.isStopped = true;
	}

	/** @see MatroskaSink */
	picture(start: Octets, end: Octets, time: Millis, isKey: boolean): boolean {
		if (this.step === "head") return false;
		const isUntil = this.search === "until";
		this.walked = time;
		const isSound = (isKey || !this.keysOnly) && end - start <= PICTURE_MAX;
		const fits = (isUntil ? time <= this.time : time >= this.time) && isSound;
		if (fits) {
			this.foundStart = start;
			this.foundEnd = end;
			this.foundTime = time;
			this.foundKey = isKey;
		}
		this.isStopped = isUntil ? time >= this.time : fits;
		return !this.isStopped;
	}

	/** Reads on, or ends the walk. */
	private walk(length: Octets): void {
		const { walker, file } = this;
		if (walker.state === "ended" && !this.isStopped && this.step === "walk" && this.size > this.walkSize) {
			// A running segment has grown meanwhile.
			this.walkSize = this.size;
			walker.seek(walker.whole, this.size);
		}
		if (walker.isWalking && !this.isStopped) {
			const end = Math.min(Math.max(length, walker.need), WALK_MAX, Math.max(0, this.size - walker.at));
			file?.read(walker.at, this.bytes, 0, end, this);
			return;
		}
		if (this.step === "head") return this.readHead();
		if (!walker.isWalking) this.walked = -1;
		if (this.foundEnd > 0) return this.readPicture();
		if (walker.isWalking || walker.state === "ended" || !this.passOver()) this.none();
	}

	/** Something in the file is damaged: goes on at the next cluster. @returns false: there is none */
	private passOver(): boolean {
		const { walker, clusters } = this;
		if (this.search === "until") return false;
		let cluster = 0;
		while (cluster < clusters.count && clusters.place(cluster) <= walker.at) cluster++;
		if (cluster === clusters.count) return false;
		walker.seek(clusters.place(cluster), this.walkSize);
		this.walk(LOOK);
		return true;
	}

	private readHead(): void {
		const { facts, detail } = this.walker;
		if (facts === undefined) return this.fail(`${this.segment.path}: ${detail}`);
		const length = Math.min(CUES_OCTETS_MAX, (this.file?.size ?? 0) - facts.cues);
		if (this.running !== undefined || facts.cues === 0 || length <= 0) return this.seek();
		this.step = "cues";
		this.cues = new Uint8Array(length);
		this.file?.read(facts.cues, this.cues, 0, length, this);
	}

	/** Goes to where the wanted picture is looked for. */
	private seek(): void {
		const { clusters, walker, walked, time, size } = this;
		this.step = "walk";
		this.foundEnd = 0;
		this.isStopped = false;
		const cluster = clusters.find(time);
		const place = cluster < 0 ? (walker.facts?.clusters ?? 0) : clusters.place(cluster);
		const goesOn = this.search === "from" && walked >= 0 && walked < time && place <= walker.at;
		if (!goesOn) {
			this.walked = -1;
			this.walkSize = size;
			walker.seek(place, size);
		}
		this.walk(LOOK);
	}

	private readPicture(): void {
		const { foundStart, foundEnd, pool } = this;
		const { isJpeg } = this;
		const start = isJpeg ? FRAME_HEADROOM : 0;
		this.step = "picture";
		this.content = pool.take(start + foundEnd - foundStart + (isJpeg ? FRAME_TAILROOM : 0));
		this.file?.read(foundStart, this.content, start, start + foundEnd - foundStart, this);
	}

	/** The content of the picture that was found is there. */
	private answer(count: Octets): void {
		const { content, pool, isJpeg, segment, foundTime, sink, walker } = this;
		this.content = NOTHING;
		const start = isJpeg ? FRAME_HEADROOM : 0;
		const end = start + count;
		const isWhole = count === this.foundEnd - this.foundStart && (isJpeg || lengthsToStartCodes(content, 0, end));
		if (!isWhole) {
			pool.put(content);
			this.time = this.search === "from" ? foundTime + 1 : foundTime - 1;
			return this.seek();
		}
		const utc = segment.start + foundTime;
		const number = this.sequence++;
		this.step = "idle";
		const picture = isJpeg
			? new Frame(content, start, end, number, 0, utc, pool.put)
			: new AccessUnit(content, 0, end, this.foundKey, number, 0, ticksOf(utc), pool.put);
		sink.found(utc, picture, walker.facts?.parameterSets ?? NO_SETS);
	}

	private none(): void {
		this.step = "idle";
		this.sink.none();
	}

	private fail(detail: string): void {
		this.close();
		this.sink.failed(detail);
	}
}

/** A time on the clock of RTP: 90 kHz, 32 bits. */
function ticksOf(utc: Utc): number {
	return ((utc % 0x100000000) * 90) % 0x100000000;
}

const NOTHING = new Uint8Array(0);
const NO_SETS: readonly Uint8Array[] = Object.freeze([]);
