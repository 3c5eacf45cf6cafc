import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findH264Node } from "../../../../hosts/node/sources/device-formats";
import { DeviceSource } from "../../../../hosts/node/sources/device-source";
import { needs } from "../../../support/needs";
import { pause, until } from "../../../support/until";
import { compilePreload } from "../../hosts-linux/devices/compile";
import { Collect, jpegOf, PICTURE } from "./collect";
import { CollectUnits, decode } from "./collect-units";
import { Pretend } from "./pretend";

const START = 15_000;
const FAKES = ["LD_PRELOAD", "FAKE_DEV", "FAKE_DEV2", "FAKE_JPEG", "FAKE_FPS", "FAKE_H264", "FAKE_H264_BESIDE"];

describe("hosts-node/sources/device-source", () => {
	let pretend: Pretend;
	beforeEach(() => {
		pretend = new Pretend();
	});
	afterEach(() => pretend.end());

	/** Lists formats as ffmpeg does: H.264 on the named nodes, Motion JPEG on all. */
	function lister(...nodes: readonly string[]): void {
		const name = "[video4linux2,v4l2 @ 0x55d0]";
		pretend.program(
			"ffmpeg",
			`for last; do :; done\necho "$last" >> ${pretend.folder}/asked\n` +
				`echo "${name} Compressed:       mjpeg :          Motion-JPEG : 640x480" >&2\n` +
				`case " ${nodes.join(" ")} " in *" $last "*)\n` +
				`echo "${name} Compressed:        h264 :                H.264 : 640x480" >&2;; esac\n` +
				'echo "$last: Immediate exit requested" >&2; exit 1',
		);
	}

	/** Makes folders as the kernel has them: three nodes of one camera, and one of another. */
	function nodes(): { device: (number: number) => string; classes: string } {
		const [classes, devices] = ["class", "dev"].map((name) => join(pretend.folder, name));
		for (const folder of [classes, devices]) mkdirSync(folder);
		for (const [number, hardware] of [
			[0, "usb1"],
			[1, "usb1"],
			[2, "usb2"],
			[10, "usb1"],
		] as const) {
			mkdirSync(join(pretend.folder, hardware), { recursive: true });
			mkdirSync(join(classes, `video${number}`));
			symlinkSync(join(pretend.folder, hardware), join(classes, `video${number}`, "device"));
			writeFileSync(join(devices, `video${number}`), "");
		}
		return { device: (number) => join(devices, `video${number}`), classes };
	}

	describe("search for H.264", () => {
		function find(device: string, classes: string): Promise<string | undefined> {
			return new Promise((found) => findH264Node(device, found, classes));
		}

		it("finds the node itself, without looking at others", async () => {
			const { device, classes } = nodes();
			lister(device(0), device(1));
			assert.equal(await find(device(0), classes), device(0));
			assert.equal(pretend.read("asked"), `${device(0)}\n`);
		});

		it("finds another node of the same camera, lowest number first, and none of another camera (STR-25)", async () => {
			const { device, classes } = nodes();
			lister(device(10), device(2));
			assert.equal(await find(device(0), classes), device(10));
			assert.equal(pretend.read("asked"), [0, 1, 10].map((number) => `${device(number)}\n`).join(""));
			lister(device(2));
			assert.equal(await find(device(0), classes), undefined);
		});

		it("finds nothing where there is no such device, or no ffmpeg", async () => {
			const { device, classes } = nodes();
			lister();
			assert.equal(await find(join(pretend.folder, "dev/video7"), classes), undefined);
			pretend.nothingElse();
			execFileSync("/bin/rm", [join(pretend.folder, "ffmpeg")]);
			assert.equal(await find(device(0), classes), undefined);
		});

		it("does not answer once it was cancelled", async () => {
			const { device, classes } = nodes();
			lister(device(0));
			let answers = 0;
			findH264Node(device(0), () => answers++, classes)();
			await pause(300);
			assert.equal(answers, 0);
		});
	});

	describe("with a camera whose kernel's side is replaced", () => {
		const before = new Map(FAKES.map((name) => [name, process.env[name]]));
		let device: string;
		let second: string;
		let source: DeviceSource;
		let frames: Collect;
		let units: CollectUnits;

		beforeEach(async function () {
			needs(this, "gcc", "ffmpeg", "ffprobe");
			[device, second] = ["video0", "video2"].map((name) => join(pretend.folder, name));
			for (const file of [device, second]) writeFileSync(file, "");
			const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "10"];
			const format = ["-pix_fmt", "yuv420p", "-x264-params", "aud=1", "-f", "h264"];
			pretend.film("clip.h264", "testsrc=size=640x480:rate=10:duration=2", ...x264, ...format);
			const preload = await compilePreload(pretend.folder, "tools/bench/native/fake-v4l2.c");
			Object.assign(process.env, {
				LD_PRELOAD: preload,
				FAKE_DEV: device,
				FAKE_DEV2: second,
				FAKE_JPEG: resolve(__dirname, "../../../fixtures/frame.jpg"),
				FAKE_FPS: "20",
				FAKE_H264: join(pretend.folder, "clip.h264"),
			});
			frames = new Collect();
			units = new CollectUnits();
		});
		afterEach(() => {
			source?.stop();
			source?.h264?.stop();
			for (const [name, value] of before) {
				if (value === undefined) delete process.env[name];
				else process.env[name] = value;
			}
		});

		/** Waits until there are more frames and pictures than now. */
		async function more(what: { readonly length: number }, name: string): Promise<void> {
			const { length } = what;
			await until(`more ${name}`, START, () => what.length > length + 3);
		}

		it("gives Motion JPEG from one node and H.264 from the other at the same time (STR-25)", async () => {
			source = new DeviceSource(device, 100, undefined, (_, found) => {
				found(second);
				return () => {};
			});
			source.start(frames);
			source.h264?.start(units);
			await more(frames.frames, "frames");
			await more(units.units, "pictures");
			assert.deepEqual(jpegOf(frames.frames[0]), PICTURE);
			assert.equal(units.units[0].isKey, true);
			assert.equal(decode(units.stream).complaints, "");
			assert.deepEqual([frames.troubles, units.troubles], [[], []]);
		});

		it("decodes the frames from H.264 while that is wanted of the only node, and not before or after (STR-25)", async () => {
			process.env["FAKE_H264_BESIDE"] = "1";
			source = new DeviceSource(device, 100);
			source.start(frames);
			await more(frames.frames, "frames");
			assert.deepEqual(jpegOf(frames.frames[0]), PICTURE);
			const h264 = await until("H.264", START, () => source.h264);
			h264.start(units);
			await more(units.units, "pictures");
			await until("decoded frames", START, () => !isPicture(frames.frames.at(-1)));
			assert.equal(decode(units.stream).complaints, "");
			h264.stop();
			await until("the device's own frames", START, () => isPicture(frames.frames.at(-1)));
			source.stop();
			// H.264 alone.
			h264.start(units);
			await more(units.units, "pictures");
			source.start(frames);
			await until("decoded frames", START, () => !isPicture(frames.frames.at(-1)));
			assert.deepEqual([frames.troubles, units.troubles], [[], []]);
		});

		it("decodes the frames of a camera that has nothing but H.264", async () => {
			source = new DeviceSource(second, 100);
			source.start(frames);
			await more(frames.frames, "frames");
			assert.ok(!isPicture(frames.frames[0]));
			const h264 = await until("H.264", START, () => source.h264);
			h264.start(units);
			await more(units.units, "pictures");
			await more(frames.frames, "frames");
		});

		function isPicture(frame: Collect["frames"][number] | undefined): boolean {
			return frame !== undefined && frame.length === PICTURE.length;
		}
	});
});
