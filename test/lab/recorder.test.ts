import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { NODE_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { GstRtspServer } from "../support/gst-rtsp-server";
import { LAB_NEEDS, needs } from "../support/needs";
import { pause, until } from "../support/until";
import { houseFor } from "./house";
import { Lab, type LabProcess } from "./lab";

const KEY = ["--fleet-key", "only-the-cameras-of-this-house"];
const NAS_URL = `http://${Lab.address(3)}:8000`;
/** Ports on the NAS's own machine of cameras of other makers. */
const RTSP = 5540;
const MJPEG = 5541;
/** ffmpeg as a camera of another maker: serves one viewer, then the next. */
const FFMPEG_CAMERA = `while true; do ffmpeg -v error -re -f lavfi -i smptebars=size=320x240:rate=10 -c:v mjpeg -f mpjpeg -content_type 'multipart/x-mixed-replace;boundary=ffmpeg' -listen 1 http://127.0.0.1:${MJPEG}/video; sleep 0.2; done`;

/** What ffprobe finds in a segment. */
interface Probed {
	readonly codec: string;
	readonly times: readonly number[];
}

describe("lab/recorder: a NAS records the cameras of its fleet and cameras of other makers", function () {
	this.timeout(300_000);
	const house = houseFor(
		"igd1 insecure",
		(c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux", "ffmpeg", "gst-rtsp-server"),
		["node", "xs", "node"],
	);
	let storage = "";
	let nas: LabProcess;

	before(async () => {
		const { lab, data } = house();
		storage = join(data, "storage");
		mkdirSync(storage);
		await house().fill(2, ...KEY, "--rtsp-port", "0");
		const script = resolve(__dirname, "../support/gst_rtsp_server.py");
		const gst = ["/usr/bin/python3", script, `${RTSP}`, GstRtspServer.user, GstRtspServer.password];
		lab.spawn("cam3", gst);
		lab.spawn("cam3", ["sh", "-c", FFMPEG_CAMERA]);
		nas = startNas();
		await untilRecording(4);
	});

	function startNas(): LabProcess {
		const login = `${GstRtspServer.user}:${encodeURIComponent(GstRtspServer.password)}`;
		const urls = `door=rtsp://${login}@127.0.0.1:${RTSP}/h264 yard=http://127.0.0.1:${MJPEG}/video`;
		return house().lab.spawn("cam3", [
			...[process.execPath, NODE_PROGRAM, "nas", "--interface", "eth0", "--storage", storage, ...KEY],
			...["--data", join(house().data, "nas"), "--password", PASSWORD, "--record-urls", urls],
		]);
	}

	/** Waits until so many cameras are being recorded. */
	async function untilRecording(count: number): Promise<void> {
		await until(`${count} cameras are recorded`, 60_000, async () => {
			const metrics = await house().lab.get("home", `${NAS_URL}/metrics`, 1);
			return metrics?.includes(`\nporthole_recorder_recording ${count}\n`) === true;
		});
	}

	/** The identity of camera `n`. */
	const idOf = (n: number): string => readFileSync(join(house().data, `cam${n}`, "id.value"), "utf8").trim();

	/** The segments of a camera, in order. */
	function segmentsOf(key: string): string[] {
		const folder = join(storage, "recordings", key);
		if (!existsSync(folder)) return [];
		return readdirSync(folder).flatMap((day) =>
			readdirSync(join(folder, day))
				.sort()
				.map((name) => join(folder, day, name)),
		);
	}

	function probe(file: string): Probed {
		const words = ["-v", "error", "-select_streams", "v", "-show_entries", "stream=codec_name:packet=pts_time"];
		const { streams, packets } = JSON.parse(
			execFileSync("ffprobe", [...words, "-of", "json", file], { encoding: "utf8" }),
		);
		return {
			codec: streams[0].codec_name,
			times: packets.map((packet: { pts_time: string }) => Number(packet.pts_time)),
		};
	}

	it("records Node and XS cameras, RTSP with H.264 and Motion JPEG, which ffprobe reads while it runs (STR-13, STR-27)", async () => {
		await pause(6000);
		for (const [key, codec, perSecond] of [
			[idOf(1), "mjpeg", 5],
			[idOf(2), "mjpeg", 5],
			["door", "h264", 15],
			["yard", "mjpeg", 5],
		] as const) {
			const segments = segmentsOf(key);
			// Another one begins every ten minutes of the clock.
			assert.ok(segments.length <= 2, `${key}: ${segments}`);
			const running = segments[segments.length - 1];
			assert.match(running, /\.part$/);
			const { codec: found, times } = probe(running);
			assert.equal(found, codec);
			const rate = (times.length - 1) / (times[times.length - 1] - times[0]);
			assert.ok(Math.abs(rate - perSecond) < perSecond * 0.25, `${key}: ${rate} pictures per second`);
		}
	});

	it("follows a camera to another address, by its identity (STR-27)", async () => {
		const { lab } = house();
		for (const words of [
			`address del ${Lab.address(1)}/24 dev eth0`,
			"address add 192.168.0.71/24 brd + dev eth0",
			"route replace default via 192.168.0.1",
		])
			assert.equal((await lab.exec("cam1", ["ip", ...words.split(" ")])).code, 0);
		// What was on its way to the medium has arrived by then.
		await pause(2000);
		const sizeOf = (): number => segmentsOf(idOf(1)).reduce((sum, file) => sum + statSync(file).size, 0);
		const before = sizeOf();
		await until("camera 1 is recorded again", 30_000, () => sizeOf() > before + 100_000);
		await untilRecording(4);
		await until("its pictures follow each other again", 10_000, () => {
			const segments = segmentsOf(idOf(1));
			const { times } = probe(segments[segments.length - 1]);
			const newest = times.slice(-6);
			return newest.length === 6 && newest.every((time, i) => i === 0 || time - newest[i - 1] < 1);
		});
	});

	it("marks the gap of a camera that was killed, and goes on when it is back (STR-13)", async () => {
		const { cameras } = house();
		await cameras[2].crash();
		await untilRecording(3);
		house().start(2, ...KEY, "--rtsp-port", "0");
		await untilRecording(4);
		const segments = segmentsOf(idOf(2));
		assert.ok(
			segments.some((name) => name.endsWith("_source.mkv")),
			`${segments}`,
		);
		assert.ok(segments[segments.length - 1].endsWith(".part"), `${segments}`);
		assert.match(nas.output, /no pictures|is not recorded: source/);
	});

	it("ends all segments in order when it leaves, and records on demand and around events afterwards (STR-13, STR-26)", async () => {
		assert.equal(await nas.leave(), 0);
		const keys = [idOf(1), idOf(2), "door", "yard"];
		for (const key of keys)
			for (const segment of segmentsOf(key)) {
				assert.ok(!segment.endsWith(".part"), segment);
				assert.ok(probe(segment).times.length > 0, segment);
			}
		const count = segmentsOf("yard").length;
		nas = startNas();
		await untilRecording(4);
		const post = (path: string, form: string): Promise<{ stdout: string }> =>
			house().lab.exec("home", [
				...["curl", "-s", "--digest", "-u", `owner:${PASSWORD}`, "-d", form],
				`${NAS_URL}/api/v1/recordings/${path}`,
			]);
		assert.match((await post("yard/mode", "mode=demand")).stdout, /"done":\s*true/);
		await untilRecording(3);
		assert.match((await post("yard/record", "seconds=600")).stdout, /"done":\s*true/);
		await untilRecording(4);
		assert.match((await post("yard/stop", "")).stdout, /"done":\s*true/);
		await untilRecording(3);
		assert.ok(segmentsOf("yard").length >= count + 2);
		assert.match((await post("yard/mode", "mode=event")).stdout, /"done":\s*true/);
		await pause(7000);
		const began = Date.now();
		assert.match((await post("yard/event", "state=on&label=bell")).stdout, /"id":\s*\d/);
		await untilRecording(4);
		const segments = segmentsOf("yard");
		const [hours, minutes, seconds] = basename(segments[segments.length - 1])
			.split("-")
			.map(Number.parseFloat);
		const start = new Date(began).setUTCHours(hours, minutes, 0, 0) + seconds * 1000;
		const before = began - start;
		assert.ok(before > 4000 && before < 8000, `${before} ms before the event`);
		assert.equal(await nas.leave(), 0);
	});
});
