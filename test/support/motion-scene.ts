import { Prng } from "../../src/base/prng";
import type { LumaGrid } from "../../src/ports/luma";

/** Something that is in front of the background: a rectangle in blocks, with fractions. */
export interface Figure {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
	/** Brightness, 0 to 255. */
	readonly brightness: number;
}

/** What a scene is like at a moment. Everything is optional. */
export interface Moment {
	/** Factor of the light, by block. @default 1 */
	readonly light?: (column: number, row: number) => number;
	/** Standard deviation of the sensor's noise, per pixel. @default 3 */
	readonly noise?: number;
	/** Standard deviation of what the camera's noise filter leaves in patches of 2 × 2 blocks. @default 0 */
	readonly blotches?: number;
	/** Figures, the farthest first. */
	readonly figures?: readonly Figure[];
	/** By how much leaves change a block. @default 0 */
	readonly wind?: (column: number, row: number) => number;
}

/** The step in which a JPEG picture of usual quality has its means. */
const STEP = 2;

/**
 * Pictures of a house's front as the detector gets them: means of blocks of 8 × 8 pixels with the noise, the rounding and the
 * partly covered blocks of real pictures. Everything depends only on the seed.
 */
export class MotionScene implements LumaGrid {
	readonly columns: number;
	readonly rows: number;
	readonly blocks: Uint8Array;
	private readonly random: Prng;
	private readonly ground: Float32Array;

	constructor(seed: number, width = 640, height = 480) {
		this.columns = width / 8;
		this.rows = height / 8;
		this.random = new Prng(seed);
		this.blocks = new Uint8Array(this.columns * this.rows);
		this.ground = new Float32Array(this.columns * this.rows);
		for (let i = 0; i < this.ground.length; i++) {
			const row = Math.floor(i / this.columns);
			const sky = row < this.rows / 4 ? 190 : 90 + 40 * Math.sin((i % this.columns) / 9);
			this.ground[i] = Math.max(10, Math.min(230, sky + this.gauss() * 14));
		}
	}

	/** Makes the picture of a moment in {@link blocks}. */
	shoot({ light, noise = 3, blotches = 0, figures = [], wind }: Moment): this {
		const { columns, rows } = this;
		let blotch = 0;
		for (let row = 0; row < rows; row++) {
			for (let column = 0; column < columns; column++) {
				const i = row * columns + column;
				let value = this.ground[i] + (wind?.(column, row) ?? 0) * (this.random.unit() * 2 - 1);
				for (const figure of figures) {
					const part =
						overlap(column, figure.x, figure.x + figure.width) * overlap(row, figure.y, figure.y + figure.height);
					value += (figure.brightness - value) * part;
				}
				value *= light?.(column, row) ?? 1;
				if (blotches > 0 && ((column | row) & 1) === 0) blotch = this.gauss() * blotches;
				value += (this.gauss() * noise) / 8 + (blotches > 0 ? blotch : 0);
				this.blocks[i] = Math.max(0, Math.min(255, Math.round(value / STEP) * STEP));
			}
		}
		return this;
	}

	/** A random number with normal distribution. */
	private gauss(): number {
		return NORMAL[this.random.u32() & 4095];
	}
}

/** 4096 numbers with normal distribution. */
const NORMAL = Float32Array.from({ length: 4096 }, (_, i) => {
	// Sums of 12 uniform numbers are normal enough, without a tail beyond 4 or so.
	const random = new Prng(i);
	let sum = -6;
	for (let n = 0; n < 12; n++) sum += random.unit();
	return sum;
});

/** How much of the block at `at` lies between two places. */
function overlap(at: number, from: number, to: number): number {
	return Math.max(0, Math.min(at + 1, to) - Math.max(at, from));
}
