import type { Sharp, SharpOptions } from "sharp";
import { ChosenLook, OWN_RESOLUTION } from "../../../src/camera/chosen-look";
import type { Millis } from "../../../src/core/time";
import { JpegQuality } from "../../../src/media/jpeg-quality";
import { Pacer, type PacerTimers } from "../../../src/media/pacer";
import type { FrameSink, FrameSource, Resolution } from "../../../src/ports/camera";
import type { Motion } from "../../../src/ports/motion";
import { knownUtc } from "../clock";
import { Canvas, type Picture, textHeight, textWidth } from "./canvas";
import { FrameMaker } from "./frame-maker";
import { NODE_TIMERS } from "./pacer-timers";
import { type Mover, movers, SCENE_HEIGHT, SCENE_WIDTH, sceneSvg } from "./street-scene";
import { ViewportDrive } from "./viewport-drive";

const WIDTH = 640;
const HEIGHT = 480;
/** The angle in degrees from the centre to the edges of the scene. */
const PAN_LIMIT = 45;
const TILT_LIMIT = 15;
/** The sizes to choose from; it draws the middle one. */
const SIZES: readonly Resolution[] = [
	{ width: 1280, height: 960 },
	{ width: WIDTH, height: HEIGHT },
	{ width: 320, height: 240 },
];
/** How much one step of brightness adds to each colour. */
const BRIGHTNESS_STEP = 1.28;
/** The longest name that is drawn in large characters. */
const LARGE_NAME = 24;
/** The initial quality of pictures. */
const QUALITY = 80;

type SharpFunction = (input: Buffer, options?: SharpOptions) => Sharp;

interface Scene {
	readonly sharp: SharpFunction;
	readonly ground: Picture;
	readonly moving: readonly (Mover & { readonly sprite: Picture })[];
}

/**
 * A simulated camera: it shows a street with cars and clouds, the camera's name and the time, and pans and tilts.
 *
 * The pictures are baseline JPEG, 4:2:0, with the standard Huffman tables, so that RTP can carry them (RFC 2435).
 */
export class SyntheticCamera implements FrameSource {
	readonly quality = new JpegQuality(QUALITY);
	readonly controls = new ChosenLook(SIZES);
	private readonly drive = new ViewportDrive(PAN_LIMIT, TILT_LIMIT);
	private readonly canvas = new Canvas(WIDTH, HEIGHT);
	private readonly maker = new FrameMaker();
	private readonly pacer: Pacer;
	private scene: Scene | undefined;
	private sink: FrameSink | undefined;
	/** True while a picture is being encoded; pictures are left out when the machine is too slow. */
	private busy = false;

	/**
	 * @param name returns the camera's current name, called for each picture
	 * @param look a number that differs between cameras and chooses colours and houses
	 * @param timers paces the pictures, and tells the time that moves the objects
	 */
	constructor(
		private readonly name: () => string,
		private readonly look: number,
		fps: number,
		private readonly timers: PacerTimers = NODE_TIMERS,
	) {
		this.pacer = new Pacer(fps, () => this.show(), timers);
	}

	get description(): string {
		const { width, height } = this.size;
		return `synthetic ${width}x${height}`;
	}

	get motion(): Motion {
		return this.drive;
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.pacer.start();
	}

	stop(): void {
		this.sink = undefined;
		this.pacer.stop();
	}

	private show(): void {
		if (this.busy) return;
		this.busy = true;
		this.picture().then(
			(jpeg) => this.done(jpeg),
			(error: unknown) => this.failed(error),
		);
	}

	private async picture(): Promise<Buffer> {
		this.scene ??= await paint(this.look);
		this.draw(this.scene, Math.floor(this.timers.now()));
		const raw = { width: WIDTH, height: HEIGHT, channels: 3 as const };
		const options = { quality: this.quality.value, chromaSubsampling: "4:2:0", optimiseCoding: false };
		return this.finish(this.scene.sharp(this.canvas.pixels, { raw })).jpeg(options).toBuffer();
	}

	private get size(): Resolution {
		const { resolution = OWN_RESOLUTION } = this.controls.look;
		return resolution.width === 0 ? { width: WIDTH, height: HEIGHT } : resolution;
	}

	/** Turns, brightens and scales the picture as it was asked for. */
	private finish(image: Sharp): Sharp {
		const { brightness = 0, flip = "none" } = this.controls.look;
		const { width, height } = this.size;
		let looks = image;
		if (flip === "vertical" || flip === "both") looks = looks.flip();
		if (flip === "horizontal" || flip === "both") looks = looks.flop();
		if (brightness !== 0) looks = looks.linear(1, BRIGHTNESS_STEP * brightness);
		return width === WIDTH ? looks : looks.resize(width, height);
	}

	private done(jpeg: Buffer): void {
		this.busy = false;
		const frame = this.maker.make(jpeg, 0, jpeg.length);
		if (frame !== undefined) this.sink?.frame(frame);
	}

	private failed(error: unknown): void {
		this.busy = false;
		this.pacer.stop();
		const words = error instanceof Error ? error.message.split("\n")[0] : String(error);
		this.sink?.trouble(
			`the synthetic camera needs the package sharp, which does not work here (${words}); install Porthole again with its optional packages, or choose another source with --source`,
		);
	}

	private draw(scene: Scene, now: Millis): void {
		const { canvas } = this;
		const [pan, tilt] = this.drive.look(now);
		const left = Math.round(((SCENE_WIDTH - WIDTH) / 2) * (1 + pan / PAN_LIMIT));
		const top = Math.round(((SCENE_HEIGHT - HEIGHT) / 2) * (1 - tilt / TILT_LIMIT));
		canvas.view(scene.ground, left, top);
		for (const { sprite, x, y, speed } of scene.moving) {
			const way = SCENE_WIDTH + 2 * sprite.width;
			const gone = (((x + (speed * now) / 1000) % way) + way) % way;
			canvas.stamp(sprite, Math.round(gone) - sprite.width - left, y - top);
		}
		const name = this.name();
		canvas.write(name, 10, 10, name.length > LARGE_NAME ? 1 : 2);
		const time = timeText(now);
		canvas.write(time, WIDTH - 10 - textWidth(time, 1), HEIGHT - 10 - textHeight(1), 1);
	}
}

/** Returns the date and time, or the uptime where the machine does not know the date. */
function timeText(now: Millis): string {
	const utc = knownUtc();
	if (utc === undefined) return `up ${Math.floor(now / 1000)} s`;
	return `${new Date(utc).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

async function paint(look: number): Promise<Scene> {
	const { default: sharp } = await import("sharp");
	// Many small pictures: one thread for each is best, and none repeats.
	sharp.concurrency(1);
	sharp.cache(false);
	const ground = await rasterize(sharp, sceneSvg(look), 3);
	const moving: (Mover & { sprite: Picture })[] = [];
	for (const mover of movers(look)) moving.push({ ...mover, sprite: await rasterize(sharp, mover.svg, 4) });
	return { sharp, ground, moving };
}

async function rasterize(sharp: SharpFunction, svg: string, channels: 3 | 4): Promise<Picture> {
	const image = sharp(Buffer.from(svg));
	const { data, info } = await (channels === 3 ? image.removeAlpha() : image.ensureAlpha())
		.raw()
		.toBuffer({ resolveWithObject: true });
	return { width: info.width, height: info.height, pixels: data };
}
