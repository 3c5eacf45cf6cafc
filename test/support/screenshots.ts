import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { logIn, openBrowser } from "./browser";
import { DemoProcess } from "./demo-process";
import { pause, until } from "./until";

/** One screenshot: file name, path of the page, viewport and colours. */
const SHOTS = [
	{ name: "login", path: "", login: false, dark: false, width: 480, height: 480 },
	{ name: "portal", path: "portal", login: true, dark: false, width: 1000, height: 480 },
	{ name: "portal-phone", path: "portal", login: true, dark: false, width: 390, height: 844 },
	{ name: "camera-dark", path: "camera", login: true, dark: true, width: 1000, height: 720 },
	{ name: "settings", path: "settings", login: true, dark: false, width: 1000, height: 900 },
] as const;

/** Takes the screenshots of the documentation and puts them into a folder, each below 150 kB. */
export async function takeScreenshots(browser: Browser, demo: DemoProcess, folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	for (const { name, path, login, dark, width, height } of SHOTS) {
		const context = await browser.newContext({
			colorScheme: dark ? "dark" : "light",
			viewport: { width, height },
		});
		const page = await context.newPage();
		if (login) await logIn(page, demo.url(1, path));
		else await page.goto(demo.url(1, path));
		await pictures(page);
		const shot = await page.screenshot();
		writeFileSync(join(folder, `${name}.png`), await sharp(shot).png({ palette: true, colours: 128 }).toBuffer());
		await context.close();
	}
}

const SHOWN = "[...document.images].every((i) => i.naturalWidth > 0 || i.getBoundingClientRect().top > innerHeight)";

/** Waits until the pictures in view are loaded. */
async function pictures(page: Page): Promise<void> {
	// Not waitForFunction: the pages' policy forbids its repeated evaluation.
	await until("the pictures are there", 10_000, () => page.evaluate<boolean>(SHOWN));
	await pause(300);
}

async function main(folder: string): Promise<void> {
	const demo = await DemoProcess.start();
	const { browser, close } = await openBrowser();
	try {
		await demo.untilUp(1, 2, 3);
		await takeScreenshots(browser, demo, folder);
	} finally {
		await close();
		await demo.stop();
	}
}

if (require.main === module) {
	main(process.argv[2] ?? "docs/screenshots").catch((error) => {
		console.error(error);
		process.exitCode = 1;
	});
}
