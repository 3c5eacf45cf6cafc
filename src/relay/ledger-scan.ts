import type { Octets } from "../core/time";
import type { FileFailure, FileOperation, FileSink, OpenFile } from "../ports/files";
import { LEDGER_LINE_MAX, type LedgerLine, parseLedgerLine } from "./ledger-line";

/** How much of a file is read at a time. */
const STEP: Octets = 16 * 1024;
const LINE_FEED = 10;

/** Reads one file of a ledger, line by line. Lines that are torn or not valid are skipped and counted. */
export class LedgerScan implements FileSink {
	/** Lines that were skipped. */
	skipped = 0;
	private readonly bytes = new Uint8Array(LEDGER_LINE_MAX + STEP);
	/** Octets at the start of {@link bytes} that are the beginning of a line. */
	private carried: Octets = 0;
	/** True: the line is too long, and skipped up to its end. */
	private isTooLong = false;
	private at: Octets = 0;

	/**
	 * Starts to read the file, which is closed at the end.
	 * @param end only what is before this offset is read
	 * @param take gets each line, and the offset of its end
	 * @param done gets what the medium complains of, if it does
	 */
	constructor(
		private readonly file: OpenFile,
		private readonly end: Octets,
		private readonly take: (line: LedgerLine, at: Octets) => void,
		private readonly done: (fault: string | undefined) => void,
	) {
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
		if (end - start > LEDGER_LINE_MAX) {
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
		const line = this.isTooLong ? undefined : parseLedgerLine(this.bytes, start, end);
		this.isTooLong = false;
		if (line !== undefined) this.take(line, base + end);
		else if (end > start) this.skipped++;
	}

	private finish(fault: string | undefined): void {
		this.file.close();
		this.done(fault);
	}
}
