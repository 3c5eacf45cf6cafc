import type {
	FileDone,
	FileEntry,
	FileListSink,
	FileMode,
	FileOperation,
	FileSink,
	FileSpace,
	Files,
	OpenFile,
} from "../../../src/ports/files";
import type { DemoFiles } from "./demo-scene";
import type { RealTime } from "./real-time";

/** Lets files of the real world call into the virtual one, until the power of their machine is cut. */
export class EnteringFiles implements DemoFiles, Files {
	private isOn = true;
	private readonly opened = new Set<OpenFile>();

	constructor(
		private readonly real: Files,
		private readonly time: RealTime,
	) {}

	get files(): Files {
		return this;
	}

	/** @see DemoFiles */
	stop(): void {
		this.isOn = false;
		for (const file of this.opened) file.close();
		this.opened.clear();
	}

	open(path: string, mode: FileMode, done: FileDone<OpenFile>): void {
		this.real.open(path, mode, (answer) => {
			if (answer.failure !== undefined) return this.enter(() => done(answer));
			const { value } = answer;
			// The power was cut meanwhile.
			if (!this.isOn) return value.close();
			this.opened.add(value);
			this.enter(() => done({ value: new EnteringFile(value, this, () => this.opened.delete(value)) }));
		});
	}

	stat(path: string, done: FileDone<FileEntry>): void {
		this.real.stat(path, this.entering(done));
	}

	list(path: string, sink: FileListSink): void {
		this.real.list(path, {
			entry: (entry) => this.isOn && this.time.enter(() => sink.entry(entry)),
			listed: () => this.enter(() => sink.listed()),
			failed: (why, detail) => this.enter(() => sink.failed(why, detail)),
		});
	}

	makeFolder(path: string, done: FileDone<undefined>): void {
		this.real.makeFolder(path, this.entering(done));
	}

	rename(from: string, to: string, done: FileDone<undefined>): void {
		this.real.rename(from, to, this.entering(done));
	}

	delete(path: string, done: FileDone<undefined>): void {
		this.real.delete(path, this.entering(done));
	}

	syncFolder(path: string, done: FileDone<undefined>): void {
		this.real.syncFolder(path, this.entering(done));
	}

	space(done: FileDone<FileSpace>): void {
		this.real.space(this.entering(done));
	}

	/** Calls into the virtual world, while the machine is on. */
	enter(call: () => void): void {
		if (this.isOn) this.time.enter(call);
	}

	private entering<Value>(done: FileDone<Value>): FileDone<Value> {
		return (answer) => this.enter(() => done(answer));
	}
}

class EnteringFile implements OpenFile {
	constructor(
		private readonly file: OpenFile,
		private readonly files: EnteringFiles,
		private readonly closed: () => void,
	) {}

	get size(): number {
		return this.file.size;
	}

	read(at: number, bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.file.read(at, bytes, start, end, this.entering(sink));
	}

	write(at: number, bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.file.write(at, bytes, start, end, this.entering(sink));
	}

	append(bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.file.append(bytes, start, end, this.entering(sink));
	}

	truncate(length: number, sink: FileSink): void {
		this.file.truncate(length, this.entering(sink));
	}

	sync(sink: FileSink): void {
		this.file.sync(this.entering(sink));
	}

	close(sink?: FileSink): void {
		this.closed();
		this.file.close(sink && this.entering(sink));
	}

	private entering(sink: FileSink): FileSink {
		const { files } = this;
		return {
			completed: (operation: FileOperation, count) => files.enter(() => sink.completed(operation, count)),
			failed: (operation, why, detail) => files.enter(() => sink.failed(operation, why, detail)),
		};
	}
}
