import type { Octets } from "../core/time";
import type { FileFailure, FileOperation, FileSink, Files, OpenFile } from "../ports/files";
import type { LedgerIndex } from "./ledger-index";
import { LEDGER_SEGMENT_MAX, type LedgerSegment, segmentOf } from "./ledger-segment";

const LINE_FEED = 10;

/**
 * Appends lines to the newest file of a ledger and puts them on the medium, one call at a time.
 *
 * What an append that failed has left is cut off again. If that fails, too, the file is given up: nothing behind its confirmed
 * size counts until the next start, and a new file is begun. So nothing that was not confirmed is ever taken for stored.
 */
export class LedgerAppender {
	private file: OpenFile | undefined;
	private segment: LedgerSegment | undefined;

	constructor(
		private readonly files: Files,
		private readonly folder: string,
		private readonly index: LedgerIndex,
	) {}

	/**
	 * Makes the newest file ready, with all that is in it on the medium: a program that was killed may have left lines that are not.
	 * Called before it is looked at what is stored already.
	 * @param done gets what the medium complains of
	 */
	prepare(done: (fault: string | undefined) => void): void {
		const { segment } = this;
		if (this.file !== undefined && segment !== undefined && segment.size < LEDGER_SEGMENT_MAX) return done(undefined);
		this.close();
		const newest = this.index.segments[this.index.segments.length - 1];
		const isFirst = segment === undefined;
		if (isFirst && newest !== undefined) return this.open(newest, done);
		const fresh = segmentOf(this.folder, (newest?.number ?? 0) + 1);
		if (isFirst) this.makeFolder((fault) => (fault === undefined ? this.open(fresh, done) : done(fault)));
		else this.open(fresh, done);
	}

	/**
	 * Appends lines, all or none. After {@link prepare}.
	 * @param done gets the segment, or what the medium complains of
	 */
	append(lines: readonly Uint8Array[], done: (answer: LedgerSegment | string) => void): void {
		const { file, segment } = this;
		if (file === undefined || segment === undefined) return done("the ledger is closed");
		let octets = 1;
		for (const line of lines) octets += line.length;
		const bytes = new Uint8Array(octets);
		// A line that a power cut left torn does not spoil the next one.
		bytes[0] = LINE_FEED;
		let at = 1;
		for (const line of lines) {
			bytes.set(line, at);
			at += line.length;
		}
		const sink = new UntilSynced((fault) => {
			if (fault !== undefined) return this.cut(segment, () => done(fault));
			segment.size += octets;
			done(segment);
		});
		file.write(segment.size, bytes, 0, octets, sink);
		file.sync(sink);
	}

	/** Closes the file. */
	close(): void {
		this.file?.close();
		this.file = undefined;
	}

	/** Cuts off what was not confirmed. */
	private cut(segment: LedgerSegment, done: () => void): void {
		const { file } = this;
		if (file === undefined) return done();
		const sink = new UntilSynced((fault) => {
			if (fault !== undefined) this.close();
			done();
		});
		file.truncate(segment.size, sink);
		file.sync(sink);
	}

	private makeFolder(done: (fault: string | undefined) => void): void {
		const { files, folder } = this;
		files.makeFolder(folder, (made) => {
			if (made.failure !== undefined && made.failure !== "exists") return done(made.detail);
			files.syncFolder("", (synced) => done(synced.failure && synced.detail));
		});
	}

	private open(segment: LedgerSegment, done: (fault: string | undefined) => void): void {
		const { files, index } = this;
		files.open(segment.path, "create-or-update", (answer) => {
			if (answer.failure !== undefined) return done(answer.detail);
			const file = answer.value;
			const isNew = !index.segments.includes(segment);
			const sink = new UntilSynced((fault) => {
				if (fault !== undefined) {
					file.close();
					return done(fault);
				}
				files.syncFolder(this.folder, (synced) => {
					if (synced.failure !== undefined) {
						file.close();
						return done(synced.detail);
					}
					this.file = file;
					this.segment = segment;
					if (isNew) index.segments.push(segment);
					done(undefined);
				});
			});
			file.truncate(segment.size, sink);
			file.sync(sink);
		});
	}
}

/** Waits for the end of a sync; a failure of it or of what precedes it counts. */
class UntilSynced implements FileSink {
	private fault: string | undefined;

	constructor(private readonly done: (fault: string | undefined) => void) {}

	completed(operation: FileOperation, _count: Octets): void {
		if (operation === "sync") this.done(this.fault);
	}

	failed(operation: FileOperation, _why: FileFailure, detail: string): void {
		this.fault ??= detail;
		if (operation === "sync") this.done(this.fault);
	}
}
