import assert from "node:assert/strict";
import { openRtsp, type RtspSourceSettings } from "../../hosts/node/sources/open-rtsp";
import type { Frame } from "../../src/media/frame";
import type { FrameSource } from "../../src/ports/camera";
import { RTSP_SOURCE_SCHEMA } from "../../src/settings/rtsp-source-schema";
import { defaultsOf } from "../../src/settings/schema";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "../support/digest";
import { GstRtspServer } from "../support/gst-rtsp-server";
import { needs } from "../support/needs";
import { until } from "../support/until";
import { client, TlsFolder } from "./tls-fixture";

for (const program of CAMERA_PROGRAMS) {
	describe(`camera on ${program.name} with a source by RTSP`, function () {
		this.timeout(120_000);
		let server: GstRtspServer;
		let camera: RunningCamera | undefined;
		let port = 0;

		before(async function () {
			needs(this, program.need, "gst-rtsp-server", "ffmpeg", "curl");
			server = await GstRtspServer.start();
		});
		afterEach(async () => {
			await camera?.stop();
			camera = undefined;
		});
		after(() => GstRtspServer.stopAll());

		const start = async (path: string, ...flags: readonly string[]): Promise<void> => {
			port = await freePort();
			const words = ["--source", server.url(path), "--rtsp-port", `${port}`, "--password", PASSWORD, ...flags];
			const running = await startCamera(program, ...words);
			camera = running;
			await until("the stream server listens", 20_000, () => running.said().includes("stream: listening"));
		};
		/** Decodes five pictures with ffmpeg. */
		const play = (path: string, transport: string) =>
			client("ffmpeg", [
				...["-v", "error", "-rtsp_transport", transport, "-i", `rtsp://owner:${PASSWORD}@127.0.0.1:${port}/${path}`],
				...["-frames:v", "5", "-f", "framecrc", "-"],
			]);
		const pictures = (out: string): number => out.split("\n").filter((line) => line.startsWith("0,")).length;

		it("shows its JPEG on the pages and to RTSP viewers", async () => {
			await start("jpeg");
			const url = `http://127.0.0.1:${camera?.port}/snapshot.jpg`;
			const login = ["--digest", "-u", `owner:${PASSWORD}`];
			const words = ["-s", ...login, "-w", "%{http_code}", "-o", "/dev/null", url];
			// A camera whose source is still being opened says 503.
			await until("a snapshot", 5000, async () => (await client("curl", words)).out === "200");
			const played = await play("live", "tcp");
			assert.equal(pictures(played.out), 5, played.err);
		});

		it("passes its H.264 on to RTSP viewers by TCP and UDP (STR-25)", async () => {
			await start("h264", "--source-transport", "udp");
			for (const transport of ["tcp", "udp"]) {
				const played = await play("h264", transport);
				assert.equal(pictures(played.out), 5, played.err);
			}
		});
	});
}

describe("RTSP source of a camera with TLS", function () {
	this.timeout(120_000);
	const [program] = CAMERA_PROGRAMS;
	let tls: TlsFolder;
	let camera: RunningCamera;
	let port = 0;
	let source: FrameSource | undefined;

	before(async function () {
		needs(this, program.need, "openssl");
		tls = new TlsFolder();
		tls.make(1);
		port = await freePort();
		const secure = ["--tls-certificate", tls.certificate, "--tls-key", tls.key];
		camera = await startCamera(program, "--rtsp-port", `${port}`, "--password", PASSWORD, ...secure);
		await until("the stream server listens", 20_000, () => camera.said().includes("stream: listening"));
	});
	afterEach(() => source?.stop());
	after(async () => {
		await camera?.stop();
		tls?.remove();
	});

	/** Opens the source; counts its frames and keeps its troubles. */
	const open = (scheme: string, settings: Partial<RtspSourceSettings>) => {
		const seen = { frames: 0, troubles: [] as (string | undefined)[] };
		const url = `${scheme}://owner:${PASSWORD}@127.0.0.1:${port}/live`;
		source = openRtsp(url, 30, { ...defaultsOf(RTSP_SOURCE_SCHEMA), ...settings });
		source.start({
			frame: (frame: Frame) => {
				seen.frames++;
				frame.release();
			},
			trouble: (message) => void seen.troubles.push(message),
		});
		return seen;
	};

	it("plays by RTSPS where the certificate is known, or where any is accepted", async () => {
		for (const sourceCertificate of [tls.certificate, "any"]) {
			const seen = open("rtsps", { sourceCertificate, sourceTransport: "udp" });
			await until("frames", 10_000, () => seen.frames >= 3);
			assert.deepEqual(seen.troubles, []);
			source?.stop();
		}
	});

	it("does not trust an unknown certificate, and says what to do", async () => {
		const seen = open("rtsps", {});
		await until("a trouble", 10_000, () => seen.troubles.length > 0);
		assert.match(seen.troubles[0] ?? "", /certificate is not trusted.*--source-certificate/);
		assert.equal(seen.frames, 0);
	});

	it("plays by RTSP on the same port, by TCP and UDP", async () => {
		for (const sourceTransport of ["tcp", "udp"] as const) {
			const seen = open("rtsp", { sourceTransport });
			await until("frames", 10_000, () => seen.frames >= 3);
			assert.deepEqual(seen.troubles, []);
			source?.stop();
		}
	});
});
