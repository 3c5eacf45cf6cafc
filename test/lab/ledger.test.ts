import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { BrowserContext, Page } from "playwright-core";
import { findBarriers } from "../support/axe";
import { logIn, openBrowser, type TestBrowser } from "../support/browser";
import { LEDGER_SESSIONS, LedgerSite } from "../support/ledger-site";
import { needs } from "../support/needs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
/** Finds touch targets smaller than 24 pixels in either direction (WCAG 2.2 §2.5.8). */
const SMALL_TARGETS = `[...document.querySelectorAll("a, button, input, select, summary")].flatMap((target) => {
	const { width, height } = target.getBoundingClientRect();
	return width === 0 || (width >= 24 && height >= 24) ? [] : [target.outerHTML + ": " + width + " x " + height];
})`;

describe("lab/ledger in a browser", function () {
	this.timeout(300_000);
	let site: LedgerSite;
	let chromium: TestBrowser;
	const contexts: BrowserContext[] = [];
	const complaints: string[] = [];

	before(async function () {
		needs(this, "chromium", "build");
		site = await LedgerSite.start();
		chromium = await openBrowser();
	});
	afterEach(async () => {
		for (const context of contexts.splice(0)) await context.close();
		assert.deepEqual(complaints.splice(0), []);
	});
	after(async () => {
		await chromium?.close();
		await site?.stop();
	});

	async function visit(options: Parameters<TestBrowser["browser"]["newContext"]>[0] = {}): Promise<Page> {
		const context = await chromium.browser.newContext({ locale: "en-GB", ...options });
		contexts.push(context);
		const page = await context.newPage();
		page.setDefaultTimeout(60_000);
		page.on("pageerror", (error) => complaints.push(error.message));
		page.on("console", (message) => {
			if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
		});
		await logIn(page, site.url("ledger"));
		return page;
	}

	const rows = (page: Page, section: string): Promise<number> =>
		page.locator(`section[aria-labelledby=${section}] tbody tr`).count();

	/** Follows a link or presses a button, and waits for the page that answers. */
	async function go(page: Page, role: "link" | "button", name: string): Promise<void> {
		const loaded = page.waitForEvent("load");
		await page.getByRole(role, { name }).click();
		await loaded;
	}

	it("sums up, narrows the choice, turns pages and downloads all of it (REP-8, ONE-9)", async () => {
		const page = await visit();
		assert.equal(await rows(page, "sums"), 3);
		assert.equal(await rows(page, "records"), 50);
		await go(page, "link", "Older");
		await go(page, "link", "Older");
		assert.equal(await rows(page, "records"), LEDGER_SESSIONS - 100);
		await go(page, "link", "Newest");
		await go(page, "link", "ben@home");
		assert.equal(await page.getByLabel("Only of viewer").inputValue(), "ben@home");
		assert.equal(await page.getByLabel("Sum up by").inputValue(), "day");
		assert.equal(await rows(page, "sums"), 5);
		await page.getByLabel("From day (UTC)").fill("2026-11-21");
		await page.getByLabel("To day (UTC)").fill("2026-11-22");
		await go(page, "button", "Show");
		assert.equal(await rows(page, "sums"), 2);
		const [download] = await Promise.all([
			page.waitForEvent("download"),
			page.getByRole("link", { name: "Download as CSV" }).click(),
		]);
		assert.equal(download.suggestedFilename(), "porthole-ledger.csv");
		assert.equal(readFileSync(await download.path(), "utf8").split("\r\n").length, 18);
	});

	it("has no barriers, in light and dark, on a desk and on a phone, where tables scroll by themselves", async () => {
		for (const options of [{}, { colorScheme: "dark" } as const, PHONE]) {
			const page = await visit(options);
			assert.deepEqual(await findBarriers(page), []);
			assert.deepEqual(await page.evaluate(SMALL_TARGETS), []);
			const sideways = await page.evaluate<number>(
				"document.documentElement.scrollWidth - document.documentElement.clientWidth",
			);
			assert.ok(sideways <= 0, `the page is ${sideways} pixels too wide`);
		}
	});
});
