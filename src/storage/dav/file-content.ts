import type { StreamOutbox, StreamSource, StreamWaker } from "../../core/stream";
import type { Millis, Octets } from "../../core/time";
import type { SeekableContent } from "../../http/seekable-content";
import type { FileFailure, FileOperation, FileSink, OpenFile } from "../../ports/files";

/** Octets that are read at a time. */
const STEP: Octets = 65_536;

/** An open file as the body of a response, with ranges. Of a file that grows it is what is there now. */
export class FileContent implements SeekableContent {
	readonly length: Octets;

	/**
	 * @param file is closed at the end
	 * @param closed called when it is
	 */
	constructor(
		private readonly file: OpenFile,
		readonly type: string,
		readonly etag: string,
		readonly modified: Millis | undefined,
		private readonly now: () => Millis,
		private readonly closed: () => void,
	) {
		this.length = file.size;
	}

	open(start: Octets, end: Octets): StreamSource {
		return new FileSource(this.file, start, end, this.now);
	}

	close(): void {
		this.file.close();
		this.closed();
	}
}

/** Reads one piece while the one before it is being sent. */
class FileSource implements StreamSource, FileSink {
	private waker: StreamWaker | undefined;
	/** Lent to the file while {@link isReading}. */
	private next: Uint8Array = new Uint8Array(STEP);
	private nextLength = 0;
	private current: Uint8Array = new Uint8Array(STEP);
	private length = 0;
	private sent = 0;
	private isReading = false;
	private isReleased = false;

	/** Sends the octets `[at, end)`. */
	constructor(
		private readonly file: OpenFile,
		private at: Octets,
		private readonly end: Octets,
		private readonly now: () => Millis,
	) {
		this.read();
	}

	attach(waker: StreamWaker): void {
		this.waker = waker;
	}

	fill(_now: Millis, out: StreamOutbox): boolean {
		for (;;) {
			while (this.sent < this.length && out.room > 0) {
				const upTo = Math.min(this.length, this.sent + out.room);
				// The buffer is used again, so the host copies what it can't send at once.
				out.write(this.current, this.sent, upTo);
				this.sent = upTo;
			}
			if (this.sent < this.length || this.isReading) return false;
			if (this.nextLength === 0) return this.at >= this.end;
			const { current } = this;
			this.current = this.next;
			this.length = this.nextLength;
			this.sent = this.nextLength = 0;
			this.next = current;
			if (this.at < this.end) this.read();
		}
	}

	release(): void {
		this.isReleased = true;
	}

	completed(_operation: FileOperation, count: Octets): void {
		this.isReading = false;
		if (this.isReleased) return;
		if (count < Math.min(STEP, this.end - this.at)) return this.waker?.fail();
		this.nextLength = count;
		this.at += count;
		this.waker?.wake(this.now());
	}

	failed(_operation: FileOperation, _why: FileFailure, _detail: string): void {
		this.isReading = false;
		if (!this.isReleased) this.waker?.fail();
	}

	private read(): void {
		this.isReading = true;
		this.file.read(this.at, this.next, 0, Math.min(STEP, this.end - this.at), this);
	}
}
