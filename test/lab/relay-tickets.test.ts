import assert from "node:assert/strict";
import { relayKeyOf, relayKeyText } from "../../src/relay/relay-key";
import { logIn, openBrowser } from "../support/browser";
import { PASSWORD } from "../support/digest";
import { isLatePause } from "../support/late-pause";
import { needs } from "../support/needs";
import { until } from "../support/until";
import type { LabProcess } from "./lab";
import { ORIGIN, RELAY_OUTSIDE, type RelayLab, relayLabFor, type ViewerName } from "./relay-lab";
import { curlHttp, ffmpegHttp, ffmpegRtsp, gstHttp, gstRtsp } from "./relay-players";
import { relayNeeds } from "./relay-suite";

const KEY = "a-key-of-the-whole-home";
const PAGES = `http://${ORIGIN}:8000`;
const TABLE = `origin home ${relayKeyText(relayKeyOf(KEY, "relay"))} ${PAGES}`;
/** Time for what happens within seconds, on a busy machine, in milliseconds. */
const PATIENCE = 60_000;

interface Records {
	readonly records: readonly { readonly isLast: boolean }[];
}

for (const kind of ["node", "xs"] as const) {
	describe(`lab/relay-tickets: a relay on ${kind} that a camera sends its viewers to`, function () {
		this.timeout(240_000);
		const built = relayLabFor(relayNeeds(kind, "gst-launch-1.0"), "forward");
		let lab: RelayLab;
		let relay: LabProcess;
		let link = "";
		const watching: LabProcess[] = [];

		/** Asks the camera as its owner. */
		const ask = async <Answer>(path: string, form?: string): Promise<Answer> => {
			const words = form === undefined ? [] : ["-d", form];
			const login = ["--digest", "-u", `owner:${PASSWORD}`, "-H", "Accept: application/json"];
			const { stdout } = await lab.must("v3", ["curl", "-sf", ...login, ...words, `${PAGES}${path}`]);
			return JSON.parse(stdout);
		};
		const play = async (viewer: ViewerName, argv: readonly string[]): Promise<void> => {
			const { code, stderr } = await lab.lab.exec(viewer, argv, PATIENCE);
			assert.ok(code === 0 || isLatePause(stderr), `${argv.join(" ")}: ${stderr}\n${relay.output.slice(-2000)}`);
		};
		const camera = (): string => PAGES.replace("http", "rtsp").replace(":8000", ":8554");

		before(async () => {
			lab = built();
			const limits = ["--viewers", "4", "--rtsp-connections", "4", "--rtsp-connections-per-address", "4"];
			await lab.startOrigin("node", "--fleet-key", KEY, ...limits);
			relay = await lab.startRelay(kind, TABLE);
			link = (await ask<{ token: string }>("/api/v1/links", "hours=1")).token;
			await until("the relay has registered", PATIENCE, async () => {
				const { relays } = await ask<{ relays: { name: string; host: string }[] }>("/api/v1/relays");
				return relays[0]?.name === "relay" && relays[0].host === RELAY_OUTSIDE;
			});
		});
		afterEach(async () => {
			for (const process of watching.splice(0)) await process.end();
		});

		it("takes over viewers of Motion JPEG, whose players follow the camera's answer (ONE-7, REP-12)", async () => {
			const url = `${PAGES}/stream.mjpeg?link=${link}`;
			for (const viewer of ["v1", "v2"]) watching.push(lab.lab.spawn(viewer, curlHttp(url, 120)));
			await until("two viewers", PATIENCE, async () => {
				const { frames } = await ask<{ frames: { viewers: number } }>("/api/v1/status");
				return frames.viewers === 2;
			});
			await play("v1", ffmpegHttp(url, "-frames:v", "20"));
			await play("v2", gstHttp(url, 20));
			await until("the records", PATIENCE, async () => (await ask<Records>("/api/v1/ledger")).records.length >= 2);
		});

		it("takes over RTSP players, which follow 302 (ONE-7, REP-12)", async () => {
			const url = `${camera()}/live?link=${link}`;
			for (const viewer of ["v1", "v2"]) watching.push(lab.lab.spawn(viewer, gstRtsp(url, "tcp", 100_000)));
			await until("two players", PATIENCE, async () => {
				const { streams } = await ask<{ streams: { state: string }[] }>("/api/v1/streams");
				return streams.filter(({ state }) => state === "playing").length === 2;
			});
			const before = relay.output.length;
			await play("v3", ffmpegRtsp(url, "tcp", "-frames:v", "20"));
			await play("v3", ffmpegRtsp(url, "udp", "-frames:v", "20"));
			await play("v1", gstRtsp(url, "tcp", 20));
			assert.match(relay.output.slice(before), /10\.9\.0\.13 plays home\/[0-9a-f]{16} by UDP/);
		});

		it("shows a camera through the relay to a browser, which tells the camera that a picture has come (REP-12)", async function () {
			needs(this, "chromium");
			const chromium = await openBrowser(`${lab.lab.name}-v1`);
			try {
				const page = await chromium.browser.newPage();
				await logIn(page, `${PAGES}/relays`);
				const seen = page.waitForResponse(`${PAGES}/api/v1/relays/seen`, { timeout: PATIENCE });
				await page.click("a[href^='/relays/watch/']");
				assert.equal((await seen).status(), 200);
				const { width, src } = await page.$eval("#relayed", (picture) => {
					const { naturalWidth: width, src } = picture as unknown as { naturalWidth: number; src: string };
					return { width, src };
				});
				assert.equal(width, 640);
				assert.ok(src.startsWith(`http://${RELAY_OUTSIDE}:8080/home/`), src);
			} finally {
				await chromium.close();
			}
		});

		it("admits players by links of the owner only (REP-12)", async () => {
			const [content] = /[0-9a-f]{16}/.exec(JSON.stringify(await ask("/api/v1/cameras"))) ?? [];
			const form = `relay=relay&content=${content}&viewer=ann&hours=1`;
			const { http, rtsp } = await ask<{ http: string; rtsp: string }>("/api/v1/relays/links", form);
			await play("v1", ffmpegHttp(http, "-frames:v", "20"));
			await play("v2", gstHttp(http, 20));
			await play("v1", ffmpegRtsp(rtsp, "udp", "-frames:v", "20"));
			await play("v2", gstRtsp(rtsp, "tcp", 20));
			for (const [url, argv] of [
				[http, ffmpegHttp(http.replace(".ann.", ".bob."), "-frames:v", "1")],
				[rtsp, ffmpegRtsp(rtsp.split("?")[0], "tcp", "-frames:v", "1")],
			] as const) {
				const { code, stderr } = await lab.lab.exec("v1", argv, PATIENCE);
				assert.notEqual(code, 0, url);
				assert.match(stderr, /401/);
			}
			await until("the records", PATIENCE, async () => {
				const { records } = await ask<Records>("/api/v1/ledger?viewer=ann");
				return records.filter(({ isLast }) => isLast).length >= 4;
			});
		});
	});
}
