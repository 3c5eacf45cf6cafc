import { type StreamOutbox, type StreamSource, writeWhatFits } from "../core/stream";
import type { Millis } from "../core/time";
import type { Frame } from "../media/frame";
import type { FrameHub, FrameViewer } from "../media/frame-hub";
import { timestamp } from "./mjpeg-part";

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
	readonly until: Millis;
}

/** Answers requests for single pictures with the newest frame (IMG-16). */
export class Snapshots implements FrameViewer {
	deadline: Millis = Infinity;
	private waiting: Waiting[] = [];

	/** @param describe makes the text of a refusal */
	constructor(
		private readonly hub: FrameHub,
		private readonly describe: (reason: SnapshotRefusal) => string,
	) {}

	/** Answers with a JPEG, now or when the next frame comes; 503 when none does. */
	ask(now: Millis, reply: SnapshotReply): void {
		const fresh = this.hub.fresh(now);
		if (fresh !== undefined) {
			answer(reply, fresh);
			return;
		}
		if (this.waiting.length >= WAITING_MAX) {
			reply.error(503, this.describe("too-many-waiting"));
			return;
		}
		this.waiting.push({ reply, until: now + PATIENCE });
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
		for (const { reply } of waiting) answer(reply, latest);
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		const late = this.waiting.filter((waiting) => waiting.until <= now);
		this.waiting = this.waiting.filter((waiting) => waiting.until > now);
		this.deadline = this.waiting.length > 0 ? this.waiting[0].until : Infinity;
		if (this.waiting.length === 0) this.hub.leave(now, this);
		for (const { reply } of late) reply.error(503, this.describe("no-picture"));
	}
}

function answer(reply: SnapshotReply, frame: Frame): void {
	reply.stream(
		200,
		[
			["Content-Type", "image/jpeg"],
			["Cache-Control", "no-store"],
			["X-Timestamp", timestamp(frame.utc ?? frame.at)],
		],
		new FrameBody(frame),
		frame.length,
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
