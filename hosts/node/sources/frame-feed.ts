import type { Writable } from "node:stream";
import type { Millis, Octets } from "../../../src/core/time";
import type { Frame } from "../../../src/media/frame";
import { LONE_HEAD, writeLoneHead } from "../../../src/media/matroska/matroska-cluster";
import { matroskaStreamHead } from "../../../src/media/matroska/matroska-head";

/** More than this waits for ffmpeg only when it is too slow, and then pictures are left out. */
const WAITING_MAX: Octets = 4 * 1024 * 1024;

/** Times are written in 31 bits of milliseconds, which last for 24 days; a feed lasts for 14. */
const SPAN_MAX: Millis = 14 * 24 * 3600 * 1000;

/**
 * Feeds JPEG pictures of one size to the standard input of an ffmpeg.
 *
 * They go in Matroska, because it has the length of each picture, so that ffmpeg need not wait for the next one to know where a
 * picture ends, and its time, so that each picture that comes out is known again by it.
 */
export class FrameFeed {
	private begun: Millis | undefined;
	private newest: Millis = -1;

	/** @param fps the usual rate in pictures per second; 0: not known */
	constructor(
		private readonly input: Writable,
		private readonly width: number,
		private readonly height: number,
		fps = 0,
	) {
		input.write(matroskaStreamHead(width, height, fps));
	}

	/** True: this feed takes no picture of this size and time, and ffmpeg must be started again for it. */
	isSpentFor(width: number, height: number, at: Millis): boolean {
		const { begun = at } = this;
		return width !== this.width || height !== this.height || at - begun > SPAN_MAX;
	}

	/** The time of the newest picture that was fed, in milliseconds since the first; -1: none. */
	get last(): Millis {
		return this.newest;
	}

	/** The time on the monotonic clock that is time 0 here. */
	get origin(): Millis {
		return this.begun ?? 0;
	}

	/**
	 * Feeds a picture, which it retains while it is written.
	 * @param mark 1: its time is made odd; 0: even
	 * @returns false: it is left out, as ffmpeg is too slow
	 */
	push(frame: Frame, mark: 0 | 1 = 0): boolean {
		const { input } = this;
		if (input.destroyed || input.writableLength > WAITING_MAX) return false;
		this.begun ??= frame.at;
		const even = Math.round((frame.at - this.begun) / 2) * 2;
		const at = Math.max(even, Math.floor(this.newest / 2) * 2 + 2) + mark;
		this.newest = at;
		const head = new Uint8Array(LONE_HEAD);
		writeLoneHead(head, at, frame.length, true);
		input.write(head);
		frame.retain();
		input.write(frame.bytes.subarray(frame.start, frame.end), () => frame.release());
		return true;
	}
}
