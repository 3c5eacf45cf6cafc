import { DARK } from "./local-light";

/** Up to this share of the picture, in thousandths, a patch may have soft edges: a small thing that moves fast has, too. */
const SOFT_AREA = 15;
/** The edges of a thing are at least this part of its difference to the background. A shadow of a cloud has softer ones. */
const EDGE_PART = 0.5;

/** In cells. */
export interface GridSize {
	readonly columns: number;
	readonly rows: number;
}

/**
 * Finds cells that have changed and lie next to each other: things that move.
 *
 * A patch counts when it is large enough. A very large one must also have hard edges: the brightness of a shadow of a cloud, or
 * of a headlight on the ground, changes little from cell to cell.
 */
export class LargestPatch {
	/** Cells of all patches that count. */
	cells = 0;
	/** The largest patch, in thousandths of the picture, whether or not it counts. */
	area = 0;
	/** True: a very large patch had soft edges. */
	isSoft = false;
	/** By cell: 0, 1 where it has changed, 2 where it belongs to a patch that counts. */
	marks = new Uint8Array(0);
	/** Cells of the current patch. */
	private members = new Uint16Array(0);

	/** Sets how many cells there are: at most 65,535. */
	resize(cells: number): void {
		this.marks = new Uint8Array(cells);
		this.members = new Uint16Array(cells);
		this.clear();
	}

	/** Nothing has changed. */
	clear(): void {
		this.cells = this.area = 0;
		this.isSoft = false;
		this.marks.fill(0);
	}

	/**
	 * Finds the patches.
	 * @param changed 1 for each cell that has changed and counts
	 * @param differences to the background, by cell
	 * @param background its brightness, by cell
	 * @param least the smallest patch that counts, in thousandths of the picture
	 */
	find(changed: Uint8Array, differences: Int16Array, background: Float32Array, size: GridSize, least: number): void {
		const { marks } = this;
		const { columns, rows } = size;
		const total = columns * rows;
		// Patches that were looked at are 1; those that are not yet are 3.
		for (let i = 0; i < total; i++) marks[i] = changed[i] === 1 ? 3 : 0;
		this.cells = 0;
		this.isSoft = false;
		let largest = 0;
		for (let i = 0; i < total; i++) {
			if (marks[i] !== 3) continue;
			const count = this.collect(i, columns, rows);
			largest = Math.max(largest, count);
			const area = (1000 * count) / total;
			if (area < least) continue;
			if (area > SOFT_AREA && this.hasSoftEdges(count, changed, differences, background, size)) {
				this.isSoft = true;
				continue;
			}
			this.cells += count;
			for (let member = 0; member < count; member++) marks[this.members[member]] = 2;
		}
		this.area = total === 0 ? 0 : Math.round((1000 * largest) / total);
	}

	/** Collects all cells that are connected to one, also by their corners. @returns how many */
	private collect(first: number, columns: number, rows: number): number {
		const { marks, members } = this;
		let size = 1;
		members[0] = first;
		marks[first] = 1;
		for (let done = 0; done < size; done++) {
			const column = members[done] % columns;
			const row = (members[done] - column) / columns;
			const right = Math.min(columns - 1, column + 1);
			const bottom = Math.min(rows - 1, row + 1);
			for (let y = Math.max(0, row - 1); y <= bottom; y++) {
				for (let x = Math.max(0, column - 1); x <= right; x++) {
					const cell = y * columns + x;
					if (marks[cell] !== 3) continue;
					marks[cell] = 1;
					members[size++] = cell;
				}
			}
		}
		return size;
	}

	/** Whether the edges of the collected patch are soft. Light multiplies brightness, so differences are compared to the background. */
	private hasSoftEdges(
		count: number,
		changed: Uint8Array,
		differences: Int16Array,
		background: Float32Array,
		{ columns, rows }: GridSize,
	): boolean {
		const { members } = this;
		let edges = 0;
		let steps = 0;
		let sum = 0;
		for (let member = 0; member < count; member++) {
			const cell = members[member];
			const column = cell % columns;
			const part = differences[cell] / (background[cell] + DARK);
			sum += Math.abs(part);
			for (let side = 0; side < 4; side++) {
				const isInside =
					side === 0
						? column > 0
						: side === 1
							? column < columns - 1
							: side === 2
								? cell >= columns
								: cell < columns * (rows - 1);
				const other = cell + (side === 0 ? -1 : side === 1 ? 1 : side === 2 ? -columns : columns);
				if (!isInside || changed[other] !== 0) continue;
				edges++;
				steps += Math.abs(part - differences[other] / (background[other] + DARK));
			}
		}
		// What fills the picture to its borders has no edges.
		return edges === 0 || steps / edges < (EDGE_PART * sum) / count;
	}
}
