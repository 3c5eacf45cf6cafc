import type { StreamOutbox, StreamSource, StreamWaker } from "../../core/stream";
import type { Millis, Octets } from "../../core/time";
import type { SeekableContent } from "../../http/seekable-content";
import type { FileFailure, FileOperation, FileSink, Files, OpenFile } from "../../ports/files";
import { BEFORE_MAX, type ExportLayout } from "./export-layout";
import type { PictureTable } from "./picture-table";

/** Octets that are read at a time: several pictures, with what is between them in the segment. */
const WINDOW: Octets = 131_072;
const ZERO = new Uint8Array(1);

/** An export as the body of a response, with ranges. Its pictures are read while it is sent. */
export class ExportContent implements SeekableContent {
	readonly length: Octets;
	readonly etag: string;

	constructor(
		private readonly files: Files,
		private readonly table: PictureTable,
		private readonly layout: ExportLayout,
	) {
		let length = layout.head.length + layout.tail.length;
		for (let i = 0; i < table.count; i++) length += layout.before(i) + table.octets(i) + layout.after(i);
		this.length = length;
		this.etag = `"${table.utc.toString(36)}-${table.count.toString(36)}-${length.toString(36)}"`;
	}

	get type(): string {
		return this.layout.type;
	}

	open(start: Octets, end: Octets): StreamSource {
		return new ExportSource(this.files, this.table, this.layout, start, end);
	}

	close(): void {
		this.table.close();
	}
}

/** Sends octets of an export: what the layout makes, and in between pictures from the segments. */
class ExportSource implements StreamSource, FileSink {
	/** The picture that is sent; -1: the head; as many as there are pictures: the tail. */
	private picture = -1;
	/** How many octets of it, and of what is before it, are sent. */
	private sent: Octets = 0;
	private left: Octets;
	/** The octets before the picture with the number {@link beforeOf}. */
	private readonly before = new Uint8Array(BEFORE_MAX);
	private beforeOf = -1;
	/** The octets that were read, from `windowAt` of the open file. */
	private readonly window = new Uint8Array(WINDOW);
	private windowAt: Octets = 0;
	private windowLength: Octets = 0;
	private file: OpenFile | undefined;
	/** The number of the open file. */
	private fileNumber = -1;
	private isWaiting = false;
	private isReleased = false;
	private waker: StreamWaker | undefined;
	private now: Millis = 0;

	constructor(
		private readonly files: Files,
		private readonly table: PictureTable,
		private readonly layout: ExportLayout,
		start: Octets,
		end: Octets,
	) {
		this.left = end - start;
		let skip = start;
		for (let piece = this.piece(); skip >= piece && piece > 0; piece = this.piece()) {
			skip -= piece;
			this.picture++;
		}
		this.sent = skip;
	}

	attach(waker: StreamWaker): void {
		this.waker = waker;
	}

	fill(now: Millis, out: StreamOutbox): boolean {
		this.now = now;
		while (this.left > 0 && out.room > 0) {
			if (this.isWaiting) return false;
			if (this.sent === this.piece()) {
				this.picture++;
				this.sent = 0;
			} else if (!this.send(out)) return false;
		}
		return this.left === 0;
	}

	release(): void {
		this.isReleased = true;
		this.closeFile();
	}

	/** @see FileSink */
	completed(operation: FileOperation, count: Octets): void {
		if (operation !== "read" || this.isReleased) return;
		this.isWaiting = false;
		if (count === 0) return this.waker?.fail();
		this.windowLength = count;
		this.waker?.wake(this.now);
	}

	/** @see FileSink */
	failed(operation: FileOperation, _why: FileFailure, _detail: string): void {
		if (operation === "read" && !this.isReleased) this.waker?.fail();
	}

	/** The octets of what is sent now: the head, the tail, or a picture with what is around it. */
	private piece(): Octets {
		const { picture, table, layout } = this;
		if (picture < 0) return layout.head.length;
		if (picture >= table.count) return layout.tail.length;
		return layout.before(picture) + table.octets(picture) + layout.after(picture);
	}

	/** Sends something of the current piece. @returns false when it has to be read first */
	private send(out: StreamOutbox): boolean {
		const { picture, table, layout, sent } = this;
		if (picture < 0) return this.write(out, layout.head, sent, true);
		if (picture >= table.count) return this.write(out, layout.tail, sent, true);
		const before = layout.before(picture);
		if (sent < before) {
			if (this.beforeOf !== picture) layout.writeBefore(picture, this.before);
			this.beforeOf = picture;
			return this.write(out, this.before, sent, false, before);
		}
		const prefix = table.prefix(picture);
		if (sent < before + prefix.length) return this.write(out, prefix, sent - before, true);
		const at = sent - before - prefix.length;
		const stored = table.stored(picture);
		if (at >= stored) return this.write(out, ZERO, 0, true);
		return this.sendStored(out, table.offset(picture) + at, stored - at);
	}

	/** Sends octets of the file from `at` on. */
	private sendStored(out: StreamOutbox, at: Octets, octets: Octets): boolean {
		const number = this.table.file(this.picture);
		const from = at - this.windowAt;
		if (number !== this.fileNumber || from < 0 || from >= this.windowLength) {
			this.read(number, at);
			return false;
		}
		return this.write(out, this.window, from, false, Math.min(this.windowLength, from + octets));
	}

	/** @param isShared true: the octets never change */
	private write(out: StreamOutbox, bytes: Uint8Array, from: number, isShared: boolean, end = bytes.length): true {
		const octets = Math.min(end - from, out.room, this.left);
		if (isShared) out.writeShared(bytes, from, from + octets);
		else out.write(bytes, from, from + octets);
		this.sent += octets;
		this.left -= octets;
		return true;
	}

	private read(number: number, at: Octets): void {
		this.isWaiting = true;
		this.windowAt = at;
		this.windowLength = 0;
		const { file } = this;
		if (number === this.fileNumber && file !== undefined) return file.read(at, this.window, 0, WINDOW, this);
		this.closeFile();
		this.fileNumber = number;
		const { path, handle } = this.table.files[number];
		if (handle !== undefined) {
			this.file = handle;
			return handle.read(at, this.window, 0, WINDOW, this);
		}
		this.files.open(path, "read", (answer) => {
			if (answer.failure !== undefined) {
				if (!this.isReleased) this.waker?.fail();
			} else if (this.isReleased) {
				answer.value.close();
			} else {
				this.file = answer.value;
				answer.value.read(at, this.window, 0, WINDOW, this);
			}
		});
	}

	/** Closes the open file, unless the table does it. */
	private closeFile(): void {
		if (this.file !== undefined && this.file !== this.table.files[this.fileNumber]?.handle) this.file.close();
		this.file = undefined;
		this.fileNumber = -1;
	}
}
