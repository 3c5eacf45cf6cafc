import type { FileHandle } from "node:fs/promises";
import type { Octets } from "../../src/core/time";
import { detailOf, fileFailureOf } from "../../src/ports/errno";
import {
	FILE_OPERATIONS_MAX,
	type FileFailure,
	type FileOperation,
	type FileSink,
	type OpenFile,
} from "../../src/ports/files";
import { codeOf } from "./error-code";

/** An operation in the queue. */
interface Waiting {
	readonly operation: FileOperation;
	/** The offset, or the length for `truncate`; -1 means the end of the file. */
	readonly at: Octets;
	readonly bytes: Uint8Array;
	readonly start: number;
	readonly end: number;
	readonly sink: FileSink | undefined;
}

const NOTHING = new Uint8Array(0);

/** An open file on `node:fs`. Operations run one after the other. @see OpenFile */
export class NodeFile implements OpenFile {
	size: Octets;
	/** The length now. */
	private length: Octets;
	private closed = false;
	private readonly waiting: Waiting[] = [];

	/** @param gone called after the file was closed */
	constructor(
		private readonly handle: FileHandle,
		length: Octets,
		private readonly gone: () => void,
	) {
		this.length = this.size = length;
	}

	read(at: Octets, bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.start({ operation: "read", at, bytes, start, end, sink });
	}

	write(at: Octets, bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.start({ operation: "write", at, bytes, start, end, sink });
	}

	append(bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.start({ operation: "write", at: -1, bytes, start, end, sink });
	}

	truncate(length: Octets, sink: FileSink): void {
		this.start({ operation: "truncate", at: length, bytes: NOTHING, start: 0, end: 0, sink });
	}

	sync(sink: FileSink): void {
		this.start({ operation: "sync", at: 0, bytes: NOTHING, start: 0, end: 0, sink });
	}

	close(sink?: FileSink): void {
		this.start({ operation: "close", at: 0, bytes: NOTHING, start: 0, end: 0, sink });
	}

	private start(wanted: Waiting): void {
		if (this.closed) {
			refuse(wanted, "denied", "the file is closed");
			return;
		}
		// A close is always accepted, or the file would stay open.
		if (this.waiting.length >= FILE_OPERATIONS_MAX && wanted.operation !== "close") {
			refuse(wanted, "busy", `${FILE_OPERATIONS_MAX} operations wait`);
			return;
		}
		if (wanted.operation === "close") this.closed = true;
		this.size = sizeAfter(this.size, wanted);
		if (this.waiting.push(wanted) === 1) this.next();
	}

	/** Runs the queue; each operation ends before the next starts. */
	private next(): void {
		const wanted = this.waiting[0];
		this.perform(wanted).then(
			(count) => this.ended(() => wanted.sink?.completed(wanted.operation, count)),
			async (error) => {
				await this.measure();
				this.ended(() => wanted.sink?.failed(wanted.operation, fileFailureOf(codeOf(error)), detailOf(error)));
			},
		);
	}

	private ended(tell: () => void): void {
		const last = this.waiting.shift();
		// Outside of the promise, so that an exception of the sink is not taken for a failed operation.
		process.nextTick(tell);
		if (last?.operation === "close") this.gone();
		else if (this.waiting.length > 0) process.nextTick(() => this.next());
	}

	private async perform({ operation, at, bytes, start, end }: Waiting): Promise<Octets> {
		const { handle } = this;
		switch (operation) {
			case "read": {
				let count = 0;
				while (start + count < end) {
					const { bytesRead } = await handle.read(bytes, start + count, end - start - count, at + count);
					if (bytesRead === 0) break;
					count += bytesRead;
				}
				return count;
			}
			case "write": {
				const to = at < 0 ? this.length : at;
				for (let count = 0; start + count < end; ) {
					count += (await handle.write(bytes, start + count, end - start - count, to + count)).bytesWritten;
				}
				if (end > start) this.length = Math.max(this.length, to + end - start);
				return end - start;
			}
			case "truncate":
				await handle.truncate(at);
				this.length = at;
				return 0;
			case "sync":
				await handle.datasync();
				return 0;
			case "close":
				await handle.close();
				return 0;
		}
	}

	/** Reads the length of the file after a failure. */
	private async measure(): Promise<void> {
		try {
			this.length = (await this.handle.stat()).size;
		} catch {
			// Then the last known length stays.
		}
		this.size = this.waiting.slice(1).reduce(sizeAfter, this.length);
	}
}

/** Returns the length of a file after an operation. */
function sizeAfter(size: Octets, { operation, at, start, end }: Waiting): Octets {
	if (operation === "truncate") return at;
	if (operation !== "write" || end <= start) return size;
	return at < 0 ? size + end - start : Math.max(size, at + end - start);
}

function refuse({ operation, sink }: Waiting, why: FileFailure, detail: string): void {
	process.nextTick(() => sink?.failed(operation, why, detail));
}
