import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { logIn, openBrowser } from "./browser";
import { DemoProcess } from "./demo-process";
import { Gallery } from "./gallery";
import { untilShown } from "./screenshots";
import { until } from "./until";

/** One picture of the documentation: file name, page of the gallery, viewport and colours. */
const SHOTS = [
	{ name: "login", of: "login", dark: false, width: 480, height: 600 },
	{ name: "portal", of: "portal", dark: false, width: 1000, height: 660 },
	{ name: "portal-phone", of: "portal", dark: false, width: 390, height: 844 },
	{ name: "camera-dark", of: "camera", dark: true, width: 1000, height: 720 },
	{ name: "settings", of: "settings", dark: false, width: 1000, height: 900 },
	{ name: "timeline", of: "timeline", dark: false, width: 1100, height: 940 },
	{ name: "timeline-phone", of: "timeline-one", dark: true, width: 390, height: 844 },
	{ name: "ledger", of: "ledger", dark: false, width: 1100, height: 760 },
] as const;

/** The most octets of a picture. */
const OCTETS_MAX = 150_000;

/** Takes the pictures of the documentation and puts them into a folder, each below 150 kB. */
export async function takeDocScreenshots(browser: Browser, gallery: Gallery, folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	for (const { name, of, dark, width, height } of SHOTS) {
		const shown = gallery.pages.find((page) => page.name === of);
		if (shown === undefined) throw new Error(`no page ${of}`);
		const colorScheme = dark ? "dark" : "light";
		const context = await browser.newContext({ colorScheme, viewport: { width, height }, locale: "en-GB" });
		if (shown.by !== "stranger") await gallery.logIn(context);
		const page = await context.newPage();
		await page.goto(shown.url, { waitUntil: "domcontentloaded" });
		await shown.prepare?.(page);
		await untilShown(page);
		const picture = await sharp(await page.screenshot())
			.png({ palette: true, colours: 128 })
			.toBuffer();
		if (picture.length > OCTETS_MAX) throw new Error(`${name}: ${picture.length} octets`);
		writeFileSync(join(folder, `${name}.png`), picture);
		await context.close();
	}
}

/** Takes the picture of the demo's network, just after another camera has taken over. */
async function takeNetworkScreenshot(browser: Browser, folder: string): Promise<void> {
	const demo = await DemoProcess.start(true);
	try {
		await demo.untilUp(1, 2, 3);
		const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, locale: "en-GB" });
		const page = await context.newPage();
		await logIn(page, demo.networkUrl());
		const says = (what: RegExp) =>
			until(`${what}`, 30_000, async () => what.test(await page.locator("#happened").innerText()));
		await says(/The laptop reaches/);
		await says(/The relay offers 3/);
		const watched = await context.newPage();
		await watched.goto(demo.url(3, "camera"), { waitUntil: "domcontentloaded" });
		await page.click("#turn-2 button");
		await says(/gets no pictures of Camera 2/);
		const picture = await sharp(await page.screenshot())
			.png({ palette: true, colours: 64 })
			.toBuffer();
		if (picture.length > OCTETS_MAX) throw new Error(`network: ${picture.length} octets`);
		writeFileSync(join(folder, "network.png"), picture);
		await context.close();
	} finally {
		await demo.stop();
	}
}

async function main(folder: string): Promise<void> {
	const gallery = await Gallery.start();
	const { browser, close } = await openBrowser();
	try {
		await takeDocScreenshots(browser, gallery, folder);
		await takeNetworkScreenshot(browser, folder);
	} finally {
		await close();
		await gallery.stop();
	}
	process.exit(0);
}

if (require.main === module) {
	main(process.argv[2] ?? "docs/screenshots").catch((error) => {
		console.error(error);
		process.exit(1);
	});
}
