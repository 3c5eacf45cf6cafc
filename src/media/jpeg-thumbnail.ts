import type { Octets } from "../core/time";
import { JpegColours } from "./jpeg-colours";
import { JpegDc } from "./jpeg-dc";
import { JpegEncoder } from "./jpeg-encoder";

/** The most pixels of a thumbnail. */
const PIXELS_MAX = 65_536;

/**
 * Makes thumbnails of baseline JPEG pictures: an eighth of their width and height, in colour, without decoding them. Each pixel is
 * the mean of a block, which its DC coefficient tells.
 */
export class JpegThumbnail {
	private readonly colours = new JpegColours();
	private readonly dc = new JpegDc(this.colours);
	private readonly encoder = new JpegEncoder();

	/** Makes one of the picture `bytes[start, end)`. @returns `undefined`: it is not possible, or not worth it */
	make(bytes: Uint8Array, start: Octets, end: Octets): Uint8Array | undefined {
		const { dc, encoder } = this;
		if (dc.read(bytes, start, end) !== undefined) return undefined;
		const { columns: width, rows: height, blocks: luma } = dc;
		if (width * height > PIXELS_MAX) return undefined;
		const [blue, red] = [this.halved(0), this.halved(1)];
		const made = encoder.encode({ width, height, luma, blue, red });
		return made.length < end - start ? made : undefined;
	}

	/** The colours of every second pixel. */
	private halved(plane: number): Uint8Array {
		const { colours, dc } = this;
		const width = (dc.columns + 1) >> 1;
		const height = (dc.rows + 1) >> 1;
		const half = new Uint8Array(width * height).fill(128);
		if (colours.columns === 0) return half;
		const from = colours.planes[plane];
		for (let y = 0; y < height; y++) {
			const row = Math.floor((2 * y) / colours.down) * colours.columns;
			for (let x = 0; x < width; x++) half[y * width + x] = from[row + Math.floor((2 * x) / colours.across)];
		}
		return half;
	}
}
