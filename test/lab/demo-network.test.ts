import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { findBarriers } from "../support/axe";
import { closePage, logIn, openBrowser, type TestBrowser, watchPictures } from "../support/browser";
import { DemoProcess } from "../support/demo-process";
import { needs } from "../support/needs";
import { until } from "../support/until";

describe("lab/the page that draws the network of the demo", function () {
	this.timeout(300_000);
	let demo: DemoProcess;
	let chromium: TestBrowser;
	let page: Page;
	const errors: string[] = [];
	const text = (selector: string): Promise<string> => page.locator(selector).innerText();
	const box = (id: string) => page.locator(`#drawing [data-id="${id}"].node`);
	const happened = (what: RegExp, limit = 20_000): Promise<true> =>
		until(`${what}`, limit, async () => what.test(await text("#happened")));

	before(async function () {
		needs(this, "chromium");
		[demo, chromium] = await Promise.all([DemoProcess.start(true), openBrowser()]);
		await demo.untilUp(1, 2, 3);
		const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 900 } });
		page = await context.newPage();
		page.on("pageerror", (error) => errors.push(error.message));
		await logIn(page, demo.networkUrl());
	});

	after(async () => {
		await chromium?.close();
		await demo?.stop();
	});

	it("draws cameras, NAS, routers, relay and a laptop that punches through, and follows without being asked (ONE-11)", async () => {
		await happened(/The laptop reaches Camera \d through both NATs/);
		await happened(/The relay offers 3 cameras/);
		for (const camera of [1, 2, 3]) await happened(new RegExp(`The NAS records Camera ${camera}\\.`));
		for (const id of ["1", "2", "3", "nas", "router", "away", "laptop", "relay", "rendezvous", "browser"])
			assert.equal(await box(id).count(), 1, id);
		const rate = await box("nas").textContent();
		await until("the octets change", 10_000, async () => (await box("nas").textContent()) !== rate);
		assert.equal(await page.locator("#drawing .flow.recorded").count(), 3);
		assert.equal(await page.locator("#drawing .flow.tunnel").count(), 1);
	});

	it("is one login with the cameras, which it links to (ONE-5, ONE-11)", async () => {
		const other = await page.context().newPage();
		await other.goto(demo.url(2, "camera"), { waitUntil: "domcontentloaded" });
		assert.equal(await other.locator("#live").count(), 1, "no login page");
		await until("the flow of pages is drawn", 10_000, async () => (await page.locator(".flow.watched").count()) > 1);
		await other.click(`a[href="${demo.networkUrl()}"]`);
		await other.waitForSelector("#drawing");
		await closePage(other);
	});

	it("shows what the laptop sees, through its tunnel (P2P-13, ONE-11)", async () => {
		const url = (await page.locator("#turn-laptop h3 a").getAttribute("href")) ?? "";
		assert.equal(new URL(url).port, `${demo.networkPort + 1}`);
		const context = await chromium.browser.newContext();
		const laptop = await context.newPage();
		await laptop.goto(url, { waitUntil: "domcontentloaded" });
		assert.match(await laptop.locator("body").innerText(), /Camera 2/);
		await context.close();
	});

	it("shows a camera by the relay, and draws it (REP-1, ONE-7, ONE-11)", async () => {
		const other = await page.context().newPage();
		await other.goto(demo.url(2, "relays"), { waitUntil: "domcontentloaded" });
		await other.locator('a[href*="/relays/watch/"]').first().click();
		await until("it is drawn", 20_000, async () => (await page.locator("#drawing .flow.relayed").count()) === 1);
		await happened(/The relay gets the pictures of Camera \d, once for all its viewers/);
		const [picture] = await watchPictures(other, `img[src*=":${demo.networkPort + 2}/"]`, 20_000);
		assert.deepEqual([picture?.width, picture?.moves], [640, true]);
		await closePage(other);
		await happened(/Nobody watches Camera \d by the relay any more/, 30_000);
	});

	it("has no accessibility barrier, and every device in the drawing leads to its button", async () => {
		assert.deepEqual(await findBarriers(page), []);
		// A flow that ends draws the devices again, maybe between the button's down and up.
		await until("it is led to", 30_000, async () => {
			await box("3").click();
			return page.evaluate<boolean>('document.querySelector(":target")?.id === "turn-3"');
		});
	});

	it("cuts the representative off and draws how another camera takes over (ONE-8, ONE-11)", async () => {
		const first = await page.locator("#drawing .node.first").getAttribute("data-id");
		await page.click(`#turn-${first} button`);
		await until("it is drawn without power", 5000, async () =>
			((await box(`${first}`).getAttribute("class")) ?? "").includes("off"),
		);
		await happened(new RegExp(`Camera ${first} is gone; Camera \\d took over port ${demo.port} after \\d\\.\\d s`));
		const next = await page.locator("#drawing .node.first").getAttribute("data-id");
		assert.notEqual(next, first);
		assert.match((await box(`${next}`).textContent()) ?? "", new RegExp(`port ${demo.port}`));
		assert.equal(await page.evaluate("document.activeElement?.closest('li')?.id"), `turn-${first}`, "the focus stays");
		await page.click(`#turn-${first} button`);
		await happened(new RegExp(`Camera ${first} was plugged in`));
		await until("it is drawn with its port", 20_000, async () =>
			/port \d/.test((await box(`${first}`).textContent()) ?? ""),
		);
	});

	it("says at a camera's address what is off on the way there, and turns it on again", async () => {
		await page.click("#turn-uplink button");
		await happened(/connection to the Internet was cut/);
		const other = await page.context().newPage();
		await other.goto(demo.url(1), { waitUntil: "domcontentloaded" });
		assert.equal(await other.locator("h1").innerText(), "The home's connection to the Internet is cut");
		await other.click("button");
		await happened(/connected to the Internet again/);
		await closePage(other);
	});

	it("works without script, by forms (ONE-11)", async () => {
		const context = await chromium.browser.newContext({ javaScriptEnabled: false });
		const plain = await context.newPage();
		await logIn(plain, demo.networkUrl());
		assert.equal(await plain.locator("#drawing .node").count(), 10);
		await plain.click("#turn-relay button");
		await plain.waitForSelector('#drawing [data-id="relay"].node.off');
		await plain.click("#turn-relay button");
		await plain.waitForSelector('#drawing [data-id="relay"].node:not(.off)');
		await context.close();
	});

	it("is nobody's but the owner's", async () => {
		for (const path of ["network", "api/v1/network", "network.js"])
			assert.equal((await fetch(demo.networkUrl(path))).status, 401, path);
		const answer = await fetch(demo.networkUrl("api/v1/network/1"), { method: "POST", body: "power=off" });
		assert.equal(answer.status, 401);
		const faults = { power: "perhaps" };
		const api = (id: string) =>
			page.request.post(demo.networkUrl(`api/v1/network/${id}`), {
				form: faults,
				headers: { origin: new URL(demo.networkUrl()).origin },
			});
		assert.equal((await api("1")).status(), 400);
	});

	it("fits on a phone, where the latest event is in sight for some seconds", async () => {
		await page.setViewportSize({ width: 320, height: 640 });
		const opened = await page.reload({ waitUntil: "domcontentloaded" });
		assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320);
		const latest = page.locator("#latest");
		assert.match((await opened?.text()) ?? "", /<p id="latest" aria-live="polite" data-keep><\/p>/, "not of before");
		// The form brings the page up to date after the event has come.
		let release = () => {};
		const isShown = new Promise<void>((done) => {
			release = done;
		});
		await page.route(page.url(), async (route) => {
			await isShown;
			await route.continue();
		});
		await page.locator("#turn-relay button").click();
		await latest.filter({ hasText: /\S/ }).waitFor();
		release();
		await page.evaluate('document.querySelector("#turn-relay form").sent');
		assert.match((await latest.textContent()) ?? "", /\S/, "still there");
		assert.equal(
			await page.evaluate("document.querySelector('#latest').getBoundingClientRect().bottom <= innerHeight"),
			true,
		);
		await latest.waitFor({ state: "hidden" });
		assert.deepEqual(errors, []);
		// The devices complain of what was cut off, and of nothing else.
		assert.equal(
			demo.errors.replace(
				/^.* warn {2}(gateway: The router doesn't report|recorder: .*no picture for|relay: ).*\n/gm,
				"",
			),
			"",
		);
	});
});
