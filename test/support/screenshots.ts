import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, CDPSession, Page } from "playwright-core";
import { findBarriers } from "./axe";
import { closePage, openBrowser } from "./browser";
import { Gallery, type GalleryPage } from "./gallery";
import { pause, until } from "./until";

/** The screens that pages are looked at on, in CSS pixels. */
const SCREENS = {
	phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
	desktop: { viewport: { width: 1280, height: 800 } },
} as const;
const COLOURS = ["light", "dark"] as const;
/** The narrowest screen on which nothing may have to be scrolled sideways (WCAG 2.2 §1.4.10). */
const NARROW = 320;
/** How many tabs are open at a time. */
const TABS = 4;

/** What is wrong with the pages: `NAME on a SCREEN: …`. */
export type Faults = string[];

/** Waits until the pictures in view are there. Those of hidden cards are not asked for. */
export async function untilShown(page: Page): Promise<void> {
	// Not waitForFunction: the pages' policy forbids its repeated evaluation.
	await until(`the pictures of ${page.url()} are there`, 20_000, () => page.evaluate<boolean>(SHOWN));
	await pause(200);
}

const SHOWN =
	"[...document.images].every((i) => i.complete || i.naturalWidth > 0 || i.getClientRects().length === 0 || i.getBoundingClientRect().top > innerHeight)";

/**
 * Finds what a finger has to hit and is smaller than 44 pixels in either direction, in the order of the page (WCAG 2.2 §2.5.5).
 * A link within a sentence is as high as its line, and what is not shown is not touched.
 */
const SMALL_TARGETS = `[...document.querySelectorAll("a, button, input, select, textarea, summary, [role=slider]")].flatMap((target) => {
	const label = target.matches("[type=checkbox], [type=radio]") ? target.closest("label") : null;
	const { width, height } = (label ?? target).getBoundingClientRect();
	if (width < 2 || height < 2 || target.checkVisibility?.({ visibilityProperty: true }) === false) return [];
	const isInSentence = target.tagName === "A" && target.closest("p, .hint, figcaption") !== null &&
		target.closest("p, .hint, figcaption").textContent.trim() !== target.textContent.trim();
	if (isInSentence) return [];
	return width < 43.5 || height < 43.5 ? [target.outerHTML.slice(0, 120) + ": " + Math.round(width) + " x " + Math.round(height)] : [];
})`;

/** Finds what reaches beyond the right edge of a screen, unless it scrolls in a frame of its own. */
const TOO_WIDE = `(() => {
	const most = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= most) return [];
	const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > most + 1);
	return [document.documentElement.scrollWidth + " wide: " + wide.slice(-3).map((e) => e.outerHTML.slice(0, 100)).join(" | ")];
})()`;

/** Finds a navigation that is more than one line high, or that reaches beyond the screen without a sign that it scrolls. */
const NAVIGATION = `[...document.querySelectorAll("nav")].flatMap((nav) => {
	const line = nav.querySelector("div");
	const links = [...nav.querySelectorAll("div:first-child > a, summary")].filter((link) => link.clientWidth > 0);
	const lines = new Set(links.map((link) => Math.round(link.getBoundingClientRect().top)));
	const isCut = line.scrollWidth > line.clientWidth + 1;
	return [
		...(lines.size > 1 ? [lines.size + " lines"] : []),
		...(isCut && !getComputedStyle(line).backgroundAttachment.includes("local") ? ["it scrolls, and nothing shows it"] : []),
	];
})`;

/**
 * Lets the rules for browsers without script apply although there is one. Axe needs it, and comes after the page has been parsed and
 * its own scripts have been passed over.
 */
const STAY_PLAIN = `for (const { cssRules } of document.styleSheets)
	for (const rule of cssRules) if (rule.media?.mediaText.includes("scripting")) rule.media.mediaText = "all";
document.querySelectorAll("noscript").forEach((part) => part.replaceWith(...part.childNodes));`;

/** Finds where the finger does not scroll the page, although nothing is dragged there. */
const NOT_SCROLLED = `[...document.querySelectorAll("body *")].flatMap((e) =>
	getComputedStyle(e).touchAction === "none" && !e.matches("[data-moves], canvas, figure:has(>canvas)") ? [e.outerHTML.slice(0, 100)] : [])`;

/** Looks at every page of every appliance on a screen, light and dark, and says what is wrong with it. */
export class Screenshots {
	readonly faults: Faults = [];
	/** Octets of each page as it is sent, by its name; and of the styles and scripts that pages load, by their paths. */
	readonly pages = new Map<string, number>();
	/** @see pages */
	readonly assets = new Map<string, number>();
	/** Chromium mixes up tabs that are pictured whole at the same time. */
	private turn: Promise<unknown> = Promise.resolve();

	/** @param folder for the pictures; `undefined`: none are kept */
	constructor(
		private readonly gallery: Gallery,
		private readonly browser: Browser,
		private readonly folder?: string,
	) {
		if (folder !== undefined) mkdirSync(folder, { recursive: true });
	}

