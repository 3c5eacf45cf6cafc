import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { NODE_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { GstRtspServer } from "../support/gst-rtsp-server";
import { LAB_NEEDS, needs } from "../support/needs";
import { pause, until } from "../support/until";
import { houseFor } from "./house";
import { Lab, type LabProcess } from "./lab";
import { type Probed, probe, segmentsOf as segmentsIn, timeName } from "./recorded-files";

const KEY = ["--fleet-key", "only-the-cameras-of-this-house"];
const NAS_URL = `http://${Lab.address(3)}:8000`;
/** Ports on the NAS's own machine of cameras of other makers. */
const RTSP = 5540;
const MJPEG = 5541;
/** ffmpeg as a camera of another maker: serves one viewer, then the next. */
const FFMPEG_CAMERA = `while true; do ffmpeg -v error -re -f lavfi -i smptebars=size=320x240:rate=10 -c:v mjpeg -f mpjpeg -content_type 'multipart/x-mixed-replace;boundary=ffmpeg' -listen 1 http://127.0.0.1:${MJPEG}/video; sleep 0.2; done`;

/** What is kept from before an event, in milliseconds: the default of the setting. */
const PRE_ROLL = 5000;

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
	const segmentsOf = (key: string): string[] => segmentsIn(storage, key);

	/** Reads the segment that a camera is being recorded into; `undefined` while there is none, or nothing in it. */
	function probeRunning(key: string): Probed | undefined {
		const file = segmentsOf(key).at(-1);
		if (file === undefined || !file.endsWith(".part")) return undefined;
		try {
			const probed = probe(file);
			return probed.times.length > 1 ? probed : undefined;
		} catch {
			// It has got its final name meanwhile, or its beginning is not on the medium yet.
			return undefined;
		}
	}

	it("records Node and XS cameras, RTSP with H.264 and Motion JPEG, which ffprobe reads while it runs (STR-13, STR-27)", async () => {
		for (const [key, codec, perSecond] of [
			[idOf(1), "mjpeg", 5],
			[idOf(2), "mjpeg", 5],
			["door", "h264", 15],
			["yard", "mjpeg", 5],
		] as const) {
			let seen = "nothing";
			const { times } = await until(`3 seconds of ${key} at ${perSecond} pictures per second`, 30_000, () => {
				const probed = probeRunning(key);
				if (probed === undefined) return undefined;
				assert.equal(probed.codec, codec);
				const { times } = probed;
				const newest = times.slice(-3 * perSecond - 1);
				const rate = (1000 * (newest.length - 1)) / (newest[newest.length - 1] - newest[0]);
				seen = `${times.length} pictures, the newest ${rate} per second`;
				return newest.length > 3 * perSecond && Math.abs(rate - perSecond) < perSecond * 0.25 ? probed : undefined;
			}).catch((error) => assert.fail(`${error}; seen last: ${seen}`));
			// Of what a camera sends as JPEG no more is recorded, at whatever speed this machine runs.
			const most = (perSecond * (times[times.length - 1] - times[0])) / 1000 + 2;
			assert.ok(codec !== "mjpeg" || times.length <= most, `${key}: ${times.length} pictures instead of ${most}`);
			// Another one begins every ten minutes of the clock.
			const segments = segmentsOf(key);
			assert.ok(segments.length <= 2, `${key}: ${segments}`);
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
		const moved = Date.now();
		await until("pictures from the other address follow each other", 60_000, () => {
			// No longer what was on its way.
			const { times } = probeRunning(idOf(1)) ?? { times: [] };
			const newest = times.slice(-6).filter((time) => time > moved + 2000);
			return newest.length === 6 && newest.every((time, i) => i === 0 || time - newest[i - 1] < 1000);
		});
		await untilRecording(4);
	});

	it("marks the gap of a camera that was killed, and goes on when it is back (STR-13)", async () => {
		const { cameras } = house();
		const killed = timeName(segmentsOf(idOf(2)).at(-1) ?? "");
		await cameras[2].crash();
		await untilRecording(3);
		const before = await until("its segment has ended for want of pictures", 30_000, () => {
			const segments = segmentsOf(idOf(2));
			const ended = segments.find((file) => timeName(file) >= killed && file.endsWith("_source.mkv"));
			return ended !== undefined && ended === segments.at(-1) ? segments : undefined;
		});
		await until("the log says so", 5000, () => /no pictures|is not recorded: source/.test(nas.output));
		house().start(2, ...KEY, "--rtsp-port", "0");
		await untilRecording(4);
		await until("another segment", 30_000, () => probeRunning(idOf(2)) !== undefined);
		assert.ok(segmentsOf(idOf(2)).length > before.length);
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
		await until("both segments have ended", 30_000, () => {
			const segments = segmentsOf("yard");
			return segments.length >= count + 2 && segments.every((segment) => segment.endsWith(".mkv"));
		});
		assert.match((await post("yard/mode", "mode=event")).stdout, /"done":\s*true/);
		const read = async <T>(path: string): Promise<T | undefined> => {
			const text = await house().lab.get("home", `${NAS_URL}/api/v1/${path}`, 1);
			return text === undefined ? undefined : JSON.parse(text);
		};
		await until("its pictures come, for the time before an event", 30_000, async () => {
			const motion = await read<{ state: string }>("recordings/yard/motion");
			return motion !== undefined && motion.state !== "none";
		});
		await pause(PRE_ROLL + 3000);
		const before = segmentsOf("yard").length;
		assert.match((await post("yard/event", "state=on&label=bell")).stdout, /"id":\s*\d/);
		await untilRecording(4);
		const answer = await read<{ events: { label: string; from: number }[] }>("events?camera=yard");
		const began = answer?.events.find(({ label }) => label === "bell")?.from ?? assert.fail(JSON.stringify(answer));
		// A new segment begins every ten minutes of the clock.
		const times = await until("pictures from before the event and after it", 30_000, () => {
			try {
				const found = segmentsOf("yard")
					.slice(before)
					.flatMap((file) => probe(file).times);
				return found.length > 1 && found[found.length - 1] >= began ? found : undefined;
			} catch {
				// It has got its final name meanwhile, or its beginning is not on the medium yet.
				return undefined;
			}
		});
		// The oldest that was kept is the one that was shown when this time began; one picture may have come in the event's millisecond.
		const isPreRoll = [began, began + 1].some((limit) => {
			const kept = times.filter((time) => time < limit);
			const since = kept[kept.length - 1] - PRE_ROLL;
			return times[0] <= since && times[1] > since;
		});
		assert.ok(isPreRoll, `event at ${began}, pictures at ${times}`);
		assert.equal(await nas.leave(), 0);
	});
});
