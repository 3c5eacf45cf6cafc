import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { findBarriers } from "../support/axe";
import { LEDGER_SESSIONS, LedgerSite } from "../support/ledger-site";
import { needs } from "../support/needs";
import { PageVisits, PHONE, type VisitorOptions } from "../support/page-visits";
import { findSmallTargets } from "../support/small-targets";

describe("lab/ledger in a browser", function () {
	this.timeout(300_000);
	let site: LedgerSite;
	let visits: PageVisits;

	before(async function () {
		needs(this, "chromium", "build");
		site = await LedgerSite.start();
		visits = await PageVisits.open({ locale: "en-GB" });
	});
	afterEach(() => visits?.end());
	after(async () => {
		await visits?.close();
		await site?.stop();
	});

	const visit = (options?: VisitorOptions): Promise<Page> => visits.owner(site.url("ledger"), options);
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
			assert.deepEqual(await findSmallTargets(page), []);
			const sideways = await page.evaluate<number>(
				"document.documentElement.scrollWidth - document.documentElement.clientWidth",
			);
			assert.ok(sideways <= 0, `the page is ${sideways} pixels too wide`);
		}
	});
});
