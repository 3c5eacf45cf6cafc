import type { LumaGrid } from "../../ports/luma";
import type { MotionZone } from "./motion-settings";

/** How many cells there are in a row, at most; larger pictures have cells of several blocks. */
const CELL_COLUMNS_MAX = 96;
/** How many cells there are at all, at most. */
const CELLS_MAX = 8192;

/** Which cells count. @see CellGrid.uses */
export const CELL_IGNORED = 255;

/** The brightness of a picture in cells of one or more blocks, and which zone each cell belongs to. */
export class CellGrid {
	columns = 0;
	rows = 0;
	/** Brightness of each cell, 0 to 255, row by row. */
	cells = new Uint8Array(0);
	/** By cell: number of the zone plus 1, 0 where there are no zones to watch, or {@link CELL_IGNORED}. */
	uses = new Uint8Array(0);
	/** How many cells are not ignored. */
	watched = 0;
	/** Blocks in a row and a column of a cell. */
	private scale = 1;
	private blockColumns = 0;
	private blockRows = 0;

	constructor(private zones: readonly MotionZone[]) {}

	/** Sets other zones. */
	setZones(zones: readonly MotionZone[]): void {
		this.zones = zones;
		this.setUses();
	}

	/** Takes a picture. @returns false: its size is another one, or there is nothing in it; nothing else is as it was then */
	take(grid: LumaGrid): boolean {
		const isSame = grid.columns === this.blockColumns && grid.rows === this.blockRows;
		if (!isSame) this.resize(grid.columns, grid.rows);
		const { columns, rows, cells, scale } = this;
		const { blocks } = grid;
		for (let row = 0; row < rows; row++) {
			for (let column = 0; column < columns; column++) {
				let at = row * scale * grid.columns + column * scale;
				let sum = 0;
				for (let y = 0; y < scale; y++, at += grid.columns) for (let x = 0; x < scale; x++) sum += blocks[at + x];
				cells[row * columns + column] = sum / (scale * scale);
			}
		}
		return isSame;
	}

	private resize(blockColumns: number, blockRows: number): void {
		this.blockColumns = blockColumns;
		this.blockRows = blockRows;
		let scale = Math.max(1, Math.ceil(blockColumns / CELL_COLUMNS_MAX));
		while (Math.floor(blockColumns / scale) * Math.floor(blockRows / scale) > CELLS_MAX) scale++;
		this.scale = scale;
		// Blocks that fill no cell are left out.
		this.columns = Math.floor(blockColumns / scale);
		this.rows = Math.floor(blockRows / scale);
		this.cells = new Uint8Array(this.columns * this.rows);
		this.uses = new Uint8Array(this.columns * this.rows);
		this.setUses();
	}

	private setUses(): void {
		const { columns, rows, uses, zones } = this;
		const isWhole = !zones.some(({ isIgnored }) => !isIgnored);
		uses.fill(isWhole ? 0 : CELL_IGNORED);
		// What is to be ignored wins.
		zones.forEach((zone, i) => {
			if (!zone.isIgnored) this.paint(zone, i + 1);
		});
		for (const zone of zones) if (zone.isIgnored) this.paint(zone, CELL_IGNORED);
		this.watched = 0;
		for (let i = 0; i < columns * rows; i++) if (uses[i] !== CELL_IGNORED) this.watched++;
	}

	private paint({ left, top, right, bottom }: MotionZone, use: number): void {
		const { columns, rows, uses } = this;
		for (let row = Math.floor((top * rows) / 100); row < Math.ceil((bottom * rows) / 100); row++)
			for (let column = Math.floor((left * columns) / 100); column < Math.ceil((right * columns) / 100); column++)
				uses[row * columns + column] = use;
	}
}
