import type { Millis } from "../core/time";
import type { FrameSource, PictureQuality } from "../ports/camera";

/** Parts of the user's quality, from the top rung down. Pictures at half the quality take about half the octets. */
const RUNGS: readonly number[] = Object.freeze([1, 0.8, 0.65, 0.5]);
/** How many clients must demand it: one poor connection does not spoil the picture for all. */
const SEVERAL = 2;
/** After a step down: reports that show its effect come every 5 seconds. */
const SETTLE: Millis = 8000;
/** How long nobody may suffer before a step up, at first and at most. */
const CALM: Millis = 20_000;
const CALM_MAX: Millis = 320_000;

/**
 * Lowers the quality of a camera's pictures, for all viewers, while several clients lose packets at the lowest picture rate
 * (STR-10): step by step down, and up again when nobody suffers. A step up that fails makes the next one wait longer.
 *
 * The quality that the user chose is the limit, is what {@link quality} shows, and is what a change by the user sets at once.
 * What the ladder does is never stored.
 */
export class QualityLadder {
	/** The rung: 0 is the user's quality. */
	rung = 0;
	private user = 0;
	/** What the ladder set; 0: it has set nothing. */
	private lowered = 0;
	private readonly shown: PictureQuality;
	private steppedAt: Millis = -Infinity;
	private sufferedAt: Millis = -Infinity;
	private raisedAt: Millis = -Infinity;
	private calm: Millis = CALM;

	constructor(private readonly source: Pick<FrameSource, "quality">) {
		this.shown = new UserQuality(this);
	}

	/** The quality as the user knows and sets it; `undefined`: it is fixed. @see FrameSource.quality */
	get quality(): PictureQuality | undefined {
		return this.source.quality === undefined ? undefined : this.shown;
	}

	/** The value that the user chose. */
	get chosen(): number {
		const value = this.source.quality?.value ?? 0;
		return this.lowered !== 0 && value === this.lowered ? this.user : value;
	}

	/** The user has chosen a value: it is used at once. @throws {RangeError} unless it is an integer from 1 to 100 */
	choose(value: number): void {
		this.source.quality?.set(value);
		this.forget();
	}

	/**
	 * Looks at the demands. Called about once a second.
	 * @param suffering how many clients lose packets although they get the fewest pictures
	 * @returns true when the quality has changed
	 */
	update(now: Millis, suffering: number): boolean {
		const { quality } = this.source;
		if (quality === undefined) {
			this.forget();
			return false;
		}
		// Somebody else has set it: a user, or a device that was plugged in again.
		if (this.lowered !== 0 && quality.value !== this.lowered) this.forget();
		if (suffering > 0) this.sufferedAt = now;
		if (suffering >= SEVERAL) return now - this.steppedAt >= SETTLE && this.lower(now, quality);
		if (this.rung === 0 || now - Math.max(this.sufferedAt, this.steppedAt) < this.calm) return false;
		this.step(now, quality, -1);
		this.raisedAt = now;
		return true;
	}

	/** Nobody watches any more: the user's quality is restored at once. */
	restore(): void {
		if (this.lowered !== 0 && this.source.quality?.value === this.lowered) this.source.quality.set(this.user);
		this.forget();
	}

	private lower(now: Millis, quality: PictureQuality): boolean {
		if (this.rung + 1 >= RUNGS.length) return false;
		if (this.lowered === 0) this.user = quality.value;
		// The last step up was too much.
		if (now - this.raisedAt < 2 * SETTLE) this.calm = Math.min(CALM_MAX, 2 * this.calm);
		this.step(now, quality, 1);
		return true;
	}

	private step(now: Millis, quality: PictureQuality, by: number): void {
		this.rung += by;
		this.steppedAt = now;
		this.lowered = Math.max(1, Math.round(this.user * RUNGS[this.rung]));
		quality.set(this.lowered);
		if (this.rung === 0) this.lowered = 0;
	}

	private forget(): void {
		this.rung = 0;
		this.lowered = 0;
		this.calm = CALM;
		this.steppedAt = this.raisedAt = -Infinity;
	}
}

/** The quality as the user knows it. */
class UserQuality implements PictureQuality {
	constructor(private readonly ladder: QualityLadder) {}

	get value(): number {
		return this.ladder.chosen;
	}

	set(value: number): void {
		this.ladder.choose(value);
	}
}
