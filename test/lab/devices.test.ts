import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { findBarriers } from "../support/axe";
import { logIn, openBrowser, type TestBrowser } from "../support/browser";
import { DemoProcess } from "../support/demo-process";
import { LAB_NEEDS, needs } from "../support/needs";
import { collectComplaints } from "../support/page-visits";
import { until } from "../support/until";
import { houseFor, WAN } from "./house";
import { OWNER } from "./lab";

/** What a busy machine may need to show something, in milliseconds. */
const WAIT = 90_000;

describe("lab/devices of a fleet in a browser", function () {
	this.timeout(300_000);
	let demo: DemoProcess;
	let chromium: TestBrowser;
	let page: Page;
	const complaints: string[] = [];

	before(async function () {
		needs(this, "build", "chromium");
		[demo, chromium] = await Promise.all([DemoProcess.start(), openBrowser()]);
		await demo.untilUp(1, 2, 3);
		const context = await chromium.browser.newContext({ locale: "en-GB" });
		page = await context.newPage();
		page.setDefaultTimeout(WAIT);
		collectComplaints(page, complaints);
		await logIn(page, demo.url(1, "fleet/devices"));
	});
	after(async () => {
		await chromium?.close();
		await demo?.stop();
	});

	const names = () =>
		page
			.locator("#devices tbody td:nth-child(2)")
			.evaluateAll((cells) =>
				(cells as unknown as { firstChild: { textContent: string } }[]).map((cell) =>
					cell.firstChild.textContent.trim(),
				),
			);
	const pattern = () => page.locator("#change input[name=pattern]");
	const box = (name: string) => page.getByLabel(`Choose ${name}`, { exact: true });
	/** Presses the button of the form and answers the question. */
	async function go(): Promise<string> {
		await page.locator("#change > button").click();
		const question = await page.locator("dialog p").textContent();
		await page.locator("dialog button[value=yes]").click();
		return question ?? "";
	}
	const isOver = (summary: string) => page.locator("#job [role=status]", { hasText: summary }).waitFor();

	it("sorts by column and filters, and offers the list as CSV", async () => {
		assert.deepEqual((await names()).length, 3);
		const head = page.locator("#devices th", { hasText: "Address" });
		await head.getByRole("button").click();
		assert.equal(await head.getAttribute("aria-sort"), "ascending");
		const up = await names();
		await head.getByRole("button").click();
		assert.equal(await head.getAttribute("aria-sort"), "descending");
		assert.deepEqual(await names(), [...up].reverse());
		await page.getByLabel("Find a device").fill("192.168.0.12");
		assert.equal(await page.locator("#devices tbody tr:visible").count(), 1);
		await page.getByLabel("Find a device").fill("nothing of that");
		await page.getByText("No device matches.").waitFor();
		await page.getByLabel("Find a device").fill("");
		const [file] = await Promise.all([page.waitForEvent("download"), page.getByText("Download as CSV").click()]);
		assert.equal(file.suggestedFilename(), "porthole-inventory.csv");
	});

	it("renames the chosen ones by a pattern, after a question, and shows how far each is (IMG-15)", async () => {
		const [one, two] = await names();
		await box(one).check();
		await box(two).check();
		await page.getByText("Chosen: 2").waitFor();
		await pattern().fill("Hall {nn}");
		assert.match((await page.locator("#preview").textContent()) ?? "", /→ Hall 01, .* → Hall 02$/);
		assert.equal(await go(), "Rename the chosen devices (2)?");
		await isOver("2 done");
		await page.locator("#devices tbody", { hasText: "Hall 02" }).waitFor();
		assert.deepEqual((await names()).filter((name) => name.startsWith("Hall")).sort(), ["Hall 01", "Hall 02"]);
	});

	it("says beside the field what is wrong, and does nothing", async () => {
		await box("Hall 01").check();
		await box("Hall 02").check();
		await pattern().fill("Same");
		await go();
		await page.locator("#change output.wrong", { hasText: "Several devices would be called Same" }).waitFor();
		assert.equal(await pattern().getAttribute("aria-invalid"), "true");
	});

	it("changes a setting and restarts, and shows what has become of each", async () => {
		await page.getByRole("combobox", { name: "Action" }).selectOption("setting");
		await page.locator("#change select[name=setting]").selectOption("priority");
		await page.locator("#about", { hasText: /^How well suited this camera is to be the representative/ }).waitFor();
		await page.getByLabel("Value").fill("9");
		assert.match(await go(), /^Change this setting on the chosen devices \(2\)/);
		await isOver("2 done");
		await page.locator("#job li", { hasText: "It is back." }).nth(1).waitFor();
	});

	it("tells which device has failed and why, and chooses it again", async () => {
		const row = page.locator("#devices tbody tr", { hasText: "192.168.0.12" });
		await row.getByRole("checkbox").check();
		const chosen = await page.locator("#devices tbody :checked").count();
		await demo.untilUp(2, 3);
		const address = demo.url(2, "demo/unplug");
		const origin = new URL(address).origin;
		const answer = await page.context().request.post(address, { headers: { origin }, maxRedirects: 0 });
		assert.equal(answer.status(), 303);
		await until("camera 2 is off", WAIT, async () => {
			const { status } = (await fetch(demo.url(2)).catch(() => undefined)) ?? { status: 503 };
			return status === 503;
		});
		await page.getByRole("combobox", { name: "Action" }).selectOption("restart");
		await go();
		await isOver(chosen > 1 ? `${chosen - 1} done, 1 failed` : "0 done, 1 failed");
		await page.locator("#job li[data-state=failed]", { hasText: "It did not answer." }).waitFor();
		await page.getByRole("button", { name: "Choose those that failed" }).click();
		await page.getByText("Chosen: 1").waitFor();
		assert.ok(await row.getByRole("checkbox").isChecked());
	});

	it("has no accessibility barriers", async () => {
		assert.deepEqual(await findBarriers(page), []);
		assert.deepEqual(complaints, []);
	});
});

