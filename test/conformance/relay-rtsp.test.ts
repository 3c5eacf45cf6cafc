import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RELAY_PROGRAMS, type RunningCamera, startRelay } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { GstRtspServer } from "../support/gst-rtsp-server";
import { isLatePause } from "../support/late-pause";
import { withoutLosses, withoutPorts } from "../support/lost-datagrams";
import { needs } from "../support/needs";
import { until } from "../support/until";
import { client } from "./tls-fixture";

for (const program of RELAY_PROGRAMS) {
	describe(`RTSP by a relay on ${program.name}`, function () {
		this.timeout(120_000);
		const folder = mkdtempSync(join(tmpdir(), "porthole-relay-"));
		let server: GstRtspServer;
		let relay: RunningCamera | undefined;
		let port = 0;

		before(async function () {
			needs(this, program.need, "gst-rtsp-server", "ffmpeg", "gst-launch-1.0");
			server = await GstRtspServer.start();
		});
		afterEach(async () => {
			await relay?.stop();
			relay = undefined;
		});
		after(() => {
			GstRtspServer.stopAll();
			rmSync(folder, { recursive: true, force: true });
		});

		const start = async (transport: string): Promise<void> => {
			const table = join(folder, "relay.table");
			const contents = ["jpeg", "h264"].map((path) => `content ${path} ${server.url(path)} open\n`);
			writeFileSync(table, contents.join(""));
			port = await freePort();
			const words = [
				"--relay-table",
				table,
				"--rtsp-port",
				`${port}`,
				"--source-transport",
				transport,
				"--grace",
				"60",
			];
			const running = await startRelay(program, ...words, "--password", "only for this test");
			relay = running;
			await until("the relay listens", 20_000, () => running.said().includes("stream: listening"));
		};
		/** Decodes pictures with ffmpeg. @returns what it printed, and how many there were */
		const ffmpeg = async (path: string, transport: string) => {
			const url = `rtsp://127.0.0.1:${port}/${path}`;
			const output = ["-frames:v", "12", "-f", "framecrc", "-"];
			const { out, err } = await withoutLosses(() =>
				client("ffmpeg", ["-v", "error", "-rtsp_transport", transport, "-i", url, ...output]),
			);
			return { err: withoutPorts(err), pictures: out.split("\n").filter((line) => line.startsWith("0,")).length };
		};
		/** Decodes pictures with GStreamer. */
		const gstreamer = async (path: string, transport: string) => {
			const source = ["rtspsrc", `location=rtsp://127.0.0.1:${port}/${path}`, `protocols=${transport}`, "latency=0"];
			const decoder = path === "jpeg" ? ["rtpjpegdepay", "!", "jpegdec"] : ["rtph264depay", "!", "avdec_h264"];
			const sink = ["fakesink", "num-buffers=12"];
			return client("gst-launch-1.0", ["-q", ...source, "!", ...decoder, "!", ...sink]);
		};

		for (const transport of ["tcp", "udp"])
			it(`REP-2, REP-3, REP-9 ffmpeg and GStreamer play one upstream by ${transport}, by TCP and UDP, JPEG and H.264`, async () => {
				await start(transport);
				const plays = ["jpeg", "h264"].flatMap((path) => ["tcp", "udp"].map((way) => ffmpeg(path, way)));
				const others = ["jpeg", "h264"].map((path, i) => gstreamer(path, i === 0 ? "udp" : "tcp"));
				for (const { err, pictures } of await Promise.all(plays)) assert.deepEqual([pictures, err], [12, ""]);
				for (const { code, err } of await Promise.all(others)) assert.ok(code === 0 || isLatePause(err), err);
				const opened = (relay?.said() ?? "").match(/upstream opened/g) ?? [];
				assert.equal(opened.length, 2, relay?.said());
			});
	});
}
