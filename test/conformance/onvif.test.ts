import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Cam } from "onvif";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { ownerCookie } from "../../tools/owner-session";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";

const PYTHON = "/usr/bin/python3";
const SUPPORT = resolve(__dirname, "../support");

/** What the owner gives a client. */
interface Account {
	readonly url: string;
	readonly user: string;
	readonly password: string;
}

async function accountOf({ port }: RunningCamera): Promise<Account> {
	const headers = { cookie: await ownerCookie(port), connection: "close" };
	const answer = await fetch(`http://127.0.0.1:${port}/api/v1/onvif`, { headers });
	assert.equal(answer.status, 200);
	return answer.json() as Promise<Account>;
}

/** Runs a program. @returns what it printed */
function run(command: string, args: readonly string[]): Promise<string> {
	return new Promise((done, fail) => {
		const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
		let out = "";
		let said = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
		child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
		child.on("error", fail);
		child.on("close", (code) => (code === 0 ? done(out) : fail(new Error(`${command} ended with ${code}: ${said}`))));
	});
}

describe("conformance/onvif", function () {
	this.timeout(180_000);
	let folder = "";

	before(function () {
		needs(this, "python3");
		folder = mkdtempSync(join(tmpdir(), "porthole-onvif-"));
		const { status, stderr } = spawnSync(PYTHON, [join(SUPPORT, "onvif_wsdl.py"), folder]);
		assert.equal(status, 0, `${stderr}`);
	});
	after(() => {
		if (folder !== "") rmSync(folder, { recursive: true, force: true });
	});

	for (const program of CAMERA_PROGRAMS) {
		describe(program.name, () => {
			let camera: RunningCamera | undefined;
			let account: Account;
			let rtspPort = 0;
			const isNode = program.name === "Node.js";

			before(async function () {
				needs(this, program.need);
				if (isNode) needs(this, "ffmpeg");
				rtspPort = await freePort();
				const video = isNode ? ["--source", "synthetic", "--h264", "on"] : [];
				camera = await startCamera(program, "--password", PASSWORD, "--rtsp-port", `${rtspPort}`, ...video);
				account = await accountOf(camera);
			});
			after(async () => {
				await camera?.stop();
			});

			it("does what Home Assistant, Frigate and recorders ask, with answers that zeep finds valid", async function () {
				needs(this, "python3-zeep");
				const base = `http://127.0.0.1:${camera?.port}`;
				const wsdl = process.env.PORTHOLE_TEST_ONVIF_WSDL ?? folder;
				const words = [join(SUPPORT, "onvif_client.py"), wsdl, base, account.user, account.password];
				const told = JSON.parse(await run(PYTHON, isNode ? words : [...words, "still"]));
				assert.deepEqual(told.stranger[1], ["NotAuthorized"]);
				assert.match(told.guesser[0], /Wrong password/);
				assert.match(told.interfaces[0].Info.HwAddress, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
				assert.equal(told.information.Manufacturer, "Porthole");
				assert.equal(told.media.SnapshotUri, true);
				const streams = isNode ? ["h264", "live"] : ["live"];
				assert.deepEqual(
					told.streams,
					streams.map((name) => `rtsp://127.0.0.1:${rtspPort}/${name}`),
				);
				assert.equal(told.snapshot, `${base}/snapshot.jpg`);
				assert.equal(told.topics[0], "tns1:VideoSource/MotionAlarm");
				assert.deepEqual(told.gone[1], ["InvalidArgVal", "ResourceUnknownFault"]);
				for (const [message, codes] of [told.created, told.osd]) {
					assert.match(message, /not implemented/);
					assert.deepEqual(codes, ["ActionNotSupported"]);
				}
				assert.deepEqual(told.nothing[1], ["InvalidArgVal", "NoProfile"]);
				if (!isNode) return;
				const [first] = told.profiles;
				assert.deepEqual([first.token, first.VideoEncoderConfiguration.Encoding], ["h264", "H264"]);
				assert.deepEqual(told.profiles[0].VideoEncoderConfiguration.Resolution, { Width: 640, Height: 480 });
				assert.deepEqual(told.frigate, ["h264", "jpeg"].slice(0, 1));
				assert.deepEqual([told.moving, told.stopped], ["MOVING", "IDLE"]);
				assert.equal(told.presets[0].Name, "Gate & door");
			});

			it("hands out a stream and a snapshot that its account opens", async function () {
				needs(this, "ffprobe");
				needs(this, "curl");
				const login = `${account.user}:${account.password}`;
				const url = `rtsp://${login}@127.0.0.1:${rtspPort}/${isNode ? "h264" : "live"}`;
				const wish = ["-v", "error", "-rtsp_transport", "tcp", "-show_entries", "stream=codec_name", "-of", "csv=p=0"];
				assert.equal((await run("ffprobe", [...wish, url])).trim(), isNode ? "h264" : "mjpeg");
				const still = `http://127.0.0.1:${camera?.port}/snapshot.jpg`;
				const status = ["-s", "-o", "/dev/null", "-w", "%{http_code} %{content_type}", "--digest"];
				assert.equal(await run("curl", [...status, "-u", login, still]), "200 image/jpeg");
				assert.match(await run("curl", [...status, "-u", `${account.user}:${PASSWORD}`, still]), /^401 /);
			});

			for (const user of ["onvif", "owner"] as const) {
				it(`works with npm onvif as the user ${user}`, async () => {
					const password = user === "owner" ? PASSWORD : account.password;
					const cam = await connect(camera?.port ?? 0, user, password);
					assert.equal(cam.profiles?.length, isNode ? 2 : 1);
					const { uri } = await ask<{ uri: string }>((done) => cam.getStreamUri({ protocol: "RTSP" }, done));
					assert.equal(uri, `rtsp://127.0.0.1:${rtspPort}/${isNode ? "h264" : "live"}`);
					const information = await ask<{ manufacturer: string }>((done) => cam.getDeviceInformation(done));
					assert.equal(information.manufacturer, "Porthole");
					if (!isNode) return;
					await ask((done) => cam.absoluteMove({ x: 0.5, y: 0 }, done));
					await ask((done) => cam.continuousMove({ x: -0.5, y: 0.1 }, done));
					await ask((done) => cam.stop({ panTilt: true, zoom: false }, done));
					const status = await ask<{ position: { x: number } }>((done) => cam.getStatus({}, done));
					assert.ok(Math.abs(status.position.x) <= 1);
				});
			}
		});
	}
});

/** A callback of npm onvif. */
type Done = (error: Error | null, value?: unknown) => void;

function ask<Value>(run: (done: Done) => void): Promise<Value> {
	return new Promise((done, fail) => run((error, value) => (error ? fail(error) : done(value as Value))));
}

function connect(port: number, username: string, password: string): Promise<Cam> {
	return new Promise((done, fail) => {
		const cam: Cam = new Cam({ hostname: "127.0.0.1", port, username, password, timeout: 20_000 }, (error) =>
			error ? fail(error) : done(cam),
		);
	});
}
