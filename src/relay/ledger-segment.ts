import { parseDigits } from "../base/digits";
import type { Millis, Octets } from "../core/time";
import type { FileEntry, FileListSink, Files } from "../ports/files";
import type { MeteringRecord } from "./metering-record";

/** How long a file becomes before the next one is begun: some 2,000 records. */
export const LEDGER_SEGMENT_MAX: Octets = 1024 * 1024;
/** How many files a ledger may have. */
const SEGMENTS_MAX = 100_000;

const DIGITS = 8;
const SUFFIX = ".log";

/** One file of a ledger: `ledger/00000001.log`. Only the newest one grows. */
export class LedgerSegment {
	/** The octets that are known to be whole lines, and on the medium. */
	size: Octets = 0;
	/** The ends of its records: the first and the last one in time. */
	from: Millis = Infinity;
	to: Millis = -Infinity;
	/** Where lines end that repeat an earlier record, as after a power cut; `undefined`: there are none. */
	private repeats: Set<Octets> | undefined;

	constructor(
		readonly path: string,
		readonly number: number,
	) {}

	/** A record is in the file. */
	add({ end }: MeteringRecord): void {
		this.from = Math.min(this.from, end);
		this.to = Math.max(this.to, end);
	}

	/** The record whose line ends at an offset does not count. */
	repeated(at: Octets): void {
		this.repeats ??= new Set();
		this.repeats.add(at);
	}

	/** Tells whether the record whose line ends at an offset counts. */
	counts(at: Octets): boolean {
		return this.repeats?.has(at) !== true;
	}
}

/** Makes the segment of a number. */
export function segmentOf(folder: string, number: number): LedgerSegment {
	return new LedgerSegment(`${folder}/${`${number}`.padStart(DIGITS, "0")}${SUFFIX}`, number);
}

/** Finds the files of a ledger, the oldest first; a folder that is not there has none. @param done gets them, or what the medium complains of */
export function listSegments(files: Files, folder: string, done: (answer: LedgerSegment[] | string) => void): void {
	const segments: LedgerSegment[] = [];
	const finish = (): void => {
		segments.sort((one, other) => one.number - other.number);
		done(segments);
	};
	files.list(folder, {
		entry({ kind, name }: FileEntry): boolean {
			const number = name.endsWith(SUFFIX) ? parseDigits(name.slice(0, -SUFFIX.length), DIGITS, DIGITS) : undefined;
			if (kind === "file" && number !== undefined && segments.length < SEGMENTS_MAX)
				segments.push(segmentOf(folder, number));
			return true;
		},
		listed: finish,
		failed: (why, detail) => (why === "not-found" ? finish() : done(detail)),
	} satisfies FileListSink);
}
