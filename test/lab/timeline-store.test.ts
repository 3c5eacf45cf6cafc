import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { AccessUnit } from "../../src/media/access-unit";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import { logIn, openBrowser, type TestBrowser } from "../support/browser";
import { needs } from "../support/needs";
import { PLAIN_SETS, plainDelta, plainJpeg, plainKey } from "../support/plain-pictures";
import { fillFolder } from "../support/recordings-folder";
import { TimelineSite } from "../support/timeline-site";
import { until } from "../support/until";

const WAIT = 60_000;
const MINUTE = 60_000;

/** Facts that ffprobe finds in a file. */
function probe(path: string): { codec: string; pictures: number; format: string } {
	const words = [
		"-v",
		"error",
		"-count_packets",
		"-show_entries",
		"stream=codec_name,nb_read_packets:format=format_name",
	];
	const { stdout, stderr } = spawnSync("ffprobe", [...words, "-of", "json", path], { encoding: "utf8" });
	assert.equal(stderr, "");
	const { streams, format } = JSON.parse(stdout);
	return { codec: streams[0].codec_name, pictures: Number(streams[0].nb_read_packets), format: format.format_name };
}

function frameOf(jpeg: Uint8Array, sequence: number, utc: number): Frame {
	const bytes = new Uint8Array(FRAME_HEADROOM + jpeg.length + FRAME_TAILROOM);
	bytes.set(jpeg, FRAME_HEADROOM);
	return new Frame(bytes, FRAME_HEADROOM, FRAME_HEADROOM + jpeg.length, sequence, utc, utc);
}

function unitOf(bytes: Uint8Array, isKey: boolean, sequence: number, at: number): AccessUnit {
	return new AccessUnit(bytes, 0, bytes.length, isKey, sequence, at, (at * 90) >>> 0);
}

