import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { logIn, openBrowser, type TestBrowser } from "../support/browser";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";

/** How many pictures of the film show nothing, and how many something that crosses it. */
const QUIET = 50;
const CROSSING = 20;
const SIZE = { width: 320, height: 240 } as const;
/** A detector has to learn the picture, on a busy machine. */
const LIMIT = 60_000;

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
	let folder: string;
	let chromium: TestBrowser;
	const cameras: RunningCamera[] = [];

	before(async function () {
		needs(this, "build", "porthole-linux", "chromium");
		folder = mkdtempSync(join(tmpdir(), "porthole-film-"));
		mkdirSync(join(folder, "film"));
		await film(join(folder, "film"));
		const flags = ["--source", join(folder, "film"), "--fps", "5", "--motion-events", "on", "--password", PASSWORD];
		for (const program of CAMERA_PROGRAMS) cameras.push(await startCamera(program, ...flags, "--name", "Garden"));
		chromium = await openBrowser();
	});
	after(async () => {
		await chromium?.close();
		await Promise.all(cameras.map((camera) => camera.stop()));
		rmSync(folder, { recursive: true, force: true });
	});

	for (const [n, program] of CAMERA_PROGRAMS.entries()) {
		it(`show what moved, with a still and the time in the visitor's own words, at ${program.name} (STR-26)`, async () => {
			const context = await chromium.browser.newContext({ locale: "en-GB", timezoneId: "Asia/Tokyo" });
			const page = await context.newPage();
			const complaints: string[] = [];
			page.on("pageerror", (error) => complaints.push(error.message));
			await logIn(page, `http://localhost:${cameras[n].port}/camera`);
			const recent = page.locator("#recent");
			assert.equal(await recent.getAttribute("hidden"), "", "an empty list is not shown");
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
			assert.equal(await time.textContent(), moment.toLocaleString("en-GB", { timeZone: "Asia/Tokyo" }));
			assert.deepEqual(complaints, []);
			await context.close();
		});
	}
});
