import assert from "node:assert/strict";
import { openBrowser, saysCopied, type TestBrowser } from "../support/browser";
import { Gallery } from "../support/gallery";
import { needs } from "../support/needs";
import { Screenshots } from "../support/screenshots";

/** The pages that every camera has, on boards too. */
const COMMON = [
	"portal",
	"camera",
	"settings",
	"fleet",
	"not-found",
	"login",
	"viewer-link",
	"other-camera",
	"restart",
];
/** The most octets of all of them together. */
const PAGES_MAX = 60_000;
/** Where the pictures are kept for people who want to look at them. */
const FOLDER = process.env["PORTHOLE_TEST_SCREENSHOTS"];

describe("lab/screenshots of every page of every appliance", function () {
	this.timeout(600_000);
	let gallery: Gallery;
	let chromium: TestBrowser;
	let shots: Screenshots;

	before(async function () {
		needs(this, "build", "chromium");
		[gallery, chromium] = await Promise.all([Gallery.start(), openBrowser()]);
		shots = new Screenshots(gallery, chromium.browser, FOLDER);
	});
	after(async () => {
		await chromium?.close();
		await gallery?.stop();
	});

	it("on a phone: nothing too small for a finger or too wide at 320 pixels, and axe finds nothing, light and dark (IMG-14, IMG-15)", async () => {
		await shots.take("phone");
		assert.deepEqual(shots.faults.splice(0), []);
	});

	it("on a desktop: axe finds nothing, light and dark (IMG-14, IMG-15)", async () => {
		await shots.take("desktop");
		assert.deepEqual(shots.faults.splice(0), []);
	});

	it("take at most 60 kB as sent, the pages that every camera has with style and script, which are compressed (IMG-14)", () => {
		const { pages, assets } = shots;
		const own = [...assets].filter(([path]) => path.startsWith("/porthole."));
		const common = COMMON.map((name) => [name, pages.get(name) ?? NaN] as const);
		const octets = [...own, ...common].reduce((sum, [, size]) => sum + size, 0);
		const apart = [...pages, ...assets].filter(([name]) => !COMMON.includes(name) && !name.startsWith("/porthole."));
		const list = (sizes: readonly (readonly [string, number])[]) => sizes.map((size) => size.join(" ")).join(", ");
		console.log(`      ${octets} octets: ${list([...own, ...common])}\n      counted apart: ${list(apart)}`);
		assert.ok(octets <= PAGES_MAX, `${octets} octets`);
	});

	it("can be put on a home screen after a login, with name and icons (IMG-15)", async () => {
		const { demo } = gallery;
		const context = await chromium.browser.newContext();
		await gallery.logIn(context);
		const manifest = await (await context.request.get(demo.url(1, "manifest.webmanifest"))).json();
		assert.equal(manifest.name, "Camera 1");
		for (const { src, type } of manifest.icons) {
			const icon = await context.request.get(new URL(src, demo.url(1)).href);
			assert.deepEqual([icon.status(), icon.headers()["content-type"]], [200, type], src);
			assert.equal((await fetch(new URL(src, demo.url(1)))).status, 401);
		}
		await context.close();
	});

	for (const clipboard of ["with", "without"]) {
		it(`copy a code by its button, in browsers ${clipboard} the clipboard that only secure pages have`, async () => {
			const context = await chromium.browser.newContext();
			await gallery.logIn(context);
			const page = await context.newPage();
			if (clipboard === "without") await page.addInitScript("Object.defineProperty(navigator, 'clipboard', {})");
			const shown = gallery.pages.find(({ name }) => name === "viewer-link");
			await page.goto(shown?.url ?? "", { waitUntil: "domcontentloaded" });
			await shown?.prepare?.(page);
			const text = await page.locator(".copy .code").first().textContent();
			const said = saysCopied(page);
			await page.locator(".copy button").first().click();
			await said;
			await page.goto(gallery.demo.url(1, "settings"), { waitUntil: "domcontentloaded" });
			const field = page.locator("input[name=name]").first();
			await field.fill("");
			await field.evaluate((input: { maxLength: number }) => {
				input.maxLength = 1000;
			});
			await field.press("Control+V");
			assert.equal(await field.inputValue(), text);
			await context.close();
		});
	}
});
