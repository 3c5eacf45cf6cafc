import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import sharp from "sharp";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { findBarriers } from "../support/axe";
import { logIn, openBrowser, type TestBrowser } from "../support/browser";
import { DemoProcess } from "../support/demo-process";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { until } from "../support/until";

/** How many pictures of the film show nothing, and how many something that crosses it. */
const QUIET = 50;
const CROSSING = 20;
const SIZE = { width: 320, height: 240 } as const;
/** A detector has to learn the picture, on a busy machine. */
const LIMIT = 60_000;
const VIEWER = "only-looking";
const TOKYO = "Asia/Tokyo";

/** The width of the first picture on a page that fits, once it is there. */
function widthOf(page: Page, selector: string): Promise<number> {
	const first = page.locator(selector).first();
	const width = ({ complete, naturalWidth }: { complete: boolean; naturalWidth: number }) =>
		complete && naturalWidth > 0 && naturalWidth;
	return until("a picture", LIMIT, () => first.evaluate(width));
}

/** Writes a film that repeats: a garden, through which something bright goes. */
async function film(folder: string): Promise<void> {
	const box = await sharp({ create: { width: 50, height: 80, channels: 3, background: "#f0f0e0" } })
		.png()
		.toBuffer();
	for (let i = 0; i < QUIET + CROSSING; i++) {
		const left = i < QUIET ? undefined : Math.round(((i - QUIET) * (SIZE.width - 50)) / CROSSING);
		const picture = sharp({ create: { ...SIZE, channels: 3, background: "#4a6a4a" } })
			.composite(left === undefined ? [] : [{ input: box, left, top: 80 }])
			.jpeg();
		writeFileSync(join(folder, `${i}`.padStart(3, "0").concat(".jpg")), await picture.toBuffer());
	}
}