describe("lab/devices of real cameras", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 insecure", (context) => needs(context, ...LAB_NEEDS, "build", "porthole-linux"), [
		"node",
		"xs",
		"node",
	]);

	it("are renamed, configured and restarted by one of them, on Node.js and XS (IMG-15)", async () => {
		const { lab } = house();
		await house().fill(3, "--fleet-key", "only-the-cameras-of-this-house");
		const base = `http://${WAN}:8080/api/v1/`;
		const read = async (path: string) => JSON.parse((await lab.get("wan", `${base}${path}`, 15)) ?? "null");
		await until("the inventory has all facts", WAIT, async () => {
			const { devices } = (await read("inventory")) ?? {};
			return devices?.length === 3 && devices.every(({ version }: { version: string | null }) => version !== null);
		});
		const act = async (form: string) => {
			const { stdout } = await lab.exec("wan", ["curl", "-s", ...OWNER, "-d", form, `${base}fleet/actions`]);
			assert.equal(JSON.parse(stdout).done, true, stdout);
			let state = await read("fleet/actions");
			await until("the action is over", WAIT * 2, async () => {
				state = (await read("fleet/actions")) ?? state;
				return state?.action?.isOver === true;
			});
			for (const { name, state: done, message } of state.action.devices)
				assert.equal(done, "done", `${name}: ${message}`);
			return state.action.devices.map(({ message }: { message: string }) => message);
		};
		const { devices } = await read("inventory");
		const others = devices.filter(({ self }: { self: boolean }) => !self).map(({ id }: { id: string }) => id);
		await act("action=rename&devices=all&pattern=Hall {nn}");
		assert.deepEqual((await read("inventory")).devices.map(({ name }: { name: string }) => name).sort(), [
			"Hall 01",
			"Hall 02",
			"Hall 03",
		]);
		const messages = await act(`action=setting&devices=${others.join(" ")}&setting=priority&value=9&restart=on`);
		assert.deepEqual(messages, ["It is back.", "It is back."]);
		for (const n of [2, 3]) {
			const url = `http://${WAN}:${8079 + n}/api/v1/settings`;
			const text = await until("it is reachable again", 20_000, () => lab.get("wan", url, 15));
			assert.equal(JSON.parse(text).now.priority, "9");
		}
	});
});
