import type { StreamOutbox } from "../../core/stream";
import type { Octets } from "../../core/time";
import type { StreamReport } from "../distribution/stream-report";
import type { StreamListener } from "../stream-transport";

/** The largest picture with its framing: more than JPEG or H.264 can have. */
export const BURST_MAX: Octets = 24 * 1024 * 1024;
const NOTHING = Object.freeze({ packets: 0, octets: 0, missed: 0 });

/** A stream at another machine, as its control host sees it (STR-12). */
export class RemoteStream {
	isPlaying = false;
	/** True: the distribution has not been told yet that it is paused. */
	owesPause = false;
	/** What the distribution said last. */
	report: StreamReport = NOTHING;
	/** A picture that comes in parts, and how much of it is there. */
	private burst: Uint8Array | undefined;
	private filled: Octets = 0;
	/** Whether the distribution waits to hear that the client has taken the picture. */
	private isOwed = false;

	/** @param out the client's connection, where media go by it */
	constructor(
		readonly stream: number,
		readonly listener: StreamListener,
		readonly out: StreamOutbox | undefined,
	) {}

	/**
	 * Takes a part of a picture.
	 * @param left octets of the picture that follow
	 * @returns false: that cannot be
	 */
	media(bytes: Uint8Array, start: number, end: number, left: Octets): boolean {
		const count = end - start;
		if (this.out === undefined || count === 0 || count + left > BURST_MAX) return false;
		if (this.burst === undefined) {
			if (this.isOwed) return false;
			this.burst = new Uint8Array(count + left);
			this.filled = 0;
			this.isOwed = true;
		}
		const { burst } = this;
		if (this.filled + count + left !== burst.length) return false;
		burst.set(bytes.subarray(start, end), this.filled);
		this.filled += count;
		return true;
	}

	/**
	 * Gives a picture that is there to the client, as soon as nothing is queued for it.
	 * @returns true, once for each picture: the client has taken all of it
	 */
	deliver(): boolean {
		const { out, burst } = this;
		if (out === undefined || !this.isOwed) return false;
		if (burst !== undefined) {
			if (this.filled < burst.length) return false;
			// After PAUSE was answered nothing may come.
			if (this.isPlaying && !out.offer(burst, 0, burst.length)) return false;
			this.burst = undefined;
		}
		if (this.isPlaying && out.queued > 0) return false;
		this.isOwed = false;
		return true;
	}

	/** Sends a report to the client; one that finds no room is left out. */
	sendReport(bytes: Uint8Array, start: number, end: number): void {
		const { out } = this;
		if (out !== undefined && end > start && out.room >= end - start) out.write(bytes, start, end);
	}
}
