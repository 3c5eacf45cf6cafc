import { type StreamOutbox, type StreamSource, writeWhatFits } from "../core/stream";
import type { Millis } from "../core/time";
import { Frame } from "../media/frame";
import type { FrameHub, FrameViewer } from "../media/frame-hub";
import { timestamp } from "./mjpeg-part";
import { ScaledPictures } from "./scaled-pictures";

/** The part of a reply that a snapshot needs. */
export interface SnapshotReply {
	stream(status: number, headers: readonly (readonly [string, string])[], source: StreamSource, length: number): void;
	error(status: number, message: string): void;
}

/** Why a snapshot was refused: too many requests wait for a picture, or none came in time. */
export type SnapshotRefusal = "too-many-waiting" | "no-picture";

/** How long a request waits for a frame. */
const PATIENCE: Millis = 5000;
/** The most requests that wait at a time. */
const WAITING_MAX = 64;

interface Waiting {
	readonly reply: SnapshotReply;
	/** The width that is wanted, in pixels; 0: that of the camera. */
	readonly width: number;
	readonly until: Millis;
}

/** Answers requests for single pictures with the newest frame (IMG-16). */
export class Snapshots implements FrameViewer {
	deadline: Millis = Infinity;
	private waiting: Waiting[] = [];

	/**
	 * @param describe makes the text of a refusal
	 * @param scaled makes smaller pictures @default pictures stay as they are
	 */
	constructor(
		private readonly hub: FrameHub,
		private readonly describe: (reason: SnapshotRefusal) => string,
		private readonly scaled: Pick<ScaledPictures, "get"> = new ScaledPictures(undefined),
	) {}

	/**
	 * Answers with a JPEG, now or when the next frame comes; 503 when none does.
	 * @param width in pixels, at the least; 0: the whole picture
	 */
	ask(now: Millis, reply: SnapshotReply, width = 0): void {
		const fresh = this.hub.fresh(now);
		if (fresh !== undefined) {
			this.answer(now, reply, fresh, width);
			return;
		}
		if (this.waiting.length >= WAITING_MAX) {
			reply.error(503, this.describe("too-many-waiting"));
			return;
		}
		this.waiting.push({ reply, width, until: now + PATIENCE });
		this.deadline = Math.min(this.deadline, now + PATIENCE);
		if (this.waiting.length === 1) this.hub.join(now, this);
	}

	/** @see FrameViewer.viewers */
	get viewers(): number {
		return this.waiting.length > 0 ? 1 : 0;
	}

	offer(now: Millis): void {
		const { latest } = this.hub;
		if (latest === undefined || this.waiting.length === 0) return;
		const waiting = this.waiting;
		this.waiting = [];
		this.deadline = Infinity;
		this.hub.leave(now, this);
		for (const { reply, width } of waiting) this.answer(now, reply, latest, width);
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		const late = this.waiting.filter((waiting) => waiting.until <= now);
		this.waiting = this.waiting.filter((waiting) => waiting.until > now);
		this.deadline = this.waiting.length > 0 ? this.waiting[0].until : Infinity;
		if (this.waiting.length === 0) this.hub.leave(now, this);
		for (const { reply } of late) reply.error(503, this.describe("no-picture"));
	}

	private answer(now: Millis, reply: SnapshotReply, frame: Frame, width: number): void {
		if (width === 0) return sendPicture(reply, frame, frame);
		// The buffer of the picture may be used for another one meanwhile.
		frame.retain();
		this.scaled.get(now, frame, width, (jpeg) => {
			sendPicture(reply, frame, jpeg === undefined ? frame : new Frame(jpeg, 0, jpeg.length, 0, frame.at, frame.utc));
			frame.release();
		});
	}
}

/** Answers with a picture. @param shown the picture, or a smaller copy of it */
function sendPicture(reply: SnapshotReply, { utc, at }: Frame, shown: Frame): void {
	reply.stream(
		200,
		[
			["Content-Type", "image/jpeg"],
			["Cache-Control", "no-store"],
			["X-Timestamp", timestamp(utc ?? at)],
		],
		new FrameBody(shown),
		shown.length,
	);
}

/** Sends one JPEG, holding its frame until the last octet is written. */
export class FrameBody implements StreamSource {
	private at: number;
	private held = true;

	/** @param frame is retained */
	constructor(private readonly frame: Frame) {
		frame.retain();
		this.at = frame.start;
	}

	fill(_now: Millis, out: StreamOutbox): boolean {
		this.at = writeWhatFits(out, this.frame.bytes, this.at, this.frame.end);
		return this.at === this.frame.end;
	}

	release(): void {
		if (this.held) this.frame.release();
		this.held = false;
	}
}
