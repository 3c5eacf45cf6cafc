import type { Millis, Octets } from "../../core/time";
import type { MatroskaFacts } from "../../media/matroska/matroska-head-reader";
import { type MatroskaSink, MatroskaWalker, WALK_MAX } from "../../media/matroska/matroska-walker";
import { TICKS_PER_MS } from "../../media/video-clock";
import type { FileFailure, FileOperation, FileSink, OpenFile } from "../../ports/files";
import { UNIT_MAX } from "../packets/h264-depacketizer";
import { gateJpeg } from "../packets/jpeg-gate";
import type { ScannedFile } from "./stored-file-scan";
import { TimedIndex } from "./timed-index";

/** How much is read at a time: the pictures are skipped. */
const STEP: Octets = 4096;

/**
 * Walks over a Matroska file once and finds its pictures, in steps: other work goes on in between. Its first video track must be JPEG or
 * H.264 without B frames; others are refused with the reason.
 * @see MatroskaWalker
 */
export class MatroskaFileScan implements FileSink, MatroskaSink {
	private readonly walker = new MatroskaWalker(this);
	private readonly index = new TimedIndex(1);
	private bytes = new Uint8Array(WALK_MAX);
	private facts: MatroskaFacts | undefined;
	/** The time of the first picture. */
	private first: Millis = 0;
	private fault: string | undefined;
	/** True: the first picture is read, as RTP can't carry every JPEG. */
	private readsPicture = false;

	/**
	 * Starts to read the file, which is closed at the end.
	 * @param done gets what was found, or a sentence that says why the file can't be played
	 */
	constructor(
		private readonly file: OpenFile,
		private readonly done: (answer: ScannedFile | string) => void,
	) {
		this.walker.open(file.size);
		this.next();
	}

	/** @see FileSink */
	completed(operation: FileOperation, count: Octets): void {
		if (operation !== "read") return;
		const { walker, bytes } = this;
		if (this.readsPicture) {
			const fault = gateJpeg(bytes, 0, count);
			if (fault !== undefined) this.fault = `RTP can't carry this file: ${fault}`;
			return this.finish();
		}
		walker.take(bytes, 0, count);
		if (walker.isWalking && this.fault === undefined) this.next();
		else this.walked();
	}

	/** @see FileSink */
	failed(operation: FileOperation, _why: FileFailure, _detail: string): void {
		if (operation !== "read") return;
		this.fault = "the file can't be read";
		this.finish();
	}

	/** @see MatroskaSink */
	head(facts: MatroskaFacts): void {
		this.facts = facts;
	}

	/** @see MatroskaSink */
	cluster(): void {}

	/** @see MatroskaSink */
	picture(start: Octets, end: Octets, time: Millis, isKey: boolean): boolean {
		const { index } = this;
		if (index.count === 0) this.first = time;
		const at = Math.round((time - this.first) * TICKS_PER_MS);
		if (end - start > UNIT_MAX) this.fault = "the file has a picture that is too large";
		else if (index.count > 0 && at <= index.ticks(index.count - 1))
			this.fault = "the pictures are not in the order of their times: it has B frames, which live streams have not";
		else if (!index.addAt(at, start, end - start, isKey)) this.fault = "the file has too many pictures";
		return this.fault === undefined;
	}

	private next(): void {
		const { walker, file, bytes } = this;
		file.read(walker.at, bytes, 0, Math.min(WALK_MAX, Math.max(STEP, walker.need)), this);
	}

	/** The end of what can be walked over has been reached: files that were cut off are played as far as they go. */
	private walked(): void {
		const { walker, index, facts } = this;
		if (walker.state === "unsupported" || facts === undefined)
			this.fault ??= walker.detail.slice(0, walker.detail.lastIndexOf(" (at "));
		if (index.count === 0) this.fault ??= "the file has no pictures";
		else if (index.find(0, "from", true) < 0) this.fault ??= "the file has no key picture";
		if (this.fault !== undefined || facts?.encoding === "H264") return this.finish();
		this.readsPicture = true;
		this.bytes = new Uint8Array(index.length(0));
		this.file.read(index.offset(0), this.bytes, 0, this.bytes.length, this);
	}

	private finish(): void {
		const { index, facts, fault } = this;
		this.file.close();
		if (fault !== undefined || facts === undefined) return this.done(fault ?? "it is not Matroska");
		const { encoding, width, height, parameterSets, utc } = facts;
		const seconds = index.ticks(index.count) / TICKS_PER_MS / 1000;
		const frameRate = Math.round((10 * index.count) / seconds) / 10;
		const isLengths = encoding === "H264";
		const video = { encoding, width, height, frameRate, parameterSets: isLengths ? parameterSets : [] };
		this.done({ video, index, isLengths, ...(utc !== 0 && { utc: utc + this.first }) });
	}
}
