import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { PASSWORD } from "./digest";
import { CHROMIUM } from "./needs";
import { pause } from "./until";

const FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--disable-dev-shm-usage",
	"--no-proxy-server",
];

/** Chromium is slow to start on a busy machine. */
const START_TIME = 120_000;

/** A running browser. */
export interface TestBrowser {
	readonly browser: Browser;
	close(): Promise<void>;
}

/**
 * Starts Debian's Chromium without a window.
 * @param namespace full name of a network namespace to run it in (`ip netns`); this machine's own network if absent.
 * Playwright talks to it over inherited pipes, so no network is needed between the two.
 */
export async function openBrowser(namespace?: string): Promise<TestBrowser> {
	const folder = mkdtempSync(join(tmpdir(), "porthole-browser-"));
	let executablePath = CHROMIUM;
	if (namespace !== undefined) {
		executablePath = join(folder, "chromium-in-namespace");
		writeFileSync(executablePath, `#!/bin/sh\nexec ip netns exec '${namespace}' '${CHROMIUM}' "$@"\n`);
		chmodSync(executablePath, 0o755);
	}
	const env = { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`, HOME: folder };
	try {
		const browser = await chromium.launch({ executablePath, args: FLAGS, env, headless: true, timeout: START_TIME });
		return {
			browser,
			async close() {
				await browser.close();
				rmSync(folder, { recursive: true, force: true });
			},
		};
	} catch (error) {
		rmSync(folder, { recursive: true, force: true });
		throw error;
	}
}

/** Opens a page, logs in as the owner, and waits for the page itself. */
export async function logIn(page: Page, url: string): Promise<void> {
	await page.goto(url, { waitUntil: "domcontentloaded" });
	await page.fill("input[name=password]", PASSWORD);
	await page.click("button");
	await page.waitForSelector("nav");
	// Its script has run.
	await page.waitForLoadState("domcontentloaded");
}

/**
 * Closes a page of a context that has others; the context of a page that `browser.newPage` made is closed with it. Chromium
 * forgets a close that comes while the page goes somewhere by itself, and `page.close` then never ends.
 */
export async function closePage(page: Page): Promise<void> {
	while (!page.isClosed()) {
		await page.close({ runBeforeUnload: true }).catch(() => {});
		await pause(50);
	}
}

/** One picture on a page, as the browser shows it. */
export interface Picture {
	readonly src: string;
	/** Natural size in pixels; 0 while nothing was decoded. */
	readonly width: number;
	readonly height: number;
	/** Whether its pixels changed meanwhile. */
	readonly moves: boolean;
}

/**
 * Watches every `<img>` that a selector finds: its natural size, and whether its pixels change.
 * @param selector CSS
 * @param limit how long to wait for the slowest of them to change, in milliseconds; the default is for pictures that
 * should change, on a machine of any speed
 */
export async function watchPictures(page: Page, selector = "img", limit = 60_000): Promise<Picture[]> {
	const images = page.locator(selector);
	const total = await images.count();
	const pictures: Picture[] = [];
	const first: string[] = [];
	const start = performance.now();
	for (;;) {
		for (let i = 0; i < total; i++) {
			if (pictures[i]?.moves === true) continue;
			const image = images.nth(i);
			const { src, width, height } = await image.evaluate(
				(img: { src: string; naturalWidth: number; naturalHeight: number }) => {
					return { src: img.src, width: img.naturalWidth, height: img.naturalHeight };
				},
			);
			pictures[i] ??= { src, width, height, moves: false };
			// Nothing is decoded yet, or the next one is on its way; the first picture to appear is not a change.
			if (width === 0) continue;
			const shot = createHash("sha1")
				.update(await image.screenshot({ animations: "allow" }))
				.digest("hex");
			first[i] ??= shot;
			pictures[i] = { src, width, height, moves: first[i] !== shot };
		}
		if (pictures.every(({ moves }) => moves) || performance.now() - start > limit) return pictures;
		await pause(100);
	}
}

/** Resolves when a copy button of the page says "Copied", which it does for two seconds only; to be called before it is clicked. */
export async function saysCopied(page: Page): Promise<void> {
	await page.evaluate(`new Promise((done) => {
		const look = () => [...document.querySelectorAll(".copy button")].some((button) => button.textContent === "Copied") && done();
		new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
	})`);
}
