import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { freePort } from "../../tools/free-port";
import { findBarriers } from "../support/axe";
import { logIn } from "../support/browser";
import { FormsSite } from "../support/forms-site";
import { needs } from "../support/needs";
import { PageVisits } from "../support/page-visits";
import { until } from "../support/until";

/** What a busy machine may need to show something, in milliseconds. */
const WAIT = 60_000;

describe("lab/forms in a browser", function () {
	this.timeout(300_000);
	let site: FormsSite;
	let visits: PageVisits;

	before(async function () {
		needs(this, "chromium");
		site = await FormsSite.start();
		visits = await PageVisits.open({ locale: "en-GB" });
	});
	afterEach(() => visits?.end());
	after(async () => {
		await visits?.close();
		await site?.stop();
	});

	const visit = (path: string): Promise<Page> => visits.owner(site.url(path));

	/** Has been loaded once only: what a form has answered stands on the same page. */
	const mark = (page: Page) => page.evaluate("window.isSame = true");
	const isSame = (page: Page) => page.evaluate<boolean>("window.isSame === true");

	it("answer beside the button, and bring the rest of the page up to date (IMG-15)", async () => {
		const page = await visit("settings");
		await mark(page);
		await page.locator("summary", { hasText: "Ports" }).click();
		const ports = page.getByLabel("Host name of your router");
		await ports.fill("half typed");
		const form = page.locator("form", { hasText: "Camera name" });
		await form.getByRole("textbox").fill("Shed");
		await form.getByRole("button").click();
		await form.locator("output", { hasText: "Done." }).waitFor();
		await page.locator("header", { hasText: "Shed" }).waitFor();
		assert.match(await page.title(), /Shed/);
		assert.equal(await form.getByRole("textbox").inputValue(), "Shed");
		assert.equal(await ports.inputValue(), "half typed", "what is typed in other forms stays");
		assert.ok(await isSame(page));
		assert.deepEqual(await findBarriers(page), []);
	});

	it("bring the page up to date though it does not come at once", async () => {
		const page = await visit("settings");
		await mark(page);
		let asked = 0;
		await page.route("**/settings", (route) => (++asked === 1 ? route.abort() : route.continue()));
		const form = page.locator("form", { hasText: "Camera name" });
		await form.getByRole("textbox").fill("Barn");
		await form.getByRole("button").click();
		await page.locator("header", { hasText: "Barn" }).waitFor();
		assert.ok(await isSame(page));
	});

	it("say what became of one though another was sent meanwhile", async () => {
		const page = await visit("settings");
		await page.locator("summary", { hasText: "Ports" }).click();
		let answer = () => {};
		const isSent = new Promise<void>((done) => {
			answer = done;
		});
		await page.route("**/api/v1/cameras/*/name", async (route) => {
			await isSent;
			await route.fulfill({ status: 507, json: { error: "The storage is full." } });
		});
		const form = page.locator("form", { hasText: "Camera name" });
		await form.getByRole("textbox").fill("Cellar");
		await form.getByRole("button").click();
		const other = page.locator("form", { has: page.getByLabel("Host name of your router") });
		await other.getByLabel("Host name of your router").fill("porthole.example.org");
		await other.getByRole("button").click();
		answer();
		await form.locator("output.wrong", { hasText: "The storage is full." }).waitFor();
	});

	it("show a fault beside its field, which gets the focus", async () => {
		const page = await visit("settings");
		await mark(page);
		await page.getByLabel("Search the settings").fill("External ports");
		const field = page.getByLabel("External ports of the representative");
		await field.fill("8080,8080");
		const form = page.locator("form", { has: field });
		await form.getByRole("button").click();
		const answer = form.locator("output.wrong", { hasText: /^Must be 1 to 8 different ports/ });
		await answer.waitFor();
		assert.equal(await field.getAttribute("aria-invalid"), "true");
		assert.equal(await field.getAttribute("aria-describedby"), await answer.getAttribute("id"));
		assert.ok(await page.locator("[name=representative-ports]:focus").count());
		assert.equal(await field.inputValue(), "8080,8080", "it can be corrected");
		assert.deepEqual(await findBarriers(page), []);
		await field.fill("8080,8090");
		await field.press("Enter");
		await form.locator("output:not(.wrong)", { hasText: "Done." }).waitFor();
		assert.equal(await field.getAttribute("aria-invalid"), null);
		await page.getByText("Restart the camera to apply your changes").waitFor();
		assert.ok(await isSame(page));
	});

	it("change settings that need no restart at once, and say which others wait for one", async () => {
		const page = await visit("settings");
		await page.getByLabel("Search the settings").fill("viewers of the live picture");
		const field = page.getByLabel("Viewers", { exact: true });
		await field.fill("31");
		const form = page.locator("form", { has: field });
		const before = site.camera.video.live.limit;
		await form.getByRole("button").click();
		await form.locator("output", { hasText: "Done." }).waitFor();
		assert.deepEqual([before, site.camera.video.live.limit], [32, 31]);
		assert.equal(await page.getByText("to apply your changes").filter({ hasText: "Viewers" }).count(), 0);
		await page.getByLabel("Search the settings").fill("priority");
		await page.getByLabel("Priority").fill("55");
		await page.getByRole("button", { name: "Save Succession" }).click();
		await page.getByText(/^Restart the camera to apply your changes: .*Priority\.$/).waitFor();
		assert.deepEqual(await findBarriers(page), []);
	});

	it("ask before what can't be undone", async () => {
		const page = await visit("camera");
		await page.getByLabel("Save current view as").fill("Door");
		await page.getByRole("button", { name: "Save", exact: true }).click();
		const remove = page.getByRole("button", { name: "Remove Door" });
		await remove.click();
		const dialog = page.getByRole("dialog");
		await dialog.waitFor();
		assert.deepEqual(await findBarriers(page), []);
		await page.keyboard.press("Escape");
		await dialog.waitFor({ state: "detached" });
		assert.equal(await remove.count(), 1);
		await remove.click();
		await dialog.getByRole("button", { name: "Cancel" }).click();
		await dialog.waitFor({ state: "detached" });
		assert.equal(await remove.count(), 1);
		await remove.click();
		await dialog.getByRole("button", { name: "Remove Door" }).click();
		await remove.waitFor({ state: "detached" });
		await page.locator("output", { hasText: "Done." }).waitFor();
	});

	it("find settings by what is typed, in groups that are folded", async () => {
		const page = await visit("settings");
		const search = page.getByLabel("Search the settings");
		const priority = page.getByLabel("Priority");
		assert.ok(!(await priority.isVisible()));
		await search.fill("mains power");
		assert.ok(await priority.isVisible());
		assert.deepEqual(await page.locator(".sections > section:visible h2").allTextContents(), ["Advanced"]);
		await search.fill("no such thing");
		await page.getByText("No setting matches.").waitFor();
		assert.deepEqual(await findBarriers(page), []);
		await search.fill("");
		assert.ok((await page.locator(".sections > section:visible").count()) > 6);
		assert.ok(!(await priority.isVisible()));
	});

	it("follow a camera that restarts to its new port, and only that camera", async () => {
		const page = await visit("settings");
		const before = site.port;
		const after = await freePort();
		await page.getByLabel("Search the settings").fill("Internal port");
		await page.getByLabel("Internal port", { exact: true }).fill(`${after}`);
		await page.getByRole("button", { name: "Save Ports" }).click();
		await page.getByText("Restart the camera to apply your changes").waitFor();
		// Another camera gets the address first, and the one that is meant is late.
		site.holdsRestart = true;
		await page.getByRole("button", { name: "Restart camera" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Restart camera" }).click();
		await page.getByRole("heading", { name: "Restarting…" }).waitFor();
		assert.deepEqual(await findBarriers(page), []);
		assert.equal(await page.locator("#again").getAttribute("href"), `http://localhost:${after}/settings`);
		await until("it is down", WAIT, () => Promise.resolve(site.isDown));
		const other = await FormsSite.start(new Map([["http-port", `${before}`]]));
		try {
			const isAsked = (answer: { url(): string }) => answer.url() === `http://localhost:${before}/api/v1/cameras`;
			for (let i = 0; i < 3; i++) await page.waitForEvent("response", isAsked);
			assert.match(page.url(), new RegExp(`:${before}/`));
		} finally {
			await other.stop();
		}
		site.port = after;
		site.begin();
		await page.waitForURL(site.url("settings"));
		await page.getByRole("heading", { name: "Settings" }).waitFor();
		assert.equal(await page.getByText("Restart the camera to apply").count(), 0);
	});

	it("lead to the camera that a form was made by, when another has its address", async () => {
		const page = await visit("settings");
		await page.getByLabel("Search the settings").fill("priority");
		await page.getByLabel("Priority").fill("7");
		await site.stop();
		const other = await FormsSite.start(new Map([["http-port", `${site.port}`]]));
		try {
			// Its owner is logged in there too, in another window.
			const window = await page.context().newPage();
			await logIn(window, site.url("camera"));
			await page.getByRole("button", { name: "Save Succession" }).click();
			await page.getByRole("heading", { name: "Another device answers here now" }).waitFor();
			assert.match((await page.locator("main").textContent()) ?? "", /Nothing has been changed.*priority7/s);
			assert.equal(other.camera.settings.priority, 100);
			assert.deepEqual(await findBarriers(page), []);
		} finally {
			await other.stop();
			site.begin();
		}
	});

	it("are pages with navigation when something is refused", async () => {
		const page = await visit("nowhere");
		await page.getByRole("heading", { name: "Page not found" }).waitFor();
		assert.deepEqual(await findBarriers(page), []);
		await page.getByRole("link", { name: "Settings" }).click();
		await page.waitForURL(site.url("settings"));
	});

	it("answer a name that is not the camera's with the address to open, and accept a router's name for it", async () => {
		const page = await visits.page();
		const answer = await page.request.get(site.url(), { headers: { Host: "evil.example", Accept: "text/html" } });
		assert.equal(answer.status(), 421);
		await page.setContent(await answer.text());
		await page.getByRole("heading", { name: "Open this device by its address" }).waitFor();
		assert.deepEqual(await findBarriers(page), []);
		for (const [host, status] of [
			["garage-pi.fritz.box", 401],
			["garage-pi.lan", 401],
			["other.lan", 421],
		] as const)
			assert.equal((await page.request.get(site.url(), { headers: { Host: host } })).status(), status, host);
	});
});
