import type { Octets } from "../core/time";
import type { FileFailure, FileOperation, FileSink, Files, OpenFile } from "../ports/files";
import { OUTBOX_LINE_MAX } from "./outbox-line";

/** Why an operation on the outbox's file failed. */
export interface OutboxFault {
	readonly why: FileFailure;
	/** For the log. */
	readonly detail: string;
}

/** Called once, when an operation has ended. */
export type OutboxDone = (fault: OutboxFault | undefined) => void;

const NAME = "outbox";
/** What is written before it takes the place of the file; a file of this name alone has all that was ever confirmed. */
const NEW = "outbox.new";
/** A file with lines that can't be read is kept under this name. */
const DAMAGED = "outbox.damaged";
const PIECE: Octets = 65_536;
/** A file that is longer than this can't be ours. */
const OUTBOX_FILE_MAX: Octets = 67_108_864;
const LINE_FEED = 10;

/**
 * The file of an outbox on its medium: lines are appended and synced; now and then the file is replaced by one with only what is
 * still needed. The owner starts one operation at a time.
 *
 * What an operation has confirmed survives the end of the program and a power cut: a new file is synced under another name, renamed,
 * and confirmed after its folder is synced.
 */
export class OutboxFile {
	/** Octets of the file. */
	length: Octets = 0;
	/** Lines of the file that can't be read: if there are any, the next {@link replace} keeps it under another name. */
	unreadable = 0;
	private file: OpenFile | undefined;

	constructor(private readonly files: Files) {}

	/**
	 * Reads all lines.
	 * @param line called with `bytes[start, end)`, valid during the call; returns false if the line can't be read
	 */
	load(line: (bytes: Uint8Array, start: Octets, end: Octets) => boolean, done: OutboxDone): void {
		this.unreadable = 0;
		const open = (name: string): void =>
			this.files.open(name, "read", (answer) => {
				if (answer.failure === undefined) this.read(answer.value, new LineReader(line), 0, done);
				else if (answer.failure !== "not-found") done(faultOf(answer.failure, answer.detail));
				else if (name === NAME) open(NEW);
				else done(undefined);
			});
		open(NAME);
	}

	/** Writes a file with these lines and puts it in the place of the old one. */
	replace(lines: readonly Uint8Array[], done: OutboxDone): void {
		this.files.open(NEW, "create-or-update", (answer) => {
			if (answer.failure !== undefined) return done(faultOf(answer.failure, answer.detail));
			const file = answer.value;
			const then = (next: () => void): FileSink =>
				sinkFor((fault) => {
					if (fault === undefined) return next();
					file.close();
					done(fault);
				});
			const write = (first: number): void => {
				if (first === lines.length) return file.sync(then(() => this.putInPlace(file, done)));
				const { bytes, next } = pieceOf(lines, first);
				file.append(
					bytes,
					0,
					bytes.length,
					then(() => write(next)),
				);
			};
			file.truncate(
				0,
				then(() => write(0)),
			);
		});
	}

	/** Appends octets and puts them on the medium. After a fault the file must be replaced: its end is not known. */
	append(bytes: Uint8Array, done: OutboxDone): void {
		const { file, length } = this;
		if (file === undefined) return done(faultOf("failed", "the outbox is not open"));
		const synced = sinkFor((fault) => {
			if (fault === undefined) this.length = length + bytes.length;
			done(fault);
		});
		const written = sinkFor((fault) => (fault === undefined ? file.sync(synced) : done(fault)));
		file.write(length, bytes, 0, bytes.length, written);
	}

	/** Closes the file. */
	close(): void {
		this.file?.close();
		this.file = undefined;
	}

