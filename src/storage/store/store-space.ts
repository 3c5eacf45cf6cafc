import type { Millis, Octets } from "../../core/time";
import type { Clock } from "../../ports/clock";
import type { FileDone, FileSpace, Files } from "../../ports/files";
import type { StoreLimits } from "../content-store";
import type { Segment, Utc } from "../recording";
import type { StoreIndex } from "./store-index";

/** So much more than the owner wants stays free, so that the medium is never full while recordings are deleted. */
const MARGIN: Octets = 16_777_216;
/** On a small medium this share of it. */
const MARGIN_SHARE = 32;
/** No more of the medium than this share stays free for others. */
const FREE_SHARE = 0.1;
/** How long the clock must have been right before recordings are deleted for their age. */
const CLOCK_STEADY: Millis = 600_000;
/** By how much the clock may differ from the monotonic one in between. */
const CLOCK_DRIFT: Millis = 60_000;

/** What {@link StoreSpace} needs of the store. */
export interface SpaceOwner {
	readonly files: Files;
	readonly clock: Clock;
	readonly index: StoreIndex;
	readonly limits: StoreLimits;
	/** Deletes a segment that is neither running nor locked. */
	remove(segment: Segment, done: FileDone<undefined>): void;
}

/** Keeps the recordings within their limits: deletes the oldest ones of all cameras, one after another, never a locked one. */
export class StoreSpace {
	/** Of the medium, as it was last known. */
	free: Octets = 0;
	total: Octets = 0;
	private isKnown = false;
	private isBusy = false;
	/** They wait for room on a medium that is full. */
	private waiting: ((hasRoom: boolean) => void)[] = [];
	/** The difference of the clock and the monotonic one, and since when it is about that. */
	private offset: Millis = Number.NaN;
	private steadySince: Millis = Infinity;

	constructor(private readonly owner: SpaceOwner) {}

	/** So many octets were written. */
	written(octets: Octets): void {
		this.free = Math.max(0, this.free - octets);
	}

	/** Asks the medium for its space, looks at the clock, and deletes what has to go. To be called every few seconds. */
	tick(now: Millis): void {
		const utc = this.owner.clock.utc();
		const offset = utc === undefined ? Number.NaN : utc - now;
		if (!(Math.abs(offset - this.offset) <= CLOCK_DRIFT)) this.steadySince = now;
		this.offset = offset;
		this.measure();
	}

	/** Deletes what has to go, if anything. Cheap when nothing has. */
	tidy(): void {
		if (this.isBusy) return;
		const oldest = this.isExceeded() ? this.owner.index.oldest() : this.tooOld();
		if (oldest !== undefined) this.remove(oldest);
	}

	/** The medium is full: deletes the oldest segment. */
	makeRoom(done: (hasRoom: boolean) => void): void {
		this.waiting.push(done);
		if (this.isBusy) return;
		const oldest = this.owner.index.oldest();
		if (oldest === undefined) this.answer(false);
		else this.remove(oldest);
	}

	private measure(): void {
		this.owner.files.space((answer) => {
			if (answer.failure === undefined) this.measured(answer.value);
			this.tidy();
		});
	}

	private measured({ free, total }: FileSpace): void {
		this.free = free;
		this.total = total;
		this.isKnown = true;
	}

	private isExceeded(): boolean {
		const { index, limits } = this.owner;
		if (limits.octets > 0 && index.octets > limits.octets) return true;
		const kept = Math.min(limits.free, this.total * FREE_SHARE) + Math.min(MARGIN, this.total / MARGIN_SHARE);
		return this.isKnown && this.free < kept;
	}

	/** The oldest segment if it is older than the owner wants; never soon after the clock was set. */
	private tooOld(): Segment | undefined {
		const { index, limits, clock } = this.owner;
		const utc = clock.utc();
		if (limits.age <= 0 || utc === undefined || !this.isSteady(utc)) return undefined;
		const oldest = index.oldest();
		return oldest !== undefined && oldest.end < utc - limits.age ? oldest : undefined;
	}

	private isSteady(utc: Utc): boolean {
		const now = this.owner.clock.now();
		return Math.abs(utc - now - this.offset) <= CLOCK_DRIFT && now - this.steadySince >= CLOCK_STEADY;
	}

	private remove(segment: Segment): void {
		this.isBusy = true;
		this.owner.remove(segment, (answer) => {
			this.isBusy = false;
			if (answer.failure === undefined) this.free += segment.octets;
			this.answer(answer.failure === undefined);
			// What fails is tried again at the next tick.
			if (answer.failure === undefined) this.tidy();
		});
	}

	private answer(hasRoom: boolean): void {
		const { waiting } = this;
		this.waiting = [];
		for (const done of waiting) done(hasRoom);
	}
}
