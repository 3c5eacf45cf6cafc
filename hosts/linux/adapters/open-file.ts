import type { DiskFile } from "porthole:disk";
import type { Octets } from "../../../src/core/time";
import { fileFailureOf } from "../../../src/ports/errno";
import { FILE_OPERATIONS_MAX, type FileOperation, type FileSink, type OpenFile } from "../../../src/ports/files";
import { codeOf } from "./error-code";
import { later } from "./later";

const NO_OCTETS = new Uint8Array(0);

/** An operation that waits for those before it. */
interface Waiting {
	readonly operation: FileOperation;
	/** Offset or length; of an append it is found when its turn comes. */
	readonly at: Octets | undefined;
	readonly bytes: Uint8Array;
	readonly start: number;
	readonly end: number;
	readonly sink: FileSink | undefined;
}

/** An open file of a Linux board; the disk gets one operation at a time, in order. @see OpenFile */
export class LinuxFile implements OpenFile {
	private readonly queue: Waiting[] = [];
	private closed = false;

	/**
	 * @param length octets of the file now
	 * @param gone called when it is closed
	 */
	constructor(
		private readonly io: DiskFile,
		private length: Octets,
		private readonly gone: () => void,
	) {}

	get size(): Octets {
		let size = this.length;
		for (const waiting of this.queue) size = sizeAfter(size, waiting);
		return size;
	}

	read(at: Octets, bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.add({ operation: "read", at, bytes, start, end, sink });
	}

	write(at: Octets, bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.add({ operation: "write", at, bytes, start, end, sink });
	}

	append(bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.add({ operation: "write", at: undefined, bytes, start, end, sink });
	}

	truncate(length: Octets, sink: FileSink): void {
		this.add({ operation: "truncate", at: length, bytes: NO_OCTETS, start: 0, end: 0, sink });
	}

	sync(sink: FileSink): void {
		this.add({ operation: "sync", at: 0, bytes: NO_OCTETS, start: 0, end: 0, sink });
	}

	close(sink?: FileSink): void {
		this.add({ operation: "close", at: 0, bytes: NO_OCTETS, start: 0, end: 0, sink });
		this.closed = true;
	}

	/** From the disk: the first operation has ended. */
	ended(code: string, count?: unknown): void {
		const [waiting] = this.queue;
		if (code === "") this.length = sizeAfter(this.length, waiting);
		else this.length = this.io.length ?? this.length;
		this.queue.shift();
		const { operation, sink } = waiting;
		if (this.queue.length > 0) this.begin();
		if (code !== "") sink?.failed(operation, fileFailureOf(code), code);
		else sink?.completed(operation, typeof count === "number" ? count : 0);
	}

	private add(waiting: Waiting): void {
		const { operation, sink } = waiting;
		if (this.closed) {
			later(() => sink?.failed(operation, "denied", "the file is closed"));
			return;
		}
		// A file can always be closed.
		if (this.queue.length >= FILE_OPERATIONS_MAX && operation !== "close") {
			later(() => sink?.failed(operation, "busy", `${FILE_OPERATIONS_MAX} operations are waiting`));
			return;
		}
		this.queue.push(waiting);
		if (this.queue.length === 1) this.begin();
	}

	private begin(): void {
		const { operation, at = this.length, bytes, start, end } = this.queue[0];
		try {
			switch (operation) {
				case "read":
					this.io.read(at, bytes, start, end, this);
					break;
				case "write":
					this.io.write(at, bytes, start, end, this);
					break;
				case "truncate":
					this.io.truncate(at, this);
					break;
				case "sync":
					this.io.sync(this);
					break;
				case "close":
					this.io.close();
					this.gone();
					later(() => this.ended(""));
			}
		} catch (error) {
			later(() => this.ended(codeOf(error)));
		}
	}
}

/** The length of a file of `size` octets after an operation. */
function sizeAfter(size: Octets, { operation, at, start, end }: Waiting): Octets {
	if (operation === "truncate") return at ?? size;
	// A write of nothing changes nothing, wherever it is.
	if (operation !== "write" || start === end) return size;
	return Math.max(size, (at ?? size) + end - start);
}
