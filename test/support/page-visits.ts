import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { logIn, openBrowser, type TestBrowser } from "./browser";

/** What a visitor's browser is like: language, size, colours. */
export type VisitorOptions = NonNullable<Parameters<Browser["newContext"]>[0]>;

/** What a busy machine may need to show something, in milliseconds. */
const WAIT = 60_000;

/** A phone. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** Collects what goes wrong on a page from now on: errors in scripts, and violations of the content policy. */
export function collectComplaints(page: Page, complaints: string[]): void {
	page.on("pageerror", (error) => complaints.push(error.message));
	page.on("console", (message) => {
		if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
	});
}

/**
 * The visits of one test file, in one browser. Each has cookies of its own, ends with its test, and must go without complaints.
 */
export class PageVisits {
	private readonly contexts: BrowserContext[] = [];
	private readonly complaints: string[] = [];

	private constructor(
		private readonly chromium: TestBrowser,
		private readonly defaults: VisitorOptions,
	) {}

	/** Starts the browser. @param defaults of all visitors */
	static async open(defaults: VisitorOptions = {}): Promise<PageVisits> {
		return new PageVisits(await openBrowser(), defaults);
	}

	/** Opens an empty page for a new visitor. */
	async page(options: VisitorOptions = {}): Promise<Page> {
		const context = await this.chromium.browser.newContext({ ...this.defaults, ...options });
		this.contexts.push(context);
		const page = await context.newPage();
		page.setDefaultTimeout(WAIT);
		collectComplaints(page, this.complaints);
		return page;
	}

	/** Opens a page as the owner, who logs in. */
	async owner(url: string, options: VisitorOptions = {}): Promise<Page> {
		const page = await this.page(options);
		await logIn(page, url);
		return page;
	}

	/** Ends the visits of a test. Fails if something went wrong on a page. */
	async end(): Promise<void> {
		for (const context of this.contexts.splice(0)) await context.close();
		assert.deepEqual(this.complaints.splice(0), []);
	}

	/** Ends the browser. */
	close(): Promise<void> {
		return this.chromium.close();
	}
}
