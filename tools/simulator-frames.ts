import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { Canvas, type Picture } from "../hosts/node/sources/canvas";
import { movers, SCENE_HEIGHT, SCENE_WIDTH, sceneSvg } from "../hosts/node/sources/street-scene";

/** How many pictures the simulator's camera shows, in a loop, and how large they are. */
const COUNT = 24;
const WIDTH = 320;
const HEIGHT = 240;
/** Milliseconds of the scene between two pictures. */
const STEP = 250;
/** The simulator's sockets send 75 kB/s: small pictures are what makes it move. */
const QUALITY = 35;
const LOOK = 5;

/**
 * Draws the pictures of the simulator's camera (`node -r ./tools/typescript tools/simulator-frames.ts`): the street of the synthetic
 * camera as baseline JPEG, 4:2:0, with standard Huffman tables. XS has no encoder, so they are resources of the simulator.
 */
async function main(): Promise<void> {
	const folder = join(__dirname, "../hosts/simulator/frames");
	mkdirSync(folder, { recursive: true });
	const ground = await rasterize(sceneSvg(LOOK), 3);
	const moving = await Promise.all(movers(LOOK).map(async (m) => ({ ...m, sprite: await rasterize(m.svg, 4) })));
	const canvas = new Canvas(2 * WIDTH, 2 * HEIGHT);
	const left = (SCENE_WIDTH - canvas.width) / 2;
	const top = (SCENE_HEIGHT - canvas.height) / 2;
	for (let i = 0; i < COUNT; i++) {
		canvas.view(ground, left, top);
		for (const { sprite, x, y, speed } of moving) {
			const way = SCENE_WIDTH + 2 * sprite.width;
			const gone = (((x + (speed * i * STEP) / 1000) % way) + way) % way;
			canvas.stamp(sprite, Math.round(gone) - sprite.width - left, y - top);
		}
		canvas.write(`Moddable simulator ${i + 1}/${COUNT}`, 10, 10, 1);
		const raw = { width: canvas.width, height: canvas.height, channels: 3 as const };
		const jpeg = await sharp(canvas.pixels, { raw })
			.resize(WIDTH, HEIGHT)
			.jpeg({ quality: QUALITY, chromaSubsampling: "4:2:0", optimiseCoding: false })
			.toBuffer();
		writeFileSync(join(folder, `frame-${`${i}`.padStart(2, "0")}.jpg`), jpeg);
	}
}

async function rasterize(svg: string, channels: 3 | 4): Promise<Picture> {
	const image = sharp(Buffer.from(svg));
	const { data, info } = await (channels === 3 ? image.removeAlpha() : image.ensureAlpha())
		.raw()
		.toBuffer({ resolveWithObject: true });
	return { width: info.width, height: info.height, pixels: data };
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
