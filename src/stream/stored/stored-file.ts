import type { Octets } from "../../core/time";
import { AccessUnit } from "../../media/access-unit";
import { BufferPool } from "../../media/buffer-pool";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../media/frame";
import { lengthsToStartCodes } from "../../media/matroska/nal-lengths";
import type { FileFailure, FileOperation, FileSink, Files, OpenFile } from "../../ports/files";
import type { ContentDescription } from "../content";
import { RtspRefusal } from "../rtsp-refusal";
import type { StoredContent, StoredReader, StoredSearch, StoredSink, Ticks } from "./stored-content";
import type { StoredIndex } from "./stored-index";

/** A file of JPEG pictures, an H.264 byte stream, or a Matroska file with either, as a content. */
export class StoredFile implements StoredContent {
	/**
	 * @param isLengths true: H.264 with lengths of four octets in place of start codes
	 * @param path in `files`
	 * @param readers gets the readers of this file and of others, as long as they are open
	 */
	constructor(
		readonly description: ContentDescription,
		private readonly index: StoredIndex,
		private readonly isLengths: boolean,
		private readonly files: Files,
		private readonly path: string,
		private readonly readers = new Set<StoredFileReader>(),
	) {}

	open(done: (answer: StoredReader | RtspRefusal) => void): void {
		this.files.open(this.path, "read", (answer) => {
			if (answer.failure !== undefined) return done(refusalOf(answer.failure));
			const { index, isLengths, description, path, readers } = this;
			done(new StoredFileReader(answer.value, index, isLengths, description, path, readers));
		});
	}
}

/** Says to a client why a file can't be played. */
export function refusalOf(failure: FileFailure): RtspRefusal {
	if (failure === "not-found") return new RtspRefusal(404, "there is no such content");
	if (failure === "busy") return new RtspRefusal(503, "too many files are open, try again later");
	return new RtspRefusal(500, "the content can't be read");
}

/** Reads the pictures of a {@link StoredFile}; their buffers are used again. */
export class StoredFileReader implements StoredReader, FileSink {
	/** Set when the file was deleted or replaced: an open file could still be read. */
	isGone = false;
	private readonly pool = new BufferPool();
	private readonly isJpeg: boolean;
	private sink: StoredSink | undefined;
	private bytes: Uint8Array | undefined;
	private picture = 0;
	private isClosed = false;

	constructor(
		private readonly file: OpenFile,
		private readonly index: StoredIndex,
		private readonly isLengths: boolean,
		content: ContentDescription,
		readonly path: string,
		private readonly readers: Set<StoredFileReader>,
	) {
		readers.add(this);
		this.isJpeg = content.video.encoding === "JPEG";
	}

	read(at: Ticks, search: StoredSearch, keysOnly: boolean, sink: StoredSink): void {
		if (this.sink !== undefined) throw new RangeError("one read at a time");
		this.sink = sink;
		this.picture = this.index.find(at, search, keysOnly);
		// An empty read answers later, as the contract demands, where there is no picture.
		const length = this.picture < 0 ? 0 : this.index.length(this.picture);
		const start = this.isJpeg ? FRAME_HEADROOM : 0;
		this.bytes = this.pool.take(start + length + 2 + FRAME_TAILROOM);
		const offset = this.picture < 0 ? 0 : this.index.offset(this.picture);
		this.file.read(offset, this.bytes, start, start + length, this);
	}

	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.sink = undefined;
		this.readers.delete(this);
		this.file.close();
	}

	/** @see FileSink */
	completed(operation: FileOperation, count: Octets): void {
		const { sink, bytes, picture } = this;
		if (operation !== "read" || sink === undefined || bytes === undefined) return;
		this.sink = this.bytes = undefined;
		const isWhole = picture >= 0 && count === this.index.length(picture);
		const isSound = !isWhole || !this.isLengths || lengthsToStartCodes(bytes, 0, count);
		if (isWhole && isSound && !this.isGone) {
			sink.found(this.index.ticks(picture), this.isJpeg ? this.frame(bytes, count) : this.unit(bytes, count));
			return;
		}
		this.pool.put(bytes);
		if (this.isGone) sink.failed("the file was deleted or replaced");
		else if (picture < 0) sink.none();
		else if (!isSound) sink.failed("a picture of the file is damaged");
		else sink.failed("the file has become shorter");
	}

	/** @see FileSink */
	failed(operation: FileOperation, _why: FileFailure, detail: string): void {
		const { sink } = this;
		if (operation !== "read" || sink === undefined) return;
		this.sink = this.bytes = undefined;
		sink.failed(detail);
	}

	private frame(bytes: Uint8Array, length: Octets): Frame {
		let end = FRAME_HEADROOM + length;
		// Some cameras write no EOI.
		if (bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9) {
			bytes[end++] = 0xff;
			bytes[end++] = 0xd9;
		}
		return new Frame(bytes, FRAME_HEADROOM, end, this.picture, 0, undefined, this.pool.put);
	}

	private unit(bytes: Uint8Array, length: Octets): AccessUnit {
		const { index, picture, pool } = this;
		const ticks = index.ticks(picture) >>> 0;
		return new AccessUnit(bytes, 0, length, index.isKey(picture), picture, 0, ticks, pool.put);
	}
}
