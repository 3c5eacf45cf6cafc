import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAMERA_PROGRAMS, FRAME, type RunningCamera, startCamera } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "../support/digest";
import { isLatePause } from "../support/late-pause";
import { withoutLosses, withoutPorts } from "../support/lost-datagrams";
import { needs } from "../support/needs";
import { decodedHashes } from "../support/player-process";
import { until } from "../support/until";
import { client, TlsFolder } from "./tls-fixture";

const VIEWER = "only-looking";
const TRANSPORTS = ["tcp", "udp"] as const;

for (const program of CAMERA_PROGRAMS) {
	describe(`video players at a camera on ${program.name}`, function () {
		this.timeout(300_000);
		let folder: string;
		let tls: TlsFolder;
		let camera: RunningCamera;
		let port = 0;

		before(async function () {
			needs(this, program.need, "ffmpeg", "openssl", "curl", "libssl-dev");
			folder = mkdtempSync(join(tmpdir(), "porthole-players-"));
			tls = new TlsFolder();
			tls.make(1);
			port = await freePort();
			const access = ["--password", PASSWORD, "--viewer-password", VIEWER];
			const secure = ["--tls-certificate", tls.certificate, "--tls-key", tls.key];
			const picture = readFileSync(FRAME);
			writeFileSync(join(folder, "clip@20.mjpeg"), Buffer.concat(Array<Buffer>(30).fill(picture)));
			// On a busy machine ffmpeg takes seconds until it seeks, and the content must not be over by then.
			writeFileSync(join(folder, "long@20.mjpeg"), Buffer.concat(Array<Buffer>(600).fill(picture)));
			// The program for Node.js makes H.264 with ffmpeg; boards have it from their cameras.
			const more = ["--stream-folder", folder, ...(program.name === "Node.js" ? ["--h264", "on"] : [])];
			camera = await startCamera(program, "--rtsp-port", `${port}`, "--fps", "20", ...access, ...secure, ...more);
			await until("the stream server listens", 20_000, () => camera.said().includes("stream: listening"));
		});
		after(async () => {
			await camera?.stop();
			tls?.remove();
			if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
		});

		const urlOf = (path: string, user = `viewer:${VIEWER}@`, scheme = "rtsp") =>
			`${scheme}://${user}127.0.0.1:${port}${path}`;

		/** Plays five pictures. @returns what ffmpeg wrote, and the last of them as raw pixels */
		async function play(url: string, ...options: string[]) {
			const file = join(folder, "picture.yuv");
			rmSync(file, { force: true });
			const output = [
				"-frames:v",
				"5",
				"-update",
				"1",
				"-f",
				"image2",
				"-c:v",
				"rawvideo",
				"-pix_fmt",
				"yuvj420p",
				file,
			];
			const { out, err } = await withoutLosses(() =>
				client("ffmpeg", ["-v", "error", "-y", ...options, "-i", url, ...output]),
			);
			return { out, err: withoutPorts(err), picture: () => readFileSync(file) };
		}

		/** Plays to the end. @returns how many pictures ffmpeg got */
		async function count(url: string, ...options: string[]) {
			const { out, err } = await withoutLosses(() =>
				client("ffmpeg", ["-v", "error", ...options, "-i", url, "-f", "framecrc", "-"]),
			);
			return {
				err: withoutPorts(err),
				pictures: out.split("\n").filter((line) => /^0,/.test(line)).length,
			};
		}

		for (const transport of TRANSPORTS) {
			it(`ffmpeg plays by ${transport.toUpperCase()} with Digest, bit-identical (STR-1, STR-9)`, async () => {
				const { out, err, picture } = await play(urlOf("/live"), "-rtsp_transport", transport);
				assert.equal(out + err, "");
				const original = await play(FRAME);
				assert.equal(original.err, "");
				const wanted = original.picture();
				await play(urlOf("/live"), "-rtsp_transport", transport);
				assert.ok(picture().equals(wanted));
			});

			it(`GStreamer plays by ${transport.toUpperCase()} with Digest (STR-1, STR-9)`, async function () {
				needs(this, "gst-launch-1.0");
				const source = ["rtspsrc", `location=${urlOf("/", "")}`, `protocols=${transport}`, "user-id=owner"];
				const sink = ["!", "rtpjpegdepay", "!", "jpegdec", "!", "identity", "eos-after=10", "!", "fakesink"];
				const { code, out, err } = await client("gst-launch-1.0", ["-q", ...source, `user-pw=${PASSWORD}`, ...sink]);
				assert.ok(code === 0 || isLatePause(err), out + err);
			});
		}

		it("ffmpeg plays a stored content to its end, and its last part, by TCP and UDP (STR-11)", async () => {
			for (const transport of TRANSPORTS) {
				const url = urlOf("/files/clip@20.mjpeg");
				const whole = await count(url, "-rtsp_transport", transport);
				assert.equal(whole.err, "", transport);
				// A busy machine may miss some.
				assert.ok(whole.pictures > 10 && whole.pictures <= 30, `${transport}: ${whole.pictures} pictures`);
				const rest = await count(urlOf("/files/long@20.mjpeg"), "-rtsp_transport", transport, "-ss", "29.5");
				assert.equal(rest.err, "", transport);
				assert.ok(rest.pictures > 0 && rest.pictures <= 10, `${transport}: ${rest.pictures} pictures of the last part`);
			}
		});

		it("ffmpeg plays stored H.264 to the same pixels as from the file, and its last part (STR-11, STR-25)", async () => {
			const all = ["-fps_mode", "passthrough"];
			const make = async (name: string, frames: number): Promise<string[]> => {
				const file = join(folder, name);
				const scene = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-frames:v", `${frames}`];
				const encoder = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-g", "10", "-f", "h264", file];
				assert.equal((await client("ffmpeg", ["-v", "error", ...scene, ...encoder])).err, "");
				const hashes = decodedHashes("-i", file, ...all);
				assert.equal(hashes.length, frames);
				return hashes;
			};
			const short = await make("door.h264", 30);
			const long = await make("hall.h264", 500);
			for (const transport of TRANSPORTS) {
				const stream = (name: string) => ["-rtsp_transport", transport, "-i", urlOf(`/files/${name}`)];
				assert.deepEqual(decodedHashes(...stream("door.h264"), ...all), short, transport);
				const rest = decodedHashes("-noaccurate_seek", "-ss", "19.7", ...stream("hall.h264"), ...all);
				assert.deepEqual(rest, long.slice(490), transport);
			}
		});

		it("ffmpeg and GStreamer play H.264 by TCP and UDP (STR-25)", async function () {
			needs(this, "gst-launch-1.0");
			if (program.name !== "Node.js") {
				assert.match((await play(urlOf("/h264"))).err, /404 Not Found/);
				return;
			}
			for (const transport of TRANSPORTS) {
				const { err } = await play(urlOf("/h264"), "-rtsp_transport", transport);
				assert.equal(err, "", transport);
				const source = ["rtspsrc", `location=${urlOf("/h264", "")}`, `protocols=${transport}`, "user-id=owner"];
				const sink = ["!", "rtph264depay", "!", "identity", "eos-after=10", "!", "fakesink"];
				const gst = await client("gst-launch-1.0", ["-q", ...source, `user-pw=${PASSWORD}`, ...sink]);
				assert.ok(gst.code === 0 || isLatePause(gst.err), gst.out + gst.err);
			}
		});

		it("ffmpeg plays over TLS (RTSPS), at the port of the pages too (ONE-3)", async () => {
			assert.equal((await play(urlOf("/live", `viewer:${VIEWER}@`, "rtsps"))).err, "");
			const atPages = `viewer:${VIEWER}@127.0.0.1:${camera.port}/live`;
			assert.equal((await play(`rtsps://${atPages}`)).err, "");
			assert.notEqual((await play(`rtsp://${atPages}`)).err, "", "nothing in clear");
		});

		it("ffmpeg plays with the token of a viewer link in the URL, and with a lower rate", async () => {
			const login = ["-sS", "--cacert", tls.certificate, "--digest", "-u", `owner:${PASSWORD}`, "-d", "hours=1"];
			const { out } = await client("curl", [...login, `https://127.0.0.1:${camera.port}/api/v1/links`]);
			const { token } = JSON.parse(out);
			for (const transport of TRANSPORTS) {
				const { err } = await play(urlOf(`/live?link=${token}&fps=10`, ""), "-rtsp_transport", transport);
				assert.equal(err, "", transport);
			}
			assert.ok(!camera.said().includes(token), "the log has no token");
		});

		it("says in the response what is wrong", async () => {
			assert.match((await play(urlOf("/live", "viewer:wrong@"))).err, /401 Unauthorized/);
			assert.match((await play(urlOf("/none"))).err, /404 Not Found/);
			const stream = await client("curl", ["-sS", "--max-time", "10", `http://127.0.0.1:${port}/`]);
			assert.match(stream.out, /^This port is for RTSP\./);
		});

		it("keeps no session of players that have stopped (STR-3)", async () => {
			const login = ["-sS", "--cacert", tls.certificate, "--digest", "-u", `owner:${PASSWORD}`];
			const ask = async () =>
				(await client("curl", [...login, `https://127.0.0.1:${camera.port}/api/v1/streams`])).out === '{"streams":[]}';
			await until("all sessions have ended", 5000, ask);
		});
	});
}
