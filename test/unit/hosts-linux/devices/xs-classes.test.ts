import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { buildTools } from "../../../../tools/build-linux";
import { needs } from "../../../support/needs";
import { pause, until } from "../../../support/until";
import { compilePreload, compileProbe, linesOf, makeFolder } from "./compile";
import { compileTree } from "./xs-tree";

const run = promisify(execFile);
/**
 * Octets of chunks a picture: a timer that rings once in a while on a busy machine takes one chunk; one for each picture would be
 * 24 octets or more.
 */
const TIMER_CHUNKS = 2;
const PICTURE = resolve(__dirname, "../../../fixtures/frame.jpg");

describe("hosts-linux/devices native classes in XS", function () {
	// The first build of the engine takes its time.
	this.timeout(300_000);
	let folder: ReturnType<typeof makeFolder>;
	let xs: string;
	let main: string;
	let env: NodeJS.ProcessEnv;
	let device: string;

	before(async function () {
		needs(this, "gcc");
		xs = buildTools();
		folder = makeFolder();
		main = compileTree(resolve(__dirname, "xs/devices-main.js"), folder.path);
		device = join(folder.path, "video0");
		env = {
			...process.env,
			LD_PRELOAD: await compilePreload(folder.path, "tools/bench/native/fake-v4l2.c"),
			FAKE_DEV: device,
			FAKE_JPEG: PICTURE,
			FAKE_FPS: "200",
		};
	});
	beforeEach(() => writeFileSync(device, ""));
	after(() => folder?.remove());

	async function inXs(...args: readonly string[]) {
		const { stdout } = await run(xs, [folder.path, main, ...args], { env, timeout: 120_000 });
		return linesOf(stdout);
	}

	it("frames cost no copy, no chunk, and no more slots than one Frame object (IMG-17)", async () => {
		const [seen] = await inXs("camera", folder.path, "220");
		assert.equal(seen["description"], `fake (${device}), 640x480 MJPG`);
		assert.equal(seen["good"], 220);
		assert.ok(Number(seen["views"]) <= 6, `${seen["views"]} views`);
		assert.ok(Number(seen["slots"]) <= 12, `${seen["slots"]} slots a frame`);
		assert.ok(Number(seen["chunks"]) <= TIMER_CHUNKS, `${seen["chunks"]} octets of chunks a picture`);
	});

	it("H.264 from another node costs no copy, no chunk, and no more slots than one object a picture (STR-25)", async () => {
		const stream = join(folder.path, "stream.h264");
		const delimiter = [0, 0, 0, 1, 9, 0xf0];
		const key = [...delimiter, 0, 0, 0, 1, 0x67, 0x42, 0, 0, 1, 0x68, 0xce, 0, 0, 1, 0x65, 0x88, 0x84];
		const slice = [...delimiter, 0, 0, 0, 1, 0x41, 0x9a, 0x22];
		writeFileSync(stream, Buffer.from([...key, ...slice, ...slice, ...slice, ...slice]));
		const second = join(folder.path, "video1");
		writeFileSync(second, "");
		const { stdout } = await run(xs, [folder.path, main, "units", folder.path, "220"], {
			env: { ...env, FAKE_DEV2: second, FAKE_H264: stream, FAKE_BACKLOG: "1" },
			timeout: 120_000,
		});
		rmSync(second);
		const [seen] = linesOf(stdout);
		assert.deepEqual(
			[seen["description"], seen["keys"], seen["sequence"], seen["first"], seen["sets"], seen["frames"]],
			[`H.264 of ${second}`, 44, 219, 9, [7, 8], true],
		);
		assert.equal(seen["sum"], 44 * (key.length + 4 * slice.length));
		assert.ok(Number(seen["slots"]) <= 12, `${seen["slots"]} slots a picture`);
		assert.ok(Number(seen["chunks"]) <= TIMER_CHUNKS, `${seen["chunks"]} octets of chunks a picture`);
	});

	it("is unplugged and plugged in again while it is watched", async () => {
		const child = spawn(xs, [folder.path, main, "camera", folder.path, "Infinity"], { env });
		let out = "";
		let errors = "";
		child.stdout.on("data", (chunk) => {
			out += chunk;
		});
		child.stderr.on("data", (chunk) => {
			errors += chunk;
		});
		const ended = once(child, "close");
		await until("a frame", 5000, () => errors.includes("first frame"));
		rmSync(device);
		await until("the report that it is unplugged", 5000, () => out.includes("unplugged"));
		writeFileSync(device, "");
		assert.equal((await ended)[0], 0, out);
		const lines = linesOf(out);
		const troubles = lines.flatMap((line) => (line["trouble"] === undefined ? [] : [line["trouble"]]));
		// In between it may say that there is none.
		assert.deepEqual([troubles[0], troubles.at(-1)], [`${device}: the camera was unplugged`, null]);
		const { good, count } = lines.at(-1) ?? {};
		assert.ok(good === count && Number(count) > 300, `${good} of ${count}`);
	});

	it("keeps lent memory after the camera is closed; returned memory can't be used", async () => {
		const [chosen, closed, released, foreign] = await inXs("keep", folder.path);
		assert.deepEqual(chosen, { quality: [0, 0], wrong: "quality out of range" });
		assert.deepEqual(closed, { sequence: 0, afterClose: 255, none: -1, other: "this slot is not lent" });
		assert.equal(released["afterRelease"], null);
		assert.match(String(released["again"]), /this slot is not lent/);
		assert.match(String(foreign["foreign"]), /another class|no host object/);
	});

	it("sets the quality of a camera that has a quality control (IMG-17)", async () => {
		const log = join(folder.path, "quality");
		const { stdout } = await run(xs, [folder.path, main, "keep", folder.path], {
			env: { ...env, FAKE_QUALITY: "1-100", FAKE_QUALITY_LOG: log },
			timeout: 120_000,
		});
		assert.deepEqual(linesOf(stdout)[0], { quality: [80, 35], wrong: "quality out of range" });
		assert.equal(readFileSync(log, "utf8"), "80\n35\n");
	});

	it("cameras that are forgotten with their frames are freed by the garbage collector, never before", async () => {
		assert.deepEqual(await inXs("leak", folder.path), [{ cameras: 30, intact: true }]);
	});

	it("reports why a device cannot be opened", async () => {
		rmSync(device);
		const [words] = await inXs("refuse", folder.path);
		assert.match(String(words["camera"]), /no camera found; is it plugged in\?/);
		assert.match(String(words["path"]), /\/nowhere\/video0: no such device/);
		assert.match(String(words["size"]), /size, rate or quality out of range/);
		assert.match(String(words["quality"]), /size, rate or quality out of range/);
		assert.match(String(words["gpio"]), /no such chip/);
		assert.match(String(words["pwm"]), /PWM chip 9, channel 0: no such PWM chip/);
	});

	it("reports each change of a switch on a pin (IMG-7)", async () => {
		const files = join(folder.path, "gpio");
		mkdirSync(files);
		const preload = await compilePreload(files, "test/unit/hosts-linux/devices/native/fake-gpio.c");
		const [chip, value] = ["gpiochip0", "value"].map((name) => join(files, name));
		writeFileSync(chip, "");
		writeFileSync(value, "1");
		const child = spawn(xs, [folder.path, main, "gpio", chip], {
			env: {
				...process.env,
				LD_PRELOAD: preload,
				FAKE_GPIO: chip,
				FAKE_GPIO_VALUE: value,
				FAKE_GPIO_LOG: join(files, "log"),
			},
		});
		let out = "";
		child.stdout.on("data", (chunk) => {
			out += chunk;
		});
		const ended = once(child, "close");
		const told = (count: number) => until(`${count} lines`, 5000, () => linesOf(out).length === count);
		await told(1);
		writeFileSync(value, "0");
		await told(2);
		writeFileSync(value, "0");
		await pause(200);
		writeFileSync(value, "1");
		await told(3);
		writeFileSync(value, "0");
		await told(4);
		child.kill();
		await ended;
		assert.deepEqual(
			linesOf(out).map((line) => line["on"]),
			[false, true, false, true],
		);
	});

	it("turns a servo (IMG-18)", async () => {
		const channel = join(folder.path, "pwmchip0", "pwm0");
		mkdirSync(channel, { recursive: true });
		for (const name of ["period", "duty_cycle", "enable"]) writeFileSync(join(channel, name), "");
		assert.deepEqual(await inXs("pwm", folder.path), [{ pan: 45, limit: 45 }]);
		const read = (name: string) => Number.parseInt(readFileSync(join(channel, name), "utf8"), 10);
		assert.deepEqual([read("period"), read("duty_cycle"), read("enable")], [20_000_000, 2_000_000, 1]);
	});

	it("notifies the service manager", async () => {
		const probe = await compileProbe(folder.path, "service-probe", ["service-notify"]);
		const socket = join(folder.path, "socket");
		const ear = spawn(probe, ["listen", socket, "60"]);
		let heard = "";
		ear.stdout.on("data", (chunk) => {
			heard += chunk;
		});
		const ended = once(ear, "close");
		await once(ear.stdout, "data");
		const { stdout } = await run(xs, [folder.path, main, "service", socket], {
			env: { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: "200000" },
		});
		await ended;
		const texts = linesOf(heard).flatMap((line) =>
			line["hex"] ? [Buffer.from(`${line["hex"]}`, "hex").toString()] : [],
		);
		assert.deepEqual(texts.slice(0, 2), ["READY=1", "WATCHDOG=1"]);
		assert.equal(texts.at(-1), "STOPPING=1");
		const took = Number(linesOf(stdout)[0]["took"]);
		assert.ok(took >= 195, `${took} ms for the third, 100 ms apart`);
		assert.equal(texts.filter((text) => text === "WATCHDOG=1").length, 3);
	});
});
