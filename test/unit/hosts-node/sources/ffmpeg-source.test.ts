import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { FfmpegInput } from "../../../../hosts/node/sources/ffmpeg-arguments";
import { FfmpegSource } from "../../../../hosts/node/sources/ffmpeg-source";
import { TYPESCRIPT } from "../../../../tools/typescript-options";
import { FakeTimers } from "../../../support/fake-timers";
import { needs } from "../../../support/needs";
import { pause, until } from "../../../support/until";
import { Collect, field, infoOf, jpegOf, PICTURE } from "./collect";

const START = 15_000;

describe("hosts-node/sources/ffmpeg-source", () => {
	let folder: string;
	let path: string | undefined;
	const sources: FfmpegSource[] = [];

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-ffmpeg-"));
		path = process.env["PATH"];
	});
	afterEach(async () => {
		for (const source of sources.splice(0)) source.stop();
		process.env["PATH"] = path;
		await until("ffmpeg gone", 5000, () => runningWith(folder).length === 0);
		rmSync(folder, { recursive: true });
	});

	function start(kind: FfmpegInput["kind"], name: string, fps = 15, timers?: FakeTimers): [FfmpegSource, Collect] {
		const source = new FfmpegSource({ kind, name }, fps, timers);
		sources.push(source);
		const sink = new Collect();
		source.start(sink);
		return [source, sink];
	}

	/** Makes a film of `seconds` with the given encoder. */
	function film(name: string, seconds: number, ...encoder: string[]): string {
		const file = join(folder, name);
		const picture = `testsrc=size=320x240:rate=10:duration=${seconds}`;
		execFileSync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", picture, ...encoder, file]);
		return file;
	}

	/** Puts a program in place of ffmpeg, and one that fails in place of ffprobe. */
	function pretend(script: string): void {
		writeFileSync(join(folder, "ffmpeg"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
		writeFileSync(join(folder, "ffprobe"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
		process.env["PATH"] = [folder, path].join(delimiter);
	}

	it("encodes a film as baseline 4:2:0 with the standard Huffman tables, in a loop (IMG-17)", async function () {
		needs(this, "ffmpeg", "ffprobe");
		const [source, sink] = start("file", film("film.mp4", 1, "-c:v", "mpeg4"));
		await until("more frames than the film has", START, () => sink.frames.length > 15);
		for (const frame of sink.frames) {
			const { width, height, baseline, subsampling, standardHuffman, restartInterval } = infoOf(frame);
			assert.deepEqual(
				{ width, height, baseline, subsampling, standardHuffman, restartInterval },
				{ width: 320, height: 240, baseline: true, subsampling: "4:2:0", standardHuffman: true, restartInterval: 0 },
			);
		}
		assert.deepEqual([sink.troubles, source.broken], [[], 0]);
	});

	it("delivers no more than the requested pictures a second", async function () {
		needs(this, "ffmpeg", "ffprobe");
		const file = film("film.mp4", 2, "-c:v", "mpeg4");
		const begun = performance.now();
		const [, sink] = start("file", file, 5);
		await until("frames", START, () => sink.frames.length >= 15);
		// The film has twice as many. A slow machine gives fewer, never more.
		const most = 2 + (5 * (performance.now() - begun)) / 1000;
		assert.ok(sink.frames.length <= most, `${sink.frames.length} frames where ${most} are the most`);
	});

	it("encodes at another quality as soon as it is requested, restarting ffmpeg once for many requests", async function () {
		needs(this, "ffmpeg", "ffprobe");
		const [source, sink] = start("file", film("film.mp4", 2, "-c:v", "mpeg4"));
		assert.equal(source.quality?.value, 80);
		await until("frames", START, () => sink.frames.length >= 5);
		const fine = sink.frames.at(-1)?.length ?? 0;
		const [first] = runningWith(folder);
		for (let quality = 79; quality >= 10; quality--) source.quality?.set(quality);
		assert.equal(source.quality?.value, 10);
		await until("smaller pictures", START, () => (sink.frames.at(-1)?.length ?? fine) < fine * 0.6);
		const children = runningWith(folder);
		assert.ok(children.length === 1 && children[0] !== first, `${children} after ${first}`);
		assert.deepEqual([sink.troubles, source.broken], [[], 0]);
	});

	it("starts with the quality requested before, and ignores requests after its end", async () => {
		pretend(`echo "$*" >> ${folder}/calls; exec sleep 60`);
		const source = new FfmpegSource({ kind: "device", name: "/dev/video99" }, 15);
		sources.push(source);
		source.quality?.set(50);
		source.start(new Collect());
		const calls = join(folder, "calls");
		await until("ffmpeg", 3000, () => existsSync(calls) && readFileSync(calls, "utf8") !== "");
		source.quality?.set(20);
		source.stop();
		source.quality?.set(30);
		await pause(800);
		assert.equal(
			readFileSync(join(folder, "calls"), "utf8")
				.match(/-q:v \d+/g)
				?.join(),
			"-q:v 13",
		);
		for (const wrong of [0, 101, 1.5, NaN]) assert.throws(() => source.quality?.set(wrong), RangeError);
	});

	it("starts ffmpeg again only when the one before is gone, as a device is for one alone", async () => {
		pretend(
			// The kernel takes the lock from a process that is killed, too.
			`exec 9>${folder}/device; flock -n 9 || { echo "Device or resource busy" >&2; exit 1; }\n` +
				`trap "sleep 0.3 9>&-; exit" TERM\necho "$*" >> ${folder}/calls\n` +
				"while :; do sleep 0.05 9>&-; done",
		);
		const [source, sink] = start("device", "/dev/video99");
		const calls = () => (existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "");
		await until("ffmpeg", 3000, () => calls() !== "");
		source.quality?.set(50);
		await until("another ffmpeg", 5000, () => calls().includes("-q:v 13"));
		assert.deepEqual(sink.troubles, []);
		source.stop();
		await until("its end", 4000, () => runningWith(folder).length === 0);
	});

	it("passes Motion JPEG on as it is", async function () {
		needs(this, "ffmpeg", "ffprobe");
		const server = await serve();
		try {
			const begun = performance.now();
			const [source, sink] = start("url", `http://127.0.0.1:${portOf(server)}/stream`, 10);
			await until("frames", START, () => sink.frames.length >= 10);
			assert.equal(source.quality, undefined, "there is no say in it");
			source.stop();
			for (const frame of sink.frames) assert.deepEqual(jpegOf(frame), PICTURE);
			const most = 2 + (12 * (performance.now() - begun)) / 1000;
			assert.ok(sink.frames.length <= most, "10 a second are wanted, 25 come");
		} finally {
			end(server);
		}
	});

	it("encodes Motion JPEG again while it has to look different: smaller, brighter, turned over", async function () {
		needs(this, "ffmpeg", "ffprobe");
		const options = ["-c:v", "mjpeg", "-huffman", "default", "-pix_fmt", "yuvj420p", "-threads", "1"];
		const [source, sink] = start("file", film("film.avi", 1, ...options));
		await until("a frame", START, () => sink.frames.length > 0);
		assert.equal(source.quality, undefined, "it is passed on as it is");
		source.controls.set({ resolution: { width: 320, height: 240 }, brightness: 60, flip: "both" });
		source.controls.set({ resolution: { width: 640, height: 480 } });
		await until("encoded frames", START, () => source.quality !== undefined && sink.frames.length > 20);
		assert.equal(infoOf(sink.frames.at(-1)!).width, 320, "pictures are never scaled up");
		source.controls.set({ resolution: { width: 0, height: 0 }, brightness: 0, flip: "none" });
		await until("copied frames", START, () => source.quality === undefined);
		assert.deepEqual(sink.troubles, []);
	});

	it("re-encodes Motion JPEG that RTP cannot carry", async function () {
		needs(this, "ffmpeg", "ffprobe");
		const file = film("film.avi", 2, "-c:v", "mjpeg", "-huffman", "optimal", "-pix_fmt", "yuvj444p");
		const [, sink] = start("file", file);
		await until("frames", START, () => sink.frames.length >= 3);
		for (const frame of sink.frames) {
			assert.deepEqual([infoOf(frame).subsampling, infoOf(frame).standardHuffman], ["4:2:0", true]);
		}
		assert.deepEqual(sink.troubles, []);
	});

	it("reports ffmpeg's message without the password, and recovers when the input is available", async function () {
		needs(this, "ffmpeg", "ffprobe");
		let server = await serve();
		const port = portOf(server);
		end(server);
		const [source, sink] = start("url", `http://admin:hunter2@127.0.0.1:${port}/?token=hunter2`);
		await until("trouble", START, () => sink.troubles.length > 0);
		assert.match(sink.troubles[0] ?? "", /Connection refused/);
		server = await serve(port);
		try {
			await until("recovery", START, () => sink.frames.length > 0);
			assert.equal(sink.troubles.at(-1), undefined);
			source.stop();
		} finally {
			end(server);
		}
		assert.ok(!JSON.stringify([sink.troubles, source.description]).includes("hunter2"));
	});

	for (const [title, name] of [
		["without a first boundary", "first-boundary-missing.http"],
		["with a doubled first boundary", "first-boundary-twice.http"],
	]) {
		it(`takes the pictures of a network camera ${title} (F17)`, async function () {
			needs(this, "ffmpeg", "ffprobe");
			const server = await serveRaw(field(name));
			try {
				const [source, sink] = start("url", `http://127.0.0.1:${portOf(server)}/stream`, 100);
				await until("frames", START, () => sink.frames.length >= 8);
				assert.equal(source.quality, undefined, "they are passed on unchanged");
				assert.deepEqual([sink.troubles, source.broken], [[], 0]);
			} finally {
				end(server);
			}
		});
	}

	it("takes the pictures of a network camera that writes no EOI, and tells it (F15)", async function () {
		needs(this, "ffmpeg", "ffprobe");
		const body = field("no-eoi.mjpeg");
		const pictures: Buffer[] = [];
		for (let at = 0, next = 0; next >= 0; at = next) {
			next = Buffer.from(body).indexOf(Uint8Array.of(0xff, 0xd8), at + 2);
			const picture = body.subarray(at, next < 0 ? body.length : next);
			pictures.push(Buffer.from(`--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`));
			pictures.push(Buffer.from(picture), Buffer.from("\r\n"));
		}
		const head = "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n";
		const server = await serveRaw(Buffer.concat([Buffer.from(head), ...pictures]));
		try {
			const [source, sink] = start("url", `http://127.0.0.1:${portOf(server)}/stream`, 100);
			await until("frames", START, () => sink.frames.length >= 8);
			for (const frame of sink.frames) assert.ok(infoOf(frame));
			assert.match(source.description, /pictures without an end marker mended$/);
		} finally {
			end(server);
		}
	});

	it("takes the single picture of a snapshot URL, and reports that the input has ended", async function () {
		needs(this, "ffmpeg", "ffprobe");
		const server = createServer((_, response) => response.setHeader("Content-Type", "image/jpeg").end(PICTURE));
		await once(server.listen(0, "127.0.0.1"), "listening");
		try {
			const [, sink] = start("url", `http://127.0.0.1:${portOf(server)}/`);
			await until("the end", START, () => sink.troubles.length > 0);
			assert.deepEqual([sink.troubles, sink.frames.length], [["the input has ended"], 1]);
		} finally {
			end(server);
		}
	});

	it("reports that ffmpeg is not installed", async () => {
		process.env["PATH"] = folder;
		const [, sink] = start("device", "/dev/video99");
		await until("trouble", 2000, () => sink.troubles.length > 0);
		assert.match(sink.troubles[0] ?? "", /ffmpeg is not installed; install it/);
	});

	it("starts ffmpeg again when it dies, after 1 s, 2 s …", async () => {
		pretend('echo "[v4l2 @ 0x55] [x] $$ died" >&2; exit 3');
		const timers = new FakeTimers();
		const [source, sink] = start("device", "/dev/video99", 15, timers);
		timers.pass(0);
		for (const wait of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
			const { length } = sink.troubles;
			await until("its death", 10_000, () => sink.troubles.length > length);
			assert.match(sink.troubles[length] ?? "", /^\d+ died$/);
			assert.equal(timers.wait, wait);
			timers.pass(wait);
		}
		source.stop();
		assert.equal(timers.wait, Infinity, "it stays stopped");
	});

	it("drops and counts broken pictures, and reports the exit code when ffmpeg fails silently (IMG-17)", async () => {
		const stream = join(folder, "stream");
		const broken = Uint8Array.from([0xff, 0xd8, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0xff, 0xd9]);
		writeFileSync(stream, Buffer.concat([PICTURE, broken, PICTURE.subarray(0, 900), PICTURE, PICTURE]));
		pretend(`cat ${stream}; exit 7`);
		const [source, sink] = start("device", "/dev/video99");
		await until("its end", 5000, () => sink.troubles.length > 0);
		assert.deepEqual(sink.troubles, ["ffmpeg ended (exit code 7)"]);
		assert.ok(sink.frames.length >= 2 && source.broken === 2, `${sink.frames.length} frames, ${source.broken} broken`);
		for (const frame of sink.frames) assert.deepEqual(jpegOf(frame), PICTURE);
	});

	it("ends ffmpeg on stop, even if it ignores SIGTERM", async () => {
		pretend(`trap "" TERM; echo ${folder}/stubborn > /dev/null; while :; do sleep 0.1; done`);
		const [source] = start("file", join(folder, "film"));
		await until("ffmpeg", 3000, () => runningWith(folder).length > 0);
		source.stop();
		await until("its end", 4000, () => runningWith(folder).length === 0);
	});

	it("ffmpeg does not outlive a parent that is killed, even while its input hangs", async function () {
		needs(this, "ffmpeg", "ffprobe", "setpriv");
		const pipe = join(folder, "pipe");
		execFileSync("mkfifo", [pipe]);
		const args = [...TYPESCRIPT, resolve(__dirname, "orphan.ts"), pipe];
		const parent = spawn(process.execPath, args, { stdio: "inherit" });
		// Not what is to become ffprobe, which does not yet end with its parent.
		const isFfmpeg = (id: string) => {
			try {
				return /^ff(?:probe|mpeg)$/.test(readFileSync(`/proc/${id}/comm`, "latin1").trim());
			} catch {
				return false;
			}
		};
		await until("a child", START, () => runningWith(pipe).some(isFfmpeg));
		parent.kill("SIGKILL");
		await once(parent, "close");
		await until("its end", 3000, () => runningWith(pipe).length === 0);
	});
});

/** The processes that have `word` in their arguments, but this one. */
function runningWith(word: string): string[] {
	return readdirSync("/proc").filter((id) => {
		if (!/^\d+$/.test(id) || Number(id) === process.pid) return false;
		try {
			return readFileSync(`/proc/${id}/cmdline`, "utf8").includes(word);
		} catch {
			return false;
		}
	});
}

/** Serves Motion JPEG over HTTP at 25 pictures a second. */
async function serve(port = 0): Promise<Server> {
	const server = createServer((_, response) => {
		response.setHeader("Content-Type", "multipart/x-mixed-replace; boundary=b");
		const timer = setInterval(() => {
			response.write(`--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${PICTURE.length}\r\n\r\n`);
			response.write(PICTURE);
			response.write("\r\n");
		}, 40);
		response.on("close", () => clearInterval(timer));
	});
	await once(server.listen(port, "127.0.0.1"), "listening");
	return server;
}

/** Answers every visitor with the octets of a camera's answer, and with its body over and over. */
async function serveRaw(answer: Uint8Array): Promise<Server> {
	const body = answer.subarray(Buffer.from(answer).indexOf("\r\n\r\n") + 4);
	const server = createServer((_, { socket }) => {
		socket?.write(answer);
		const timer = setInterval(() => socket?.write(body), 100);
		socket?.on("close", () => clearInterval(timer));
	});
	await once(server.listen(0, "127.0.0.1"), "listening");
	return server;
}

function portOf(server: Server): number {
	return (server.address() as AddressInfo).port;
}

function end(server: Server): void {
	server.close();
	server.closeAllConnections();
}
