import type { Millis } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import type { Frame } from "../../media/frame";
import type { ContentDescription, PlayRange } from "../content";
import type { PacketBurst } from "../packets/packet-burst";
import type { PacketStream } from "../packets/packet-stream";
import { RtspRefusal } from "../rtsp-refusal";
import type { Answered } from "../stream-transport";
import { StoredClock } from "./stored-clock";
import { type StoredReader, type StoredSink, TICKS_PER_SECOND, type Ticks } from "./stored-content";
import { possibleRange, type TickRange, ticksOf } from "./stored-range";

/** The most pictures per second of fast playback. */
const FAST_RATE = 15;
/** How late a picture may be; after that the ones that follow are late too, as they must not be sent all at once. */
const LATE: Millis = 200;
/** The least time from the last picture to the BYE, as players look for that first: a busy one would miss pictures that came before it. */
const LINGER: Millis = 500;
/** The distance of pictures where the frame rate is not known. */
const USUAL_RATE = 25;

/** What {@link StoredPlayback.play} answers. */
export interface StoredAnswer {
	/** What is played, from the first picture on; values that are not possible were replaced by the nearest that are. */
	readonly range: PlayRange;
	/** The RTP timestamp of the first picture. */
	readonly timestamp: number;
}

/** What a {@link StoredPlayback} needs of its stream. */
export interface StoredOutlet {
	/** The monotonic clock, for what happens between calls: files are read. */
	now(): Millis;
	/** Sends a burst; its reference stays with the playback. @returns false: the client is not ready, {@link StoredPlayback.room} tells */
	send(now: Millis, burst: PacketBurst): boolean;
	/** {@link StoredPlayback.deadline} has changed between calls, so it is to be read again. */
	rearm(): void;
	/** The range has been played to its end, or can't be read any further: the stream ends with BYE. `reason` is for the log. */
	ended(now: Millis, reason: string): void;
}

/**
 * Plays a stored content to one stream, paced by the content's own clock (STR-9, STR-11).
 *
 * With a scale above 1, or below 0, of H.264 only key pictures are sent, and of JPEG at most 15 a second, because the others
 * would be thrown away. RTP timestamps follow the time of playback, as players expect: whatever the scale is, they advance with
 * the clock, faster only with the speed. Playback of H.264 starts at the key picture at or before the time asked for.
 *
 * A client by TCP that is not ready delays the playback and misses nothing.
 * @see RFC 2326 §10.5, §12.29, §12.34, §12.35
 */
export class StoredPlayback implements StoredSink {
	/** When {@link expire} must be called next; `Infinity` while nothing is pending. */
	deadline: Millis = Infinity;
	/**
	 * `finding`: the first picture of a range, which answers PLAY; `reading`: the next one; `waiting`: until it is due; `blocked`: by
	 * the client; `ending`: the last picture is shown for its time.
	 */
	private state: "idle" | "finding" | "reading" | "waiting" | "blocked" | "ending" | "closed" = "idle";
	private isPaused = false;
	private range: TickRange = { from: undefined, to: 0, scale: 1, speed: 1 };
	/** The least distance of pictures, and whether only key pictures are sent. */
	private step: Ticks = 1;
	private keysOnly = false;
	/** The picture that is sent next, its packets while the client is not ready, and its time or that of the last picture. */
	private picture: Frame | AccessUnit | undefined;
	private burst: PacketBurst | undefined;
	private at: Ticks | undefined;
	private readonly clock: StoredClock;
	/** True: the reader is at work; what it reads is not wanted any more; the picture is looked for after the start. */
	private isReading = false;
	private isStale = false;
	private isSecondLook = false;
	private answered: Answered<StoredAnswer> | undefined;
	/** Of the first picture of the range. */
	private timestamp = 0;
	private reason = "";

	/**
	 * @param reader is closed at the end
	 * @param packets for this stream alone
	 * @param timestamp the first RTP timestamp: random
	 * @param rate the most pictures per second that the client wants, of JPEG; 0: all
	 */
	constructor(
		private readonly content: ContentDescription,
		private readonly reader: StoredReader,
		private readonly packets: PacketStream,
		private readonly out: StoredOutlet,
		timestamp: number,
		private readonly rate: number,
	) {
		this.clock = new StoredClock(timestamp >>> 0);
		packets.parameterSets = content.video.parameterSets;
	}

