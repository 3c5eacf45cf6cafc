import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { findBarriers } from "../support/axe";
import { EventsSite } from "../support/events-site";
import { needs } from "../support/needs";
import { PageVisits, PHONE, type VisitorOptions } from "../support/page-visits";
import { findSmallTargets } from "../support/small-targets";
import { until } from "../support/until";

const WAIT = 60_000;
const PAGE = "events?camera=door";

describe("lab/events in a browser", function () {
	this.timeout(300_000);
	let site: EventsSite;
	let visits: PageVisits;

	before(async function () {
		needs(this, "chromium");
		site = await EventsSite.start();
		visits = await PageVisits.open({ locale: "en-GB" });
	});
	afterEach(() => visits?.end());
	after(async () => {
		await visits?.close();
		await site?.stop();
	});

	const visit = (options?: VisitorOptions): Promise<Page> => visits.owner(site.url(PAGE), options);
	const state = (page: Page): Promise<string | null> => page.locator("#state").textContent();

	it("shows live what the detector sees, and the event with its picture (STR-26)", async () => {
		const page = await visit();
		await until("nothing moves", WAIT, async () => (await state(page)) === "Nothing moves.");
		site.source.isWalked = true;
		await until("motion", WAIT, async () => (await state(page)) === "Motion");
		const red = `(() => {
			const canvas = document.querySelector("#motion canvas");
			const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
			let count = 0;
			for (let i = 0; i < data.length; i += 4) if (data[i] > 200 && data[i + 1] < 80 && data[i + 3] > 100) count++;
			return count / (canvas.width * canvas.height);
		})()`;
		await until("what moves is marked", WAIT, async () => Number(await page.evaluate(red)) > 0.02);
		assert.match((await page.locator("#size").textContent()) ?? "", /^Motion: \d+\.\d\u00a0% of the picture\.$/);
		await until("the event", WAIT, async () => {
			await page.reload();
			return (await page.locator("#events li").count()) > 0;
		});
		site.source.isWalked = false;
		await until("nothing moves", WAIT, async () => (await state(page)) === "Nothing moves.");
		const picture = page.locator("#events img").first();
		await picture.scrollIntoViewIfNeeded();
		const decoded =
			'document.querySelector("#events img").decode().then(() => document.querySelector("#events img").naturalWidth)';
		const width = await page.evaluate(decoded);
		assert.equal(width, 640);
		assert.deepEqual(await findBarriers(page), []);
	});

	it("has zones drawn in the picture (STR-26)", async () => {
		const page = await visit();
		const canvas = page.locator("#motion canvas");
		await canvas.scrollIntoViewIfNeeded();
		// What the detector says takes room on the page.
		await until("nothing moves", WAIT, async () => (await state(page)) === "Nothing moves.");
		let box = await canvas.boundingBox();
		await until("the page rests", WAIT, async () => {
			const { x, y, width, height } = box ?? { x: 0, y: 0, width: 0, height: 0 };
			box = await canvas.boundingBox();
			return box?.x === x && box.y === y && box.width === width && box.height === height;
		});
		const { x, y, width, height } = box ?? assert.fail();
		await page.mouse.move(x + width * 0.5, y + height * 0.75);
		await page.mouse.down();
		await page.mouse.move(x + width * 0.3, y + height * 0.4, { steps: 4 });
		await page.mouse.move(x + width * 0.25, y + height * 0.25);
		await page.mouse.up();
		const zone = page.locator(".zones form").last();
		await zone.getByLabel("Name").fill("Path");
		await zone.getByRole("button").click();
		await until("it is kept", WAIT, async () => (await page.locator(".zones form").count()) === 2);
		const first = page.locator(".zones form").first();
		for (const [side, value] of Object.entries({ left: 25, top: 25, right: 50, bottom: 75 }))
			assert.ok(Math.abs(Number(await first.locator(`[name=${side}]`).inputValue()) - value) <= 1, side);
		assert.equal(await first.getByLabel("Name").inputValue(), "Path");
		assert.equal(await page.locator("#state").textContent(), "Nothing moves.", "what the script shows stays");
		// What is drawn next is the new zone, not the one that was saved.
		await canvas.scrollIntoViewIfNeeded();
		const now = (await canvas.boundingBox()) ?? assert.fail();
		await page.mouse.move(now.x + now.width * 0.6, now.y + now.height * 0.6);
		await page.mouse.down();
		await page.mouse.move(now.x + now.width * 0.9, now.y + now.height * 0.9, { steps: 4 });
		await page.mouse.up();
		assert.ok(Math.abs(Number(await zone.locator("[name=left]").inputValue()) - 60) <= 1);
		assert.ok(Math.abs(Number(await first.locator("[name=left]").inputValue()) - 25) <= 1);
	});

	it("has zones and settings changed by keyboard alone (STR-26)", async () => {
		const page = await visit();
		const tabTo = async (name: string): Promise<void> => {
			for (let i = 0; i < 80; i++) {
				await page.keyboard.press("Tab");
				if ((await page.evaluate("document.activeElement.name")) === name) return;
			}
			assert.fail(`no way to ${name}`);
		};
		const type = async (name: string, text: string): Promise<void> => {
			await tabTo(name);
			await page.keyboard.press("Control+A");
			await page.keyboard.type(text);
		};
		/** Sends the form, and waits for the answer. */
		const send = async (): Promise<void> => {
			const answered = page.waitForResponse((response) => response.request().method() === "POST");
			await page.keyboard.press("Enter");
			await answered;
			await page.locator("output", { hasText: "Done." }).waitFor();
		};
		await type("sensitivity", "72");
		await send();
		await until("it is kept", WAIT, async () => (await page.locator("[name=sensitivity]").inputValue()) === "72");
		const before = await page.locator(".zones form").count();
		// The last form adds a zone.
		await tabTo("name");
		if (before > 1) await tabTo("name");
		await page.keyboard.type("Clock");
		await tabTo("use");
		await page.keyboard.press("ArrowDown");
		await type("left", "0");
		await type("top", "0");
		await type("right", "30");
		await type("bottom", "10");
		await send();
		await until("it is kept", WAIT, async () => (await page.locator(".zones form").count()) === before + 1);
		const answer = await page.request.get(site.url("api/v1/recordings/door/motion"));
		const { settings } = await answer.json();
		assert.equal(settings.sensitivity, 72);
		const added = settings.zones[settings.zones.length - 1];
		assert.deepEqual(added, { use: "ignore", name: "Clock", left: 0, top: 0, right: 30, bottom: 10 });
	});

	it("fits a phone, and works without script", async () => {
		const page = await visit(PHONE);
		assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
		assert.deepEqual(await findSmallTargets(page), []);
		assert.deepEqual(await findBarriers(page), []);
		const plain = await visit({ javaScriptEnabled: false });
		await plain.locator("#motion img").scrollIntoViewIfNeeded();
		assert.ok((await plain.locator(".zones form").count()) >= 1);
		await plain.locator("#motion [name=hold]").fill("7");
		const answered = plain.waitForResponse((answer) => answer.request().method() === "POST");
		await plain.locator("#motion form").first().getByRole("button").click();
		await answered;
		await until("it is kept", WAIT, async () => (await plain.locator("#motion [name=hold]").inputValue()) === "7");
	});
});
