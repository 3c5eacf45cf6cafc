import { toJson } from "../../base/json";
import { utf8Encode } from "../../base/text";
import type { Millis, Octets } from "../../core/time";
import type { FrameHub } from "../../media/frame-hub";
import type { RecordedEvent } from "../../storage/recorded-event";
import type { MotionListener, OwnMotion } from "./own-motion";

/** The most events that are kept, and the most octets of their pictures. */
const EVENTS_MAX = 6;
const STILLS_MAX: Octets = 2_097_152;

/** An event with its picture, which may be missing. */
interface KeptEvent {
	readonly event: { -readonly [Name in keyof RecordedEvent]: RecordedEvent[Name] };
	readonly still: Uint8Array;
}

/** Keeps the latest events of motion that a camera has seen itself, in memory, each with the picture in which it was noticed. */
export class OwnEvents implements MotionListener {
	private readonly kept: KeptEvent[] = [];

	/** @param id the identity of the camera */
	constructor(
		private readonly id: string,
		private readonly hub: FrameHub,
		private readonly motion: OwnMotion,
	) {}

	/** @see MotionListener; without a date there are no events, as nobody could tell when they were */
	motionChanged(isMoving: boolean, utc: Millis): void {
		const { id: camera, hub, motion, kept } = this;
		const last = kept.at(-1)?.event;
		if (last !== undefined) {
			last.to ??= Math.max(utc, last.from);
			last.score = Math.max(last.score, isMoving ? 0 : motion.score);
		}
		if (!isMoving || utc === 0) return;
		const { latest } = hub;
		const still = latest === undefined ? new Uint8Array(0) : latest.bytes.slice(latest.start, latest.end);
		// Rises, also after a restart, as browsers keep the pictures for a while.
		const id = Math.max(Math.floor(utc), (last?.id ?? 0) + 1);
		const event = {
			id,
			camera,
			kind: "motion",
			from: utc,
			to: undefined,
			still: utc,
			score: motion.score,
			label: "",
		} as const;
		kept.push({ event: { ...event }, still: still.length > STILLS_MAX ? still.slice(0, 0) : still });
		while (kept.length > EVENTS_MAX || this.octets > STILLS_MAX) kept.shift();
	}

	/** The answer to `GET /api/v1/events`, the newest last. */
	list(): Uint8Array {
		return utf8Encode(toJson({ events: this.kept.map(({ event }) => event), more: false }));
	}

	/** The picture of an event, whatever its identity is in a URL; `undefined`: there is none. */
	still(id: string): Uint8Array | undefined {
		const found = this.kept.find(({ event }) => `${event.id}` === id);
		return found === undefined || found.still.length === 0 ? undefined : found.still;
	}

	/** Octets of all pictures. */
	private get octets(): Octets {
		return this.kept.reduce((sum, { still }) => sum + still.length, 0);
	}
}
