import type { Millis } from "../../core/time";
import type { FrameSource, PictureQuality } from "../../ports/camera";

/** Parts of the user's quality, from the top rung down. Pictures at half the quality take about half the octets. */
const RUNGS: readonly number[] = Object.freeze([1, 0.8, 0.65, 0.5, 0.4]);
/** How many clients must demand a lower quality. */
const SEVERAL = 2;
/** The least time between two steps: reports that show the effect of one come every 5 seconds. */
const STEP_EVERY: Millis = 8000;

/**
 * Lowers the quality of a camera's pictures, for all viewers, while clients that get the fewest pictures still lose packets
 * (STR-10): step by step down, and up again. When to demand it is up to the bandwidth manager of each stream.
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
	 * Takes a step towards the rung that is wanted, if it is time. Called about once a second.
	 * @param wanted 0: the user's quality; larger ones are lower
	 * @returns true when the quality has changed
	 */
	update(now: Millis, wanted: number): boolean {
		const { quality } = this.source;
		// Somebody else may have set it: a user, or a device that was plugged in again.
		if (quality === undefined || (this.lowered !== 0 && quality.value !== this.lowered)) this.forget();
		const rung = Math.min(wanted, RUNGS.length - 1);
		if (quality === undefined || rung === this.rung || now - this.steppedAt < STEP_EVERY) return false;
		if (this.rung === 0) this.user = quality.value;
		this.rung += rung > this.rung ? 1 : -1;
		this.steppedAt = now;
		const value = Math.max(1, Math.round(this.user * RUNGS[this.rung]));
		quality.set(value);
		this.lowered = this.rung === 0 ? 0 : value;
		return true;
	}

	/** Nobody watches any more: the user's quality is restored at once. */
	restore(): void {
		if (this.lowered !== 0 && this.source.quality?.value === this.lowered) this.source.quality.set(this.user);
		this.forget();
	}

	private forget(): void {
		this.rung = 0;
		this.lowered = 0;
		this.steppedAt = -Infinity;
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

/**
 * The rung that the demands of all streams want: the lowest quality that several of them demand, as one poor connection does not
 * spoil the picture for all. A client that is the only viewer decides alone.
 */
export class QualityDemand {
	private readonly counts: number[] = RUNGS.map(() => 0);
	private streams = 0;

	/** Begins to count. */
	reset(): void {
		this.counts.fill(0);
		this.streams = 0;
	}

	/** Counts a stream. @param demand how many steps of lower quality it asks for */
	add(demand: number): void {
		this.streams++;
		this.counts[Math.min(demand, this.counts.length - 1)]++;
	}

	/** @param others viewers of the same pictures besides the streams */
	wanted(others: number): number {
		const needed = this.streams + others > 1 ? SEVERAL : 1;
		let count = 0;
		for (let rung = this.counts.length - 1; rung > 0; rung--) {
			count += this.counts[rung];
			if (count >= needed) return rung;
		}
		return 0;
	}
}
