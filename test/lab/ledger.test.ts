import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { NAS_PROGRAMS, type RunningCamera, startNas } from "../../tools/camera-program";
import { findBarriers } from "../support/axe";
import { logIn, openBrowser, type TestBrowser } from "../support/browser";
import { PASSWORD } from "../support/digest";
import { recordOf } from "../support/ledger-suite";
import { needs } from "../support/needs";
import { FLEET_KEY, signedReport } from "../support/relay-reports";

const [NODE] = NAS_PROGRAMS;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
/** Finds touch targets smaller than 24 pixels in either direction (WCAG 2.2 §2.5.8). */
const SMALL_TARGETS = `[...document.querySelectorAll("a, button, input, select, summary")].flatMap((target) => {
	const { width, height } = target.getBoundingClientRect();
	return width === 0 || (width >= 24 && height >= 24) ? [] : [target.outerHTML + ": " + width + " x " + height];
})`;

describe("lab/ledger in a browser", function () {
	this.timeout(300_000);
	let folder = "";
	let nas: RunningCamera;
	let chromium: TestBrowser;
	const contexts: BrowserContext[] = [];
	const complaints: string[] = [];

	before(async function () {
		needs(this, "chromium", NODE.need);
		folder = mkdtempSync(join(tmpdir(), "porthole-ledger-"));
		mkdirSync(join(folder, "storage"));
		nas = await startNas(NODE, join(folder, "storage"), "--fleet-key", FLEET_KEY, "--password", PASSWORD);
		const day = Date.UTC(2026, 10, 20);
		for (let report = 0; report < 4; report++) {
			const records = Array.from({ length: 30 }, (_, i) => {
				const number = report * 30 + i;
				const end = day + number * 3_600_000;
				const viewer = number % 3 === 0 ? "" : number % 3 === 1 ? "anna" : "ben@home";
				return recordOf(number, {
					start: end - 1_234_000,
					end,
					viewer,
					isLast: number % 7 > 0,
					reason: "the viewer left",
				});
			});
			const { body, field } = signedReport(records);
			const [name, value] = field.trim().split(": ");
			const answer = await fetch(`http://127.0.0.1:${nas.port}/api/v1/metering`, {
				method: "POST",
				headers: { "content-type": "application/json", [name]: value, connection: "close" },
				body,
			});
			assert.equal(answer.status, 200);
		}
		chromium = await openBrowser();
	});
	afterEach(async () => {
		for (const context of contexts.splice(0)) await context.close();
		assert.deepEqual(complaints.splice(0), []);
	});
	after(async () => {
		await chromium?.close();
		await nas?.stop();
		if (folder !== "") rmSync(folder, { recursive: true, force: true });
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
		await logIn(page, `http://127.0.0.1:${nas.port}/ledger`);
		return page;
	}

	const rows = (page: Page, section: string): Promise<number> =>
		page.locator(`section[aria-labelledby=${section}] tbody tr`).count();

	it("sums up, narrows the choice, turns pages and downloads all of it (REP-8)", async () => {
		const page = await visit();
		assert.equal(await rows(page, "sums"), 3);
		assert.equal(await rows(page, "records"), 50);
		await page.getByRole("link", { name: "Older" }).click();
		await page.getByRole("link", { name: "Older" }).click();
		assert.equal(await rows(page, "records"), 20);
		await page.getByRole("link", { name: "Newest" }).click();
		await page.getByRole("link", { name: "ben@home" }).click();
		assert.equal(await page.getByLabel("Only of viewer").inputValue(), "ben@home");
		assert.equal(await page.getByLabel("Sum up by").inputValue(), "day");
		assert.equal(await rows(page, "sums"), 5);
		await page.getByLabel("From day (UTC)").fill("2026-11-21");
		await page.getByLabel("To day (UTC)").fill("2026-11-22");
		await page.getByRole("button", { name: "Show" }).click();
		assert.equal(await rows(page, "sums"), 2);
		const [download] = await Promise.all([
			page.waitForEvent("download"),
			page.getByRole("link", { name: "Download as CSV" }).click(),
		]);
		assert.equal(download.suggestedFilename(), "porthole-ledger.csv");
		assert.equal(readFileSync(await download.path(), "utf8").split("\r\n").length, 18);
	});

	it("has no barriers, in light and dark, on a desk and on a phone, where tables scroll by themselves (IMG-17)", async () => {
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