	private read(file: OpenFile, lines: LineReader, at: Octets, done: OutboxDone): void {
		const end = (fault: OutboxFault | undefined): void => {
			file.close();
			this.unreadable = lines.unreadable;
			done(fault);
		};
		if (file.size > OUTBOX_FILE_MAX) return end(faultOf("failed", `the file ${NAME} is too long`));
		const piece = new Uint8Array(PIECE);
		const sink: FileSink = {
			completed: (_operation, count) => {
				if (count === 0) {
					lines.end();
					return end(undefined);
				}
				lines.take(piece, count);
				this.read(file, lines, at + count, done);
			},
			failed: (_operation, why, detail) => end(faultOf(why, detail)),
		};
		file.read(at, piece, 0, PIECE, sink);
	}

	/** The new file is on the medium: its name is next. */
	private putInPlace(file: OpenFile, done: OutboxDone): void {
		const { files } = this;
		const check =
			(next: () => void) =>
			({ failure, detail }: { readonly failure?: FileFailure | undefined; readonly detail?: string }): void => {
				if (failure === undefined) return next();
				file.close();
				done(faultOf(failure, detail ?? ""));
			};
		const rename = (): void =>
			files.rename(
				NEW,
				NAME,
				check(() => files.syncFolder("", check(finish))),
			);
		const finish = (): void => {
			this.file?.close();
			this.file = file;
			this.length = file.size;
			this.unreadable = 0;
			done(undefined);
		};
		if (this.unreadable === 0) return rename();
		// While neither name is there, the new file must be found by its own.
		files.syncFolder(
			"",
			check(() =>
				files.rename(NAME, DAMAGED, ({ failure }) => (failure === "not-found" ? rename() : check(rename)({ failure }))),
			),
		);
	}
}

/** Splits octets into lines. A line without a line feed is torn; it was never confirmed. */
class LineReader {
	/** Lines that can't be read, except for a torn one at the end. */
	unreadable = 0;
	private rest = new Uint8Array(0);
	private isTooLong = false;

	constructor(private readonly line: (bytes: Uint8Array, start: Octets, end: Octets) => boolean) {}

	take(piece: Uint8Array, length: Octets): void {
		let start = 0;
		for (let end = piece.indexOf(LINE_FEED); end >= 0 && end < length; end = piece.indexOf(LINE_FEED, start)) {
			if (this.isTooLong) this.isTooLong = false;
			else if (this.rest.length > 0) {
				const whole = joined(this.rest, piece, start, end);
				this.read(whole, 0, whole.length);
			} else this.read(piece, start, end);
			this.rest = new Uint8Array(0);
			start = end + 1;
		}
		if (this.isTooLong) return;
		if (this.rest.length + length - start <= OUTBOX_LINE_MAX) this.rest = joined(this.rest, piece, start, length);
		else {
			this.isTooLong = true;
			this.unreadable++;
			this.rest = new Uint8Array(0);
		}
	}

	/** Nothing follows. A file that ends with zeros was longer than what reached the medium. */
	end(): void {
		this.rest = new Uint8Array(0);
	}

	private read(bytes: Uint8Array, start: Octets, end: Octets): void {
		if (start < end && !this.line(bytes, start, end)) this.unreadable++;
	}
}

function joined(head: Uint8Array, bytes: Uint8Array, start: Octets, end: Octets): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(head.length + end - start);
	whole.set(head);
	whole.set(bytes.subarray(start, end), head.length);
	return whole;
}

/** Joins as many lines from `first` on as fit into a piece, at least one. */
export function pieceOf(lines: readonly Uint8Array[], first: number): { bytes: Uint8Array; next: number } {
	let next = first;
	let length = 0;
	while (next < lines.length && (next === first || length + lines[next].length <= PIECE))
		length += lines[next++].length;
	const bytes = new Uint8Array(length);
	let at = 0;
	for (let i = first; i < next; i++) {
		bytes.set(lines[i], at);
		at += lines[i].length;
	}
	return { bytes, next };
}

function faultOf(why: FileFailure, detail: string): OutboxFault {
	return { why, detail };
}

function sinkFor(done: OutboxDone): FileSink {
	return {
		completed(_operation: FileOperation): void {
			done(undefined);
		},
		failed(_operation: FileOperation, why: FileFailure, detail: string): void {
			done(faultOf(why, detail));
		},
	};
}