describe("lab/timeline of recordings on a disk", function () {
	this.timeout(300_000);
	const folder = mkdtempSync(join(tmpdir(), "porthole-timeline-"));
	const local = new Date();
	/** Yesterday at 10:00 in local time. */
	const ten = new Date(local.getFullYear(), local.getMonth(), local.getDate() - 1, 10).getTime();
	let site: TimelineSite;
	let chromium: TestBrowser;
	let page: Page;

	before(async function () {
		needs(this, "chromium", "ffmpeg");
		fillFolder(folder, [
			{ camera: "gate", title: "Gate", from: ten, to: ten + 20 * MINUTE, interval: 200, encoding: "H264" },
			{ camera: "yard", title: "Yard", from: ten, to: ten + 20 * MINUTE, interval: 200, gap: "source" },
		]);
		site = await TimelineSite.startOn(folder, ["gate", "yard", "live-yard", "live-gate"]);
		chromium = await openBrowser();
		const context = await chromium.browser.newContext({ locale: "en-GB" });
		page = await context.newPage();
		page.setDefaultTimeout(WAIT);
		await logIn(page, site.url(`timeline?camera=gate&at=${ten + 3 * MINUTE}`));
	});
	after(async () => {
		await chromium?.close();
		await site?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	const timeOf = (): Promise<string | null> => page.locator("#stage figcaption span:last-child").first().textContent();

	it("shows and plays H.264 in the browser (STR-11, STR-13)", async () => {
		await until("the key picture", WAIT, async () => (await timeOf()) === "10:03:00");
		assert.ok(await page.locator("#stage video").evaluate((video: { videoWidth: number }) => video.videoWidth > 0));
		await page.click("#play");
		await until("it plays", WAIT, async () => ((await timeOf()) ?? "") >= "10:03:03");
		await page.selectOption("#speed", "60");
		await until("it leaps", WAIT, async () => ((await timeOf()) ?? "") >= "10:06:00");
		await page.click("#play");
		assert.ok(((await timeOf()) ?? "") < "10:20:00");
	});

	it("shows other pictures of H.264 after a jump while it played (STR-13)", async () => {
		await page.selectOption("#speed", "1");
		await page.fill("#time", "10:05:00");
		await until("the picture", WAIT, async () => (await timeOf()) === "10:05:00");
		await page.click("#play");
		await until("it plays", WAIT, async () => ((await timeOf()) ?? "") >= "10:05:02");
		await page.fill("#time", "10:09:00");
		await until("it plays on from there", WAIT, async () => ((await timeOf()) ?? "") >= "10:09:02");
		await page.click("#play");
		for (const time of ["10:14:00", "10:02:00"]) {
			await page.fill("#time", time);
			await until("its picture", WAIT, async () => (await timeOf()) === time);
		}
	});

	it("plays H.264 and JPEG side by side (STR-13)", async () => {
		await page.selectOption("#speed", "1");
		await page.fill("#time", "10:12:00");
		await page.getByRole("button", { name: "yard", exact: true }).click();
		const second = page.locator("#stage figcaption span:last-child").nth(1);
		await until("both", WAIT, async () => (await second.textContent()) === "10:12:00");
		await page.click("#play");
		await until(
			"both play",
			WAIT,
			async () => ((await second.textContent()) ?? "") >= "10:12:03" && ((await timeOf()) ?? "") >= "10:12:03",
		);
		await page.click("#play");
	});

	const files: [path: string, codec: string, format: RegExp][] = [
		["gate/export.mp4", "h264", /mp4/],
		["gate/export.mkv", "h264", /matroska/],
		["yard/export.mov", "mjpeg", /mov/],
		["yard/export.avi", "mjpeg", /avi/],
		["yard/export.mkv", "mjpeg", /matroska/],
	];
	for (const [path, codec, format] of files) {
		it(`downloads a clip as ${path} with a length, from any offset, which ffprobe accepts (STR-11, STR-13)`, async () => {
			const url = site.url(`recordings/${path}?from=${ten + MINUTE}&to=${ten + 2 * MINUTE}`);
			const answer = await page.request.get(url);
			const body = await answer.body();
			assert.equal(answer.status(), 200);
			assert.equal(Number(answer.headers()["content-length"]), body.length);
			assert.match(answer.headers()["content-disposition"], /^attachment; filename="\w+ 20\d\d-.*Z\.\w+"$/);
			const rest = await page.request.get(url, { headers: { range: "bytes=1000-" } });
			assert.equal(rest.status(), 206);
			assert.ok((await rest.body()).equals(body.subarray(1000)), "a download can be resumed");
			const file = join(folder, path.replace("/", "-"));
			writeFileSync(file, body);
			const found = probe(file);
			assert.equal(found.codec, codec);
			assert.match(found.format, format);
			// H.264 begins at a key picture, at most a second before.
			assert.ok(found.pictures >= 300 && found.pictures <= 305, `${found.pictures}`);
		});
	}

	it("says which format holds which encoding, and that nothing was recorded", async () => {
		const status = async (path: string) => (await page.request.get(site.url(`recordings/${path}`))).status();
		assert.equal(await status(`gate/export.avi?from=${ten}&to=${ten + MINUTE}`), 415);
		assert.equal(await status(`yard/video.mp4?from=${ten}&to=${ten + MINUTE}`), 415);
		assert.equal(await status(`yard/export.mkv?from=${ten - MINUTE}&to=${ten}`), 404);
	});

	it("keeps a lock on the disk (STR-13)", async () => {
		const form = { from: `${ten}`, to: `${ten + MINUTE}` };
		const answer = await page.request.post(site.url("api/v1/recordings/yard/lock"), { form });
		assert.equal(answer.status(), 200);
		const url = site.url(`api/v1/recordings/yard/coverage?from=${ten}&to=${ten + 20 * MINUTE}`);
		const { coverage } = await (await page.request.get(url)).json();
		assert.deepEqual(
			coverage.map(({ locked }: { locked: boolean }) => locked),
			[true, false],
		);
	});

	for (const encoding of ["JPEG", "H264"] as const) {
		it(`shows, plays and exports what is being recorded at this moment: ${encoding} (STR-11, STR-13)`, async () => {
			const key = encoding === "JPEG" ? "live-yard" : "live-gate";
			const listener = { storageTrouble: assert.fail, storageWorks() {} };
			const writer = site.store?.writer(key, key, listener) ?? assert.fail();
			const begun = Date.now();
			let number = 0;
			const given: number[] = [];
			const recording = setInterval(() => {
				const utc = Date.now();
				given.push(utc);
				const isKey = number % 5 === 0;
				if (encoding === "JPEG") writer.frame(frameOf(plainJpeg(40 + (number % 100)), number, utc), utc);
				else
					writer.unit(
						unitOf(isKey ? plainKey(40 + (number % 100)) : plainDelta(number % 5), isKey, number, utc),
						utc,
						PLAIN_SETS,
					);
				number++;
			}, 200);
			try {
				await until("it is being recorded", WAIT, () => {
					const last = site.store?.cameras().find((each) => each.key === key)?.to ?? 0;
					return given.length > 20 && last > given[15];
				});
				const end = given[15];
				const kind = encoding === "JPEG" ? "mkv" : "mp4";
				const url = site.url(`recordings/${key}/export.${kind}?from=${begun}&to=${end}`);
				const answer = await page.request.get(url);
				assert.equal(answer.status(), 200);
				const file = join(folder, `running.${kind}`);
				writeFileSync(file, await answer.body());
				const { pictures } = probe(file);
				const wanted = given.filter((utc) => utc < end).length;
				assert.ok(Math.abs(pictures - wanted) <= 1 && wanted > 1, `${pictures} pictures instead of ${wanted}`);
				await page.goto(site.url(`timeline?camera=${key}`));
				await page.getByRole("button", { name: "Live", exact: true }).click();
				await until("live", WAIT, async () => {
					const [hours, minutes, seconds] = ((await timeOf()) ?? "").split(":").map(Number);
					return (
						Math.abs(new Date().setHours(hours, minutes, seconds) - Date.now()) < 15_000 &&
						(await page.textContent("#play")) === "Pause"
					);
				});
				const first = await timeOf();
				await until("it goes on", WAIT, async () => (await timeOf()) !== first);
			} finally {
				clearInterval(recording);
				await new Promise<void>((done) => writer.close("off", done));
			}
		});
	}
});