	/** The RTP timestamp of this moment, for sender reports. */
	timestampAt(now: Millis): number {
		return this.clock.timestampAt(now);
	}

	/**
	 * Plays a range, or resumes after {@link pause} where the range has no start.
	 * @param answered is called once the first picture was read, or with 457 for a range that the content does not have
	 */
	play(now: Millis, wanted: PlayRange, answered: Answered<StoredAnswer>): void {
		if (this.state === "closed") return answered(now, new RtspRefusal(454, "the stream has ended"));
		if (this.answered !== undefined) return answered(now, new RtspRefusal(455, "the PLAY before is not answered yet"));
		const { duration, isGrowing } = this.content.range ?? { duration: 0 };
		const range = possibleRange(wanted, duration, isGrowing);
		if (range === undefined)
			return answered(now, new RtspRefusal(457, `the content can be played from 0 to ${duration.toFixed(3)} s`));
		const { from, scale } = range;
		this.timestamp = this.clock.restart(now, range.scale, range.speed);
		const keysOnly = this.keys && (scale < 0 || scale > 1);
		const isSame = keysOnly === this.keysOnly && scale > 0 === this.range.scale > 0;
		this.range = range;
		this.keysOnly = keysOnly;
		this.step = this.stepOf(scale);
		this.isPaused = false;
		this.dropBurst();
		this.answered = answered;
		const { picture } = this;
		const isFit = picture !== undefined && (!keysOnly || !("isKey" in picture) || picture.isKey);
		if (from === undefined && isFit) this.begin(now);
		else if (from === undefined && this.state === "reading" && isSame) {
			this.isSecondLook = true;
			this.state = "finding";
		} else {
			this.dropPicture();
			this.at = from ?? this.at ?? (scale < 0 ? ticksOf(duration) : 0);
			this.isSecondLook = false;
			this.state = "finding";
			this.look();
		}
		this.arm();
	}

	/** Stops sending; the next {@link play} without a start resumes. */
	pause(): void {
		this.isPaused = true;
		this.dropBurst();
		if (this.state === "blocked") this.state = "waiting";
		this.arm();
	}

	/** The client may be ready again. */
	room(now: Millis): void {
		if (this.state === "blocked") this.offer(now);
	}

	/** Sends the picture that is due. */
	expire(now: Millis): void {
		if (now < this.deadline) return;
		if (this.state === "waiting") this.send(now);
		else if (this.state === "ending") {
			this.state = "idle";
			this.out.ended(now, this.reason);
		}
		this.arm();
	}

	/** Ends the playback and frees everything. Harmless when repeated. */
	close(): void {
		if (this.state === "closed") return;
		this.state = "closed";
		this.deadline = Infinity;
		this.reader.close();
		this.dropPicture();
		this.dropBurst();
		this.answer(new RtspRefusal(454, "the stream has ended"));
	}

	/** @see StoredSink */
	found(at: Ticks, picture: Frame | AccessUnit, gap = 0, sets?: readonly Uint8Array[]): void {
		if (!this.isWanted()) return picture.release();
		if (sets !== undefined) this.packets.parameterSets = sets;
		if (this.state === "reading") this.clock.skip(this.range.scale > 0 ? gap : -gap);
		const { range, state } = this;
		if (range.scale > 0 ? at > range.to : at < range.to) {
			picture.release();
			return this.miss("the range has ended");
		}
		this.at = at;
		this.picture = picture;
		if (state === "finding") this.begin(this.out.now());
		else this.state = "waiting";
		this.rearm();
	}

	/** @see StoredSink */
	none(): void {
		if (!this.isWanted()) return;
		// Before the first key picture of a content playback starts with it.
		if (this.state === "finding" && this.range.scale > 0 && !this.isSecondLook) {
			this.isSecondLook = true;
			this.look();
		} else this.miss("the content has ended");
	}

	/** @see StoredSink */
	failed(detail: string): void {
		if (!this.isWanted()) return;
		const isFinding = this.state === "finding";
		this.finish(`the content can't be read: ${detail}`, isFinding);
		if (isFinding) this.answer(new RtspRefusal(500, "the content can't be read"));
		this.rearm();
	}

