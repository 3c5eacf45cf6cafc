import sharp from "sharp";
import { Canvas, type Picture, textHeight, textWidth } from "../../hosts/node/sources/canvas";
import { movers, SCENE_HEIGHT, SCENE_WIDTH, sceneSvg } from "../../hosts/node/sources/street-scene";

const WIDTH = 640;
const HEIGHT = 480;

/** Makes pictures of a street at any time of a day, with the time in them: dark at night, with traffic. */
export class StreetPictures {
	private readonly canvas = new Canvas(WIDTH, HEIGHT);

	private constructor(
		private readonly name: string,
		private readonly ground: Picture,
		private readonly moving: readonly { x: number; y: number; speed: number; sprite: Picture }[],
	) {}

	/** Paints the scene. @param look differs between cameras */
	static async paint(name: string, look: number): Promise<StreetPictures> {
		const ground = await raster(sceneSvg(look), 3);
		const moving = [];
		for (const { svg, x, y, speed } of movers(look)) moving.push({ x, y, speed, sprite: await raster(svg, 4) });
		return new StreetPictures(name, ground, moving);
	}

	/** The picture of a time. */
	async at(utc: number): Promise<Uint8Array> {
		const { canvas } = this;
		const left = (SCENE_WIDTH - WIDTH) / 2;
		const top = (SCENE_HEIGHT - HEIGHT) / 2;
		canvas.view(this.ground, left, top);
		for (const { sprite, x, y, speed } of this.moving) {
			const way = SCENE_WIDTH + 2 * sprite.width;
			const gone = (((x + (speed * (utc % 1e7)) / 1000) % way) + way) % way;
			canvas.stamp(sprite, Math.round(gone) - sprite.width - left, y - top);
		}
		const hour = (utc / 3_600_000) % 24;
		const light = Math.max(0.25, Math.min(1, Math.sin(((hour - 6) / 12) * Math.PI) * 2 + 0.5));
		for (let i = 0; i < canvas.pixels.length; i++) canvas.pixels[i] *= light;
		canvas.write(this.name, 10, 10, 2);
		const time = new Date(utc).toISOString().slice(0, 19).replace("T", " ");
		canvas.write(time, WIDTH - 10 - textWidth(time, 1), HEIGHT - 10 - textHeight(1), 1);
		const raw = { width: WIDTH, height: HEIGHT, channels: 3 as const };
		return sharp(Buffer.from(canvas.pixels), { raw }).jpeg({ quality: 75, chromaSubsampling: "4:2:0" }).toBuffer();
	}
}

async function raster(svg: string, channels: 3 | 4): Promise<Picture> {
	const image = sharp(Buffer.from(svg));
	const { data, info } = await (channels === 3 ? image.removeAlpha() : image.ensureAlpha())
		.raw()
		.toBuffer({ resolveWithObject: true });
	return { width: info.width, height: info.height, pixels: data };
}
