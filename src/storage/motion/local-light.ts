/** How far around a cell light is taken to change as much as there: more than a figure's half width, less than a shadow's soft edge. */
const REACH = 6;
/** Added to the brightness of a background, so that noise in black parts counts little. */
export const DARK = 6;

/**
 * Subtracts light that changes in parts of the picture, such as the shadow of a cloud: around each cell the mean factor by which
 * brightness has changed.
 *
 * It makes large things hollow, so it is used only while such light is there.
 */
export class LocalLight {
	/** Sums of the factors of all cells above and to the left; one column and row more than there are cells. */
	private sums = new Float64Array(0);

	/**
	 * Computes differences between a picture and its background without the light.
	 * @param differences takes them, by cell
	 */
	subtract(cells: Uint8Array, background: Float32Array, differences: Int16Array, columns: number, rows: number): void {
		const width = columns + 1;
		if (this.sums.length !== width * (rows + 1)) this.sums = new Float64Array(width * (rows + 1));
		const { sums } = this;
		for (let row = 0; row < rows; row++) {
			let line = 0;
			for (let column = 0; column < columns; column++) {
				const i = row * columns + column;
				line += (cells[i] - background[i]) / (background[i] + DARK);
				const at = (row + 1) * width + column + 1;
				sums[at] = sums[at - width] + line;
			}
		}
		for (let row = 0; row < rows; row++) {
			// As far to one side as to the other: the mean of a slope is then its middle.
			const high = Math.min(REACH, row, rows - 1 - row);
			const top = row - high;
			const bottom = row + high + 1;
			for (let column = 0; column < columns; column++) {
				const wide = Math.min(REACH, column, columns - 1 - column);
				const left = column - wide;
				const right = column + wide + 1;
				const sum =
					sums[bottom * width + right] -
					sums[top * width + right] -
					sums[bottom * width + left] +
					sums[top * width + left];
				const i = row * columns + column;
				const factor = sum / ((bottom - top) * (right - left));
				differences[i] = cells[i] - background[i] - factor * (background[i] + DARK);
			}
		}
	}
}
