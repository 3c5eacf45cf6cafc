import type { Millis } from "../../core/time";
import type { LumaGrid } from "../../ports/luma";
import { CELL_IGNORED, CellGrid } from "./cell-grid";
import { LargestPatch } from "./largest-patch";
import { LocalLight } from "./local-light";
import type { MotionSettings } from "./motion-settings";

/** What a picture shows. */
export type MotionState =
	/** The picture without motion is being learned: at the start, and after the light has changed. */
	| "learning"
	| "still"
	/** Something moves that is large enough. */
	| "motion"
	/** So much has changed at once that it can only be light. The picture is learned again. */
	| "light";

/** After this long without pictures everything may have changed. */
const GAP: Millis = 10_000;
/** How long the picture is learned at the start, and after the light has changed: automatic exposure takes about so long. */
const LEARNING: Millis = 2500;
/** How fast the background follows: cells that are still, cells of what moves, and all while learning. */
const FOLLOWS: Millis = 4000;
const FOLLOWS_MOTION: Millis = 40_000;
const FOLLOWS_LEARNING: Millis = 400;
/** What has stopped moving for so long belongs to the background soon: a parked car, the place that a figure has left. */
const RESTING: Millis = 8000;
/** How much the brightness of a cell of what rests may change from picture to picture, besides its usual unrest. */
const RESTING_STEP = 4;
/** For how long light in parts of the picture is looked for after the last sign of it. */
const SOFT_LIGHT: Millis = 5000;
/** How much more a cell has to change meanwhile, because the light is not subtracted exactly. */
const SOFT_LIGHT_FACTOR = 1.8;
/** How fast unrest follows: noise, leaves. */
const UNREST_FOLLOWS: Millis = 20_000;
/** One picture makes a cell no more restless than this. */
const UNREST_STEP_MAX = 48;
/** How many times its usual unrest a cell has to change. */
const UNREST_FACTOR = 3;
/** The smallest change of brightness that counts, at the highest and at the lowest sensitivity. */
const THRESHOLD_MIN = 4;
const THRESHOLD_MAX = 20;
/** If this share of the picture changes from one picture to the next it is light. */
const LIGHT_SHARE = 0.3;
/** If the picture becomes so much brighter or darker from one picture to the next it is light. */
const LIGHT_STEP = 20;
/** Differences of brightness: -255 to 255. */
const DIFFERENCES = 511;
const LEVELS = 256;
/** The halves of a background of one brightness say nothing about a factor. */
const LEVELS_APART = 16;

/**
 * Finds motion in the pictures of one camera: cells of the picture that differ from the background, next to each other.
 *
 * - The background follows slowly, so that shadows that creep over the ground disappear in it.
 * - The shift of brightness of the whole picture is subtracted first: clouds, automatic exposure.
 * - A cell has to change more than it usually does: noise at dusk and leaves in the wind raise their own threshold.
 * - When a large part changes at once it is light (a lamp, infrared light), and the background is learned again.
 * - A large patch with soft edges is a shadow or a light, which is subtracted where it is. @see LargestPatch, LocalLight
 *
 * It allocates nothing for a picture.
 */
export class MotionDetector {
	state: MotionState = "learning";
	/** The share of what is watched that moves, 0 to 100. */
	score = 0;
	/** The share of the largest thing that changed, in thousandths of the picture, whether or not it is large enough. */
	area = 0;
	/** The zone with most of the motion; -1: none. */
	zone = -1;
	readonly grid: CellGrid;
	private readonly patch = new LargestPatch();
	private background = new Float32Array(0);
	private unrest = new Float32Array(0);
	private last = new Uint8Array(0);
	/** By cell: for how long what moves there has rested, in milliseconds. */
	private resting = new Uint16Array(0);
	private differences = new Int16Array(0);
	/** By cell: 1 where it has changed. */
	private changed = new Uint8Array(0);
	private readonly levels = new Uint16Array(LEVELS);
	/** How often each difference occurs, in the darker half of the background and in the brighter one. */
	private readonly darker = new Uint16Array(DIFFERENCES);
	private readonly brighter = new Uint16Array(DIFFERENCES);
	/** How much brighter the picture is as a whole: `shift + gain * background`. */
	private shift = 0;
	private gain = 0;
	/** In the middle of the range, and in the picture before. */
	private lastLight = 0;
	private at: Millis = -Infinity;
	private learnedAt: Millis = Infinity;
	private softUntil: Millis = -Infinity;
	private readonly localLight = new LocalLight();

