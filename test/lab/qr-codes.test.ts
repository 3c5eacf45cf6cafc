import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { logIn, openBrowser, type TestBrowser } from "../support/browser";
import { LAB_NEEDS, needs } from "../support/needs";
import { readQrCode } from "../support/qr-reader";
import { until } from "../support/until";
import { houseFor, inside, outside, WAN } from "./house";
import { CAMERA_KINDS } from "./lab";

/** A rendezvous server that is not there. */
const RENDEZVOUS = `${"ab".repeat(32)}@192.168.0.99:9999`;

describe("lab/QR codes as Chromium shows them", function () {
	this.timeout(300_000);
	const house = houseFor(
		"igd1 secure",
		(c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux", "chromium"),
		CAMERA_KINDS,
	);
	let chromium: TestBrowser | undefined;

	before(async () => {
		await house().fill(2, "--fleet-key", "the-key-of-the-qr-codes", "--rendezvous", RENDEZVOUS);
		await house().untilListed("wan", `http://${WAN}:8080/`, outside(8080, 8081), 5000);
		chromium = await openBrowser(`${house().lab.name}-home`);
	});
	after(async () => chromium?.close());

	/** Reads the code that is shown, in light and dark. */
	async function codeOf(page: Page): Promise<string | undefined> {
		const place = page.locator(".qr");
		await place.and(page.locator("img, :has(svg)")).waitFor();
		// Not waitForFunction: the pages' policy forbids its repeated evaluation.
		await place.evaluate((each: { decode?(): Promise<void> }) => each.decode?.());
		const texts = new Set<string | undefined>();
		for (const colorScheme of ["light", "dark"] as const) {
			await page.emulateMedia({ colorScheme });
			let picture: Buffer | undefined;
			// News of the fleet may draw the page's section again at the same moment.
			await until("the code is pictured", 10_000, async () => {
				picture = await place.screenshot({ timeout: 5000 }).catch(() => undefined);
				return picture !== undefined;
			});
			texts.add(await readQrCode(picture as Buffer));
		}
		assert.equal(texts.size, 1, [...texts].join());
		return [...texts][0];
	}

	for (const [n, program] of CAMERA_KINDS.entries()) {
		const size = n === 0 ? "desktop" : "phone";

		it(`show the public address on the portal of ${program}, as a ${size} shows it (ONE-3)`, async () => {
			const viewport = size === "phone" ? { width: 390, height: 844 } : { width: 1280, height: 800 };
			const page = await chromium!.browser.newPage({ viewport });
			await logIn(page, `${inside(2)[n]}portal`);
			// The second camera names its own port until it knows the representative's.
			await page.locator("#public", { hasText: `http://${WAN}:8080/` }).waitFor();
			// News of the fleet may draw the section again between the button's down and up.
			const unfolded = page.locator("#public details[open]");
			await until("the code is unfolded", 10_000, async () => {
				if ((await unfolded.count()) === 0) await page.getByText("QR code", { exact: true }).click();
				return (await unfolded.count()) > 0;
			});
			assert.equal(await codeOf(page), `http://${WAN}:8080/`);
			await page.close();
		});

		it(`show the code of a viewer on the page of ${program} (P2P-13)`, async () => {
			const page = await chromium!.browser.newPage();
			await logIn(page, `${inside(2)[n]}pair`);
			await page.locator("#viewer ~ form button").click();
			await page.getByText("Scan it, or copy the text:").waitFor();
			const text = await page.locator(".copy .code").first().textContent();
			const url = await page.locator(".copy a.code").allTextContents();
			assert.match(text ?? "", /^porthole:/);
			assert.equal(await codeOf(page), url[0] ?? text);
			await page.close();
		});
	}
});
