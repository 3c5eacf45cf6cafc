import assert from "node:assert/strict";
import type { Page, Route } from "playwright-core";
import type { PortalView } from "../../src/web/portal-view";
import { openBrowser, saysCopied, type TestBrowser } from "../support/browser";
import { needs } from "../support/needs";
import { PortalSite, portalCamera } from "../support/portal-site";
import { readQrCode } from "../support/qr-reader";
import { pause, until } from "../support/until";

describe("lab/the portal in a browser", function () {
	this.timeout(120_000);
	let chromium: TestBrowser;
	let site: PortalSite;
	const complaints: string[] = [];

	before(async function () {
		needs(this, "chromium");
		chromium = await openBrowser();
	});
	afterEach(async () => {
		await site?.close();
		assert.deepEqual(complaints.splice(0), []);
	});
	after(() => chromium?.close());

	async function show(count: number, height = 900): Promise<Page> {
		site = await PortalSite.open(count);
		const page = await chromium.browser.newPage({ viewport: { width: 1280, height } });
		page.on("pageerror", (error) => complaints.push(error.message));
		await page.goto(site.url);
		return page;
	}

	const names = (page: Page) => page.locator("#cameras > li:visible h2 a").allTextContents();

	for (const [size, width, height, scales] of [
		["Small", 160, 2400, true],
		["Medium", 320, 4000, true],
		["Small", 160, 2400, false],
	] as const) {
		it(`takes less than 100 kB a second with all heads for 30 ${size.toLowerCase()} cameras in view${scales ? "" : " that can't scale"}, and shows each again and again (IMG-14)`, async () => {
			const page = await show(30, height);
			site.scales = scales;
			await page.getByRole("button", { name: size }).click();
			// What it takes to open the page is not counted.
			await pause(3000);
			const [octets, shots, start] = [site.octets, site.shots.length, performance.now()];
			await pause(scales && width < 320 ? 6000 : 12_000);
			if (scales)
				await until("each comes again and again", 5000, () => {
					const came = site.shots.slice(shots);
					return new Set(came).size === 30 && came.length >= 45;
				});
			const time = performance.now() - start;
			const rate = ((site.octets - octets) * 1000) / time;
			const taken = site.shots.slice(shots);
			assert.ok(rate < 100_000, `${Math.round(rate)} octets a second`);
			assert.ok(rate > 20_000, `${Math.round(rate)} octets a second`);
			if (scales) {
				assert.equal(new Set(taken).size, 30, "all of them, in one width");
				assert.ok(taken.every((shot) => shot.endsWith(` ${width}`)));
				assert.ok(taken.length >= 45, `${taken.length} pictures in ${time} ms`);
			}
			await page.close();
		});
	}

	it("asks only for what is in view, and larger where a picture is shown larger", async () => {
		const page = await show(30, 500);
		await page.getByRole("button", { name: "Large" }).click();
		await until("a large one comes", 5000, () => site.shots.some((shot) => shot.endsWith(" 640")));
		await pause(1500);
		const before = site.shots.length;
		await pause(2500);
		const shown = new Set(site.shots.slice(before));
		assert.ok(shown.size <= 6, [...shown].join());
		assert.ok([...shown].every((shot) => shot.endsWith(" 640")));
		await page.reload();
		assert.equal(await page.locator("#cameras").getAttribute("data-size"), "l", "the size is remembered");
		await page.close();
	});

	it("shows nothing in place of a picture that does not come, until it does", async () => {
		const page = await show(2);
		const pictures = "**/1/snapshot.jpg*";
		await page.route(pictures, (route) => route.fulfill({ status: 401 }));
		await page.reload();
		const shot = page.locator("#cameras > li").nth(1).locator("img[data-shot]");
		await shot.waitFor({ state: "hidden" });
		await page.getByText("No picture yet.").waitFor();
		await page.locator("#cameras > li").nth(0).locator("img[data-shot]").waitFor();
		await page.unroute(pictures);
		await shot.waitFor();
		await page.close();
	});

	it("finds cameras by name and by group", async () => {
		const page = await show(12);
		await page.getByLabel("Search cameras by name").fill("CAMERA 1");
		assert.deepEqual(await names(page), ["Camera 1", "Camera 10", "Camera 11", "Camera 12"]);
		await page.getByLabel("Search cameras by name").fill("nowhere");
		assert.ok(await page.getByText("No camera matches.").isVisible());
		await page.getByLabel("Search cameras by name").fill("");
		await page.getByLabel("Group").selectOption("Upstairs");
		assert.deepEqual(await names(page), ["Camera 3", "Camera 6", "Camera 9", "Camera 12"]);
		site.view = {
			...site.view,
			cameras: [...site.view.cameras, portalCamera(12), portalCamera(13, { group: "Upstairs" })],
		};
		site.changed();
		await page.locator("#cameras > li:visible", { hasText: "Camera 14" }).waitFor();
		assert.equal((await names(page)).length, 5, "the choice stays");
		await page.close();
	});

	it("shows all cameras on the whole screen, and goes back by button or Escape, which lead back to where the keyboard was", async () => {
		const page = await show(5);
		for (const back of ["button", "key"]) {
			await page.getByRole("button", { name: "Full screen" }).press("Enter");
			await page.waitForFunction("document.fullscreenElement?.id === 'wall'");
			const boxes = await page
				.locator("#cameras img:visible")
				.evaluateAll((list) =>
					list.map(
						(each) =>
							(each as unknown as { getBoundingClientRect(): { bottom: number } }).getBoundingClientRect().bottom,
					),
				);
			assert.equal(boxes.length, 5);
			assert.ok(Math.max(...boxes) <= (await page.evaluate<number>("innerHeight")) + 40, boxes.join());
			if (back === "button") await page.getByRole("button", { name: "Close" }).click();
			else await page.keyboard.press("Escape");
			await page.locator("#wall:not(.wall)").waitFor();
			await page.waitForFunction("document.fullscreenElement === null");
			await page.locator("#enwall:focus").waitFor();
			await page.locator("#seek").waitFor();
		}
		await page.close();
	});

	it("leaves a NAS out of the wall, on which all names are in sight", async () => {
		const page = await show(4);
		const nas = portalCamera(4, { name: "Shelf", storage: [353, 18_630, 20_418] });
		site.view = { ...site.view, cameras: [...site.view.cameras, nas] };
		await page.reload();
		await page.getByRole("button", { name: "Full screen" }).click();
		await page.locator("#wall.wall").waitFor();
		assert.deepEqual(await names(page), ["Camera 1", "Camera 2", "Camera 3", "Camera 4"]);
		const height = await page.evaluate<number>("innerHeight");
		for (const name of await page.locator("#cameras h2:visible").all()) {
			const { y = 0, height: own = 0 } = (await name.boundingBox()) ?? {};
			assert.ok(y + own <= height, `${y + own} of ${height}`);
		}
		await page.getByRole("button", { name: "Close" }).click();
		await page.getByRole("link", { name: "Shelf" }).waitFor();
		await page.close();
	});

	it("is told of changes, and asks for nothing meanwhile (IMG-12)", async () => {
		const page = await show(2);
		await pause(2500);
		site.view = { ...site.view, cameras: [...site.view.cameras, portalCamera(2)] };
		site.changed();
		await page.getByRole("heading", { name: "Camera 3" }).waitFor();
		assert.equal(await page.locator("#news").textContent(), "Camera 3 is online.");
		const gone = {
			...portalCamera(2),
			lanUrl: "",
			page: "",
			health: "silent" as const,
			lastSeen: Date.UTC(2026, 10, 27, 17, 40),
		};
		site.view = { ...site.view, cameras: [...site.view.cameras.slice(0, 2), gone] };
		site.changed();
		await page.locator("#cameras > li:nth-child(3)", { hasText: "Offline since" }).waitFor();
		assert.equal(site.polls, 0);
		site.cut();
		await until("the page is told again", 10_000, () => site.isFollowed);
		// Only the owner can say that it will not come back, and is asked whether that is meant.
		const forget = page.getByRole("button", { name: "Remove Camera 3 from this list" });
		await forget.click();
		const dialog = page.getByRole("dialog", { name: "Remove Camera 3 from the list?" });
		await dialog.getByRole("button", { name: "Cancel" }).click();
		assert.equal(site.forms.length, 0);
		await forget.click();
		await dialog.getByRole("button", { name: "Remove Camera 3 from this list" }).click();
		await until("it is sent", 5000, () => site.forms.length === 1);
		assert.equal(site.forms[0].path, "/api/v1/cameras/0000000000000002/forget");
		site.view = { ...site.view, cameras: site.view.cameras.slice(0, 2) };
		site.changed();
		await page.locator("#cameras > li:nth-child(3)").waitFor({ state: "detached" });
		await page.close();
	});

	it("asks every ten seconds where it is not told", async () => {
		site = await PortalSite.open(2);
		site.hasChanges = false;
		const page = await chromium.browser.newPage();
		await page.goto(site.url);
		await until("it asks", 5000, () => site.polls === 1);
		// It has brought itself up to date once.
		await pause(1500);
		site.view = { ...site.view, cameras: [...site.view.cameras, portalCamera(2)] };
		await page.getByRole("heading", { name: "Camera 3" }).waitFor();
		assert.ok(site.polls <= 3, `${site.polls}`);
		await page.close();
	});

	it("adds a camera in two taps: the form, which says what is entered, and the button (ONE-5)", async () => {
		site = await PortalSite.open(1);
		const outside = [{ id: "00000000000000ff", name: "Garage", address: "192.168.0.14", isSealed: false }];
		site.view = { ...site.view, outside, steps: ["password"] };
		const page = await chromium.browser.newPage();
		await page.goto(site.url);
		await page.getByText("A device at 192.168.0.14 that calls itself Garage is not in this fleet.").waitFor();
		const next = page.locator("#next");
		assert.match((await next.textContent()) ?? "", /Choose a password of your own.*Add your other devices/);
		await page.getByText("Add to this fleet").click();
		await page.getByLabel("Password that Garage showed at its first start").fill("ABCD-EFGH-IJKL");
		await page.getByRole("button", { name: "Add Garage to this fleet" }).click();
		await until("it is sent", 5000, () => site.forms.length === 1);
		const [{ path, form }] = site.forms;
		assert.equal(path, "/api/v1/cameras/00000000000000ff/add");
		assert.deepEqual(
			[...form],
			[
				["camera", "0000000000000000"],
				["password", "ABCD-EFGH-IJKL"],
			],
		);
		site.view = {
			...site.view,
			cameras: [portalCamera(0), portalCamera(1, { name: "Garage" })],
			outside: [],
			outcome: "Garage is in this fleet now.",
			steps: [],
		};
		site.changed();
		await page.getByRole("heading", { name: "Garage" }).waitFor();
		await page.getByText("Garage is in this fleet now.").waitFor();
		assert.equal(await next.isVisible(), false);
		await page.close();
	});

	for (const isListed of [true, false]) {
		it(`says beside the form how adding a camera goes, and keeps what was typed until it is added: ${isListed ? "listed" : "outside"} (ONE-5)`, async () => {
			site = await PortalSite.open(1);
			const id = "00000000000000ff";
			const view: PortalView = isListed
				? { ...site.view, cameras: [portalCamera(0), portalCamera(1, { id, name: "Garage", isOpen: true })] }
				: { ...site.view, outside: [{ id, name: "Garage", address: "192.168.0.14", isSealed: false }] };
			site.view = view;
			const page = await chromium.browser.newPage({ viewport: { width: 390, height: 844 } });
			await page.goto(site.url);
			const card = page.locator(`[data-id="${id}"]`);
			await card.getByText("Add to this fleet").click();
			const password = card.locator("input[name=password]");
			await password.fill("ABCD-EFGH-IJKL");
			site.view = { ...view, outcome: "Adding Garage…", subject: id };
			await password.press("Enter");
			const said = card.getByRole("status");
			await said.getByText("Adding Garage…").waitFor();
			await pause(500);
			assert.equal(await page.getByText("Adding").count(), 1, "once on the page");
			site.view = { ...view, outcome: "Garage did not accept that password.", subject: id, hasFailed: true };
			site.changed();
			await card.locator("p.wrong[role=status]", { hasText: "did not accept" }).waitFor();
			const [field, answer] = [await password.boundingBox(), await said.boundingBox()];
			assert.ok(field && answer && answer.y - field.y - field.height < 30, "beside the field");
			assert.equal(await password.inputValue(), "ABCD-EFGH-IJKL");
			assert.equal(await page.locator("#adding").textContent(), "");
			await page.reload();
			await said.getByText("did not accept").waitFor();
			assert.ok(await password.isVisible(), "after a reload too");
			await password.fill("another");
			const added = portalCamera(1, { id, name: "Garage" });
			site.view = { ...view, cameras: [portalCamera(0), added], outside: [], outcome: "Garage is in.", subject: id };
			site.changed();
			await page.locator("#cameras").getByText("Garage is in.").waitFor();
			assert.equal(await password.count(), 0);
			await page.close();
		});
	}

	it("keeps a form that is open when the card gets another address (ONE-5)", async () => {
		site = await PortalSite.open(1);
		const garage = (lanRtsp: string) =>
			portalCamera(1, { id: "00000000000000ff", name: "Garage", isOpen: true, lanRtsp });
		site.view = { ...site.view, cameras: [portalCamera(0), garage("rtsp://192.168.0.14:8554/live")] };
		const page = await chromium.browser.newPage();
		await page.goto(site.url);
		const card = page.locator('[data-id="00000000000000ff"]');
		await card.getByText("Add to this fleet").click();
		const password = card.locator("input[name=password]");
		await password.waitFor();
		site.view = { ...site.view, cameras: [portalCamera(0), garage("rtsp://192.168.0.15:8554/live")] };
		site.changed();
		await card.getByText("rtsp://192.168.0.15:8554/live").waitFor({ state: "attached" });
		assert.ok(await password.isVisible());
		assert.equal(await card.locator("details[open]").count(), 1, "and opens nothing else");
		await page.close();
	});

	describe("brings itself up to date", () => {
		const outside = [{ id: "00000000000000ff", name: "Garage", address: "192.168.0.14", isSealed: false }];
		const code = (page: Page) => page.getByRole("button", { name: "Show join code" });
		const offer = (page: Page) => page.getByText("Add to this fleet");
		let fetches = 0;

		/** Opens a portal. @param meddle does something with each page that a script asks for, by its number */
		async function open(meddle: (number: number, route: Route) => Promise<unknown>): Promise<Page> {
			site = await PortalSite.open(1);
			site.view = { ...site.view, outside };
			const page = await chromium.browser.newPage();
			const { url } = site;
			const renewed = page.waitForResponse((a) => a.url() === url && a.request().resourceType() === "fetch");
			await page.goto(url);
			await offer(page).waitFor();
			// It has brought itself up to date once.
			await (await renewed).finished();
			await pause(500);
			fetches = 0;
			await page.route(url, (route) => meddle(++fetches, route));
			return page;
		}

		it("after a form as well, which sees something of which it is not told", async () => {
			let come = 0;
			const page = await open(async (number, route) => {
				await until("the one before has come", 5000, () => come === number - 1);
				// It is outside again for a moment.
				if (number === 2) site.view = { ...site.view, outside };
				await route.fulfill({ response: await route.fetch() });
				come++;
			});
			site.view = { ...site.view, outside: [] };
			await code(page).click();
			await until("both scripts have asked", 5000, () => come === 2);
			site.view = { ...site.view, outside: [], cameras: [portalCamera(0), portalCamera(1)] };
			site.changed();
			await page.getByRole("heading", { name: "Camera 2" }).waitFor();
			assert.equal(await offer(page).count(), 0);
			await page.close();
		});

		it("in what a NAS says of its storage, and when a join code has ended", async () => {
			const page = await open((_number, route) => route.continue());
			const nas = (storage: readonly number[]) => [portalCamera(0), portalCamera(1, { name: "Shelf", storage })];
			site.view = { ...site.view, cameras: nas([353, 18_630, 20_418]), code: "ABCD-EFGH-IJKL-MNPQ" };
			site.changed();
			await page.getByText("35.3 GB").waitFor();
			const copy = page.locator("#adding button");
			await copy.click();
			await until("the button has the focus", 5000, () =>
				copy.evaluate("document.activeElement.closest('#adding') !== null"),
			);
			site.view = { ...site.view, cameras: nas([412, 18_571, 20_418]) };
			site.changed();
			await page.getByText("41.2 GB").waitFor();
			site.view = { ...site.view, code: "" };
			site.changed();
			await copy.waitFor({ state: "detached" });
			await page.close();
		});

		it("though an older page comes late", async () => {
			const page = await open(async (number, route) => {
				const response = await route.fetch();
				if (number === 1) await pause(1500);
				await route.fulfill({ response });
			});
			site.view = { ...site.view, notices: [{ message: "Old.", remedy: "" }] };
			site.changed();
			await until("it asks", 5000, () => fetches === 1);
			site.view = { ...site.view, notices: [], outside: [] };
			site.changed();
			await offer(page).waitFor({ state: "detached" });
			await pause(2000);
			assert.equal(await page.getByText("Old.").count(), 0);
			assert.equal(await offer(page).count(), 0);
			await page.close();
		});

		it("though a page does not come", async () => {
			const page = await open((number, route) => (number === 1 ? route.abort() : route.continue()));
			site.view = { ...site.view, outside: [] };
			site.changed();
			await offer(page).waitFor({ state: "detached" });
			await page.close();
		});
	});

	it("copies the public address and RTSP addresses (ONE-3)", async () => {
		site = await PortalSite.open(2);
		const context = await chromium.browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
		const page = await context.newPage();
		await page.goto(site.url);
		const clipboard = () => page.evaluate<string>("navigator.clipboard.readText()");
		await page.getByText("Addresses").nth(1).click();
		const rtsp = page.locator("#cameras > li").nth(1).locator(".copy", { hasText: "rtsp:" });
		await rtsp.getByRole("button").click();
		await until("it is copied", 5000, async () => (await clipboard()) === "rtsp://192.168.0.11:8554/live");
		const copy = page.getByRole("button", { name: "Copy the public address" });
		const said = saysCopied(page);
		await copy.click();
		await until("it is copied", 5000, async () => (await clipboard()) === "http://198.51.100.7:8080/");
		await said;
		await context.close();
	});

	it("shares the public address where the browser can, the new one once it has changed (ONE-3)", async () => {
		site = await PortalSite.open(2);
		const page = await chromium.browser.newPage();
		await page.addInitScript(
			"window.shared = []; navigator.share = (what) => { shared.push(what); return Promise.reject(new Error('cancelled')); };",
		);
		page.on("pageerror", (error) => complaints.push(error.message));
		await page.goto(site.url);
		const share = page.getByRole("button", { name: "Share" });
		await share.click();
		site.view = { ...site.view, address: "http://198.51.100.8:8080/" };
		site.changed();
		await page.getByRole("link", { name: "http://198.51.100.8:8080/" }).waitFor();
		assert.ok(await page.evaluate<boolean>("document.activeElement.id === 'share'"), "the focus stays");
		await share.click();
		const title = await page.title();
		assert.deepEqual(await page.evaluate("shared"), [
			{ title, url: "http://198.51.100.7:8080/" },
			{ title, url: "http://198.51.100.8:8080/" },
		]);
		await page.close();
	});

	it("draws the public address as a QR code, which stays open while other things change (ONE-3)", async () => {
		const page = await show(2);
		site.view = { ...site.view, address: "" };
		site.changed();
		await page.locator("#public").waitFor({ state: "hidden" });
		site.view = { ...site.view, address: "http://198.51.100.9:8080/" };
		site.changed();
		assert.equal(await page.getByRole("button", { name: "Share" }).isVisible(), false, "this browser can't");
		await page.getByText("QR code", { exact: true }).click();
		await page.locator(".qr svg").waitFor();
		assert.equal(await readQrCode(await page.locator(".qr").screenshot()), "http://198.51.100.9:8080/");
		site.view = { ...site.view, cameras: [...site.view.cameras, portalCamera(2)] };
		site.changed();
		await page.getByRole("heading", { name: "Camera 3" }).waitFor();
		assert.ok(await page.locator(".qr svg").isVisible());
		await page.close();
	});
});
