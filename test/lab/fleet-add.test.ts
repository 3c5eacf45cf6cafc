import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { FRAME } from "../../tools/camera-program";
import { closePage, openBrowser, type TestBrowser } from "../support/browser";
import { LAB_NEEDS, needs } from "../support/needs";
import { pause, until } from "../support/until";
import { houseFor } from "./house";
import { type CameraKind, Lab } from "./lab";
import { programOf } from "./relay-lab";

/** What a busy machine may need to show something, in milliseconds. */
const WAIT = 60_000;
const CHOSEN = "chosen by a person";

const url = (n: number, path = "") => `http://${Lab.address(n)}:8000/${path}`;

describe("lab/adding cameras that nobody has set up", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 insecure cams=5", (c) =>
		needs(c, ...LAB_NEEDS, "build", "porthole-linux", "chromium", "script"),
	);
	let chromium: TestBrowser | undefined;
	let page: Page;

	before(async () => {
		chromium = await openBrowser(`${house().lab.name}-home`);
		const context = await chromium.browser.newContext({ locale: "en-GB" });
		page = await context.newPage();
		page.setDefaultTimeout(WAIT);
	});
	after(() => chromium?.close());

	/** Starts a camera at a terminal, with a folder of its own that is empty. @returns the password that it shows */
	async function start(n: number, kind: CameraKind, ...flags: readonly string[]): Promise<string> {
		const own = ["camera", "--interface", "eth0", "--data", `${house().data}/new${n}`, "--source", FRAME];
		const command = [...programOf(kind), ...own, ...flags].map((word) => `'${word}'`).join(" ");
		const camera = house().lab.spawn(`cam${n}`, ["script", "-qefc", command, "/dev/null"]);
		return until(`camera ${n} shows its password, and serves`, WAIT, async () => {
			if (!camera.output.includes("listening on port 8000")) return undefined;
			return /with the password ([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})/.exec(camera.output)?.[1];
		});
	}

	/** Asks a camera as its owner. @param form absent: a question */
	async function ask(n: number, path: string, password: string, form?: Readonly<Record<string, string>>) {
		const words = Object.entries(form ?? {}).flatMap(([name, value]) => ["--data-urlencode", `${name}=${value}`]);
		const login = ["--digest", "-u", `owner:${password}`];
		const { stdout } = await house().lab.exec("home", ["curl", "-s", "-m", "20", ...login, ...words, url(n, path)]);
		return stdout.startsWith("{") ? JSON.parse(stdout) : {};
	}

	async function logIn(on: Page, n: number, password: string, path: string): Promise<void> {
		await on.goto(url(n, path), { waitUntil: "domcontentloaded" });
		await on.fill("input[name=password]", password);
		await on.click("button");
		await on.waitForSelector("nav");
		// Its script has run.
		await on.waitForLoadState("domcontentloaded");
	}

	/** Whether the passwords of the fleet count at a camera; wrong ones are asked with rarely. */
	const isInFleet = async (n: number, password: string, count: number): Promise<boolean> => {
		await pause(500);
		const { fleet } = await ask(n, "api/v1/status", password);
		return fleet?.sealed === true && fleet.cameras.length === count - 1;
	};

	it("makes one fleet of one on Node.js and one on XS, on the portal, with the passwords that they have shown (ONE-5)", async () => {
		const [first, second] = await Promise.all([start(1, "node"), start(2, "xs")]);
		await logIn(page, 1, first, "portal");
		const next = page.locator("#next");
		await next.getByText("Choose a password of your own").waitFor();
		await next.getByText("Add your other devices to this fleet").waitFor();
		const card = page.locator("#cameras > li, #outside > section", { hasText: "Add to this fleet" });
		await card.getByText("Add to this fleet").click();
		await card.locator("input[name=password]").fill(second);
		await card.getByRole("button", { name: /^Add / }).click();
		await page
			.locator("#adding, #cameras", { hasText: "is in this fleet now. Your password here is good for it too." })
			.waitFor();
		await page.locator("#cameras > li").nth(1).waitFor();
		await page.getByText("Add to this fleet").waitFor({ state: "detached" });
		await until("the other one has the passwords of the fleet", WAIT, () => isInFleet(2, first, 2));
		// The picture of the other camera, without another login.
		const picture = page.locator("#cameras > li img.still").nth(1);
		await until("its picture", WAIT, () => picture.evaluate((img: { naturalWidth: number }) => img.naturalWidth > 0));
	});

	it("makes one fleet of one on XS and one on Node.js, by the operation for programs, and gives both another password at once (ONE-5)", async () => {
		const [first, second] = await Promise.all([start(3, "xs", "--fleet", "7"), start(4, "node", "--fleet", "7")]);
		const { id } = await ask(4, "api/v1/status", second);
		await until("the first has heard of the second", WAIT, async () => {
			const { cameras } = await ask(3, "api/v1/cameras", first);
			return cameras?.some((camera: { id: string }) => camera.id === id);
		});
		const answer = await ask(3, `api/v1/cameras/${id}/add`, first, { password: second });
		assert.equal(answer.done, true, JSON.stringify(answer));
		await until("the other one has the passwords of the fleet", WAIT, () => isInFleet(4, first, 2));
		assert.match((await ask(3, "api/v1/cameras", first)).adding, / is in this fleet now\./);

		const form = { action: "password", devices: "all", user: "owner", password: CHOSEN, again: CHOSEN };
		assert.equal((await ask(3, "api/v1/fleet/actions", first, form)).done, true);
		await until("both have the new password", WAIT, async () => {
			const { action } = await ask(3, "api/v1/fleet/actions", CHOSEN);
			return action?.isOver === true;
		});
		const { action } = await ask(3, "api/v1/fleet/actions", CHOSEN);
		assert.deepEqual(
			action.devices.map(({ state }: { state: string }) => state),
			["done", "done"],
		);
		assert.equal((await ask(4, "api/v1/status", CHOSEN)).fleet.sealed, true);
		const old = ["--digest", "-u", `owner:${first}`, "-o", "/dev/null", "-w", "%{http_code}"];
		assert.equal((await house().lab.exec("home", ["curl", "-s", ...old, url(4)])).stdout, "401");
	});

	it("lets one whose password was changed join by the code that the portal shows (ONE-5)", async () => {
		const drawn = await start(5, "node");
		assert.equal((await ask(5, "api/v1/password", drawn, { user: "owner", password: CHOSEN })).done, true);
		await page.locator("#outside > section", { hasText: Lab.address(5) }).waitFor();
		await page.locator("#next").getByRole("button", { name: "Show join code" }).click();
		const shown = page.locator("#adding code");
		await shown.waitFor();
		const code = (await shown.textContent()) ?? "";
		assert.match(code, /^[A-Z0-9]{4}(-[A-Z0-9]{4}){3}$/);
		const other = await page.context().newPage();
		other.setDefaultTimeout(WAIT);
		await logIn(other, 5, CHOSEN, "fleet");
		await other.fill("input[name=code]", code);
		await other.getByRole("button", { name: "Join", exact: true }).click();
		await other.locator("dialog button[value=yes]").click();
		await page.locator("#cameras > li").nth(2).waitFor();
		await closePage(other);
	});
});
