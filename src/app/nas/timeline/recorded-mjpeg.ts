import { FIRST_BOUNDARY, wrapPart } from "../../../camera/mjpeg-part";
import type { Machine } from "../../../core/machine";
import { type StreamOutbox, type StreamSource, type StreamWaker, writeWhatFits } from "../../../core/stream";
import type { Millis } from "../../../core/time";
import type { Frame } from "../../../media/frame";
import type { Utc } from "../../../storage/recording";
import type { RecordedPicture, RecordingReader, RecordingSink } from "../../../storage/recording-reader";

/** What is played. */
export interface RecordedSpan {
	/** Where it begins: at its end for a negative speed. */
	readonly from: Utc;
	/** Where it ends; `Infinity`, or `-Infinity` for a negative speed: where the recordings end. */
	readonly to: Utc;
	/** How many times as fast as it happened; negative: backwards. */
	readonly speed: number;
}

/** What a {@link RecordedMjpeg} asks of its owner. */
export interface RecordedMjpegOwner {
	/** Whether pictures may follow after the last one, because the camera is being recorded. */
	isGrowing(): boolean;
	/** The stream has ended. Called once. */
	ended(): void;
}

/** The most pictures a second when it plays faster than it was recorded. */
const RATE_MAX = 12;
/** A longer time without a picture, as it is played, is skipped. */
const GAP_MAX: Millis = 2000;
/** How long the last picture before a gap stays. */
const GAP_SHOWN: Millis = 1000;
/** How long to wait for the next picture where the recording goes on. */
const LIVE_WAIT: Millis = 250;
/** Pictures that can't be read are skipped in steps of this. */
const FAULT_STEP: Millis = 1000;
/** So many faults one after another end the stream. */
const FAULTS_MAX = 10;

/** What it waits for; numbers, as XS copies a string each time it is compared. */
type Phase = number;
const READING: Phase = 0;
/** It has the next picture, which is not due yet, or for which there is no room. */
const HOLDING: Phase = 1;
/** There is no further picture yet. */
const WAITING: Phase = 2;
const OVER: Phase = 3;

/**
 * Plays a span of a camera's recordings as `multipart/x-mixed-replace`, at any speed, for browsers without script too.
 *
 * Each picture is shown at its time, by the clock: a viewer who is too slow, and a high speed, miss pictures in between. Gaps
 * are skipped. At the end of a recording that goes on it follows it.
 */
export class RecordedMjpeg implements StreamSource, RecordingSink, Machine<undefined> {
	deadline: Millis = Infinity;
	/** Its handle, set by the owner: called after a call that may have changed {@link deadline}, and removed at the end. */
	late: { called(): void; remove(): void } | undefined;
	private waker: StreamWaker | undefined;
	private phase = WAITING;
	private preamble = 0;
	private isStarted = false;
	/** The picture that is to be shown next. */
	private next: Frame | undefined;
	private nextUtc: Utc = 0;
	/** Time on the monotonic clock at which the picture of the time `base` is, or was, shown. */
	private since: Millis = 0;
	private base: Utc;
	/** Time of the last picture that was shown or skipped. */
	private shown: Utc;
	private faults = 0;

	/** @param now tells the monotonic time */
	constructor(
		private readonly span: RecordedSpan,
		private readonly reader: RecordingReader,
		private readonly now: () => Millis,
		private readonly owner: RecordedMjpegOwner,
	) {
		this.base = span.from;
		this.shown = span.from;
	}

	attach(waker: StreamWaker): void {
		this.waker = waker;
	}

	fill(now: Millis, out: StreamOutbox): boolean {
		if (this.preamble < FIRST_BOUNDARY.length) {
			this.preamble = writeWhatFits(out, FIRST_BOUNDARY, this.preamble, FIRST_BOUNDARY.length);
			if (this.preamble < FIRST_BOUNDARY.length) return false;
			this.read(this.span.from);
		}
		if (this.phase === HOLDING && this.dueAt <= now) this.show(now, out);
		this.late?.called();
		return this.phase === OVER;
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		if (this.phase === WAITING) this.read(this.shown + 1);
		else if (this.phase === HOLDING) this.waker?.wake(now);
	}

	found({ utc, picture, segment }: RecordedPicture): void {
		const frame = picture as Frame;
		const { span } = this;
		const isPast = span.speed > 0 ? utc >= span.to : utc < span.to;
		if (isPast || segment.encoding !== "JPEG") {
			picture.release();
			return this.end();
		}
		const now = this.now();
		this.faults = 0;
		this.next = frame;
		this.nextUtc = utc;
		this.phase = HOLDING;
		if (!this.isStarted) {
			this.isStarted = true;
			this.setClock(now, utc);
		} else if (this.dueAt - now > GAP_MAX) this.setClock(now + GAP_SHOWN, utc);
		if (this.dueAt <= now) this.waker?.wake(now);
		else this.deadline = this.dueAt;
		this.late?.called();
	}

	none(): void {
		if (this.span.speed < 0 || !this.owner.isGrowing()) return this.end();
		const now = this.now();
		// The pictures that come are shown as they come.
		this.isStarted = false;
		this.phase = WAITING;
		this.deadline = now + LIVE_WAIT;
		this.late?.called();
	}

	failed(): void {
		if (++this.faults > FAULTS_MAX) return this.end();
		this.read(this.shown + Math.sign(this.span.speed) * this.faults * FAULT_STEP);
	}

	release(): void {
		this.phase = OVER;
		this.deadline = Infinity;
		this.dropNext();
		this.reader.close();
		this.owner.ended();
		this.late?.remove();
	}

	/** When the next picture is due. */
	private get dueAt(): Millis {
		return Math.ceil(this.since + (this.nextUtc - this.base) / this.span.speed);
	}

	/** The least time from one picture to the next, in the recording. */
	private get step(): Millis {
		const { speed } = this.span;
		return Math.abs(speed) <= 1 ? Math.sign(speed) : Math.round((speed * 1000) / RATE_MAX);
	}

	private setClock(now: Millis, utc: Utc): void {
		this.since = now;
		this.base = utc;
	}

	private read(utc: Utc): void {
		this.phase = READING;
		this.reader.read(Math.max(0, utc), this.span.speed > 0 ? "from" : "until", false, this);
	}

	private show(now: Millis, out: StreamOutbox): void {
		const { next, nextUtc, span } = this;
		if (next === undefined) return;
		if (next.partStart < 0) wrapPart(next);
		// A slow viewer gets this picture late, and then the one that is due.
		if (!out.offer(next.bytes, next.partStart, next.partEnd, next)) return;
		this.dropNext();
		this.shown = nextUtc;
		const due = Math.floor(this.base + (now - this.since) * span.speed);
		const wanted = nextUtc + this.step;
		this.read(span.speed > 0 ? Math.max(wanted, due) : Math.min(wanted, due));
	}

	private dropNext(): void {
		this.next?.release();
		this.next = undefined;
	}

	private end(): void {
		this.phase = OVER;
		this.waker?.wake(this.now());
	}
}
