import {
	type FileDone,
	type FileEntry,
	type FileFailure,
	type FileListSink,
	type FileMode,
	type FileSpace,
	type Files,
	type OpenFile,
	PATH_OPERATIONS_MAX,
} from "../../ports/files";

/** How many operations of the store are under way at a time; others need some too. */
const AT_ONCE = PATH_OPERATIONS_MAX / 4;

/**
 * Files whose operations wait in a queue, where many come at once: when all cameras begin another segment at the same time, none is
 * refused as `busy`. Operations on open files do not wait.
 */
export class PatientFiles implements Files {
	private underWay = 0;
	private readonly waiting: (() => void)[] = [];

	constructor(private readonly files: Files) {}

	open(path: string, mode: FileMode, done: FileDone<OpenFile>): void {
		this.start((ended) => this.files.open(path, mode, ended), done);
	}

	stat(path: string, done: FileDone<FileEntry>): void {
		this.start((ended) => this.files.stat(path, ended), done);
	}

	list(path: string, sink: FileListSink): void {
		this.run(() => this.files.list(path, new PatientListing(sink, this.ended)));
	}

	makeFolder(path: string, done: FileDone<undefined>): void {
		this.start((ended) => this.files.makeFolder(path, ended), done);
	}

	rename(from: string, to: string, done: FileDone<undefined>): void {
		this.start((ended) => this.files.rename(from, to, ended), done);
	}

	delete(path: string, done: FileDone<undefined>): void {
		this.start((ended) => this.files.delete(path, ended), done);
	}

	syncFolder(path: string, done: FileDone<undefined>): void {
		this.start((ended) => this.files.syncFolder(path, ended), done);
	}

	space(done: FileDone<FileSpace>): void {
		this.start((ended) => this.files.space(ended), done);
	}

	private start<Value>(operation: (ended: FileDone<Value>) => void, done: FileDone<Value>): void {
		this.run(() =>
			operation((answer) => {
				this.ended();
				done(answer);
			}),
		);
	}

	private run(operation: () => void): void {
		if (this.underWay >= AT_ONCE) {
			this.waiting.push(operation);
			return;
		}
		this.underWay++;
		operation();
	}

	private readonly ended = (): void => {
		this.underWay--;
		const next = this.waiting.shift();
		if (next !== undefined) this.run(next);
	};
}

/** Tells when a folder was listed. */
class PatientListing implements FileListSink {
	constructor(
		private readonly sink: FileListSink,
		private readonly ended: () => void,
	) {}

	entry(entry: FileEntry): boolean {
		const goesOn = this.sink.entry(entry);
		if (!goesOn) this.ended();
		return goesOn;
	}

	listed(): void {
		this.ended();
		this.sink.listed();
	}

	failed(why: FileFailure, detail: string): void {
		this.ended();
		this.sink.failed(why, detail);
	}
}
