import { utf8Encode } from "../../base/text";
import { type StreamOutbox, type StreamSource, type StreamWaker, writeWhatFits } from "../../core/stream";
import type { Millis } from "../../core/time";
import { keyOfRecord, type Ledger, type LedgerQuery } from "../../relay/ledger";
import { RECORDS_CSV_HEAD, recordCsv } from "../../relay/ledger-format";
import type { MeteringRecord } from "../../relay/metering-record";
import { recordJson } from "../../relay/record-json";

/** Records that are read at a time: the memory that an export takes, whatever its length. */
const PAGE = 250;
const NOTHING = new Uint8Array(0);

/** The forms of an export. */
export type ExportForm = "csv" | "json";

/** Writes records as a file, page by page: for a connection, or for a program's output. */
export class LedgerWriter {
	private last = "";
	private isFirst = true;

	constructor(
		private readonly ledger: Ledger,
		private readonly query: LedgerQuery,
		private readonly form: ExportForm,
	) {}

	/** Reads on. @param done gets the next octets; `undefined`: the ledger could not be read; `isEnd`: nothing follows */
	next(done: (bytes: Uint8Array | undefined, isEnd: boolean) => void): void {
		this.ledger.list(this.query, PAGE, this.last, (records) => {
			if (records === undefined) return done(undefined, true);
			const isEnd = records.length < PAGE;
			const bytes = this.form === "csv" ? this.csv(records) : this.json(records, isEnd);
			this.isFirst = false;
			if (records.length > 0) this.last = keyOfRecord(records[records.length - 1]);
			done(bytes, isEnd);
		});
	}

	private csv(records: readonly MeteringRecord[]): Uint8Array {
		const parts = this.isFirst ? [RECORDS_CSV_HEAD] : [];
		for (const record of records) parts.push(recordCsv(record));
		return utf8Encode(parts.join(""));
	}

	/** An array with one record a line. */
	private json(records: readonly MeteringRecord[], isEnd: boolean): Uint8Array {
		const parts: Uint8Array[] = [];
		for (const record of records) {
			parts.push(utf8Encode(this.isFirst && parts.length === 0 ? "[\n" : ",\n"));
			parts.push(recordJson(record));
		}
		if (isEnd) parts.push(utf8Encode(this.isFirst && parts.length === 0 ? "[]\n" : "\n]\n"));
		let length = 0;
		for (const part of parts) length += part.length;
		const bytes = new Uint8Array(length);
		let at = 0;
		for (const part of parts) {
			bytes.set(part, at);
			at += part.length;
		}
		return bytes;
	}
}

/** Sends an export: reads the next page when the one before has gone out. */
export class LedgerExport implements StreamSource {
	private waker: StreamWaker | undefined;
	private bytes: Uint8Array = NOTHING;
	private sent = 0;
	private isEnd = false;
	private isReading = false;
	private isReleased = false;

	/** @param clock returns the time */
	constructor(
		private readonly writer: LedgerWriter,
		private readonly clock: () => Millis,
	) {}

	attach(waker: StreamWaker): void {
		this.waker = waker;
	}

	fill(_now: Millis, out: StreamOutbox): boolean {
		this.sent = writeWhatFits(out, this.bytes, this.sent, this.bytes.length);
		if (this.sent < this.bytes.length) return false;
		if (this.isEnd) return true;
		if (!this.isReading) this.read();
		return false;
	}

	release(): void {
		this.isReleased = true;
		this.bytes = NOTHING;
	}

	private read(): void {
		this.isReading = true;
		this.writer.next((bytes, isEnd) => {
			this.isReading = false;
			if (this.isReleased) return;
			if (bytes === undefined) return this.waker?.fail();
			this.bytes = bytes;
			this.sent = 0;
			this.isEnd = isEnd;
			this.waker?.wake(this.clock());
		});
	}
}