describe("lab/latest events on the page of a camera without a NAS", function () {
	this.timeout(300_000);
	let folder: string | undefined;
	let chromium: TestBrowser;
	const cameras: RunningCamera[] = [];

	before(async function () {
		needs(this, "build", "porthole-linux", "chromium");
		folder = mkdtempSync(join(tmpdir(), "porthole-film-"));
		mkdirSync(join(folder, "film"));
		await film(join(folder, "film"));
		const flags = ["--source", join(folder, "film"), "--fps", "5", "--password", PASSWORD, "--viewer-password", VIEWER];
		flags.push("--motion-events", "on");
		for (const program of CAMERA_PROGRAMS) cameras.push(await startCamera(program, ...flags, "--name", "Garden"));
		chromium = await openBrowser();
	});
	after(async () => {
		await chromium?.close();
		await Promise.all(cameras.map((camera) => camera.stop()));
		if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
	});

	for (const [n, program] of CAMERA_PROGRAMS.entries()) {
		it(`show what moved, with a still and the time in the visitor's own words, at ${program.name} (STR-26)`, async () => {
			const context = await chromium.browser.newContext({ locale: "en-GB", timezoneId: TOKYO });
			const page = await context.newPage();
			const complaints: string[] = [];
			page.on("pageerror", (error) => complaints.push(error.message));
			await logIn(page, `http://localhost:${cameras[n].port}/camera`);
			const recent = page.locator("#recent");
			const isShown = await recent.evaluate((box: { hidden: boolean; querySelector(css: string): unknown }) => {
				return { box: !box.hidden, list: box.querySelector("li") !== null };
			});
			assert.equal(isShown.box, isShown.list, "an empty list is not shown");
			const first = recent.locator("li").first();
			// The page asks by itself.
			await first.waitFor({ timeout: LIMIT });
			assert.equal(await recent.getByRole("heading").isVisible(), true);
			const picture = first.locator("img");
			const seen = await picture.evaluate(
				async (image: { decode(): Promise<void>; naturalWidth: number; src: string }) => {
					await image.decode();
					return { width: image.naturalWidth, src: image.src };
				},
			);
			assert.equal(seen.width, SIZE.width);
			// What is bright in the still is what moved.
			const still = await context.request.get(seen.src);
			const { channels } = await sharp(await still.body()).stats();
			assert.ok(channels[0].max > 200, `${channels[0].max}`);
			const time = first.locator("time");
			const moment = new Date((await time.getAttribute("datetime")) ?? "");
			assert.ok(Math.abs(Date.now() - moment.getTime()) < 5 * LIMIT, moment.toISOString());
			assert.equal(await time.textContent(), moment.toLocaleString("en-GB", { timeZone: TOKYO }));
			assert.deepEqual(await findBarriers(page), []);
			// Without a NAS there is the picture alone.
			await first.getByRole("link").click();
			await page.waitForURL(/\/events\/\d+\/picture\.jpg$/);
			assert.deepEqual(complaints, []);
			await context.close();
		});

		it(`show the same to viewers and without script, at ${program.name} (STR-26)`, async () => {
			const base = `http://localhost:${cameras[n].port}`;
			const context = await chromium.browser.newContext({ javaScriptEnabled: false });
			const page = await context.newPage();
			await page.goto(`${base}/camera`, { waitUntil: "domcontentloaded" });
			await page.selectOption("select[name=user]", "viewer");
			await page.fill("input[name=password]", VIEWER);
			await page.click("button");
			await page.waitForSelector("nav");
			assert.equal(await page.getByRole("link", { name: "Settings" }).count(), 0);
			await page.goto(`${base}/camera`, { waitUntil: "domcontentloaded" });
			await page.getByRole("link", { name: "Latest events" }).click();
			await page.waitForURL(`${base}/events`);
			const link = page.locator("main li a").first();
			await until("an event", LIMIT, async () => {
				if ((await link.count()) === 0) await page.reload();
				return (await link.count()) > 0;
			});
			assert.equal(await widthOf(page, "main li img"), SIZE.width);
			assert.match((await link.textContent()) ?? "", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
			await link.click();
			await page.waitForURL(/\/events\/\d+\/picture\.jpg$/);
			await context.close();
		});
	}
});

describe("lab/latest events on the page of a camera that a NAS records", function () {
	this.timeout(300_000);
	let demo: DemoProcess;
	let chromium: TestBrowser;
	const complaints: string[] = [];

	before(async function () {
		needs(this, "build", "chromium");
		demo = await DemoProcess.start(true);
		chromium = await openBrowser();
		await demo.untilUp(1, 2, 3);
	});
	afterEach(() => assert.deepEqual(complaints.splice(0), []));
	after(async () => {
		await chromium?.close();
		await demo?.stop();
	});

	async function visit(options: BrowserContextOptions = {}): Promise<Page> {
		const page = await (
			await chromium.browser.newContext({ locale: "en-GB", timezoneId: TOKYO, ...options })
		).newPage();
		page.setDefaultTimeout(LIMIT);
		page.on("pageerror", (error) => complaints.push(error.message));
		page.on("console", (message) => {
			if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
		});
		return page;
	}

	/** Looks at the events of camera 1, opens the first of them, and looks whether the timeline of the NAS is where it should be. */
	async function follow(page: Page): Promise<void> {
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		const first = page.locator("#recent li").first();
		await first.waitFor();
		assert.ok((await widthOf(page, "#recent li img")) > 0);
		const time = first.locator("time");
		const moment = new Date((await time.getAttribute("datetime")) ?? "");
		assert.equal(await time.textContent(), moment.toLocaleString("en-GB", { timeZone: TOKYO }));
		await first.getByRole("link").click();
		await page.waitForURL(/\/timeline\?camera=[0-9a-f]{16}&at=\d+$/);
		const { searchParams, port } = new URL(page.url());
		assert.notEqual(port, new URL(demo.url(1)).port, "the timeline of the NAS");
		assert.equal(Number(searchParams.get("at")), moment.getTime());
		assert.equal(await page.locator("input[name=password]").count(), 0, "without another login");
		await page.locator("#timeline").waitFor();
		const shown = await until("a time", LIMIT, async () => (await page.locator("#time").inputValue()) || false);
		const [hours, minutes, seconds = 0] = shown.split(":").map(Number);
		const meant = new Date(moment.getTime() + 9 * 3_600_000);
		const late =
			3600 * hours + 60 * minutes + seconds - (moment.getTime() + 9 * 3_600_000 - meant.setUTCHours(0, 0, 0, 0)) / 1000;
		assert.ok(late > -2 && late < 60, `${shown} for ${moment.toISOString()}`);
	}

	it("show stills and local times, and lead to the time on its timeline without another login (STR-26)", async () => {
		const page = await visit();
		await logIn(page, demo.url(1));
		await follow(page);
	});

	it("show the same to viewers (STR-26)", async () => {
		const page = await visit();
		await logIn(page, demo.url(1));
		await page.goto(demo.url(1, "settings"));
		await page.getByRole("button", { name: "Create link" }).click();
		const link = (await page.locator("main a.code").getAttribute("href")) ?? "";
		const viewer = await visit();
		await viewer.goto(link, { waitUntil: "domcontentloaded" });
		await viewer.waitForSelector("#cameras");
		await follow(viewer);
	});

	it("lead there without script too (STR-26)", async () => {
		const page = await visit({ javaScriptEnabled: false });
		await logIn(page, demo.url(1));
		await page.goto(demo.url(1, "camera"), { waitUntil: "commit" });
		await page.getByRole("link", { name: "Latest events" }).click();
		await page.waitForURL(demo.url(1, "events"));
		const link = page.locator("main li a").first();
		await until("an event", LIMIT, async () => {
			if ((await link.count()) === 0) await page.reload();
			return (await link.count()) > 0;
		});
		assert.ok((await widthOf(page, "main li img")) > 0);
		assert.match((await link.textContent()) ?? "", / UTC$/);
		await link.click();
		await page.waitForURL(/\/timeline\?camera=[0-9a-f]{16}&at=\d+$/);
		await page.locator("figure").waitFor();
	});
});
