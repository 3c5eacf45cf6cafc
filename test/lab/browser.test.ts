import assert from "node:assert/strict";
import { logIn, openBrowser, type TestBrowser, watchPictures } from "../support/browser";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor, outside, WAN } from "./house";

/** The fleet has a key, so that one login is enough. */
const FLAGS = ["--source", "synthetic", "--fps", "5", "--fleet-key", "the-key-of-the-browser-tests"];

describe("lab/a browser on the Internet side", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure rules=strict lease_file pcp", (context) =>
		needs(context, ...LAB_NEEDS, "build", "chromium", "upnpc"),
	);
	let chromium: TestBrowser | undefined;

	before(async () => {
		await house().fill(3, ...FLAGS);
		await house().untilListed("wan", `http://${WAN}:8080/`, outside(8080, 8081, 8082), 5000);
		chromium = await openBrowser(`${house().lab.name}-wan`);
	});
	after(async () => chromium?.close());

	it("shows three live pictures on the portal (IMG-14, IMG-16)", async () => {
		const page = await chromium!.browser.newPage();
		await logIn(page, `http://${WAN}:8080/`);
		const pictures = await watchPictures(page, "#cameras img");
		assert.equal(pictures.length, 3);
		for (const { src, width, height, moves } of pictures) {
			assert.ok(width > 0 && height > 0, `${src} has a size`);
			assert.ok(moves, `${src} moves`);
		}
		const ports = pictures.map(({ src }) => Number(new URL(src).port)).sort();
		assert.deepEqual(ports, [8080, 8081, 8082]);
		await page.close();
	});

	it("follows a link to a camera's own page with a live picture (IMG-16)", async () => {
		const page = await chromium!.browser.newPage();
		await logIn(page, `http://${WAN}:8080/`);
		await page
			.locator("#cameras > li", { hasText: `http://${WAN}:8082/` })
			.locator("h2 a")
			.click();
		await page.waitForURL(`http://${WAN}:8082/camera`);
		const [live] = await watchPictures(page, "#live");
		assert.ok(live.moves, "the live picture moves");
		await page.close();
	});

	it("renames a camera on the portal; the page, the mapping and a restart keep the name (IMG-15)", async () => {
		const page = await chromium!.browser.newPage();
		await logIn(page, `http://${WAN}:8080/`);
		const card = page.locator("#cameras > li", { hasText: "camera 2" });
		await card.getByText("Rename").click();
		await card.locator("input[name=name]").fill("Garden");
		const [answer] = await Promise.all([
			page.waitForResponse((response) => response.request().method() === "POST"),
			card.getByRole("button", { name: "Save" }).click(),
		]);
		assert.equal(answer.status(), 200);
		const names = async () => (await house().portal("wan"))?.cameras.map((camera) => camera.name) ?? [];
		await until("the portal shows the new name", 3000, async () => (await names()).includes("Garden"));
		await until("the mapping has the new name", 10_000, async () =>
			(await house().lab.exec("home", ["upnpc", "-l"])).stdout.includes("Garden"),
		);
		assert.equal(await house().cameras[2].leave(), 0);
		house().start(2, ...FLAGS);
		await until("the name is there after a restart", 15_000, async () => (await names()).includes("Garden"));
		await page.close();
	});

	it("shows on an open page that a camera arrives and leaves, without a reload (IMG-12, IMG-14)", async () => {
		const page = await chromium!.browser.newPage();
		await logIn(page, `http://${WAN}:8080/`);
		const fourth = house().start(4, ...FLAGS);
		const card = page.locator("#cameras > li", { hasText: "camera 4" });
		await card.waitFor({ timeout: 120_000 });
		await fourth.leave();
		await card.waitFor({ state: "detached" });
		await page.close();
	});
});