	/** There is no picture left in the range. */
	private miss(reason: string): void {
		const isFinding = this.state === "finding";
		this.finish(reason, isFinding);
		if (isFinding) this.answer(new RtspRefusal(457, "there is no picture in this range"));
		this.rearm();
	}

	private finish(reason: string, isIdle: boolean): void {
		this.reason = reason;
		this.state = isIdle ? "idle" : "ending";
	}

	/** Takes note that the reader is done. @returns false: what it read is not wanted any more */
	private isWanted(): boolean {
		this.isReading = false;
		if (!this.isStale) return this.state !== "closed";
		this.isStale = false;
		if (this.state === "finding" || this.state === "reading") this.look();
		return false;
	}

	/** Reads the first picture of the range or the next one, once the reader has done what it does now. */
	private look(): void {
		const { scale } = this.range;
		const at = this.at as Ticks;
		if (this.isReading) {
			this.isStale = true;
			this.reader.hurry?.();
			return;
		}
		this.isReading = true;
		if (this.state === "finding") this.reader.read(at, this.isSecondLook ? "from" : "until", this.keys, this);
		else if (scale > 0) this.reader.read(at + this.step, "from", this.keysOnly, this);
		else this.reader.read(at - this.step, "until", this.keysOnly, this);
	}

	/** Whether the first picture must be a key: decoding starts with it. */
	private get keys(): boolean {
		return this.content.video.encoding === "H264";
	}

	/** Playback begins with the picture that is there: answers PLAY. */
	private begin(now: Millis): void {
		const { timestamp } = this;
		const { scale, speed, to } = this.range;
		const at = this.at as Ticks;
		this.clock.begin(now, at);
		this.state = "waiting";
		const end = to === Infinity ? undefined : to / TICKS_PER_SECOND;
		this.answer({ range: { from: at / TICKS_PER_SECOND, to: end, scale, speed }, timestamp });
	}

	private send(now: Millis): void {
		const { picture, packets, clock } = this;
		if (picture === undefined) return;
		const late = now - this.due();
		if (late > LATE) clock.delay(late);
		const timestamp = clock.stamp(this.at as Ticks);
		this.burst = "isKey" in picture ? packets.unit(picture, timestamp) : packets.frame(picture, timestamp);
		if (this.burst === undefined) this.proceed();
		else this.offer(now);
	}

	private offer(now: Millis): void {
		const burst = this.burst as PacketBurst;
		if (!this.out.send(now, burst)) {
			this.state = "blocked";
			return;
		}
		const late = now - this.due();
		if (this.state === "blocked" && late > 0) this.clock.delay(late);
		this.dropBurst();
		this.proceed();
	}

	/** Reads the next picture. */
	private proceed(): void {
		this.dropPicture();
		this.state = "reading";
		this.look();
		this.arm();
	}

	/** When the current picture is due. */
	private due(): Millis {
		return this.clock.due(this.at as Ticks);
	}

	private arm(): void {
		if (this.isPaused || (this.state !== "waiting" && this.state !== "ending")) this.deadline = Infinity;
		else if (this.state === "waiting") this.deadline = Math.ceil(this.due());
		else {
			const shown = 1000 / (this.content.video.frameRate || USUAL_RATE) / this.range.speed;
			this.deadline = Math.ceil(this.due() + Math.max(shown, LINGER));
		}
	}

	private rearm(): void {
		this.arm();
		this.out.rearm();
	}

	private stepOf(scale: number): Ticks {
		const pace = Math.abs(scale) * TICKS_PER_SECOND;
		let step = Math.abs(scale) > 1 ? Math.floor(pace / FAST_RATE) : 1;
		if (this.rate > 0 && this.content.video.encoding === "JPEG") step = Math.max(step, Math.floor(pace / this.rate));
		return Math.max(1, step);
	}

	private answer(answer: StoredAnswer | RtspRefusal): void {
		const { answered } = this;
		this.answered = undefined;
		answered?.(this.out.now(), answer);
	}

	private dropBurst(): void {
		this.burst?.release();
		this.burst = undefined;
	}

	private dropPicture(): void {
		this.picture?.release();
		this.picture = undefined;
	}
}
