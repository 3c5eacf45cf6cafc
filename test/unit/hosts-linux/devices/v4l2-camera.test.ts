import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { parseJpeg } from "../../../../src/media/jpeg";
import { needs } from "../../../support/needs";
import { compilePreload, compileProbe, linesOf, makeFolder, preloadOf } from "./compile";

const run = promisify(execFile);
const PICTURE = resolve(__dirname, "../../../fixtures/frame.jpg");
const SOURCES = [
	"v4l2-camera",
	"camera-choice",
	"camera-error",
	"camera-look",
	"camera-memory",
	"camera-pool",
	"camera-quality",
	"device-error",
];
const ENCODING = ["jpeg-encoder", "jpeg-picture"];
const DHT_SIZE = 420;

describe("hosts-linux/devices/v4l2-camera", function () {
	this.timeout(120_000);
	let folder: ReturnType<typeof makeFolder>;
	let program: string;
	let preload: string;
	let device: string;

	before(async function () {
		needs(this, "gcc");
		folder = makeFolder();
		program = await compileProbe(folder.path, "camera-probe", [...SOURCES, ...ENCODING]);
		preload = preloadOf(await compilePreload(folder.path, "tools/bench/native/fake-v4l2.c"));
		device = join(folder.path, "video2");
	});
	beforeEach(() => {
		writeFileSync(join(folder.path, "video0"), "no camera");
		writeFileSync(device, "");
	});
	after(() => folder?.remove());

	/** Runs the probe with the fake camera. @returns what it printed */
	async function probe(wish: string, fps: number, commands: readonly string[], env: NodeJS.ProcessEnv = {}) {
		const { stdout } = await run(program, [wish, folder.path, String(fps), ...commands], {
			timeout: 30_000,
			env: {
				...process.env,
				LD_PRELOAD: preload,
				FAKE_DEV: device,
				FAKE_JPEG: PICTURE,
				FAKE_FPS: "100",
				...env,
			},
		});
		return linesOf(stdout);
	}

	it("lends the device's own buffers, without a copy, with room around the picture (IMG-17)", async () => {
		const out = join(folder.path, "out.jpg");
		const [opened, grabbed, counters] = await probe("", 0, ["open", "grab", "60", "save", out]);
		assert.deepEqual(opened, { name: "fake", path: device, format: "MJPG", width: 640, height: 480, fps: 100 });
		assert.equal(grabbed["frames"], 60);
		// Each of the six buffers is new once, then always the same memory.
		assert.equal(grabbed["fresh"], 6);
		assert.deepEqual([counters["lent"], counters["copied"], counters["broken"]], [61, 0, 0]);
		assert.deepEqual(readFileSync(out), readFileSync(PICTURE));
	});

	it("is not starved by stalled viewers, and keeps the pictures that they hold (IMG-17)", async () => {
		const [, held, same, grabbed, sameStill, counters] = await probe("", 0, [
			...["open", "hold", "40", "reread", "grab", "20", "reread", "drop"],
		]).then((lines) => lines.filter((line) => !("kept" in line)));
		assert.deepEqual([held, same, sameStill], [{ held: 40 }, { same: 40 }, { same: 40 }]);
		assert.equal(grabbed["frames"], 20);
		// Four of six buffers can be lent; the 36 other pictures that are held, and the 20 that came then, are copies.
		assert.deepEqual([counters["copied"], counters["starved"]], [56, 0]);
	});

	it("returns only the newest picture", async () => {
		const [, , later, counters] = await probe("", 0, ["open", "grab", "1", "system", "sleep 0.5", "grab", "1"], {
			FAKE_BACKLOG: "1",
		});
		assert.equal(later["frames"], 1);
		assert.equal(counters["lent"], 2);
		// All six buffers were full, and five of them were passed over; on a busy machine more.
		assert.ok(Number(counters["passed"]) >= 5, `${counters["passed"]} passed`);
	});

	it("skips pictures above the requested rate", async () => {
		const [, grabbed] = await probe("", 25, ["open", "grab", "20"]);
		// Twenty at 25 a second, of 100.
		assert.ok(Number(grabbed["milliseconds"]) >= 750, `${grabbed["milliseconds"]} ms`);
	});

	it("pictures that are held outlive the camera's end", async () => {
		const [, , , dropped] = await probe("", 0, ["open", "hold", "10", "close", "reread", "drop"]);
		assert.deepEqual(dropped, { kept: 0 });
	});

	it("reports that the camera was unplugged, and finds it when it is plugged in again", async () => {
		const lines = await probe("", 0, [
			...["open", "hold", "3", "system", `rm ${device}`, "grab", "1", "close", "reread", "drop", "open"],
			...["system", `touch ${device}`, "open", "grab", "3"],
		]);
		assert.deepEqual(lines[2], { gone: 19, words: `${device}: the camera was unplugged` });
		assert.deepEqual(lines[4], { same: 3 });
		assert.deepEqual(lines[6], { failed: 2, words: "no camera found; is it plugged in?" });
		assert.equal(lines[8]["frames"], 3);
	});

	it("is chosen by path, by a part of its name in any case, and by capability", async () => {
		for (const wish of [device, "AK", ""]) assert.equal((await probe(wish, 0, ["open"]))[0]["path"], device);
	});

	it("reports why a camera cannot be opened", async () => {
		const cases: readonly [string, NodeJS.ProcessEnv, RegExp][] = [
			["logi", {}, /no camera is called 'logi'; found: fake/],
			[join(folder.path, "video0"), {}, /video0: not a camera/],
			["/nowhere/video7", {}, /no such device; is the camera plugged in\?/],
			["", { FAKE_BUSY: "1" }, /used by another program/],
			["", { FAKE_FORMAT: "H264" }, /offers neither MJPEG nor YUYV, only: H264/],
		];
		for (const [wish, env, words] of cases) {
			const [failed] = await probe(wish, 0, ["open"], env);
			assert.match(String(failed["words"]), words);
		}
		rmSync(device);
		assert.match(String((await probe("", 0, ["open"]))[0]["words"]), /no camera found; is it plugged in\?/);
	});

	for (const padding of [0, 511, 1025, 4096, 4097, 900_000])
		it(`inserts the Huffman tables that USB cameras leave out, and cuts off ${padding} octets of padding (F16, F18)`, async () => {
			const whole = readFileSync(PICTURE);
			const bare = withoutTables(whole);
			assert.ok(bare.length < whole.length, "the picture had tables");
			const file = join(folder.path, "bare.jpg");
			const out = join(folder.path, "mended.jpg");
			writeFileSync(file, Buffer.concat([bare, Buffer.alloc(padding)]));
			const [, counters] = await probe("", 0, ["open", "save", out], { FAKE_JPEG: file });
			assert.equal(counters["broken"], 0);
			const mended = readFileSync(out);
			assert.equal(mended.length, bare.length + DHT_SIZE);
			assert.equal(parseJpeg(mended, 0, mended.length)?.standardHuffman, true);
			// The standard tables are there now: removing them gives the camera's picture again.
			assert.deepEqual(withoutTables(mended), bare);
		});

	for (const padding of [0, 4096])
		it(`appends the end that a camera never writes, after one picture, also behind ${padding} octets of padding (F15)`, async () => {
			const whole = readFileSync(PICTURE);
			const file = join(folder.path, "endless.jpg");
			const out = join(folder.path, "ended.jpg");
			writeFileSync(file, Buffer.concat([whole.subarray(0, -2), Buffer.alloc(padding)]));
			const [, grabbed, counters] = await probe("", 0, ["open", "grab", "10", "save", out], { FAKE_JPEG: file });
			assert.deepEqual([grabbed["frames"], counters["broken"]], [10, 1]);
			assert.deepEqual(readFileSync(out), whole);
		});

	it("counts broken pictures and never lends one", async () => {
		const file = join(folder.path, "cut.jpg");
		writeFileSync(file, readFileSync(PICTURE).subarray(0, 500));
		const lines = await probe("", 0, ["open", "grab", "1"], { FAKE_JPEG: file, FAKE_FPS: "1000" });
		const counters = lines.at(-1) as Record<string, number>;
		assert.equal(counters["lent"], 0);
		assert.ok(counters["broken"] > 100, `${counters["broken"]} broken`);
	});

	describe("H.264 from another device node of the same camera (STR-25)", () => {
		let second: string;
		let stream: string;
		let env: NodeJS.ProcessEnv;
		/** Pictures of different lengths, the first a key picture. */
		const PICTURES = Array.from({ length: 12 }, (_, i) =>
			Buffer.from([0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, i === 0 ? 0x65 : 0x41, ...new Array(i).fill(i)]),
		);
		beforeEach(() => {
			second = join(folder.path, "video4");
			stream = join(folder.path, "stream.h264");
			writeFileSync(second, "");
			writeFileSync(stream, Buffer.concat(PICTURES));
			env = { FAKE_DEV2: second, FAKE_H264: stream };
		});
		after(() => rmSync(second, { force: true }));

		it("is found by the place where the camera is plugged in, and lends picture by picture in order", async () => {
			const out = join(folder.path, "out.h264");
			const save = PICTURES.flatMap((_, i) => ["save", `${out}.${i}`]);
			const lines = await probe("", 0, ["open", "companion", ...save], { ...env, FAKE_BACKLOG: "1" });
			assert.deepEqual(lines[1], { companion: second });
			assert.deepEqual([lines[2]["path"], lines[2]["format"]], [second, "H264"]);
			for (const [i, picture] of PICTURES.entries()) assert.deepEqual(readFileSync(`${out}.${i}`), picture);
			assert.deepEqual(
				[lines[3]["lent"], lines[3]["copied"], lines[3]["passed"], lines[3]["broken"]],
				[PICTURES.length, 0, 0, 0],
			);
		});

		it("leaves out no picture while others are held, and keeps these", async () => {
			const commands = ["open", "companion", "hold", "30", "reread", "grab", "6"];
			const [, , , held, same, grabbed, counters] = await probe("", 0, commands, { ...env, FAKE_BACKLOG: "1" });
			assert.deepEqual([held, same], [{ held: 30 }, { same: 30 }]);
			assert.deepEqual([grabbed["frames"], grabbed["sequences"]], [6, 6]);
			assert.deepEqual([counters["passed"], counters["starved"]], [0, 0]);
		});

		it("gives a key picture when asked", async () => {
			const out = join(folder.path, "key.h264");
			await probe("", 0, ["open", "companion", "grab", "4", "key", "save", out], env);
			assert.deepEqual(readFileSync(out), PICTURES[0]);
		});

		it("is not looked for in the camera's own node, nor in a camera plugged in elsewhere", async () => {
			const own = { FAKE_H264: stream, FAKE_H264_BESIDE: "1" };
			assert.deepEqual((await probe("", 0, ["open", "companion"], own))[1], { companion: "" });
			const elsewhere = { ...env, FAKE_BUS2: "usb-fake-2" };
			assert.deepEqual((await probe("", 0, ["open", "companion"], elsewhere))[1], { companion: "" });
		});
	});

	describe("quality of a camera that compresses itself (IMG-17)", () => {
		let log: string;
		const logged = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
		beforeEach(() => {
			log = join(folder.path, "quality");
			rmSync(log, { force: true });
		});

		it("is set when the camera is opened, and while it runs, by the driver's control", async () => {
			const env = { FAKE_QUALITY: "1-100", FAKE_QUALITY_LOG: log };
			const lines = await probe(
				"",
				0,
				["open", "grab", "2", "quality", "35", "grab", "2", "close", "quality", "50"],
				env,
			);
			assert.deepEqual(lines[2], { before: 80, after: 35 });
			assert.deepEqual([lines[3]["frames"], lines[4]], [2, { before: 35, after: 35 }]);
			assert.deepEqual(logged(), ["80", "35"]);
		});

		it("keeps to the driver's range", async () => {
			const env = { FAKE_QUALITY: "10-75", FAKE_QUALITY_LOG: log };
			const [, set] = await probe("", 0, ["open", "quality", "1"], env);
			assert.deepEqual([set, logged()], [{ before: 80, after: 1 }, ["75", "10"]]);
		});

		it("does not change where the driver has no such control", async () => {
			for (const env of [{}, { FAKE_QUALITY: "1-100" }]) {
				const [, set, grabbed] = await probe("", 0, ["open", "quality", "35", "grab", "2"], env);
				assert.deepEqual([set, grabbed["frames"]], [{ before: 0, after: 0 }, 2]);
			}
			assert.deepEqual(logged(), []);
		});
	});

	describe("brightness and flip", () => {
		let log: string;
		const logged = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
		beforeEach(() => {
			log = join(folder.path, "look");
			rmSync(log, { force: true });
		});

		it("are set by the driver's controls, brightness on both sides of its default", async () => {
			const env = { FAKE_LOOK: "-64:16:80", FAKE_LOOK_LOG: log };
			const commands = [
				"open",
				"look",
				"50,1,0",
				"look",
				"-100,0,1",
				"look",
				"0,0,0",
				"grab",
				"2",
				"close",
				"look",
				"1,1,1",
			];
			const lines = await probe("", 0, commands, env);
			assert.deepEqual(
				lines.slice(1, -1).map((line) => line["look"] ?? line["frames"]),
				[3, 3, 3, 2, 0],
			);
			// Offsets of the controls: 0 brightness, 14 and 15 the flips, in hexadecimal digits.
			const sets = ["0 48", "14 1", "15 0", "0 -64", "14 0", "15 1", "0 16", "14 0", "15 0"];
			assert.deepEqual(logged(), sets);
		});

		it("do not overflow with a driver whose range is all numbers", async () => {
			const env = { FAKE_LOOK: "-2147483648:0:2147483647", FAKE_LOOK_LOG: log };
			await probe("", 0, ["open", "look", "-100,0,0", "look", "100,0,0"], env);
			assert.deepEqual(
				logged().filter((line) => line.startsWith("0 ")),
				["0 -2147483648", "0 2147483647"],
			);
		});

		it("do not change where the driver has no such controls", async () => {
			const [, look, grabbed] = await probe("", 0, ["open", "look", "50,1,1", "grab", "2"], {});
			assert.deepEqual([look["look"], grabbed["frames"]], [0, 2]);
		});
	});

	describe("raw pictures", () => {
		const env = { FAKE_FORMAT: "YUYV", FAKE_W: "160", FAKE_H: "120" };
		const LAYOUTS = ["YUYV", "UYVY", "NV12", "YU12", "RGB3"] as const;
		const [DARK, BRIGHT] = [
			[40, 200, 100],
			[220, 128, 128],
		];

		/** A picture whose left half is dark and blue, right half bright and grey; lines are `stride` octets apart. */
		function rawFile(layout: (typeof LAYOUTS)[number], width = 160, height = 120, stride = 0): string {
			const colour = (x: number) => (x < width / 2 ? DARK : BRIGHT);
			const lines: number[][] = [];
			const half = { x: Math.ceil(width / 2), y: Math.ceil(height / 2) };
			const line = (count: number, octets: (x: number) => number[]) =>
				Array.from({ length: count }, (_, x) => octets(x)).flat();
			const luma = line(width, (x) => [colour(x)[0]]);
			const pairs = (octets: (colour: number[]) => number[]) => line(half.x, (x) => octets(colour(2 * x)));
			for (let y = 0; y < height; y++) {
				if (layout === "YUYV") lines.push(pairs(([y, u, v]) => [y, u, y, v]));
				else if (layout === "UYVY") lines.push(pairs(([y, u, v]) => [u, y, v, y]));
				else if (layout === "RGB3") lines.push(line(width, (x) => rgbOf(colour(x))));
				else lines.push(luma);
			}
			const padded = (octets: number[], to: number) => [
				...octets,
				...new Array(Math.max(0, to - octets.length)).fill(77),
			];
			const all = lines.map((octets) => padded(octets, stride));
			for (let y = 0; y < half.y; y++)
				if (layout === "NV12")
					all.push(
						padded(
							pairs(([, u, v]) => [u, v]),
							stride,
						),
					);
			for (const i of [1, 2])
				for (let y = 0; y < half.y; y++)
					if (layout === "YU12")
						all.push(
							padded(
								pairs((octets) => [octets[i]]),
								stride / 2,
							),
						);
			const file = join(folder.path, `picture.${layout}`);
			writeFileSync(file, Buffer.from(all.flat()));
			return file;
		}

		/** Decodes a picture of the probe, and checks the two halves' colours. */
		function checkHalves(out: string, width: number, height: number): void {
			const jpeg = readFileSync(out);
			const info = parseJpeg(jpeg, 0, jpeg.length);
			assert.deepEqual(
				[info?.width, info?.height, info?.baseline, info?.subsampling, info?.standardHuffman],
				[width, height, true, "4:2:0", true],
			);
			const args = ["-loglevel", "error", "-i", out, "-f", "rawvideo", "-pix_fmt", "yuvj420p", "-"];
			const pixels = execFileSync("ffmpeg", args);
			const near = (at: number, value: number) =>
				assert.ok(Math.abs(pixels[at] - value) <= 6, `pixel ${at} is ${pixels[at]}, not ${value}`);
			const half = { x: Math.ceil(width / 2), y: Math.ceil(height / 2) };
			for (const y of [0, Math.floor(height / 2), height - 1]) {
				for (const x of [5, Math.floor(width / 2) - 20]) near(y * width + x, DARK[0]);
				for (const x of [width - 1, Math.floor(width / 2) + 20]) near(y * width + x, BRIGHT[0]);
			}
			for (const i of [1, 2]) {
				const plane = width * height + (i - 1) * half.x * half.y;
				for (const y of [0, half.y - 1]) {
					near(plane + y * half.x + 5, DARK[i]);
					near(plane + y * half.x + half.x - 1, BRIGHT[i]);
				}
			}
		}

		for (const layout of LAYOUTS) {
			for (const [width, height, stride] of [
				[160, 120, 0],
				[162, 121, 0],
				[160, 120, layout === "RGB3" ? 512 : 384],
			]) {
				it(`makes baseline 4:2:0 of ${layout}, ${width}x${height}, stride ${stride}, as RTP wants it (IMG-17)`, async function () {
					needs(this, "libturbojpeg", "ffmpeg");
					const out = join(folder.path, `${layout}.jpg`);
					const [opened, , counters] = await probe("", 0, ["open", "grab", "5", "save", out], {
						FAKE_FORMAT: layout,
						FAKE_W: String(width),
						FAKE_H: String(height),
						FAKE_STRIDE: String(stride),
						FAKE_JPEG: rawFile(layout, width, height, stride),
					});
					assert.deepEqual([opened["format"], opened["width"], opened["height"]], [layout, width, height]);
					assert.deepEqual([counters["lent"], counters["broken"]], [6, 0]);
					checkHalves(out, width, height);
				});
			}

			it(`counts pictures of ${layout} that lack an octet`, async function () {
				needs(this, "libturbojpeg");
				const file = rawFile(layout);
				writeFileSync(file, readFileSync(file).subarray(0, -1));
				const lines = await probe("", 0, ["open", "grab", "1"], {
					...env,
					FAKE_FORMAT: layout,
					FAKE_JPEG: file,
					FAKE_FPS: "1000",
				});
				assert.ok(Number(lines.at(-1)?.["broken"]) > 100);
			});
		}

		it("makes smaller pictures from the next one on, when another quality is chosen", async function () {
			needs(this, "libturbojpeg");
			const file = join(folder.path, "noise");
			writeFileSync(
				file,
				Buffer.from(Array.from({ length: 160 * 120 * 2 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24)),
			);
			const [fine, coarse] = ["fine", "coarse"].map((name) => join(folder.path, `${name}.jpg`));
			const commands = ["open", "save", fine, "quality", "10", "save", coarse];
			const [, set] = await probe("", 0, commands, { ...env, FAKE_JPEG: file });
			assert.deepEqual(set, { before: 80, after: 10 });
			const [large, small] = [fine, coarse].map((name) => readFileSync(name).length);
			assert.ok(small < large / 2, `${large}, then ${small} octets`);
		});

		it("names the package to install when libjpeg-turbo is missing", async () => {
			const [failed] = await probe("", 0, ["open"], {
				...env,
				FAKE_JPEG: rawFile("YUYV"),
				PROBE_ENCODER: "libnowhere.so.0",
			});
			assert.match(
				String(failed["words"]),
				/libjpeg-turbo.* is not installed \(on Debian: apt install libturbojpeg0\)/,
			);
		});

		it("counts raw pictures that are too short", async function () {
			needs(this, "libturbojpeg");
			const file = join(folder.path, "short");
			writeFileSync(file, Buffer.alloc(1000));
			const lines = await probe("", 0, ["open", "grab", "1"], { ...env, FAKE_JPEG: file, FAKE_FPS: "1000" });
			assert.ok(Number(lines.at(-1)?.["broken"]) > 100);
		});
	});
});

/** Full-range RGB of Y, Cb, Cr, as JPEG defines it. */
function rgbOf([y, u, v]: number[]): number[] {
	const [blue, red] = [u - 128, v - 128];
	const rgb = [y + 1.402 * red, y - 0.344 * blue - 0.714 * red, y + 1.772 * blue];
	return rgb.map((value) => Math.max(0, Math.min(255, Math.round(value))));
}

/** Takes the DHT segments out of a JPEG. */
function withoutTables(jpeg: Buffer): Buffer {
	const parts: Buffer[] = [jpeg.subarray(0, 2)];
	let at = 2;
	while (jpeg[at + 1] !== 0xda) {
		const next = at + 2 + jpeg.readUInt16BE(at + 2);
		if (jpeg[at + 1] !== 0xc4) parts.push(jpeg.subarray(at, next));
		at = next;
	}
	return Buffer.concat([...parts, jpeg.subarray(at)]);
}
