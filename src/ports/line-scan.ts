import type { Octets } from "../core/time";
import type { FileFailure, FileOperation, FileSink, OpenFile } from "./files";

/** How much of a file is read at a time. */
const STEP: Octets = 16 * 1024;
const LINE_FEED = 10;

/**
 * Takes the line `bytes[start, end)`, which is valid during the call.
 * @param at the offset of its end in the file
 * @returns false when the line is not valid
 */
export type LineTaker = (bytes: Uint8Array, start: Octets, end: Octets, at: Octets) => boolean;

/**
 * Reads a file line by line, from its start. Lines that are torn, not valid or too long are skipped and counted.
 */
export class LineScan implements FileSink {
	private readonly bytes: Uint8Array;
	/** Octets at the start of {@link bytes} that are the beginning of a line. */
	private carried: Octets = 0;
	/** True: the line is too long, and skipped up to its end. */
	private isTooLong = false;
	private at: Octets = 0;
	private skipped = 0;

	/**
	 * Starts to read the file, which is closed at the end.
	 * @param end only what is before this offset is read
	 * @param lineMax the longest line, without its line feed
	 * @param take gets each line that is not empty
	 * @param done gets what the medium complains of, if it does, and how many lines were skipped
	 */
	constructor(
		private readonly file: OpenFile,
		private readonly end: Octets,
		private readonly lineMax: Octets,
		private readonly take: LineTaker,
		private readonly done: (fault: string | undefined, skipped: number) => void,
	) {
		this.bytes = new Uint8Array(lineMax + STEP);
		this.next();
	}

	/** @see FileSink */
	completed(operation: FileOperation, count: Octets): void {
		if (operation !== "read") return;
		const base = this.at - this.carried;
		this.at += count;
		const end = this.carried + count;
		let start = 0;
		for (let i = this.carried; i < end; i++) {
			if (this.bytes[i] !== LINE_FEED) continue;
			this.line(start, i, base);
			start = i + 1;
		}
		if (count < STEP || this.at >= this.end) {
			this.line(start, end, base);
			return this.finish(undefined);
		}
		if (end - start > this.lineMax) {
			this.isTooLong = true;
			start = end;
		}
		this.bytes.copyWithin(0, start, end);
		this.carried = end - start;
		this.next();
	}

	/** @see FileSink */
	failed(operation: FileOperation, _why: FileFailure, detail: string): void {
		if (operation === "read") this.finish(detail);
	}

	private next(): void {
		const count = Math.min(STEP, this.end - this.at);
		this.file.read(this.at, this.bytes, this.carried, this.carried + count, this);
	}

	private line(start: Octets, end: Octets, base: Octets): void {
		const isWhole = !this.isTooLong && end - start <= this.lineMax;
		const isEmpty = !this.isTooLong && end === start;
		this.isTooLong = false;
		if (!isEmpty && !(isWhole && this.take(this.bytes, start, end, base + end))) this.skipped++;
	}

	private finish(fault: string | undefined): void {
		this.file.close();
		this.done(fault, this.skipped);
	}
}
