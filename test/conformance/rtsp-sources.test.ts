import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CAMERA_PROGRAMS, type CameraProgram, type RunningCamera, startCamera } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { until } from "../support/until";

const run = promisify(execFile);
const [NODE, XS] = CAMERA_PROGRAMS;
const FILM = "testsrc=size=320x240:rate=15:duration=2";

describe("conformance/rtsp-sources: what ffmpeg gets of each source of a camera", function () {
	this.timeout(120_000);
	let folder: string;
	let camera: RunningCamera | undefined;
	let port: number;

	before(function () {
		needs(this, "build", "ffmpeg", "ffprobe");
		folder = mkdtempSync(join(tmpdir(), "porthole-rtsp-sources-"));
	});
	afterEach(async () => {
		await camera?.stop();
		camera = undefined;
	});
	after(() => {
		if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
	});

	function film(name: string, ...encoder: readonly string[]): string {
		const file = join(folder, name);
		execFileSync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", FILM, ...encoder, file]);
		return file;
	}

	async function start(program: CameraProgram, ...flags: readonly string[]): Promise<void> {
		port = await freePort();
		const started = await startCamera(program, "--password", PASSWORD, "--rtsp-port", `${port}`, ...flags);
		camera = started;
		await until("the stream server listens", 20_000, () => started.said().includes("stream: listening"));
	}

	/** Plays a content with ffmpeg, which tries again until it is there. @returns its size and codec; 20 pictures were decoded */
	async function play(content: string, transport: string): Promise<string> {
		const url = `rtsp://owner:${PASSWORD}@127.0.0.1:${port}/${content}`;
		const input = ["-rtsp_transport", transport, "-i", url];
		const words = ["-loglevel", "error", ...input, "-frames:v", "20", "-f", "framecrc", "-vsync", "0", "-"];
		const { stdout, stderr } = await until(`${content} by ${transport}`, 10_000, async () => {
			const played = await run("ffmpeg", words).catch(() => undefined);
			// A player that stands still for a second loses datagrams.
			return transport === "udp" && played?.stderr !== "" ? undefined : played;
		});
		assert.equal(stderr, "");
		assert.equal(stdout.split("\n").filter((line) => line.startsWith("0,")).length, 20);
		const entries = "stream=codec_name,profile,width,height";
		const probe = ["-v", "error", ...input, "-show_entries", entries, "-of", "csv=p=0"];
		return (await run("ffprobe", probe)).stdout.trim();
	}

	for (const transport of ["tcp", "udp"]) {
		it(`--h264 on: H.264 beside the JPEG frames, by ${transport.toUpperCase()} (STR-25)`, async () => {
			await start(NODE, "--source", "synthetic", "--h264", "on");
			const [frames, units] = await Promise.all([play("live", transport), play("h264", transport)]);
			assert.deepEqual([frames, units], ["mjpeg,Baseline,640,480", "h264,Constrained Baseline,640,480"]);
		});
	}

	it("the H.264 of a film as it is, beside JPEG frames (STR-25)", async () => {
		const encoder = ["-c:v", "libx264", "-profile:v", "main", "-bf", "2", "-g", "15", "-pix_fmt", "yuv420p"];
		await start(NODE, "--source", film("film.mp4", ...encoder));
		const [frames, units] = await Promise.all([play("live", "tcp"), play("h264", "tcp")]);
		assert.deepEqual([frames, units], ["mjpeg,Baseline,320,240", "h264,Main,320,240"]);
	});

	/** Frames that RTP can't carry. */
	function oddFrames(): string {
		const frames = join(folder, "frames");
		mkdirSync(frames, { recursive: true });
		film(join("frames", "%02d.jpg"), "-y", "-c:v", "mjpeg", "-pix_fmt", "yuvj444p", "-huffman", "optimal");
		return frames;
	}

	it("frames that RTP cannot carry, re-encoded on Node.js", async () => {
		await start(NODE, "--source", oddFrames());
		assert.equal(await play("live", "udp"), "mjpeg,Baseline,320,240");
	});

	it("no frames that RTP cannot carry on a Linux board, but the reason", async function () {
		needs(this, "porthole-linux");
		await start(XS, "--source", oddFrames());
		const url = `rtsp://owner:${PASSWORD}@127.0.0.1:${port}/live`;
		await assert.rejects(run("ffprobe", ["-v", "error", url]), /415 .*the JPEG is not sampled 4:2:0/);
	});

	it("has no H.264 where the source has none (STR-25)", async () => {
		await start(NODE);
		const url = `rtsp://owner:${PASSWORD}@127.0.0.1:${port}/h264`;
		await assert.rejects(run("ffprobe", ["-v", "error", url]), /404 Not Found/);
	});
});
