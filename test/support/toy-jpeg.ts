import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";

/** What a {@link toyJpeg} is like. */
export interface ToyJpeg {
	/** @default 64 */
	readonly width?: number;
	/** @default 48 */
	readonly height?: number;
	/** Octets of entropy-coded data. @default 3000 */
	readonly scan?: number;
	/** The value of these octets. @default 1 */
	readonly fill?: number;
	/** True: grey, which RTP/JPEG cannot carry. @default false */
	readonly grey?: boolean;
}

/** A picture with the headers of a baseline 4:2:0 JPEG; nobody decodes it. */
export function toyJpeg({ width = 64, height = 48, scan = 3000, fill = 1, grey = false }: ToyJpeg = {}): Uint8Array {
	const components = grey
		? [[1, 0x11, 0]]
		: [
				[1, 0x22, 0],
				[2, 0x11, 1],
				[3, 0x11, 1],
			];
	const quantization = (table: number) => [table, ...new Array<number>(64).fill(table + 2)];
	return new Uint8Array([
		...[0xff, 0xd8],
		...[0xff, 0xdb, 0, 2 + 2 * 65, ...quantization(0), ...quantization(1)],
		...[0xff, 0xc0, 0, 8 + 3 * components.length, 8, height >> 8, height & 255, width >> 8, width & 255],
		...[components.length, ...components.flat()],
		...[0xff, 0xda, 0, 6 + 2 * components.length, components.length],
		...components.flatMap(([id], i) => [id, i === 0 ? 0 : 0x11]),
		...[0, 63, 0],
		...new Array<number>(scan).fill(fill),
		...[0xff, 0xd9],
	]);
}

/** A frame with such a picture. */
export function toyFrame(sequence: number, at: number, options: ToyJpeg = {}, recycle?: () => void): Frame {
	const picture = toyJpeg(options);
	const bytes = new Uint8Array(FRAME_HEADROOM + picture.length + FRAME_TAILROOM);
	bytes.set(picture, FRAME_HEADROOM);
	return new Frame(bytes, FRAME_HEADROOM, FRAME_HEADROOM + picture.length, sequence, at, undefined, recycle);
}
