import type { Millis, Octets } from "../../core/time";
import { H264Finder, type UnitPlaceSink } from "../../media/h264-finder";
import { ParameterSets } from "../../media/h264-parameter-sets";
import { type JpegSink, JpegSplitter } from "../../media/jpeg-splitter";
import type { VideoEncoding } from "../../media/video-encoding";
import type { FileFailure, FileOperation, FileSink, OpenFile } from "../../ports/files";
import type { VideoDescription } from "../content";
import { UNIT_MAX } from "../packets/h264-depacketizer";
import { gateJpeg } from "../packets/jpeg-gate";
import { JpegLayout } from "../packets/jpeg-layout";
import { StoredIndex } from "./stored-index";

/** How much is read at a time: boards look through it in a few milliseconds. */
const STEP: Octets = 64 * 1024;

/** What a {@link StoredFileScan} has found. */
export interface ScannedFile {
	readonly video: VideoDescription;
	readonly index: StoredIndex;
	/** True: H.264 with lengths of four octets in place of start codes. @default false */
	readonly isLengths?: boolean;
	/** When the first picture was taken; absent: not known. */
	readonly utc?: Millis;
}

/**
 * Looks through a file once and finds its pictures, in steps: other work goes on in between.
 *
 * @see JpegSplitter, H264Finder
 */
export class StoredFileScan implements FileSink, JpegSink, UnitPlaceSink {
	private readonly index: StoredIndex;
	private readonly splitter = new JpegSplitter(this);
	private readonly finder = new H264Finder(this);
	private readonly layout = new JpegLayout();
	private readonly sets = new ParameterSets();
	private bytes = new Uint8Array(STEP);
	private at: Octets = 0;
	/** What the file can't be played for. */
	private fault: string | undefined;
	/** True: the first picture of H.264 is read again, for its parameter sets. */
	private readsSets = false;
	private mended = 0;

	/**
	 * Starts to read the file, which is closed at the end.
	 * @param rate pictures per second; 0: what the file says
	 * @param usual where the file does not say either
	 * @param done gets what was found, or a sentence that says why the file can't be played
	 */
	constructor(
		private readonly file: OpenFile,
		private readonly encoding: VideoEncoding,
		private readonly rate: number,
		private readonly usual: number,
		private readonly done: (answer: ScannedFile | string) => void,
	) {
		this.index = new StoredIndex(rate || usual);
		this.next();
	}

	/** @see FileSink */
	completed(operation: FileOperation, count: Octets): void {
		if (operation !== "read") return;
		const { bytes } = this;
		if (this.readsSets) {
			this.sets.takeAll(bytes, 0, count);
			return this.finish();
		}
		if (count > 0) {
			this.at += count;
			if (this.encoding === "JPEG") this.splitter.push(bytes.subarray(0, count));
			else this.finder.push(bytes, 0, count);
		}
		if (this.fault !== undefined) this.finish();
		else if (count === STEP) this.next();
		else this.ended();
	}

	/** @see FileSink */
	failed(operation: FileOperation, _why: FileFailure, _detail: string): void {
		if (operation !== "read") return;
		this.fault = "the file can't be read";
		this.finish();
	}

	/** @see JpegSink */
	jpeg(bytes: Uint8Array, start: Octets, end: Octets): void {
		if (this.index.count === 0) {
			const fault = gateJpeg(bytes, start, end);
			if (fault !== undefined) this.fault = `RTP can't carry this file: ${fault}`;
			this.layout.read(bytes, start, end, true);
		}
		// The end marker of a mended picture is not in the file.
		const { splitter } = this;
		const isMended = splitter.mended > this.mended;
		this.mended = splitter.mended;
		this.add(splitter.position, end - start - (isMended ? 2 : 0), true);
	}

	/** @see UnitPlaceSink */
	unit(start: Octets, end: Octets, isKey: boolean): void {
		if (end - start > UNIT_MAX) this.fault = "the file has a picture that is too large";
		else this.add(start, end - start, isKey);
	}

	private add(offset: Octets, length: Octets, isKey: boolean): void {
		if (!this.index.add(offset, length, isKey)) this.fault = "the file has too many pictures";
	}

	private next(): void {
		this.file.read(this.at, this.bytes, 0, STEP, this);
	}

	/** The end of the file has been reached. */
	private ended(): void {
		const { index } = this;
		if (this.encoding === "JPEG") this.splitter.end();
		else this.finder.end();
		if (index.count === 0) this.fault ??= "the file has no pictures";
		if (this.fault !== undefined || this.encoding === "JPEG") return this.finish();
		const key = index.find(0, "from", true);
		if (key < 0) this.fault = "the file has no key picture";
		if (this.fault !== undefined) return this.finish();
		this.readsSets = true;
		this.bytes = new Uint8Array(index.length(key));
		this.file.read(index.offset(key), this.bytes, 0, this.bytes.length, this);
	}

	private finish(): void {
		const { index, layout, sets } = this;
		this.file.close();
		if (this.fault !== undefined) return this.done(this.fault);
		if (this.encoding === "JPEG") {
			const { width, height } = layout;
			const video = { encoding: this.encoding, width, height, frameRate: index.rate, parameterSets: [] };
			return this.done({ video, index });
		}
		const { info, list } = sets;
		if (info === undefined) return this.done("the file has no parameter sets");
		index.rate = this.rate || info.frameRate || this.usual;
		const { width, height } = info;
		this.done({ video: { encoding: "H264", width, height, frameRate: index.rate, parameterSets: list }, index });
	}
}
