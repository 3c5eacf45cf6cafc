import type { Frame } from "../../../src/media/frame";
import type { Log } from "../../../src/ports/log";
import type { Thumbnailer } from "../../../src/ports/thumbnailer";

/** The quality of thumbnails: they are small and seen for a moment. */
const QUALITY = 70;

type SharpFunction = typeof import("sharp");

/**
 * Makes thumbnails with the npm package sharp, in threads of its own: libjpeg decodes them small at once. Without the package,
 * which is optional, there are none.
 */
export class SharpThumbnailer implements Thumbnailer {
	private sharp: Promise<SharpFunction | undefined> | undefined;

	/** @param log learns once that the package can't be used. @default nothing is logged */
	constructor(private readonly log?: Log) {}

	/** @see Thumbnailer */
	make(frame: Frame, width: number, done: (jpeg: Uint8Array | undefined) => void): void {
		frame.retain();
		this.scale(frame, width).then(
			(jpeg) => {
				frame.release();
				done(jpeg);
			},
			() => {
				frame.release();
				done(undefined);
			},
		);
	}

	private async scale({ bytes, start, end }: Frame, width: number): Promise<Uint8Array | undefined> {
		this.sharp ??= import("sharp").then(
			({ default: sharp }) => sharp,
			(error: unknown) => {
				const [reason] = `${error instanceof Error ? error.message : error}`.split("\n");
				this.log?.write("info", "camera", `pages get whole pictures: the package sharp can't be used (${reason})`);
				return undefined;
			},
		);
		const sharp = await this.sharp;
		if (sharp === undefined) return undefined;
		const jpeg = await sharp(bytes.subarray(start, end), { failOn: "none", sequentialRead: true })
			.resize({ width, kernel: "linear" })
			.jpeg({ quality: QUALITY })
			.toBuffer();
		// The `slice` of a Buffer does not copy.
		return new Uint8Array(jpeg);
	}
}
