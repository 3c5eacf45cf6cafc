import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { logIn, openBrowser } from "./browser";
import { TimelineSite } from "./timeline-site";
import { pause, until } from "./until";

/** One screenshot: file name, viewport, colours, and how many cameras it shows. */
const SHOTS = [
	{ name: "timeline", dark: false, cameras: 2, width: 1100, height: 940 },
	{ name: "timeline-phone", dark: true, cameras: 1, width: 390, height: 844 },
] as const;

/** Whether the pictures of the strip are there. */
const SHOWN =
	"document.querySelectorAll('#strip img').length > 3 && [...document.querySelectorAll('#strip img')].every((i) => i.complete)";

/** Takes the screenshots of the timeline at yesterday 17:40 and puts them into a folder, each below 150 kB. */
export async function takeTimelineScreenshots(browser: Browser, site: TimelineSite, folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	for (const { name, dark, cameras, width, height } of SHOTS) {
		const context = await browser.newContext({
			colorScheme: dark ? "dark" : "light",
			viewport: { width, height },
			locale: "en-GB",
		});
		const page = await context.newPage();
		const keys = ["1111111111111111", "2222222222222222"].slice(0, cameras);
		await logIn(page, site.url(`timeline?camera=${keys.join(",")}`));
		await page.click("#yesterday");
		await page.fill("#time", "17:40:00");
		await page.locator("#time").blur();
		// Not waitForFunction: the page's policy forbids its repeated evaluation.
		await until("the strip is there", 20_000, () => page.evaluate<boolean>(SHOWN));
		await pause(300);
		const shot = await page.screenshot();
		writeFileSync(join(folder, `${name}.png`), await sharp(shot).png({ palette: true, colours: 128 }).toBuffer());
		await context.close();
	}
}

async function main(folder: string): Promise<void> {
	const site = await TimelineSite.start();
	const { browser, close } = await openBrowser();
	try {
		await takeTimelineScreenshots(browser, site, folder);
	} finally {
		await close();
		await site.stop();
	}
	process.exit(0);
}

if (require.main === module) {
	main(process.argv[2] ?? "docs/screenshots").catch((error) => {
		console.error(error);
		process.exitCode = 1;
	});
}
