import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { relayKeyOf, relayKeyText } from "../../src/relay/relay-key";
import type { ProgramAddress, Recipe } from "../../src/web/program-address";
import { recipesFor } from "../../src/web/recipes";
import { FRAME, NODE_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { all, blocksIn, limited, linesOf, playerCommandsIn } from "../support/document-commands";
import { isLatePause } from "../support/late-pause";
import { LAB_NEEDS, needs } from "../support/needs";
import {
	type Configuration,
	FRIGATE,
	FRIGATE_DETECT,
	FRIGATE_RECORD,
	go2rtcInput,
	HTTPX,
	recipesOn,
	YAML,
} from "../support/recipe-programs";
import { until } from "../support/until";
import { houseFor } from "./house";
import { type LabProcess, NOBODY, type Outcome, OWNER } from "./lab";

const TOP = resolve(__dirname, "../..");
const VIEWER = "only-looking";
const KEY = "only-the-cameras-of-this-house";
/** As in the documents. */
const CAMERA = "192.168.0.11";
const NAS = "192.168.0.20";
const BROKER = "192.168.0.5";
const RELAY = "192.168.0.200";
/** Time for a program to start on a busy machine, in milliseconds. */
const START_TIME = 40_000;
/** Documents with commands of other people's programs. */
const DOCUMENTS = [
	"README.md",
	...["integrations", "stream-server", "files", "events", "relay"].map((n) => `docs/${n}.md`),
];

describe("lab/commands in the documents", function () {
	this.timeout(600_000);
	const programs = [
		"ffmpeg",
		"ffplay",
		"ffprobe",
		"gst-launch-1.0",
		"vlc",
		"wget",
		"motion",
		"mosquitto",
		"upnpc",
		"cadaver",
		"rclone",
	] as const;
	const python = ["python3-httpx", "python3-yaml"] as const;
	const house = houseFor("igd1 secure cams=2", (c) =>
		needs(c, ...LAB_NEEDS, "build", "setpriv", ...programs, ...python),
	);
	let scratch = "";
	/** What `POST /api/v1/links` answers to the owner in the LAN. */
	let link: { readonly token: string; readonly addresses: readonly ProgramAddress[] };
	let recipes: readonly Recipe[] = [];
	/** Of the camera. */
	let id = "";
	let nasId = "";
	let ticket = "";

	/** Runs a command of a shell in a folder of its own. */
	function shell(text: string, folder = mkdtempSync(join(scratch, "c")), from = "home"): Promise<Outcome> {
		chmodSync(folder, 0o777);
		return house().lab.exec(from, ["sh", "-c", 'cd "$1" && eval "$2"', "sh", folder, text], 90_000);
	}
	const curl = async (url: string, ...words: readonly string[]): Promise<string> => {
		const { stdout } = await house().lab.exec("home", ["curl", "-s", "-m", "20", ...OWNER, ...words, url]);
		return stdout;
	};
	const program = (ns: string, command: string, ...flags: readonly string[]): LabProcess => {
		const { lab, data } = house();
		const own = [command, "--data", join(data, command), "--password", PASSWORD, "--viewer-password", VIEWER];
		return lab.spawn(ns, [process.execPath, NODE_PROGRAM, ...own, ...flags]);
	};

	before(async () => {
		const { lab, data } = house();
		scratch = join(data, "scratch");
		mkdirSync(scratch);
		chmodSync(data, 0o755);
		const streams = join(data, "streams");
		mkdirSync(streams);
		const picture = readFileSync(FRAME);
		writeFileSync(join(streams, "garden@10.mjpeg"), Buffer.concat(Array<Buffer>(600).fill(picture)));
		// A film with H.264, as a camera's: ten pictures a second, and a key picture each second.
		const scene = "-f lavfi -i testsrc2=size=320x240:rate=10 -t 60 -pix_fmt yuv420p";
		const made = await shell(`ffmpeg -v error ${scene} -c:v libx264 -bf 0 -g 10 ../../film.mp4`);
		assert.equal(made.code, 0, made.stderr);

		await lab.exec("home", ["ip", "addr", "add", `${BROKER}/24`, "dev", "eth0"]);
		await lab.exec("cam2", ["ip", "addr", "add", `${NAS}/24`, "dev", "eth0"]);
		const broker = join(data, "mosquitto.conf");
		const listen = `listener 1883 ${BROKER}\nallow_anonymous true\npersistence false\n`;
		writeFileSync(broker, listen);
		lab.spawn("home", ["mosquitto", "-c", broker]);
		const flags = ["--source", join(data, "film.mp4"), "--name", "Garden", "--viewer-password", VIEWER];
		await house().fill(1, ...flags, "--fleet-key", KEY, "--stream-folder", streams);
		const storage = join(data, "storage");
		mkdirSync(storage);
		// The camera's JPEG is recorded beside its H.264.
		const urls = `yard=http://viewer:${VIEWER}@${CAMERA}:8000/stream.mjpeg`;
		const recorder = ["--interface", "eth0", "--storage", storage, "--record-urls", urls];
		program("cam2", "nas", ...recorder, "--fleet-key", KEY, "--mqtt", `mqtt://user:password@${BROKER}`);
		const links = `http://${CAMERA}:8000/api/v1/links`;
		link = await until("the camera has addresses on the Internet", START_TIME, async () => {
			const text = await curl(links, "-d", "hours=8784");
			if (!text.startsWith("{")) return undefined;
			const made = JSON.parse(text);
			const isMapped = made.addresses?.some(
				({ kind, internet }: ProgramAddress) => kind === "mjpeg" && internet !== "",
			);
			if (isMapped) return made;
			await curl(`${links}/${made.id}/revoke`, "-X", "POST");
			return undefined;
		});
		recipes = recipesOn(await curl(links, "-d", "hours=8784", "-H", "Accept: text/html"));
		const table = join(data, "relay.table");
		const origin = `origin home ${relayKeyText(relayKeyOf(KEY, "relay"))} http://${CAMERA}:8000\n`;
		const login = `viewer:${VIEWER}@${CAMERA}`;
		const garage = `content garage http://${login}:8000/stream.mjpeg open\ncontent garage rtsp://${login}:8554/live open\n`;
		writeFileSync(table, `${origin}${garage}`);
		program("home", "relay", "--relay-name", "relay", "--relay-table", table);
		id = JSON.parse(await curl(`http://${CAMERA}:8000/api/v1/status`)).id;
		ticket = await until("the relay has registered", START_TIME, async () => {
			const page = await curl(`http://${CAMERA}:8000/relays/watch/${id}`);
			return /src="http:[^"]*link=(r\.[^"&]*)"/.exec(page)?.[1];
		});
		await until("the NAS records", START_TIME, async () => {
			const metrics = await curl(`http://${NAS}:8000/metrics`);
			return /^porthole_recorder_recording 2$/m.test(metrics);
		});
		nasId = JSON.parse(await curl(`http://${NAS}:8000/api/v1/status`)).id;
	});

	/** A text of a document with what its placeholders stand for, as the device's pages have it. */
	function filledIn(text: string): string {
		return (
			text
				.replaceAll("porthole/NAS/", `porthole/${nasId}/`)
				.replaceAll("viewer:PASSWORD", `viewer:${VIEWER}`)
				.replace(/(user(?:-id)?=viewer .*)PASSWORD/, `$1${VIEWER}`)
				.replaceAll("PASSWORD", PASSWORD)
				.replaceAll("home/CAMERA", `home/${id}`)
				.replace(/\b(?:CAMERA|camera):/, `${CAMERA}:`)
				.replace(/\bNAS:/, `${NAS}:`)
				.replaceAll("RELAY", RELAY)
				.replaceAll("TOKEN", link.token)
				.replace("KEY/video.mjpeg", "yard/video.mjpeg")
				.replaceAll("KEY", id)
				.replaceAll("r.…", ticket)
				// What is there has been recorded in this minute.
				.replace("-ss 3600", "-ss 1")
				.replace(/from=\d[^"]*Z/, `from=${new Date(Date.now() - 3000).toISOString()}`)
		);
	}

	/** Runs a command, as it is but for its end. @returns what is wrong; empty: nothing */
	async function problemWith(command: string, from = "home", seconds = 2): Promise<string> {
		const { text, file, says, codes } = limited(filledIn(command), seconds, PASSWORD);
		const folder = mkdtempSync(join(scratch, "c"));
		writeFileSync(join(folder, "clip.mjpeg"), readFileSync(FRAME));
		const { code, stdout, stderr } = await shell(text, folder, from);
		const report = `${text}\n${code} ${stdout.slice(-2000)}${stderr.slice(-2000)}`;
		if (!codes.includes(code) && !isLatePause(stderr)) return report;
		if (!says.test(stdout)) return report;
		if (file === "") return "";
		let octets = Buffer.alloc(0);
		try {
			octets = readFileSync(join(folder, file));
		} catch {
			return `no ${file}: ${report}`;
		}
		if (/\.(?:json|csv)$/.test(file)) return octets.length > 100 ? "" : `${file} is short: ${report}`;
		const probe = `ffprobe -v error -show_entries stream=codec_name,width -of csv=p=0 ${basename(file)}`;
		const probed = await shell(probe, folder);
		return /^(?:mjpeg|h264),\d+/.test(probed.stdout)
			? ""
			: `${file} is not a picture or a video: ${report}${probed.stderr}`;
	}

	for (const path of DOCUMENTS) {
		it(`of ${path} work as they stand there`, async () => {
			const commands = playerCommandsIn(readFileSync(join(TOP, path), "utf8"));
			assert.ok(commands.length > 0);
			assert.deepEqual(await all(commands.map((command) => () => problemWith(command))), []);
		});
	}

	it("on the camera's page are those of the documents (ONE-3)", () => {
		const text = readFileSync(join(TOP, "docs/integrations.md"), "utf8");
		const fenced = [...blocksIn(text, "yaml"), ...blocksIn(text, "json"), ...blocksIn(text, "")].map((each) =>
			each.trim(),
		);
		const indented = text.split("\n").map((line) => line.trim());
		for (const { title } of recipesFor(link.addresses, "Garden"))
			assert.ok(
				recipes.some((each) => each.title === title),
				title,
			);
		for (const { title, texts } of recipes.filter(({ title }) => !/ONVIF|of your own/.test(title))) {
			for (const { label, text: shown } of texts) {
				const wanted = shown.trim().replaceAll(/link=[\w.]+(?:-[\w.]+)*/g, "link=TOKEN");
				const isThere = label === "" ? [...fenced, ...indented].includes(wanted) : text.includes(`${wanted}\n`);
				assert.ok(isThere || label === "Network URL", `${title}: ${wanted}`);
			}
		}
	});

	/** One text of a recipe. */
	const recipe = (title: string, list = recipes, label = ""): string => {
		const found = list.find((each) => each.title === title)?.texts.find((each) => each.label === label)?.text;
		return found ?? assert.fail(`no ${label} for ${title}`);
	};
	/** What a YAML text says, by a reader that is not ours. */
	async function yaml(text: string): Promise<Configuration> {
		const { stdout, stderr } = await house().lab.exec("home", ["/usr/bin/python3", "-c", YAML, text]);
		assert.equal(stderr, "");
		return JSON.parse(stdout);
	}
	it("on the camera's page work: Home Assistant, Frigate, go2rtc, Homebridge, VLC, ffmpeg (ONE-3)", async () => {
		// As on the page of a camera without H.264, and without RTSP.
		const jpeg = recipesFor(
			link.addresses.filter(({ kind }) => kind !== "h264"),
			"Garden",
		);
		const http = recipesFor(
			link.addresses.filter(({ kind }) => kind === "snapshot" || kind === "mjpeg"),
			"Garden",
		);
		const own = recipes.find(({ title }) => title.includes("of your own")) ?? assert.fail("none for own programs");
		const still = recipe("Home Assistant", recipes, "Still image URL");
		const live = recipe("Home Assistant", jpeg, "MJPEG URL");
		const words = ["/usr/bin/python3", "-c", HTTPX, still, live];
		const got = await house().lab.exec("home", words);
		assert.equal(got.stdout, "200 image/jpeg\n200 multipart/x-mixed-replace\n", got.stderr);
		const frigate = await yaml(recipe("Frigate"));
		assert.deepEqual(Object.keys(frigate), ["go2rtc", "cameras"]);
		const [input] = frigate.cameras["garden"].ffmpeg.inputs;
		assert.equal(input.path, "rtsp://127.0.0.1:8554/garden");
		const [source] = frigate.go2rtc.streams["garden"];
		assert.deepEqual((await yaml(recipe("go2rtc"))).streams, frigate.go2rtc.streams);
		const url = source.replace(/#.*/, "");
		// One process for both roles: it must record and give raw pictures.
		const roles = (preset: string) => async (): Promise<string> => {
			const outputs = `-map 0:v -t 4 ${FRIGATE_DETECT} -map 0:v -t 4 ${FRIGATE_RECORD}`;
			const check =
				'test "$(stat -c %s frigate.yuv)" -gt 500000 && ffprobe -v error -show_streams frigate-000.mp4 2>&1';
			const { code, stdout, stderr } = await shell(
				`ffmpeg -v error -nostdin ${preset} -i "${url}" ${outputs} && ${check}`,
			);
			return code === 0 && stdout.includes("codec_name=h264") ? "" : `${preset}: ${code} ${stdout}${stderr}`;
		};
		const homebridge = JSON.parse(recipe("Homebridge")).cameras[0].videoConfig;
		const sources = await Promise.all(
			[recipes, jpeg, http].map(async (list) => (await yaml(recipe("go2rtc", list))).streams["garden"][0]),
		);
		const commands = [
			`ffmpeg -rtsp_transport tcp -i "${recipe("Home Assistant", recipes, "Stream source URL")}" -c copy generic.mp4`,
			`ffmpeg ${homebridge.source} -an -sn -dn -codec:v ${homebridge.vcodec} homebridge.mp4`,
			`ffmpeg ${homebridge.stillImageSource} -frames:v 1 homebridge.jpg`,
			recipe("VLC"),
			...own.texts.map(({ text }) => `curl -s "${text}" -o own.json`),
			...[recipes, jpeg, http].map((list) => recipe("ffmpeg", list)),
		];
		const tasks = [
			...[FRIGATE["preset-rtsp-generic"], FRIGATE[input.input_args]].map(roles),
			// Its ffmpeg throws away what it has looked at first, up to some seconds.
			...sources.map((each) => () => problemWith(`ffmpeg ${go2rtcInput(each)} go2rtc.mkv`, "home", 8)),
			...commands.map((command) => () => problemWith(command)),
		];
		assert.deepEqual(await all(tasks), []);
	});

	it("for Motion work as they stand on the page and in the documents (ONE-3)", async () => {
		const shown = blocksIn(readFileSync(join(TOP, "docs/integrations.md"), "utf8"), "").filter((block) =>
			block.startsWith("netcam_"),
		);
		assert.equal(shown.length, 2);
		const configure = (text: string) => async (): Promise<string> => {
			const folder = mkdtempSync(join(scratch, "c"));
			// Its own settings are about where it writes, and that it keeps pictures although nothing moves.
			const own = `daemon off\nlog_level 6\ntarget_dir ${folder}\npicture_output on\nemulate_motion on\nmovie_output off\nwebcontrol_port 0\n`;
			writeFileSync(join(folder, "motion.conf"), `${own}${text}`);
			const run = `timeout 80 ${NOBODY.join(" ")} motion -n -c motion.conf & p=$!; for i in $(seq 250); do ls *.jpg >/dev/null 2>&1 && break; sleep 0.3; done; kill $p; wait $p; ls *.jpg`;
			const { code, stdout, stderr } = await shell(run, folder);
			return code === 0 && stdout.includes(".jpg") ? "" : `${text}: ${stdout}${stderr}`;
		};
		const texts = [recipe("Motion"), ...shown.map(filledIn)];
		assert.deepEqual(await all(texts.map(configure)), []);
	});

	it("play every address of the camera's page, at home and from the Internet, by its token alone (ONE-3)", async () => {
		const tasks = link.addresses
			.filter(({ takesLink }) => takesLink)
			.flatMap(({ kind, lan, internet }) =>
				[
					["home", lan],
					["wan", internet],
				].map(([from, url]) => () => {
					// Nothing asks for a port of RTSP's own: players share that of the pages.
					assert.ok(url.startsWith("rtsp:") || url.startsWith("http:"), `${kind} from ${from}: "${url}"`);
					const before = url.startsWith("rtsp") ? "-rtsp_transport tcp" : kind === "mjpeg" ? "-f mpjpeg" : "";
					return problemWith(
						`ffmpeg ${before} -i "${url}" -c copy ${kind === "snapshot" ? "still.jpg" : "live.mkv"}`,
						from,
					);
				}),
			);
		assert.equal(tasks.length, 8, "snapshot, MJPEG, RTSP and RTSP with H.264, each at home and outside");
		assert.deepEqual(await all(tasks), []);
	});

	it("for Python and TypeScript work as they stand in docs/integrations.md", async function () {
		needs(this, "python3-requests");
		const text = readFileSync(join(TOP, "docs/integrations.md"), "utf8");
		const folder = mkdtempSync(join(scratch, "c"));
		const [python] = blocksIn(text, "python");
		writeFileSync(join(folder, "camera.py"), filledIn(python));
		const { stdout, stderr } = await shell("/usr/bin/python3 camera.py", folder);
		assert.equal(stdout, "Garden\n", stderr);
		// npx takes what is installed in the folder.
		symlinkSync(join(TOP, "node_modules"), join(folder, "node_modules"));
		const [document] = playerCommandsIn(text).filter((each) => each.includes("porthole.json"));
		const generators = linesOf(text).filter((line) => line.startsWith("npx "));
		assert.equal(generators.length, 2);
		for (const command of [
			filledIn(document),
			...generators.map((line) => line.replace("npx ", "npx --no-install ")),
		]) {
			const { code, stdout, stderr } = await shell(`HOME=. ${command}`, folder);
			assert.equal(code, 0, `${command}\n${stdout}${stderr}`);
		}
		assert.match(readFileSync(join(folder, "porthole.d.ts"), "utf8"), /"\/api\/v1\/status"/);
		assert.ok(existsSync(join(folder, "porthole/client.gen.ts")));
	});

	it("of ffmpeg keep real time: 11 s of Motion JPEG are 11 s", async () => {
		const text = readFileSync(join(TOP, "docs/integrations.md"), "utf8");
		const command = playerCommandsIn(text).find((each) => each.includes("-f mpjpeg") && each.includes("-c copy")) ?? "";
		assert.match(command, /-use_wallclock_as_timestamps 1/);
		const { text: limit, file } = limited(filledIn(command), 11);
		const folder = mkdtempSync(join(scratch, "c"));
		const start = performance.now();
		const { code, stderr } = await shell(limit, folder);
		const taken = (performance.now() - start) / 1000;
		assert.equal(code, 0, stderr);
		const { stdout } = await shell(`ffprobe -v error -show_entries format=duration -of csv=p=0 ${file}`, folder);
		const seconds = Number(stdout);
		assert.ok(seconds > 10 && seconds < 12, `${seconds} s`);
		// Without the option ffmpeg would take 55 s for as much of 5 pictures a second.
		assert.ok(taken > seconds - 1 && taken < seconds + 12, `${seconds} s in ${taken} s`);
	});
});
