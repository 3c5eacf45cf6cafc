import type { Millis } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import type { Frame } from "../../media/frame";
import type { WeekSchedule } from "../../wire/week-schedule";
import type { ContentStore } from "../content-store";
import type { CameraKey, GapReason, Utc } from "../recording";
import type { RecordingListener, RecordingWriter } from "../recording-writer";
import { PictureClock } from "./picture-clock";
import { PreRoll, type PreRollBudget, type PreRollSink } from "./pre-roll";
import type { RecordingMode } from "./recording-mode";

/** What all recorders of a machine have in common. */
export interface RecorderOptions {
	/** JPEG pictures per second that are recorded at most. */
	readonly rate: number;
	/** The same while there is no event, in the modes `continuous` and `scheduled`; of H.264 then only key pictures. 0: as `rate` */
	readonly quietRate: number;
	readonly preRoll: Millis;
	readonly postRoll: Millis;
	readonly schedule: WeekSchedule;
	/** Returns the time of the week of a date. @see localWeekMinute */
	readonly weekMinute: (utc: Utc) => number;
}

/** The part of the store that a recorder uses. */
export type RecorderStore = Pick<ContentStore, "state" | "writer">;

/** Learns that {@link CameraRecorder.why} or its trouble has changed. */
export interface RecorderOwner {
	recorderChanged(recorder: CameraRecorder): void;
}

/** A camera that has sent nothing for this long has a gap. */
const SILENCE: Millis = 5000;

/**
 * Decides which pictures of one camera are recorded: by its mode, the schedule, events and demands of the owner; with those from
 * before an event, and no more per second than wanted (STR-13, STR-26).
 *
 * The owner gives it all pictures, and calls {@link tick} each second.
 */
export class CameraRecorder implements RecordingListener, PreRollSink {
	/** Why nothing is recorded now; `undefined` while it is. */
	why: GapReason | undefined = "source";
	/** What the medium complains of; `undefined`: nothing. */
	storageFault: string | undefined;
	/** Pictures given to the writer. */
	recorded = 0;
	private readonly ring: PreRoll;
	private readonly clock = new PictureClock();
	private writer: RecordingWriter | undefined;
	/** The camera's name that the writer has. */
	private writtenTitle = "";
	/** True: the old writer is ending, and another can't be made yet. */
	private isEnding = false;
	private isClosed = false;
	/** True: pictures go to the writer. */
	private isOpen = false;
	private lastAt: Millis = -Infinity;
	/** The time of the newest picture that was recorded, and when it was due. */
	private lastUtc: Utc = -Infinity;
	private wasDue: Utc = -Infinity;
	/** When a recording on demand ends. */
	private demandedUntil: Millis = -Infinity;
	private events = 0;
	private eventsEnded: Millis = -Infinity;
	/** H.264: pictures were left out, so that only a key picture can follow. */
	private needsKey = true;
	/** The parameter sets of the picture that is given to the writer. */
	private sets: readonly Uint8Array[] = NO_SETS;

	constructor(
		readonly key: CameraKey,
		/** The camera's name for people; a new one takes effect with the next segment after a gap. */
		public title: string,
		public mode: RecordingMode,
		private readonly store: RecorderStore,
		private readonly options: RecorderOptions,
		budget: PreRollBudget,
		private readonly owner: RecorderOwner,
	) {
		this.ring = new PreRoll(budget);
	}

	/** Whether the camera has to be asked for pictures. @param utc `undefined`: the date is not known */
	wantsPictures(now: Millis, utc: Utc | undefined): boolean {
		if (utc === undefined || this.isClosed) return false;
		return this.mode === "event" || this.gapAt(now, utc) === undefined;
	}

	/** Whether an event lasts, or the time after one. */
	hasEvent(now: Millis): boolean {
		return this.events > 0 || now < this.eventsEnded + this.options.postRoll;
	}

	/** Takes a JPEG picture; retains it if it needs it. */
	frame(now: Millis, utc: Utc, frame: Frame): void {
		const time = this.clock.of(utc);
		if (!this.begin(now, utc)) return this.keep(frame, time);
		if (this.isDue(time, this.isQuiet(now) ? this.options.quietRate : this.options.rate)) this.kept(frame, time);
	}

	/** Takes an H.264 picture; retains it if it needs it. @param sets the newest parameter sets */
	unit(now: Millis, utc: Utc, unit: AccessUnit, sets: readonly Uint8Array[]): void {
		const time = this.clock.ofTicks(utc, unit.ticks);
		this.sets = sets;
		if (!this.begin(now, utc)) return this.keep(unit, time);
		if (this.isQuiet(now) && !(unit.isKey && this.isDue(time, this.options.quietRate))) {
			this.needsKey = true;
			return;
		}
		if (this.needsKey && !unit.isKey) return;
		this.needsKey = false;
		this.kept(unit, time);
	}

	/** Gives a picture to the writer. @see PreRollSink */
	kept(picture: Frame | AccessUnit, utc: Utc): void {
		this.lastUtc = utc;
		this.recorded++;
		if ("isKey" in picture) this.writer?.unit(picture, utc, this.sets);
		else this.writer?.frame(picture, utc);
	}

	/** Another mode counts from now on. */
	setMode(now: Millis, utc: Utc, mode: RecordingMode): void {
		this.mode = mode;
		if (mode !== "event") this.ring.clear();
		this.endIfDue(now, utc);
	}

