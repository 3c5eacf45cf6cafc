import assert from "node:assert/strict";
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { parseJpeg } from "../../../src/media/jpeg";
import { buildProgram } from "../../../tools/build-linux";
import { FRAME } from "../../../tools/camera-program";
import { freePort } from "../../../tools/free-port";
import { ownerCookie, viewerToken } from "../../../tools/owner-session";
import { PASSWORD } from "../../support/digest";
import { withoutLosses, withoutPorts } from "../../support/lost-datagrams";
import { needs } from "../../support/needs";
import { pause, until } from "../../support/until";
import { compilePreload } from "./devices/compile";

const run = promisify(execFile);
const PICTURE = readFileSync(resolve(__dirname, "../../fixtures/frame.jpg"));

describe("hosts-linux/porthole-linux", function () {
	// The first build of the engine takes its time.
	this.timeout(300_000);
	let program: string;
	let folder: string;
	let device: string;
	let preload: string;
	let port: number;
	let rtspPort: number;
	let child: ChildProcess | undefined;
	let said = "";
	let token = "";

	before(async function () {
		needs(this, "gcc", "curl");
		program = buildProgram();
		// Sources are taken for devices when they are below /dev.
		folder = mkdtempSync(existsSync("/dev/shm") ? "/dev/shm/porthole-" : "/dev/porthole-");
		device = join(folder, "video0");
		preload = await compilePreload(folder, "tools/bench/native/fake-v4l2.c");
	});
	beforeEach(async () => {
		port = await freePort();
		rtspPort = await freePort();
		writeFileSync(device, "");
	});
	afterEach(async () => {
		const running = child;
		child = undefined;
		if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
		// Its folder is free when it is gone, not before.
		const gone = once(running, "exit");
		running.kill("SIGKILL");
		await gone;
	});
	after(() => {
		if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
	});

	/** Starts a camera and waits until it serves. */
	async function start(env: NodeJS.ProcessEnv = {}, source = device): Promise<void> {
		said = "";
		const args = [
			"--mapping",
			"off",
			"--password",
			PASSWORD,
			"--http-port",
			`${port}`,
			"--rtsp-port",
			`${rtspPort}`,
			"--data",
			join(folder, "data"),
			"--fps",
			"60",
		];
		child = spawn(program, [...args, "--source", source], {
			env: {
				...process.env,
				LD_PRELOAD: preload,
				FAKE_DEV: device,
				FAKE_JPEG: resolve(__dirname, "../../fixtures/frame.jpg"),
				FAKE_FPS: "60",
				...env,
			},
		});
		child.stderr?.on("data", (chunk) => {
			said += chunk;
		});
		await until("a listening camera", 10_000, () => said.includes("listening on port"));
		token = await viewerToken(port);
	}

	async function fetch(path: string): Promise<Buffer> {
		const { stdout } = await run("curl", ["-s", "--max-time", "60", `http://127.0.0.1:${port}${path}?link=${token}`], {
			encoding: "buffer",
			maxBuffer: 64 << 20,
		});
		return stdout;
	}

	it("serves the H.264 of a camera's other device node by RTSP as it is, beside its pictures (IMG-31, STR-25)", async function () {
		needs(this, "ffmpeg");
		const stream = join(folder, "stream.h264");
		const second = join(folder, "video1");
		const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "10", "-pix_fmt", "yuv420p"];
		const film = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=20:duration=1", ...x264, "-x264-params", "aud=1"];
		await run("ffmpeg", ["-loglevel", "error", ...film, stream]);
		writeFileSync(second, "");
		await start({ FAKE_DEV2: second, FAKE_H264: stream, FAKE_FPS: "20" });
		assert.deepEqual(await fetch("/snapshot.jpg"), PICTURE);
		for (const transport of ["tcp", "udp"]) {
			const url = `rtsp://owner:${PASSWORD}@127.0.0.1:${rtspPort}/h264`;
			const play = ["-loglevel", "error", "-rtsp_transport", transport, "-i", url, "-frames:v", "25"];
			const { stdout, stderr } = await withoutLosses(() =>
				run("ffmpeg", [...play, "-f", "framecrc", "-vsync", "0", "-"]),
			);
			const pictures = stdout.split("\n").filter((line) => line.startsWith("0,"));
			assert.deepEqual([pictures.length, withoutPorts(stderr)], [25, ""], transport);
		}
		rmSync(second);
	});

	it("serves the pictures of a V4L2 camera unchanged (IMG-17)", async () => {
		await start();
		assert.deepEqual(await fetch("/snapshot.jpg"), PICTURE);
		const url = `http://127.0.0.1:${port}/stream.mjpeg?link=${token}`;
		const some = `curl -sN --max-time 100 '${url}' | head -c ${11 * PICTURE.length}`;
		const { stdout } = await run("sh", ["-c", some], { encoding: "buffer", maxBuffer: 64 << 20 });
		const parts = stdout.toString("latin1").split("--porthole-frame\r\n").slice(1, -1);
		assert.ok(parts.length > 2, `${parts.length} pictures`);
		for (const part of parts) {
			const body = Buffer.from(part.slice(part.indexOf("\r\n\r\n") + 4, -2), "latin1");
			assert.deepEqual(body, PICTURE);
		}
	});

	for (const [name, words] of [
		["one-corrupted-of-61.mjpeg", /60 pictures at 60 a second, 1 broken left out/],
		["no-eoi.mjpeg", /5 pictures at 60 a second, 5 without an end marker mended/],
		["no-huffman-tables.jpg", /one picture at 60 a second/],
	] as const) {
		it(`serves ${name} of a real camera as whole pictures (F14, F15, F16)`, async () => {
			await start({}, resolve(__dirname, "../../fixtures/pictures", name));
			const picture = await fetch("/snapshot.jpg");
			assert.equal(parseJpeg(picture, 0, picture.length)?.standardHuffman, true);
			assert.ok(picture.includes("ffc4", "hex"), "it has Huffman tables");
			const status = JSON.parse(String(await fetch("/api/v1/status")));
			assert.match(status.source.description, words);
		});
	}

	it("keeps viewers while the camera is unplugged and plugged in again, and its page says so (IMG-17)", async () => {
		await start();
		let octets = 0;
		const viewer = get({ port, path: `/stream.mjpeg?link=${token}` }, (response) => {
			response.on("data", (chunk: Buffer) => {
				octets += chunk.length;
			});
			response.on("error", () => undefined);
		});
		viewer.on("error", () => undefined);
		try {
			await until("pictures", 5000, () => octets > 10 * PICTURE.length);
			rmSync(device);
			const told = async () => /This camera has no picture\./.test(String(await fetch("/camera")));
			await until("its viewers are told", 5000, told);
			assert.doesNotMatch(String(await fetch("/camera")), /unplugged|no such device/, "why is for the owner");
			await pause(300);
			const before = octets;
			writeFileSync(device, "");
			await until("pictures again", 5000, () => octets > before + 10 * PICTURE.length);
			assert.ok(!(await told()));
		} finally {
			viewer.destroy();
		}
	});

	it("viewers that read nothing do not starve others, and pin at most one picture each", async () => {
		await start();
		const resident = (): number => {
			const status = readFileSync(`/proc/${child?.pid}/status`, "latin1");
			return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
		};
		await fetch("/snapshot.jpg");
		await pause(1000);
		const before = resident();
		assert.ok(before < 12_000, `${before} kB`);
		const idle: ReturnType<typeof get>[] = [];
		for (let i = 0; i < 20; i++) {
			const request = get({ port, path: `/stream.mjpeg?link=${token}` }, (response) => void response.pause());
			request.on("error", () => undefined);
			idle.push(request);
			await pause(20);
		}
		await pause(1000);
		for (let i = 0; i < 5; i++) assert.deepEqual(await fetch("/snapshot.jpg"), PICTURE);
		const pinned = resident() - before;
		assert.ok(pinned < 1500, `${pinned} kB`);
		for (const request of idle) request.destroy();
	});

	it("shuts down in order on a signal (exit code 0)", async () => {
		await start();
		child?.kill("SIGTERM");
		const [code] = await once(child as ChildProcess, "exit");
		assert.equal(code, 0, said);
	});

	it("takes the password from a file, and does not start with one that is empty or too long", async () => {
		const secret = join(folder, "secret");
		const args = ["--mapping", "off", "--http-port", `${port}`, "--data", join(folder, "data4"), "--source", FRAME];
		for (const [text, words] of [
			["", /is empty/],
			["x".repeat(400), /is longer than 300/],
			["x".repeat(70_000), /can't be read: EFBIG/],
		] as const) {
			writeFileSync(secret, text);
			assert.throws(
				() => execFileSync(program, ["--password-file", secret, ...args], { stdio: "pipe", timeout: 10_000 }),
				(error: { status: number; stderr: Buffer }) => error.status === 2 && words.test(String(error.stderr)),
				String(words),
			);
		}
		assert.throws(
			() => execFileSync(program, ["--password-file", folder, ...args], { stdio: "pipe", timeout: 10_000 }),
			/can't be read: it is not a file\./,
		);
		writeFileSync(secret, "correct horse\n");
		said = "";
		child = spawn(program, ["--password-file", secret, ...args], { stdio: ["ignore", "pipe", "pipe"] });
		child.stderr?.on("data", (chunk) => {
			said += chunk;
		});
		await until("a listening camera", 10_000, () => said.includes("listening on port"));
		await ownerCookie(port, "correct horse");
	});

	it("reports errors in its command line, with exit code 2", () => {
		const cases: readonly [readonly string[], RegExp][] = [
			[["--size", "big"], /--size must be a width and a height .*, got "big"/],
			[["--switch-pin", "17"], /--switch-pin must be CHIP\/LINE.*, got "17"/],
			[["--switch-pin", "gpiochip250/17"], /\/dev\/gpiochip250: no such chip/],
			[["--pan-servo", "200/0"], /PWM chip 200, channel 0: no such PWM chip/],
			[["--pan-servo", "0/0,1-2"], /--pan-servo must be CHIP\/CHANNEL.*, got "0\/0,1-2"/],
		];
		for (const [args, words] of cases) {
			assert.throws(
				() => execFileSync(program, ["--data", join(folder, "data2"), ...args], { stdio: "pipe", timeout: 10_000 }),
				(error: { status: number; stderr: Buffer }) => {
					assert.match(String(error.stderr), words);
					assert.equal(error.status, 2);
					return true;
				},
			);
		}
	});
});
