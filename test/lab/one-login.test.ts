import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { relayKeyOf, relayKeyText } from "../../src/relay/relay-key";
import { FRAME } from "../../tools/camera-program";
import { until } from "../support/until";
import { ORIGIN, OTHER, programOf, RATE, RELAY_OUTSIDE, RELAY2, relayLabFor } from "./relay-lab";
import { ffmpegHttp, ffmpegRtsp } from "./relay-players";
import { relayNeeds } from "./relay-suite";

const FLEET_KEY = "only-the-cameras-of-this-house";
const OWNER = "one for everything";
const VIEWER = "and one to watch";
/** A place from which a person logs in. */
const FROM = "relay";
const START_TIME = 30_000;

describe("lab/one login for the programs of a home", function () {
	this.timeout(180_000);
	const built = relayLabFor(relayNeeds("node"));
	let id = "";
	let first = "";

	/** The status by which curl is answered, with a login by Digest. */
	async function curl(user: string, password: string, url: string, ...words: readonly string[]): Promise<string> {
		const login = ["--digest", "-u", `${user}:${password}`];
		const argv = ["curl", "-s", "-m", "10", ...login, "-w", "\n%{http_code}", ...words, url];
		return (await built().must(FROM, argv)).stdout;
	}
	const status = async (...asked: Parameters<typeof curl>) => Number((await curl(...asked)).split("\n").at(-1));

	/** Waits until a program that has started asks for a login. */
	async function untilAsked(what: string, address: string): Promise<void> {
		const argv = ["curl", "-s", "-m", "2", "-o", "/dev/null", "-w", "%{http_code}", `http://${address}:8000/`];
		await until(`${what} answers`, START_TIME, async () => (await built().lab.exec(FROM, argv)).stdout === "401");
	}

	/** Whether ffmpeg gets pictures. */
	async function plays(argv: readonly string[]): Promise<boolean> {
		return (await built().lab.exec(FROM, ["timeout", "20", ...argv])).code === 0;
	}
	const rtsp = (user: string, password: string) =>
		ffmpegRtsp(`rtsp://${user}:${encodeURIComponent(password)}@${ORIGIN}:8554/live`, "tcp", "-frames:v", "3");

	before(async () => {
		const lab = built();
		const start = (place: string, command: string, ...flags: readonly string[]) => {
			const own = [command, "--data", lab.data(place), "--interface", "eth0"];
			return lab.lab.spawn(place, [...programOf("node"), ...own, ...flags]);
		};
		const server = start("relay2", "rendezvous", "--password", "of-the-server");
		const key = await until("the rendezvous server has a key", START_TIME, () =>
			Promise.resolve(/\b([0-9a-f]{64})@/.exec(server.output)?.[1]),
		);
		const fleet = ["--fleet-key", FLEET_KEY, "--rendezvous", `${key}@${RELAY2}`];
		start("origin", "camera", "--name", "Garage", "--source", FRAME, "--fps", `${RATE}`, ...fleet);
		first = await until("the camera has its first password", START_TIME, () =>
			Promise.resolve(readIfThere(join(lab.data("origin"), "first-password.value"))),
		);
		await untilAsked("the camera", ORIGIN);
		id = JSON.parse((await curl("owner", first, `http://${ORIGIN}:8000/api/v1/status`)).split("\n")[0]).id;
		start("other", "nas", "--storage", lab.data("recordings"), ...fleet);
		await untilAsked("the NAS", OTHER);
		const origin = `origin home ${relayKeyText(relayKeyOf(FLEET_KEY, "relay"))} http://${ORIGIN}:8000\n`;
		await lab.startRelay("node", origin);
	});

	it("takes the passwords that are set at the camera, at the NAS too (ONE-5)", async () => {
		for (const [user, password, login] of [
			["owner", OWNER, first],
			["viewer", VIEWER, OWNER],
		] as const) {
			const form = ["-d", `user=${user}`, "--data-urlencode", `password=${password}`];
			assert.equal(await status("owner", login, `http://${ORIGIN}:8000/api/v1/password`, ...form), 200);
		}
		await until("the NAS has them", START_TIME, async () => {
			return (await status("viewer", VIEWER, `http://${OTHER}:8000/nas`)) === 200;
		});
		assert.equal(await status("owner", first, `http://${ORIGIN}:8000/settings`), 401);
	});

	it("opens the pages of both, the camera's RTSP, and the NAS's files, with curl and ffmpeg (ONE-5)", async () => {
		assert.equal(await status("owner", OWNER, `http://${ORIGIN}:8000/settings`), 200);
		assert.equal(await status("owner", OWNER, `http://${OTHER}:8000/settings`), 200);
		assert.equal(await status("viewer", VIEWER, `http://${OTHER}:8000/settings`), 403);
		assert.ok(await plays(rtsp("owner", OWNER)));
		assert.ok(await plays(rtsp("viewer", VIEWER)));
		assert.ok(!(await plays(rtsp("owner", first))));
		const file = `http://${OTHER}:8000/dav/files/note.txt`;
		const upload = ["-X", "PUT", "--data-binary", "one login"];
		assert.equal(await status("owner", OWNER, file, ...upload), 201);
		assert.equal(await status("viewer", VIEWER, file, ...upload), 403);
		assert.equal(await curl("viewer", VIEWER, file), "one login\n200");
		assert.equal(await status("owner", VIEWER, file), 401);
	});

	it("gives out tickets that open the relay (ONE-5, REP-12)", async () => {
		const page = await until("the relay has registered", START_TIME, async () => {
			const answer = await curl("viewer", VIEWER, `http://${ORIGIN}:8000/relays/watch/${id}`);
			return answer.endsWith("\n200") && answer;
		});
		const url = /src="(http:\/\/[^"]*link=[^"]*)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? assert.fail(page);
		assert.equal(new URL(url).hostname, RELAY_OUTSIDE);
		// Its pass has ended with the old passwords.
		await until("the relay has a new pass", 15_000, () => plays(ffmpegHttp(url, "-frames:v", "3")));
		assert.ok(!(await plays(ffmpegHttp(url.split("?")[0], "-frames:v", "3"))), "not without");
		assert.equal(await status("owner", first, `http://${ORIGIN}:8000/relays/watch/${id}`), 401);
	});

	it("pairs a viewer's program with the home at the rendezvous server (ONE-5, P2P-13)", async () => {
		const lab = built();
		const pair = (password: string) => {
			const words = ["view", "--pair", `http://${ORIGIN}:8000`, "--home", "Cabin", "--data", lab.data("viewer")];
			return lab.lab.exec(FROM, ["env", `PORTHOLE_PASSWORD=${password}`, ...programOf("node"), ...words], 60_000);
		};
		const wrong = await pair(first);
		assert.notEqual(wrong.code, 0, wrong.stdout);
		// After the wrong passwords of these tests the login may have to wait for a moment.
		let right = await pair(OWNER);
		await until("the login need not wait any more", 60_000, async () => {
			if (/answers 429/.test(right.stderr)) right = await pair(OWNER);
			return !/answers 429/.test(right.stderr);
		});
		assert.equal(right.code, 0, right.stderr);
		const list = await lab.must(FROM, [...programOf("node"), "view", "--list", "--data", lab.data("viewer")]);
		assert.match(list.stdout, /garage/i);
	});
});

function readIfThere(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8").trim() || undefined;
	} catch {
		return undefined;
	}
}