	constructor(private settings: MotionSettings) {
		this.grid = new CellGrid(settings.zones);
	}

	/** Changes the settings; what was learned stays. */
	set(settings: MotionSettings): void {
		this.settings = settings;
		this.grid.setZones(settings.zones);
	}

	/** Cells that have changed, row by row, as the page shows them: 2 where they are part of something that is large enough. */
	get marks(): Uint8Array {
		return this.patch.marks;
	}

	/** Looks at a picture. @param now increases from picture to picture */
	take(now: Millis, picture: LumaGrid): void {
		const passed = now - this.at;
		this.at = now;
		if (!this.grid.take(picture) || passed > GAP) {
			this.begin(now);
			return;
		}
		if (now < this.learnedAt) {
			this.learn(passed);
			this.report("learning");
			return;
		}
		this.setLight();
		this.subtractLight();
		const fresh = this.mark(1);
		const light = this.shift + this.gain * (LEVELS / 2);
		const isLight = fresh > LIGHT_SHARE * this.grid.cells.length || Math.abs(light - this.lastLight) > LIGHT_STEP;
		this.lastLight = light;
		if (isLight) {
			this.learnAgain(now);
			this.report("light");
			return;
		}
		const { watched } = this.grid;
		this.find();
		if (this.patch.isSoft) this.softUntil = now + SOFT_LIGHT;
		if (now < this.softUntil) {
			const { cells, columns, rows } = this.grid;
			this.localLight.subtract(cells, this.background, this.differences, columns, rows);
			this.mark(SOFT_LIGHT_FACTOR);
			this.find();
		}
		this.follow(passed);
		this.area = this.patch.area;
		this.report(this.patch.cells > 0 ? "motion" : "still");
		this.score = watched === 0 ? 0 : Math.min(100, Math.round((100 * this.patch.cells) / watched));
		if (this.patch.cells > 0) this.zone = this.busiestZone();
	}

	private report(state: MotionState): void {
		this.state = state;
		this.zone = -1;
		if (state === "motion" || state === "still") return;
		this.score = this.area = 0;
		this.patch.clear();
	}

	/** Begins with a picture as background. */
	private begin(now: Millis): void {
		const { cells } = this.grid;
		if (this.background.length !== cells.length) {
			this.background = new Float32Array(cells.length);
			this.unrest = new Float32Array(cells.length);
			this.last = new Uint8Array(cells.length);
			this.resting = new Uint16Array(cells.length);
			this.differences = new Int16Array(cells.length);
			this.changed = new Uint8Array(cells.length);
			this.patch.resize(cells.length);
		}
		this.unrest.fill(0);
		this.learnAgain(now);
		this.report("learning");
	}

	private learnAgain(now: Millis): void {
		const { cells } = this.grid;
		this.learnedAt = now + LEARNING;
		this.changed.fill(0);
		this.resting.fill(0);
		this.last.set(cells);
		this.background.set(cells);
		this.lastLight = 0;
	}

	private learn(passed: Millis): void {
		const { background, unrest, last } = this;
		const { cells } = this.grid;
		const follows = share(passed, FOLLOWS_LEARNING);
		const unrestFollows = share(passed, LEARNING);
		for (let i = 0; i < cells.length; i++) {
			const cell = cells[i];
			background[i] += (cell - background[i]) * follows;
			unrest[i] += (Math.min(UNREST_STEP_MAX, Math.abs(cell - last[i])) - unrest[i]) * unrestFollows;
			last[i] = cell;
		}
	}