	/** Takes the pictures of a screen. @param only the names of pages; empty: all */
	async take(screen: keyof typeof SCREENS, only: readonly string[] = []): Promise<void> {
		const options = { ...SCREENS[screen], locale: "en-GB", colorScheme: "light" } as const;
		const owner = await this.browser.newContext(options);
		const stranger = await this.browser.newContext(options);
		await this.gallery.logIn(owner);
		const pages = this.gallery.pages.filter(({ name }) => only.length === 0 || only.includes(name));
		const waiting = pages.slice();
		const tab = async (): Promise<void> => {
			for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
				const page = await (next.by?.startsWith("stranger") ? stranger : owner).newPage();
				await this.look(page, next, screen).catch((error) =>
					this.faults.push(`${next?.name} on a ${screen}: ${error}`),
				);
				await closePage(page);
			}
		};
		await Promise.all(Array.from({ length: TABS }, tab));
		for (const context of [owner, stranger]) await context.close();
	}

	private async look(
		page: Page,
		{ name, url, by, prepare, finish }: GalleryPage,
		screen: keyof typeof SCREENS,
	): Promise<void> {
		const isPlain = by?.endsWith("plain") === true;
		const complain = (what: string): void => void this.faults.push(`${name} on a ${screen}: ${what}`);
		page.on("pageerror", (error) => complain(error.message));
		page.on("console", (message) => {
			if (/content security policy|refused to/i.test(message.text())) complain(message.text());
		});
		page.on("response", (answer) => {
			const octets = Number(answer.headers()["content-length"]);
			const type = answer.request().resourceType();
			if (type === "document" && answer.status() !== 303) this.pages.set(name, octets);
			if (type !== "stylesheet" && type !== "script") return;
			const { pathname } = new URL(answer.url());
			const isCompressed = answer.headers()["content-encoding"] === "gzip";
			// Simulated devices compress nothing.
			if (isCompressed || !this.assets.has(pathname)) this.assets.set(pathname, octets);
		});
		const debuggerOf = isPlain ? await page.context().newCDPSession(page) : undefined;
		await allowScript(debuggerOf, false);
		await page.goto(url, { waitUntil: "domcontentloaded" });
		await prepare?.(page);
		await untilShown(page);
		await allowScript(debuggerOf, true);
		if (isPlain) await page.evaluate(STAY_PLAIN);
		for (const colours of COLOURS) {
			await page.emulateMedia({ colorScheme: colours });
			await this.picture(page, `${name}-${screen}-${colours}`);
			for (const barrier of await findBarriers(page)) complain(`${colours}: ${barrier}`);
		}
		for (const what of await page.evaluate<string[]>(NAVIGATION)) complain(`navigation: ${what}`);
		if (screen === "phone") await this.touch(page, name, complain);
		page.removeAllListeners("response");
		await finish?.(page);
	}

	/** Looks for what is too small or too wide for a phone. */
	private async touch(page: Page, name: string, complain: (what: string) => void): Promise<void> {
		for (const target of await page.evaluate<string[]>(SMALL_TARGETS)) complain(`small: ${target}`);
		for (const element of await page.evaluate<string[]>(NOT_SCROLLED)) complain(`does not scroll: ${element}`);
		for (const what of await page.evaluate<string[]>(TOO_WIDE)) complain(what);
		// Chromium gives a page that fills the screen no other size.
		await page.evaluate("document.fullscreenElement && document.exitFullscreen()");
		await page.waitForFunction("document.fullscreenElement === null");
		await page.setViewportSize({ width: NARROW, height: 640 });
		for (const what of await page.evaluate<string[]>(TOO_WIDE)) complain(`at ${NARROW} pixels: ${what}`);
		await this.picture(page, `${name}-narrow`);
	}

	private picture(page: Page, name: string): Promise<unknown> {
		const { folder } = this;
		if (folder === undefined) return Promise.resolve();
		const take = () => page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
		this.turn = this.turn.then(take, take);
		return this.turn;
	}
}

async function allowScript(session: CDPSession | undefined, isAllowed: boolean): Promise<void> {
	await session?.send("Emulation.setScriptExecutionDisabled", { value: !isAllowed });
}

async function main(folder: string, only: readonly string[]): Promise<void> {
	const gallery = await Gallery.start();
	const { browser, close } = await openBrowser();
	try {
		const shots = new Screenshots(gallery, browser, folder);
		await shots.take("phone", only);
		await shots.take("desktop", only);
		for (const fault of shots.faults) console.log(fault);
	} finally {
		await close();
		await gallery.stop();
	}
	process.exit(0);
}

if (require.main === module) {
	const [folder = "build/screenshots", ...only] = process.argv.slice(2);
	main(folder, only).catch((error) => {
		console.error(error);
		process.exit(1);
	});
}
