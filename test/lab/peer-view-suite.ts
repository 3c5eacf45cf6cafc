import assert from "node:assert/strict";
import { PASSWORD } from "../support/digest";
import { isLatePause } from "../support/late-pause";
import { needs, PEER_LAB_NEEDS } from "../support/needs";
import { until } from "../support/until";
import type { CameraKind, LabProcess } from "./lab";
import { ADDRESS, peerLabFor } from "./peer-lab";

/** The delay of each line in one direction: 40 ms from home to home and back. */
const DELAY = 10;
const HTTP = 8088;
const RTSP = 8560;

/** A camera in home a behind a NAT, `porthole view` in home b behind another one. @param camera what the camera runs on */
export function peerViewSuite(camera: CameraKind): void {
	const built = peerLabFor(
		(context) =>
			needs(
				context,
				...PEER_LAB_NEEDS,
				"build",
				"ffmpeg",
				"gst-launch-1.0",
				...(camera === "xs" ? (["porthole-linux"] as const) : []),
			),
		{ delay: DELAY },
	);
	let code = "";
	let guest = "";
	let view: LabProcess;
	/** The query with the pass of the pairing. */
	let pass = "";

	/** Asks the camera for a code in its own network, as the owner. */
	async function pairing(form: string): Promise<string> {
		const url = `http://${ADDRESS.a1}:8000/api/v1/pairings`;
		const { stdout } = await built().must("a1", [
			"curl",
			"-sf",
			"--digest",
			"-u",
			`owner:${PASSWORD}`,
			"-d",
			form,
			url,
		]);
		return JSON.parse(stdout).text;
	}

	/** Runs `porthole view` in home b until it ends. */
	async function run(...words: readonly string[]): Promise<{ code: number; output: string }> {
		const process = built().start("b1", "view", ...words, "--data", built().data("viewer"), "--interface", "eth0");
		return { code: await process.ended, output: process.output };
	}

	/** Starts `porthole view` in home b, and waits until it shows. */
	async function show(...words: readonly string[]): Promise<LabProcess> {
		const process = built().start("b1", "view", ...words, "--data", built().data("viewer"), "--interface", "eth0");
		await until("it shows", 15_000, () => {
			assert.ok(process.running, process.output);
			return process.output.includes("Players:");
		});
		return process;
	}

	before(async function () {
		this.timeout(120_000);
		const rendezvous = await built().startRendezvous("node");
		const garage = built().startCamera(camera, "a1", "Garage", "--rendezvous", rendezvous.setting);
		await until("the camera is registered", 30_000, async () => {
			assert.ok(garage.running, garage.output);
			const { stdout } = await built().lab.exec("a1", [
				"curl",
				"-sf",
				"--digest",
				"-u",
				`owner:${PASSWORD}`,
				`http://${ADDRESS.a1}:8000/api/v1/peer`,
			]);
			return stdout.includes('"registered"');
		});
		code = await pairing("kind=viewer&days=30&home=Cabin");
		guest = await pairing("kind=guest&days=1");
	});

	it("pairs by text, and lists the home (P2P-3)", async () => {
		assert.deepEqual(await run("--pair", code), {
			code: 0,
			output: "Paired with Cabin.\nTo watch, run: porthole view\n",
		});
		assert.deepEqual(await run("--list"), { code: 0, output: "Cabin: Garage\n" });
	});

	it("shows each step and the way in use, through both NATs (P2P-11, P2P-13, ONE-1)", async () => {
		view = await show("garage");
		assert.match(view.output, /Garage: server: /);
		assert.match(view.output, /Garage: (?:now )?reached directly, through the NATs, 198\.20\.0\.1:\d+/);
		[, pass = ""] = /localhost:\d+\/(\?link=\S+)/.exec(view.output) ?? [];
		assert.notEqual(pass, "");
	});

	it("tells programs of this machine the way in use, if they have the pass (ONE-1)", async () => {
		const get = (query: string) =>
			built().lab.exec("b1", ["curl", "-sf", `http://view.localhost:${HTTP}/api/v1/view${query}`]);
		const { home, devices } = JSON.parse((await get(pass)).stdout);
		assert.equal(home, "Cabin");
		assert.equal(devices.length, 1);
		const { name, state, path, address, steps } = devices[0];
		assert.deepEqual([name, state, path], ["Garage", "connected", "punched"]);
		assert.match(address, /^198\.20\.0\.1:\d+$/);
		assert.ok(steps.length > 1);
		assert.equal((await get("")).stdout, "");
	});

	it("serves pages and pictures to curl, strangers on the viewer's machine get 401 (ONE-5)", async () => {
		const get = (target: string) =>
			built().lab.exec("b1", [
				"curl",
				"-s",
				"-o",
				"/dev/null",
				"-w",
				"%{http_code} %{content_type} %{size_download}",
				`http://localhost:${HTTP}${target}`,
			]);
		assert.match((await get("/camera")).stdout, /^401 /);
		assert.match((await get("/snapshot.jpg")).stdout, /^401 /);
		assert.match((await get(`/camera${pass}`)).stdout, /^200 text\/html/);
		assert.match((await get(`/snapshot.jpg${pass}`)).stdout, /^200 image\/jpeg [1-9]\d{3}/);
	});

	it("serves Motion JPEG to ffmpeg", async () => {
		const url = `http://localhost:${HTTP}/stream.mjpeg${pass}`;
		const args = ["-v", "error", "-i", url, "-frames:v", "10", "-f", "framemd5", "-"];
		const { stdout, stderr } = await built().lab.exec("b1", ["ffmpeg", ...args]);
		assert.equal(stdout.split("\n").filter((line) => /^\d/.test(line)).length, 10, stderr);
	});

	it("serves RTSP to ffmpeg, which asks for UDP first and gets the connection", async () => {
		const url = `rtsp://localhost:${RTSP}/live${pass}`;
		const args = ["-v", "error", "-i", url, "-frames:v", "10", "-f", "framemd5", "-"];
		const { stdout, stderr } = await built().lab.exec("b1", ["ffmpeg", ...args]);
		assert.equal(stdout.split("\n").filter((line) => /^\d/.test(line)).length, 10, stderr);
	});

	it("serves RTSP to GStreamer", async () => {
		const pipeline = [
			"rtspsrc",
			`location=rtsp://localhost:${RTSP}/live${pass}`,
			"!",
			"rtpjpegdepay",
			"!",
			"identity",
			"eos-after=20",
			"!",
			"fakesink",
		];
		const {
			code: ended,
			stdout,
			stderr,
		} = await built().lab.exec("b1", ["timeout", "100", "gst-launch-1.0", ...pipeline]);
		const output = stdout + stderr;
		assert.ok(ended === 0 || isLatePause(output) || output.includes("Got EOS"), output);
	});

	it("tells the owner which way viewers come (ONE-1)", async () => {
		const url = `http://${ADDRESS.a1}:8000/api/v1/tunnels`;
		const { stdout } = await built().must("a1", ["curl", "-sf", "--digest", "-u", `owner:${PASSWORD}`, url]);
		const { tunnels } = JSON.parse(stdout);
		assert.equal(tunnels.length, 1);
		assert.deepEqual([tunnels[0].path, tunnels[0].guest], ["punched", false]);
	});

	it("ends with exit code 0 when it is told to stop, and says goodbye", async () => {
		process.kill(-view.pid, "SIGINT");
		assert.equal(await view.ended, 0);
		await until("the camera knows", 5000, async () => {
			const url = `http://${ADDRESS.a1}:8000/api/v1/tunnels`;
			const { stdout } = await built().lab.exec("a1", ["curl", "-sf", "--digest", "-u", `owner:${PASSWORD}`, url]);
			return stdout.includes('"tunnels":[]');
		});
	});

	it("lets a guest in by a code", async () => {
		const process_ = await show(guest);
		const [, link = ""] = /localhost:\d+\/(\?link=\S+)/.exec(process_.output) ?? [];
		const { stdout } = await built().lab.exec("b1", [
			"curl",
			"-s",
			"-o",
			"/dev/null",
			"-w",
			"%{http_code}",
			`http://localhost:${HTTP}/snapshot.jpg${link}`,
		]);
		assert.equal(stdout, "200");
		process.kill(-process_.pid, "SIGINT");
		assert.equal(await process_.ended, 0);
	});

	it("says why there is nothing to see, with exit code 1", async () => {
		const unknown = await run("cellar");
		assert.equal(unknown.code, 1);
		assert.match(
			unknown.output,
			/^Cabin: asking the rendezvous server .*\nporthole: Cabin has no device "cellar"\. It has: Garage\.\n$/,
		);
	});
}
