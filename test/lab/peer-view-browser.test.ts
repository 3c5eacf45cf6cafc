import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { findBarriers } from "../support/axe";
import { openBrowser, type Picture, type TestBrowser, watchPictures } from "../support/browser";
import { PASSWORD } from "../support/digest";
import { needs, PEER_LAB_NEEDS } from "../support/needs";
import { until } from "../support/until";
import type { LabProcess } from "./lab";
import { ADDRESS, peerLabFor } from "./peer-lab";

/** Without a mapping a camera takes no part in a fleet; there is no gateway that would give it one. */
const FLEET = ["--mapping", "on", "--fleet-key", "0123456789abcdef0123456789abcdef"];
/** The pictures of a page as they are now. */
const pictures = (page: Page): Promise<Picture[]> => watchPictures(page, "main img", 0);
const OWNER = ["--digest", "-u", `owner:${PASSWORD}`];

describe("lab/peer-view: a home in Chromium, through the NATs of both sides", function () {
	this.timeout(120_000);
	const built = peerLabFor((context) => needs(context, ...PEER_LAB_NEEDS, "build", "porthole-linux", "chromium"), {
		delay: 10,
	});
	let browser: TestBrowser | undefined;
	let view: LabProcess;
	let url = "";
	const cameras = new Map<string, LabProcess>();

	before(async function () {
		this.timeout(120_000);
		const { setting } = await built().startRendezvous("node");
		cameras.set("Front door", built().startCamera("node", "a1", "Front door", "--rendezvous", setting, ...FLEET));
		cameras.set("Garage", built().startCamera("xs", "a2", "Garage", "--rendezvous", setting, ...FLEET));
		await until("both cameras know each other, and are registered", 30_000, async () => {
			const get = (path: string) =>
				built().lab.exec("a1", ["curl", "-sf", ...OWNER, `http://${ADDRESS.a1}:8000${path}`]);
			const found = await get("/api/v1/cameras");
			return found.stdout.includes("Garage");
		});
		const form = "kind=viewer&days=30&home=Cabin";
		const pairs = `http://${ADDRESS.a1}:8000/api/v1/pairings`;
		const { stdout } = await built().must("a1", ["curl", "-sf", ...OWNER, "-d", form, pairs]);
		const own = ["--data", built().data("viewer"), "--interface", "eth0"];
		await until("both are listed", 30_000, async () => {
			const list = built().start("b1", "view", "--pair", JSON.parse(stdout).text, "--list", ...own);
			await list.ended;
			return list.output.includes("Front door") && list.output.includes("Garage");
		});
		view = built().start("b1", "view", "cabin", ...own);
		url = await until("it shows", 15_000, () => {
			assert.ok(view.running, view.output);
			return /Pages: +(\S+)/.exec(view.output)?.[1];
		});
		browser = await openBrowser(`${built().lab.name}-b1`);
	});
	after(async () => {
		await browser?.close();
	});

	it("shows all cameras of the home on the portal, each by its own tunnel, and leads to their pages (P2P-13, ONE-6)", async () => {
		assert.ok(browser);
		const page = await browser.browser.newPage();
		const problems: string[] = [];
		page.on("console", (message) => void (message.type() === "error" && problems.push(message.text())));
		await page.goto(url, { waitUntil: "domcontentloaded" });
		await page.waitForSelector("nav");
		await page.goto(url.replace(/\/\?.*/, "/portal"));
		const shown = await until("both pictures are shown", 20_000, async () => {
			const seen = await pictures(page);
			return seen.length === 2 && seen.every(({ width }) => width > 0) && seen;
		});
		assert.ok(
			shown.some(({ src }) => /http:\/\/[0-9a-f]{16}\.localhost:8088\//.test(src)),
			JSON.stringify(shown),
		);
		// The other camera is at a host of its own; a ticket lets the viewer in there.
		await page.click('main a[href^="/to/"]');
		await page.waitForURL(/^http:\/\/[0-9a-f]{16}\.localhost:8088\//);
		await page.waitForSelector("main img");
		assert.match((await page.textContent("h1")) ?? "", /Garage|Front door/);
		await until("its live picture is shown", 20_000, async () => (await pictures(page)).some(({ width }) => width > 0));
		assert.deepEqual(problems, []);
		await page.close();
	});

	it("shows how each camera is connected, on a page of its own that follows (ONE-1)", async () => {
		assert.ok(browser);
		const page = await browser.browser.newPage();
		const problems: string[] = [];
		page.on("console", (message) => void (message.type() === "error" && problems.push(message.text())));
		await page.goto(/Status: +(\S+)/.exec(view.output)?.[1] ?? "");
		assert.equal(page.url(), "http://view.localhost:8088/");
		await until("both are connected", 20_000, async () => {
			const text = (await page.textContent("main")) ?? "";
			return text.split("directly, through the NATs").length === 3;
		});
		await page.evaluate("document.querySelector('.copy button').dataset.kept = 'yes'");
		const received = () => page.textContent("[data-live] dl");
		const before = await received();
		// Pictures of both cameras change how much has been received.
		const portal = await browser.browser.newPage();
		await portal.goto(url, { waitUntil: "domcontentloaded" });
		await portal.goto("http://localhost:8088/portal", { waitUntil: "domcontentloaded" });
		await until("it follows", 10_000, async () => (await received()) !== before);
		await portal.close();
		assert.equal(await page.getAttribute(".copy button", "data-kept"), "yes", "the rest stays");
		assert.deepEqual(await findBarriers(page), []);
		assert.deepEqual(problems, []);
		await page.close();
	});

	it("goes on with the other camera when the one that shows the home is killed, in the same tab (ONE-6, ONE-8)", async () => {
		assert.ok(browser);
		const shown = async (): Promise<string> => {
			const state = url.replace("localhost:8088/", "view.localhost:8088/api/v1/view");
			const { stdout } = await built().must("b1", ["curl", "-sf", state]);
			const { shownBy, devices } = JSON.parse(stdout);
			return devices.find(({ id }: { readonly id: string }) => id === shownBy).name;
		};
		const page = await browser.browser.newPage();
		await page.goto(url, { waitUntil: "domcontentloaded" });
		await page.waitForSelector("nav");
		const first = await shown();
		const killed = cameras.get(first);
		assert.ok(killed);
		process.kill(-killed.pid, "SIGKILL");
		const other = first === "Garage" ? "Front door" : "Garage";
		// This request is already one to a camera that is dead.
		await page.goto("http://localhost:8088/camera", { waitUntil: "domcontentloaded" });
		await until(`${other} is shown`, 30_000, async () => {
			const heading = await page.textContent("h1", { timeout: 1000 }).catch(() => "");
			return heading === other;
		});
		assert.equal(await shown(), other);
		assert.match(view.output, new RegExp(`${other} takes the place of ${first}: `));
		await page.close();
	});
});
