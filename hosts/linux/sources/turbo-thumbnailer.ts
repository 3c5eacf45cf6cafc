import JpegScaler from "porthole:jpeg-scaler";
import type { Octets } from "../../../src/core/time";
import type { Frame } from "../../../src/media/frame";
import type { Log } from "../../../src/ports/log";
import type { Thumbnailer } from "../../../src/ports/thumbnailer";

/** The largest picture that is scaled, as it is copied. */
const PICTURE_MAX: Octets = 4_194_304;
/** The most pictures that wait, each of them a frame that its source lacks meanwhile. */
const WAITING_MAX = 4;

/** A picture to be scaled. */
interface Task {
	readonly frame: Frame;
	readonly width: number;
	readonly done: (jpeg: Uint8Array | undefined) => void;
}

/**
 * Makes thumbnails with libjpeg-turbo in a thread, one at a time, so that one core stays free. The library is loaded with the first one;
 * where it is missing there are none.
 * @see hosts/linux/devices/jpeg-scaler.h
 */
export class TurboThumbnailer implements Thumbnailer {
	private scaler: InstanceType<typeof JpegScaler> | undefined;
	private isMissing = false;
	private readonly tasks: Task[] = [];

	constructor(private readonly log: Log) {}

	/** @see Thumbnailer */
	make(frame: Frame, width: number, done: (jpeg: Uint8Array | undefined) => void): void {
		const size = frame.end - frame.start;
		if (size > PICTURE_MAX || this.tasks.length >= WAITING_MAX || !this.isLoaded()) return done(undefined);
		frame.retain();
		this.tasks.push({ frame, width, done });
		if (this.tasks.length === 1) this.begin();
	}

	/** From the thread: the first task has ended. */
	scaled(jpeg: ArrayBuffer | undefined): void {
		const { frame, done } = this.tasks.shift() as Task;
		frame.release();
		if (this.tasks.length > 0) this.begin();
		done(jpeg === undefined ? undefined : new Uint8Array(jpeg));
	}

	private begin(): void {
		const [{ frame, width }] = this.tasks;
		try {
			this.scaler?.scale(frame.bytes, frame.start, frame.end, width, this);
		} catch {
			// There is no memory, or no thread.
			this.scaled(undefined);
		}
	}

	private isLoaded(): boolean {
		if (this.scaler !== undefined || this.isMissing) return !this.isMissing;
		try {
			this.scaler = new JpegScaler({});
		} catch {
			this.isMissing = true;
			this.log.write(
				"info",
				"camera",
				"portals get whole pictures, as libjpeg-turbo, which makes them smaller, is not installed (on Debian: apt install libturbojpeg0)",
			);
		}
		return !this.isMissing;
	}
}
