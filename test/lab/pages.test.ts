import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { findBarriers } from "../support/axe";
import { logIn, openBrowser, type TestBrowser, watchPictures } from "../support/browser";
import { DemoProcess } from "../support/demo-process";
import { PASSWORD } from "../support/digest";
import { FrozenProxy } from "../support/frozen-proxy";
import { needs } from "../support/needs";
import { takeScreenshots } from "../support/screenshots";
import { until } from "../support/until";

/** The viewport of a phone. */
const PHONE = { width: 390, height: 844 };

/** What a busy machine may need to show something, in milliseconds. */
const WAIT = 60_000;

/** Finds touch targets smaller than 24 pixels in either direction (WCAG 2.2 §2.5.8). */
const SMALL_TARGETS = `[...document.querySelectorAll("a, button, input, select, summary")].flatMap((target) => {
	const { width, height } = target.getBoundingClientRect();
	return width === 0 || (width >= 24 && height >= 24) ? [] : [target.outerHTML + ": " + width + " x " + height];
})`;

describe("lab/pages of the demo in a browser", function () {
	this.timeout(300_000);
	let demo: DemoProcess;
	let chromium: TestBrowser;
	const contexts: BrowserContext[] = [];
	/** Violations of the content policy and errors in scripts. */
	const complaints: string[] = [];

	before(async function () {
		needs(this, "build", "chromium");
		demo = await DemoProcess.start();
		chromium = await openBrowser();
		await demo.untilUp(1, 2, 3);
	});
	afterEach(async () => {
		for (const context of contexts.splice(0)) await context.close();
		assert.deepEqual(complaints.splice(0), []);
	});
	after(async () => {
		await chromium?.close();
		await demo?.stop();
	});

	async function visit(options: Parameters<TestBrowser["browser"]["newContext"]>[0] = {}): Promise<Page> {
		const context = await chromium.browser.newContext(options);
		contexts.push(context);
		const page = await context.newPage();
		page.setDefaultTimeout(WAIT);
		page.on("pageerror", (error) => complaints.push(error.message));
		page.on("console", (message) => {
			if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
		});
		return page;
	}

	async function owner(options: Parameters<TestBrowser["browser"]["newContext"]>[0] = {}): Promise<Page> {
		const page = await visit(options);
		await logIn(page, demo.url(1));
		return page;
	}

	/** Where camera 1 looks. */
	async function looks(page: Page): Promise<{ pan: number; tilt: number }> {
		return (await page.request.get(demo.url(1, "api/v1/motion"))).json();
	}

	async function untilMoved(page: Page, what: string, from: { pan: number; tilt: number }): Promise<void> {
		await until(what, 5000, async () => {
			const { pan, tilt } = await looks(page);
			return pan !== from.pan || tilt !== from.tilt;
		});
	}

	it("show only the login page without a login, and say when the password is wrong", async () => {
		const page = await visit();
		for (const path of ["", "portal", "settings", "nothing-here"]) {
			const answer = await page.goto(demo.url(1, path), { waitUntil: "domcontentloaded" });
			assert.equal(answer?.status(), 401, path);
			assert.equal(await page.locator("img").count(), 0);
			assert.equal(await page.locator("input[type=password]").count(), 1);
		}
		await page.goto(demo.url(1));
		await page.fill("input[name=password]", "not the password");
		await page.click("button");
		const alert = page.locator("[role=alert]:visible");
		await alert.waitFor();
		assert.match((await alert.textContent()) ?? "", /Wrong password/);
	});

	it("show three cameras whose stills change, after one login at the representative (IMG-14, IMG-16)", async () => {
		const page = await owner();
		const pictures = await watchPictures(page, "#cameras img.still");
		assert.equal(pictures.length, 3);
		for (const { src, width, moves } of pictures) {
			assert.ok(src.includes("/snapshot.jpg"), src);
			assert.ok(width > 0 && moves, `${src} changes`);
		}
		assert.deepEqual(await page.locator(".health").allTextContents(), Array(3).fill("Online"));
		for (const text of await page.locator("a.address").allTextContents())
			assert.match(text, /^http:\/\/localhost:\d+\/$/);
	});

	it("lead to another camera without a second login, with live video at the chosen frame rate (IMG-16)", async () => {
		const page = await owner();
		await page.locator("a.address").first().click();
		await page.waitForURL(demo.url(2));
		const [live] = await watchPictures(page, "#live");
		assert.ok(live.moves);
		await page.getByRole("link", { name: "10 fps", exact: true }).click();
		await page.waitForURL(`${demo.url(2)}?fps=10`);
		assert.equal(await page.locator("#live").getAttribute("src"), "/stream.mjpeg?fps=10");
		assert.ok((await watchPictures(page, "#live"))[0].moves);
	});

	it("rename a camera, which other open portals show (IMG-15)", async () => {
		const page = await owner();
		const other = await owner();
		const card = page.locator("#cameras > li").nth(1);
		await card.locator("summary").click();
		await card.locator("input[name=name]").fill('Shed <b> & "co"');
		await card.getByRole("button", { name: "Save" }).click();
		await page.getByRole("heading", { name: 'Shed <b> & "co"' }).waitFor();
		await other.getByRole("heading", { name: 'Shed <b> & "co"' }).waitFor();
	});

	it("move a camera by buttons, arrow keys and dragging (IMG-18)", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		let from = await looks(page);
		await page.getByRole("button", { name: "Right", exact: true }).click();
		await untilMoved(page, "a button turns it", from);
		assert.equal(page.url(), demo.url(1, "camera"));
		await page.getByRole("button", { name: "Center" }).click();
		await until("it looks straight ahead", 5000, async () => (await looks(page)).pan === 0);
		from = await looks(page);
		await page.locator("#live").focus();
		await page.keyboard.press("ArrowUp");
		await page.keyboard.press("ArrowLeft");
		await untilMoved(page, "keys turn it", from);
		from = await looks(page);
		const box = await page.locator("#live").boundingBox();
		assert.ok(box !== null);
		await page.mouse.move(box.x + 300, box.y + 200);
		await page.mouse.down();
		await page.waitForTimeout(120);
		await page.mouse.move(box.x + 200, box.y + 200, { steps: 3 });
		await page.waitForTimeout(120);
		await page.mouse.move(box.x + 100, box.y + 220, { steps: 3 });
		await page.mouse.up();
		await untilMoved(page, "dragging turns it", from);
	});

	it("never show the last picture of a camera that is gone as live, and go on by themselves when it is back", async () => {
		const proxy = await FrozenProxy.open(Number(new URL(demo.url(1)).port));
		try {
			const [portal, camera] = [await visit(), await visit()];
			await logIn(portal, proxy.url());
			await logIn(camera, proxy.url());
			await camera.goto(proxy.url("camera"), { waitUntil: "domcontentloaded" });
			assert.ok((await watchPictures(camera, "#live"))[0].moves);
			const self = portal.locator("#cameras > li").first();
			await until("the portal refreshes its pictures", WAIT, () =>
				self.locator("img").evaluate((img: { since?: number }) => img.since !== undefined),
			);
			assert.equal(await camera.locator("img.stale").count(), 0);
			proxy.freeze();
			await Promise.all([
				camera.locator("#live.stale").waitFor(),
				camera.locator("#news", { hasText: /^No picture since \d.*\. Reconnecting…$/ }).waitFor(),
				portal
					.locator("#cameras > li")
					.first()
					.locator("p.since", { hasText: /^No picture since \d/ })
					.waitFor(),
				self.locator("img.stale").waitFor(),
			]);
			assert.equal(await portal.locator("img.stale").count(), 1, "the pictures of the other cameras go on");
			proxy.thaw();
			await Promise.all([camera.locator("#live:not(.stale)").waitFor(), self.locator("img:not(.stale)").waitFor()]);
			assert.ok((await watchPictures(camera, "#live"))[0].moves, "it moves again");
			assert.equal(await camera.locator("#news").textContent(), "");
			assert.equal(await portal.locator("p.since").count(), 0);
		} finally {
			proxy.close();
		}
	});

	it("show live video in full screen", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		await page.getByRole("button", { name: "Full screen" }).click();
		await page.waitForFunction("document.fullscreenElement?.contains(document.getElementById('live'))");
		const [live] = await watchPictures(page, "#live");
		assert.ok(live.moves, "the picture moves");
		await page.evaluate("document.exitFullscreen()");
		await page.waitForFunction("document.fullscreenElement === null");
	});

	it("save a preset, go to it and remove it (IMG-18)", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		await page.getByRole("button", { name: "Left", exact: true }).click();
		await until("it has turned", 5000, async () => (await looks(page)).pan < 0);
		await page.getByLabel("Save current view as").fill("Door");
		await page.getByRole("button", { name: "Save", exact: true }).click();
		const go = page.getByRole("button", { name: "Go to Door" });
		await go.waitFor();
		const { pan } = await looks(page);
		await page.getByRole("button", { name: "Center" }).click();
		await until("it looks straight ahead", 5000, async () => (await looks(page)).pan === 0);
		await go.click();
		await until("it looks at the door", 5000, async () => (await looks(page)).pan === pan);
		await page.getByRole("button", { name: "Remove Door" }).click();
		await go.waitFor({ state: "detached" });
	});

	it("show on an open portal that a camera goes offline and comes back (IMG-12)", async () => {
		const page = await owner();
		await page.locator("#cameras > li").nth(2).waitFor();
		const its = await page.context().newPage();
		its.setDefaultTimeout(WAIT);
		await its.goto((await page.locator("a.address").nth(1).getAttribute("href")) ?? "", {
			waitUntil: "domcontentloaded",
		});
		await its.getByRole("button", { name: "Unplug it" }).click();
		const third = page.locator("#cameras > li").nth(2);
		await third.getByText("Offline since").waitFor();
		assert.match((await page.locator("#news").textContent()) ?? "", / went offline\.$/);
		await until("it is plugged in again", 15_000, async () => {
			const how: RequestInit = { method: "POST", redirect: "manual", signal: AbortSignal.timeout(20_000) };
			const answer = await fetch(demo.url(3, "demo/plug/3"), how).catch(() => undefined);
			// A camera that has power again asks for a password.
			return answer?.status === 303 || answer?.status === 401;
		});
		await third.locator("a.address").waitFor();
		assert.match((await page.locator("#news").textContent()) ?? "", / is online\.$/);
	});

	it("fit a phone: no horizontal scrolling, no target too small to touch", async () => {
		const page = await owner({ viewport: PHONE, hasTouch: true, isMobile: true });
		for (const path of ["portal", "camera", "settings", "fleet"]) {
			await page.goto(demo.url(1, path), { waitUntil: "domcontentloaded" });
			const width = await page.evaluate<number>("document.documentElement.scrollWidth");
			assert.ok(width <= PHONE.width, `${path}: ${width} wide`);
			assert.deepEqual(await page.evaluate(SMALL_TARGETS), [], path);
		}
	});

	it("can be used by keyboard alone, from the login on, and show the focus", async () => {
		const page = await visit();
		await page.goto(demo.url(1), { waitUntil: "domcontentloaded" });
		// The password field has the focus.
		await page.waitForSelector("input[name=password]:focus");
		await page.keyboard.type(PASSWORD);
		await page.keyboard.press("Enter");
		await page.waitForSelector("#cameras");
		const focused = () =>
			page.evaluate<string>(
				"(() => { const e = document.activeElement; return (e.textContent.trim() || e.ariaLabel || e.id) + (getComputedStyle(e).outlineStyle === 'none' ? ' without a mark' : ''); })()",
			);
		const seen: string[] = [];
		for (let i = 0; i < 8; i++) {
			await page.keyboard.press("Tab");
			seen.push(await focused());
		}
		assert.deepEqual(seen.slice(0, 5), ["Cameras", "This camera", "Settings", "Fleet", "Log out"]);
		for (const words of seen) assert.doesNotMatch(words, /without a mark/);
		await page.keyboard.press("Shift+Tab");
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		const from = await looks(page);
		for (let i = 0; i < 12 && (await focused()) !== "live"; i++) await page.keyboard.press("Tab");
		assert.equal(await focused(), "live");
		await page.keyboard.press("ArrowDown");
		await untilMoved(page, "an arrow key turns it", from);
	});

	it("work without script: login, live video on both pages, moves", async () => {
		const page = await visit({ javaScriptEnabled: false });
		await page.goto(demo.url(1), { waitUntil: "commit" });
		await page.fill("input[name=password]", PASSWORD);
		await page.click("button");
		await page.locator("#cameras").waitFor();
		await until("three live pictures are there", 5000, async () => (await page.locator("noscript img").count()) === 3);
		for (const src of await page
			.locator("noscript img")
			.evaluateAll((list) => list.map((e) => (e as unknown as { src: string }).src)))
			assert.match(src, /stream\.mjpeg\?/);
		await untilMoves(page, "#cameras li:nth-child(2)");
		await page.goto(demo.url(1, "camera"), { waitUntil: "commit" });
		await page.locator("#live").waitFor();
		await untilMoves(page, "#live");
		const from = await looks(page);
		await page.getByRole("button", { name: "Up", exact: true }).click({ noWaitAfter: true });
		await untilMoved(page, "a form turns it", from);
	});

	it("say why a form was refused, and lead back", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "settings"));
		await page.getByLabel("External ports of the representative").fill("8080,8080");
		await page.locator("form", { hasText: "External ports of the representative" }).getByRole("button").click();
		assert.match(
			(await page.getByRole("alert").textContent()) ?? "",
			/representative-ports must be 1 to 8 different ports/,
		);
		assert.deepEqual(await findBarriers(page), []);
		await page.getByRole("link", { name: "Go back" }).click();
		await page.waitForURL(demo.url(1, "settings"));
	});

	it("let the owner change a setting that takes effect after restart, and restart the camera", async () => {
		const page = await owner();
		await page.locator("a.address").first().click();
		await page.waitForURL(demo.url(2));
		await page.goto(demo.url(2, "settings"));
		await page.getByLabel("Host name").fill("localhost");
		await page.getByLabel("Home network access").selectOption("on");
		await page.locator("form", { hasText: "Home network access" }).getByRole("button").click();
		await page.getByText("Restart the camera to apply your changes").waitFor();
		// A camera that is slow to shut down still answers for a while.
		const status = await (await page.request.get(demo.url(2, "api/v1/status"))).json();
		let asked = 0;
		await page.route(demo.url(2, "api/v1/status"), (route) => {
			asked += 1;
			return asked === 1 ? route.fulfill({ json: status }) : asked === 2 ? route.abort() : route.continue();
		});
		await page.getByRole("button", { name: "Restart camera" }).click();
		await page.getByRole("heading", { name: "Restarting…" }).waitFor();
		assert.deepEqual(await findBarriers(page), []);
		// The page's script polls until the camera is back.
		await page.waitForURL(demo.url(2, "settings"), { timeout: 20_000 });
		await page.getByRole("heading", { name: "Settings" }).waitFor();
		assert.ok(asked >= 3, `asked ${asked} times`);
		assert.equal(await page.getByText("Restart the camera to apply your changes").count(), 0);
	});

	it("hide the owner's functions from viewers, who watch by a link that is shown once", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "settings"));
		await page.getByRole("button", { name: "Create link" }).click();
		const link = (await page.locator("main a.code").getAttribute("href")) ?? "";
		assert.match(link, /\?link=/);
		const viewer = await visit();
		await viewer.goto(link, { waitUntil: "domcontentloaded" });
		await viewer.waitForSelector("#cameras");
		assert.equal(await viewer.getByText("Rename").count(), 0);
		for (const path of ["settings", "fleet"])
			assert.equal((await viewer.request.get(demo.url(1, path))).status(), 403, path);
		await viewer.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		assert.equal(await viewer.locator(".moves, dl").count(), 0);
		assert.ok((await watchPictures(viewer, "#live"))[0].moves);
		assert.deepEqual(await findBarriers(viewer), []);
	});

	for (const colorScheme of ["light", "dark"] as const) {
		it(`pass the checks of axe, in ${colorScheme} (WCAG 2.2 AA)`, async () => {
			const stranger = await visit({ colorScheme });
			await stranger.goto(demo.url(1));
			assert.deepEqual(await findBarriers(stranger), [], "login");
			for (const viewport of [PHONE, { width: 1280, height: 800 }]) {
				const page = await owner({ colorScheme, viewport });
				for (const path of ["portal", "camera", "settings", "fleet"]) {
					await page.goto(demo.url(1, path), { waitUntil: "domcontentloaded" });
					assert.deepEqual(await findBarriers(page), [], path);
				}
				const back = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
				assert.equal(back === "rgb(255, 255, 255)", colorScheme === "light", back);
			}
		});
	}

	it("look like the screenshots in the documentation", async () => {
		const folder = mkdtempSync(join(tmpdir(), "porthole-screenshots-"));
		try {
			await takeScreenshots(chromium.browser, demo, folder);
			const names = readdirSync(folder).sort();
			assert.deepEqual(names, ["camera-dark.png", "login.png", "portal-phone.png", "portal.png", "settings.png"]);
			for (const name of names) assert.ok(statSync(join(folder, name)).size < 150_000, name);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

/** Waits until a part of a page without its script has shown several different pictures. */
async function untilMoves(page: Page, selector: string): Promise<void> {
	const shots = new Set<string>();
	await until(`${selector} moves`, 5000, async () => {
		const shot = await page.locator(selector).screenshot({ animations: "allow" });
		return shots.add(shot.toString("latin1")).size > 2;
	});
}
