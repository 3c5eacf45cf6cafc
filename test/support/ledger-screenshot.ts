import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { logIn, openBrowser } from "./browser";
import { LedgerSite } from "./ledger-site";

/** Takes the screenshot of the page of the ledger and puts it into a folder. */
async function main(folder: string): Promise<void> {
	const site = await LedgerSite.start();
	const { browser, close } = await openBrowser();
	try {
		mkdirSync(folder, { recursive: true });
		const viewport = { width: 1100, height: 760 };
		const context = await browser.newContext({ colorScheme: "light", viewport, locale: "en-GB" });
		const page = await context.newPage();
		await logIn(page, site.url("ledger"));
		const shot = await page.screenshot();
		writeFileSync(join(folder, "ledger.png"), await sharp(shot).png({ palette: true, colours: 128 }).toBuffer());
	} finally {
		await close();
		await site.stop();
	}
	process.exit(0);
}

main(process.argv[2] ?? "docs/screenshots").catch((error) => {
	console.error(error);
	process.exitCode = 1;
});
