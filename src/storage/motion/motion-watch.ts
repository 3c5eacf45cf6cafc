import type { Millis } from "../../core/time";
import type { LumaGrid } from "../../ports/luma";
import type { Utc } from "../recording";
import { MotionDetector } from "./motion-detector";
import type { MotionSettings } from "./motion-settings";

/** What a picture means for the log of events. */
export type MotionNews = "began" | "changed" | "ended";

/** After this long an event ends, and another one begins when the motion goes on: so a flag in the wind is not one event a day long. */
const MOTION_EVENT_MAX: Millis = 600_000;

/**
 * Makes events of motion: one begins when something moves in several pictures one after another, and ends when nothing has moved
 * for some seconds.
 */
export class MotionWatch {
	readonly detector: MotionDetector;
	/** True: an event is going on. */
	isActive = false;
	/** Of the event: when its first motion was seen, and its last. */
	from: Utc = 0;
	to: Utc = 0;
	/** Of the event: the picture with most motion, and how much of what is watched moved. */
	still: Utc = 0;
	score = 0;
	/** The name of the zone in which it began; may be empty. */
	label = "";
	/** How many pictures with motion came one after another. */
	private inRow = 0;
	private lastAt: Millis = -Infinity;
	private beganAt: Millis = -Infinity;

	constructor(private settings: MotionSettings) {
		this.detector = new MotionDetector(settings);
	}

	/** Changes the settings. */
	set(settings: MotionSettings): void {
		this.settings = settings;
		this.detector.set(settings);
	}

	/**
	 * Looks at the next picture.
	 * @param utc when it was taken
	 * @returns `changed`: {@link still} and {@link score} of the event are others now; `undefined`: nothing is new
	 */
	take(now: Millis, utc: Utc, grid: LumaGrid): MotionNews | undefined {
		const { detector, settings } = this;
		detector.take(now, grid);
		if (detector.state !== "motion") {
			this.inRow = 0;
			return this.isActive && now - this.lastAt >= settings.hold * 1000 ? this.end() : undefined;
		}
		this.lastAt = now;
		const isBetter = this.inRow++ === 0 && !this.isActive ? true : detector.score > this.score;
		if (isBetter) {
			this.score = detector.score;
			this.still = utc;
		}
		if (this.inRow === 1 && !this.isActive) this.from = utc;
		this.to = utc;
		if (this.isActive) {
			if (now - this.beganAt >= MOTION_EVENT_MAX) return this.end();
			return isBetter ? "changed" : undefined;
		}
		if (this.inRow < settings.pictures) return undefined;
		this.isActive = true;
		this.beganAt = now;
		this.label = settings.zones[detector.zone]?.name ?? "";
		return "began";
	}

	/** No pictures come. @returns `ended` when that ends an event */
	lost(): MotionNews | undefined {
		this.inRow = 0;
		return this.isActive ? this.end() : undefined;
	}

	private end(): MotionNews {
		this.isActive = false;
		this.inRow = 0;
		return "ended";
	}
}
