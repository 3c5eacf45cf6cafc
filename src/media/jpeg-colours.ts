/** How brightness and colours are sampled in a picture: by component, in a group of blocks. */
interface Sampling {
	readonly widths: Uint8Array;
	readonly heights: Uint8Array;
}

/** The mean colours of blocks, which a `JpegDc` finds besides their brightness. Filled for pictures in colour only. */
export class JpegColours {
	/** In blocks of colour, of which there may be fewer than of brightness. 0: the picture is grey, or can't be shown in colour. */
	columns = 0;
	rows = 0;
	/** How many blocks of brightness one of colour covers, across and down. */
	across = 1;
	down = 1;
	/** Cb and Cr, 128 for none, row by row. May be longer than there are blocks. */
	readonly planes: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];
	private readonly predictions = new Int32Array(2);
	/** Of the place of the present group of blocks. */
	private row = 0;
	private column = 0;

	/** A picture begins. @param columns blocks of brightness @param sampling of its components */
	begin(columns: number, rows: number, components: number, { widths, heights }: Sampling): void {
		this.across = widths[0] / widths[1];
		this.down = heights[0] / heights[1];
		const isEven = this.across % 1 === 0 && this.down % 1 === 0;
		const isSame = widths[1] === widths[2] && heights[1] === heights[2];
		const isUsable = components === 3 && isEven && isSame;
		this.columns = isUsable ? Math.ceil(columns / this.across) : 0;
		this.rows = isUsable ? Math.ceil(rows / this.down) : 0;
		const count = this.columns * this.rows;
		for (let i = 0; i < 2; i++) if (this.planes[i].length < count) this.planes[i] = new Uint8Array(count);
		this.restart();
	}

	/** Resets the predictions, at a restart marker. */
	restart(): void {
		this.predictions.fill(0);
	}

	/** A group begins, whose first block of brightness is here. */
	group(row: number, column: number): void {
		this.row = row / this.down;
		this.column = column / this.across;
	}

	/** Adds a block. @param component 1: Cb, 2: Cr @param y its place in the group */
	add(component: number, difference: number, quantizer: number, y: number, x: number): void {
		const { predictions, columns } = this;
		const prediction = (predictions[component - 1] + difference) | 0;
		predictions[component - 1] = prediction;
		const row = this.row + y;
		const column = this.column + x;
		if (row >= this.rows || column >= columns) return;
		const mean = 128 + ((prediction * quantizer + 4) >> 3);
		this.planes[component - 1][row * columns + column] = mean < 0 ? 0 : mean > 255 ? 255 : mean;
	}
}
