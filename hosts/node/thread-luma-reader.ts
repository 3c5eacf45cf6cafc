import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Octets } from "../../src/core/time";
import type { Frame } from "../../src/media/frame";
import type { LumaReader, LumaSink } from "../../src/ports/luma";
import type { LumaOrder, LumaReport } from "./luma-protocol";

/** How many pictures may be with the thread. */
const SLOTS = 32;
/** The smallest buffer. */
const BUFFER_MIN: Octets = 65_536;
/** A larger picture is not read: each slot keeps room for the largest that it had. */
export const LUMA_PICTURE_MAX: Octets = 2_097_152;
const HEAP_MEGABYTES = 24;
/** Of these for objects that live shortly; the pictures are not among them. */
const YOUNG_MEGABYTES = 3;

/** A buffer that the thread reads from, and the picture that is in it. */
interface Slot {
	readonly number: number;
	buffer: SharedArrayBuffer;
	bytes: Uint8Array;
	/** True: the thread does not know the buffer yet. */
	isNew: boolean;
	frame: Frame | undefined;
	sink: LumaSink | undefined;
}

/**
 * Reads the brightness of pictures in a worker thread, so that 64 cameras do not hold up connections and recording.
 *
 * The thread starts with the first picture. When it fails, what it had is answered as failed, and the next picture starts
 * another one.
 */
export class ThreadLumaReader implements LumaReader {
	private worker: Worker | undefined;
	private readonly slots: Slot[] = [];
	private readonly free: Slot[] = [];

	/** @param begin starts the thread */
	constructor(private readonly begin: () => Worker = beginThread) {
		for (let number = 0; number < SLOTS; number++) {
			const buffer = new SharedArrayBuffer(0);
			const slot = { number, buffer, bytes: new Uint8Array(0), isNew: true, frame: undefined, sink: undefined };
			this.slots.push(slot);
			this.free.push(slot);
		}
	}

	/** @see LumaReader */
	read(frame: Frame, sink: LumaSink): boolean {
		if (frame.length > LUMA_PICTURE_MAX) {
			sink.failed(frame, "too-large");
			return true;
		}
		const slot = this.free.pop();
		if (slot === undefined) return false;
		this.worker ??= this.start();
		if (slot.bytes.length < frame.length) {
			slot.buffer = new SharedArrayBuffer(Math.min(LUMA_PICTURE_MAX, Math.max(BUFFER_MIN, 2 * frame.length)));
			slot.bytes = new Uint8Array(slot.buffer);
			slot.isNew = true;
		}
		slot.bytes.set(frame.bytes.subarray(frame.start, frame.end));
		slot.frame = frame.retain();
		slot.sink = sink;
		const order: LumaOrder = {
			slot: slot.number,
			length: frame.length,
			...(slot.isNew && { buffer: slot.buffer }),
		};
		slot.isNew = false;
		this.worker.postMessage(order);
		return true;
	}

	/** Ends the thread. */
	async stop(): Promise<void> {
		await this.worker?.terminate();
	}

	private start(): Worker {
		const worker = this.begin();
		worker.unref();
		worker.on("message", (report: LumaReport) => this.report(report));
		worker.on("error", (error: Error) => this.ended(worker, error.message));
		worker.on("exit", () => this.ended(worker, "the thread has ended"));
		return worker;
	}

	private report(report: LumaReport): void {
		const slot = this.slots[report.slot];
		const { frame, sink } = slot;
		if (frame === undefined || sink === undefined) return;
		slot.frame = slot.sink = undefined;
		this.free.push(slot);
		if ("fault" in report) sink.failed(frame, report.fault);
		else sink.luma(frame, report);
		frame.release();
	}

	private ended(worker: Worker, detail: string): void {
		if (this.worker !== worker) return;
		this.worker = undefined;
		for (const slot of this.slots) {
			slot.isNew = true;
			const { frame, sink } = slot;
			if (frame === undefined || sink === undefined) continue;
			slot.frame = slot.sink = undefined;
			this.free.push(slot);
			sink.failed(frame, detail);
			frame.release();
		}
	}
}

function beginThread(): Worker {
	return new Worker(join(__dirname, "luma-worker.js"), {
		resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
	});
}