	/** No pictures come from the camera any more. */
	sourceLost(now: Millis, utc: Utc): void {
		this.clock.reset();
		this.ring.clear();
		this.needsKey = true;
		this.lastAt = -Infinity;
		this.update(this.gapAt(now, utc) ?? "source");
	}

	/** Records until then on the monotonic clock, whatever the mode. */
	record(until: Millis): void {
		this.demandedUntil = until;
	}

	/** Ends what {@link record} began. */
	stop(now: Millis, utc: Utc): void {
		this.demandedUntil = -Infinity;
		this.endIfDue(now, utc);
	}

	/** An event has begun at this camera. Each has to end by {@link eventEnded}. */
	eventBegan(): void {
		this.events++;
	}

	eventEnded(now: Millis): void {
		this.events = Math.max(0, this.events - 1);
		if (this.events === 0) this.eventsEnded = now;
	}

	/** Looks at the time. Called each second. @param utc `undefined`: the date is not known */
	tick(now: Millis, utc: Utc | undefined): void {
		if (utc === undefined) return this.update("clock");
		if (this.lastAt === -Infinity) this.update(this.idleReason(now, utc));
		else if (now - this.lastAt > SILENCE) this.sourceLost(now, utc);
		else this.endIfDue(now, utc);
	}

	/** Ends the recording for good. @param done called when all is on the medium, or could not be put there */
	close(done: () => void): void {
		this.isClosed = true;
		this.isOpen = false;
		this.ring.clear();
		const { writer } = this;
		this.writer = undefined;
		if (writer === undefined) done();
		else writer.close("off", done);
	}

	/** @see RecordingListener */
	storageTrouble(detail: string): void {
		this.storageFault = detail;
		this.owner.recorderChanged(this);
	}

	/** @see RecordingListener */
	storageWorks(): void {
		this.storageFault = undefined;
		this.owner.recorderChanged(this);
	}

	/** A picture has come. @returns whether it is recorded */
	private begin(now: Millis, utc: Utc): boolean {
		this.lastAt = now;
		if (this.isClosed) return false;
		const reason = this.idleReason(now, utc);
		if (reason === "source" && !this.isOpen) this.open();
		else if (reason !== "source") this.update(reason);
		return this.isOpen;
	}

	private open(): void {
		if (this.writer === undefined) {
			this.writer = this.store.writer(this.key, this.title, this);
			this.writtenTitle = this.title;
		}
		this.isOpen = true;
		this.needsKey = true;
		const { size } = this.ring;
		this.ring.drain(this);
		// Pictures follow those of the ring without a gap.
		if (size > 0) this.needsKey = false;
		this.update(undefined);
	}

	/** Keeps a picture for an event that may come. */
	private keep(picture: Frame | AccessUnit, utc: Utc): void {
		if (this.mode === "event" && !this.isClosed) this.ring.push(picture, utc, this.options.preRoll);
	}

	/** Why nothing is to be recorded; `undefined`: it is time. */
	private gapAt(now: Millis, utc: Utc): GapReason | undefined {
		if (now < this.demandedUntil) return undefined;
		switch (this.mode) {
			case "continuous":
				return undefined;
			case "scheduled":
				return this.options.schedule.has(this.options.weekMinute(utc)) ? undefined : "waiting";
			case "event":
				return this.hasEvent(now) ? undefined : "waiting";
			default:
				return "off";
		}
	}

	/** Why nothing is recorded; `source` if only pictures are missing. */
	private idleReason(now: Millis, utc: Utc): GapReason {
		return this.gapAt(now, utc) ?? (this.store.state !== "ready" || this.isEnding ? "storage" : "source");
	}

	private endIfDue(now: Millis, utc: Utc): void {
		const reason = this.gapAt(now, utc);
		if (reason !== undefined) this.update(reason);
	}

	/** @param why `undefined`: it is being recorded */
	private update(why: GapReason | undefined): void {
		if (why !== undefined && this.isOpen) {
			this.isOpen = false;
			this.pause(why);
		}
		if (why === this.why) return;
		this.why = why;
		this.owner.recorderChanged(this);
	}

	private pause(why: GapReason): void {
		const { writer } = this;
		if (writer === undefined) return;
		if (this.title === this.writtenTitle) return writer.pause(why);
		// Another writer takes the new name over.
		this.writer = undefined;
		this.isEnding = true;
		writer.close(why, () => {
			this.isEnding = false;
		});
	}

	/** Whether a picture is recorded at this rate: so many per second on average, at times that are as even as they come. */
	private isDue(time: Utc, rate: number): boolean {
		const period = 1000 / rate;
		const isBack = time < this.lastUtc;
		const due = this.wasDue + period;
		// With a tenth of a period of tolerance, as pictures of a source at exactly this rate are sometimes early.
		if (!isBack && time < due - period / 10) return false;
		this.wasDue = isBack || time - due > period ? time : due;
		return true;
	}

	private isQuiet(now: Millis): boolean {
		const isTimed = this.mode === "continuous" || this.mode === "scheduled";
		return this.options.quietRate > 0 && isTimed && now >= this.demandedUntil && !this.hasEvent(now);
	}
}

const NO_SETS: readonly Uint8Array[] = Object.freeze([]);