	/**
	 * Finds how much brighter the picture is as a whole: a line through the medians of the darker and of the brighter half of the
	 * background. Nothing that moves changes them unless it covers half of either, and with more light all brightness is
	 * multiplied, whatever the gamma.
	 */
	private setLight(): void {
		const { background, differences, levels, darker, brighter } = this;
		const { cells } = this.grid;
		levels.fill(0);
		darker.fill(0);
		brighter.fill(0);
		for (let i = 0; i < cells.length; i++) levels[background[i] | 0]++;
		const half = placeOf(levels, cells.length / 2);
		let dark = 0;
		for (let i = 0; i < cells.length; i++) {
			const level = background[i] | 0;
			const difference = Math.round(cells[i] - background[i]);
			differences[i] = difference;
			if (level <= half) {
				darker[255 + difference]++;
				dark++;
			} else brighter[255 + difference]++;
		}
		const low = placeOf(levels, dark / 2);
		const high = placeOf(levels, dark + (cells.length - dark) / 2);
		const lowShift = placeOf(darker, dark / 2) - 255;
		const highShift = dark === cells.length ? lowShift : placeOf(brighter, (cells.length - dark) / 2) - 255;
		this.gain = high - low < LEVELS_APART ? 0 : (highShift - lowShift) / (high - low);
		this.shift = lowShift - this.gain * low;
	}

	private subtractLight(): void {
		const { background, differences, shift, gain } = this;
		for (let i = 0; i < differences.length; i++) differences[i] -= shift + gain * background[i];
	}

	/** Marks the cells that have changed. @param factor of the threshold @returns how many have that had not before, ignored ones included */
	private mark(factor: number): number {
		const { unrest, differences, changed } = this;
		const { cells, uses } = this.grid;
		const base = factor * (THRESHOLD_MAX - ((this.settings.sensitivity - 1) * (THRESHOLD_MAX - THRESHOLD_MIN)) / 99);
		let fresh = 0;
		for (let i = 0; i < cells.length; i++) {
			const isChanged = Math.abs(differences[i]) > base + UNREST_FACTOR * unrest[i];
			if (isChanged && changed[i] === 0) fresh++;
			changed[i] = !isChanged ? 0 : uses[i] === CELL_IGNORED ? 2 : 1;
		}
		return fresh;
	}

	private find(): void {
		this.patch.find(this.changed, this.differences, this.background, this.grid, this.settings.area);
	}

	/** The background and the unrest follow the picture. */
	private follow(passed: Millis): void {
		const { background, unrest, last, resting } = this;
		const { cells } = this.grid;
		const { marks } = this.patch;
		const still = share(passed, FOLLOWS);
		// While light changes in parts of the picture, a mark may be wrong, and would stay so if its background stayed.
		const moving = this.at < this.softUntil ? still : share(passed, FOLLOWS_MOTION);
		const unrestFollows = share(passed, UNREST_FOLLOWS);
		for (let i = 0; i < cells.length; i++) {
			const cell = cells[i];
			const step = Math.abs(cell - last[i]);
			const isMoving = marks[i] === 2;
			if (!isMoving || step > RESTING_STEP + unrest[i]) resting[i] = 0;
			else if (resting[i] < RESTING) resting[i] += passed;
			background[i] += (cell - background[i]) * (isMoving && resting[i] < RESTING ? moving : still);
			unrest[i] += (Math.min(UNREST_STEP_MAX, step) - unrest[i]) * unrestFollows;
			last[i] = cell;
		}
	}

	/** Returns the zone with most marked cells; -1: none. */
	private busiestZone(): number {
		const { uses } = this.grid;
		const { marks } = this.patch;
		let best = -1;
		let most = 0;
		for (let zone = 0; zone < this.settings.zones.length; zone++) {
			let count = 0;
			for (let i = 0; i < uses.length; i++) if (marks[i] === 2 && uses[i] === zone + 1) count++;
			if (count <= most) continue;
			most = count;
			best = zone;
		}
		return best;
	}
}

/** Returns the value at which the count of all values up to it reaches `count`. */
function placeOf(counts: Uint16Array, count: number): number {
	let sum = 0;
	for (let i = 0; i < counts.length; i++) {
		sum += counts[i];
		if (sum >= count) return i;
	}
	return counts.length - 1;
}

/** How much of a difference is made up in some time by what follows with a time constant. */
function share(passed: Millis, constant: Millis): number {
	return 1 - Math.exp(-Math.max(0, passed) / constant);
}
