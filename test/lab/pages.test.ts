import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import sharp from "sharp";
import type { PanTiltState } from "../../src/camera/pan-tilt";
import { findBarriers } from "../support/axe";
import { watchPictures } from "../support/browser";
import { DemoProcess } from "../support/demo-process";
import { PASSWORD } from "../support/digest";
import { FrozenProxy } from "../support/frozen-proxy";
import { needs } from "../support/needs";
import { PageVisits, type VisitorOptions } from "../support/page-visits";
import { until } from "../support/until";

/** What a busy machine may need to show something, in milliseconds. */
const WAIT = 60_000;

describe("lab/pages of the demo in a browser", function () {
	this.timeout(300_000);
	let demo: DemoProcess;
	let visits: PageVisits;

	before(async function () {
		needs(this, "build", "chromium");
		demo = await DemoProcess.start();
		visits = await PageVisits.open();
		await demo.untilUp(1, 2, 3);
	});
	afterEach(() => visits?.end());
	after(async () => {
		await visits?.close();
		await demo?.stop();
	});

	const owner = (options?: VisitorOptions): Promise<Page> => visits.owner(demo.url(1), options);

	/** Where camera 1 looks, perhaps on its way. */
	async function looks(page: Page): Promise<PanTiltState> {
		return (await page.request.get(demo.url(1, "api/v1/motion"))).json();
	}

	/** Waits until camera 1 has arrived, where `isMeant` says so. @returns where it looks */
	function untilAt(page: Page, what: string, isMeant: (state: PanTiltState) => boolean): Promise<PanTiltState> {
		return until(what, 5000, async () => {
			const state = await looks(page);
			return !state.moving && isMeant(state) && state;
		});
	}

	/** Turns camera 1 straight ahead, whatever moved it before. */
	async function center(page: Page): Promise<PanTiltState> {
		await page.getByRole("button", { name: "Center" }).click();
		return untilAt(page, "it looks straight ahead", ({ pan, tilt }) => pan === 0 && tilt === 0);
	}

	async function untilMoved(page: Page, what: string, from: PanTiltState): Promise<void> {
		await until(what, 5000, async () => {
			const { pan, tilt } = await looks(page);
			return pan !== from.pan || tilt !== from.tilt;
		});
	}

	it("show only the login page without a login, and say when the password is wrong", async () => {
		const page = await visits.page();
		for (const path of ["", "portal", "settings", "nothing-here"]) {
			const answer = await page.goto(demo.url(1, path), { waitUntil: "domcontentloaded" });
			assert.equal(answer?.status(), 401, path);
			assert.equal(await page.locator("img").count(), 0);
			assert.equal(await page.locator("input[type=password]").count(), 1);
		}
		await page.goto(demo.url(1));
		await page.fill("input[name=password]", "not the password");
		await page.click("button");
		const alert = page.locator("[role=alert]:visible");
		await alert.waitFor();
		assert.match((await alert.textContent()) ?? "", /Wrong password/);
	});

	it("show three cameras whose stills change, after one login at the representative (IMG-14, IMG-16)", async () => {
		const page = await owner();
		await page.locator("#cameras img.still").nth(2).waitFor();
		const pictures = await watchPictures(page, "#cameras img.still");
		assert.equal(pictures.length, 3);
		for (const { src, width, moves } of pictures) {
			assert.ok(src.includes("/snapshot.jpg"), src);
			assert.ok(width > 0 && moves, `${src} changes`);
		}
		assert.deepEqual(await page.locator(".health").allTextContents(), Array(3).fill("Online"));
		for (const text of await page.locator("#cameras a.address").allTextContents())
			assert.match(text, /^http:\/\/localhost:\d+\/$/);
	});

	it("lead to another camera without a second login, with live video at the chosen frame rate (IMG-16)", async () => {
		const page = await owner();
		await page.locator("#cameras > li:nth-child(2) h2 a").click();
		await page.waitForURL(demo.url(2, "camera"));
		const [live] = await watchPictures(page, "#live");
		assert.ok(live.moves);
		await page.getByRole("link", { name: "10 fps", exact: true }).click();
		await page.waitForURL(`${demo.url(2, "camera")}?fps=10`);
		assert.equal(await page.locator("#live").getAttribute("src"), "/stream.mjpeg?fps=10");
		assert.ok((await watchPictures(page, "#live"))[0].moves);
	});

	it("rename a camera, which other open portals show (IMG-15)", async () => {
		const page = await owner();
		const other = await owner();
		const card = page.locator("#cameras > li").nth(1);
		await card.getByText("Rename").click();
		await card.locator("input[name=name]").fill('Shed <b> & "co"');
		await card.getByRole("button", { name: "Save" }).click();
		await page.getByRole("heading", { name: 'Shed <b> & "co"' }).waitFor();
		await other.getByRole("heading", { name: 'Shed <b> & "co"' }).waitFor();
	});

	it("move a camera by buttons, arrow keys and dragging (IMG-18)", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		await page.getByRole("button", { name: "Right", exact: true }).click();
		await untilAt(page, "a button turns it", ({ pan }) => pan === 10);
		assert.equal(page.url(), demo.url(1, "camera"));
		await center(page);
		await page.locator("#live").focus();
		await page.keyboard.press("ArrowUp");
		await page.keyboard.press("ArrowLeft");
		const from = await untilAt(page, "keys turn it", ({ pan, tilt }) => pan === -5 && tilt === 5);
		const box = await page.locator("#live").boundingBox();
		assert.ok(box !== null);
		await page.mouse.move(box.x + 300, box.y + 200);
		await page.mouse.down();
		await page.waitForTimeout(120);
		await page.mouse.move(box.x + 200, box.y + 200, { steps: 3 });
		await page.waitForTimeout(120);
		await page.mouse.move(box.x + 100, box.y + 220, { steps: 3 });
		await page.mouse.up();
		await untilMoved(page, "dragging turns it", from);
	});

	it("say within 3 s by the page's own clock that a picture is not live (IMG-16)", async () => {
		const proxy = await FrozenProxy.open(Number(new URL(demo.url(1)).port));
		try {
			const page = await visits.owner(proxy.url());
			await page.clock.install();
			const checked = () => page.waitForResponse("**/api/v1/picture");
			const answered = checked();
			await page.goto(proxy.url("camera"), { waitUntil: "domcontentloaded" });
			assert.ok((await watchPictures(page, "#live"))[0].moves);
			await answered;
			await checked();
			await page.locator("#stopped:empty").waitFor({ state: "attached" });
			// From now on the page's time goes on only here, so it does not matter how busy this machine is.
			await pauseClock(page);
			proxy.freeze();
			assert.equal(await page.locator("#stopped").textContent(), "");
			await page.clock.runFor(3000);
			assert.match((await page.locator("#stopped").textContent()) ?? "", /^Not live since \d/);
			assert.equal(await page.locator("#live.stale").count(), 1);
			proxy.thaw();
			await page.clock.resume();
			await page.locator("#live:not(.stale)").waitFor();
		} finally {
			proxy.close();
		}
	});

	it("say since when a picture which stands still is not live, and go on when there are pictures again (IMG-16)", async () => {
		const proxy = await FrozenProxy.open(Number(new URL(demo.url(1)).port));
		try {
			const page = await visits.owner(proxy.url());
			await page.goto(proxy.url("camera"), { waitUntil: "domcontentloaded" });
			const stopped = page.locator("#stopped");
			for (let round = 0; round < 2; round++) {
				assert.ok((await watchPictures(page, "#live"))[0].moves);
				await page.locator("#stopped:empty").waitFor({ state: "attached" });
				const start = Date.now();
				const asked = await page.waitForRequest("**/api/v1/picture");
				await (await asked.response())?.finished();
				proxy.freeze();
				await page.locator("#stopped", { hasText: /^Not live since / }).waitFor();
				assert.equal(await page.locator("#live.stale").count(), 1);
				// The page says so two seconds after the newest picture at the earliest.
				const [from, to] = await page.evaluate<string[], number[]>(
					(times) => times.map((time) => new Date(time).toLocaleTimeString()),
					[start - 2000, Date.now() - 1000],
				);
				const shown = (await stopped.textContent())?.replace("Not live since ", "") ?? "";
				const second = (text: string) => Date.parse(`2026-01-01 ${text}`);
				assert.ok(second(from) <= second(shown) && second(shown) <= second(to), `${from} <= ${shown} <= ${to}`);
				proxy.thaw();
				await page.locator("#live:not(.stale)").waitFor();
			}
			assert.ok((await watchPictures(page, "#live"))[0].moves, "it moves again");
			await page.locator("#stopped:empty").waitFor({ state: "attached" });
		} finally {
			proxy.close();
		}
	});

	it("change size, flip, brightness and quality of the pictures, and what programs get (IMG-17)", async () => {
		const page = await owner();
		await page.goto(demo.url(2, "camera"), { waitUntil: "domcontentloaded" });
		const form = page.getByRole("region", { name: "Picture" }).locator("form");
		const snapshot = async () => sharp(await (await page.request.get(demo.url(2, "snapshot.jpg"))).body());
		const [before, brightness] = [await snapshot(), async () => (await (await snapshot()).stats()).channels[2].mean];
		assert.equal((await before.metadata()).width, 640);
		// The sky is above: the upper half is brighter than the road below.
		const isUpright = async () => {
			const data = await (await snapshot()).greyscale().resize(2, 8, { fit: "fill" }).raw().toBuffer();
			return data[0] + data[1] > data[14] + data[15];
		};
		assert.ok(await isUpright());
		const dark = await brightness();
		await form.getByLabel("Size").selectOption("320x240");
		await form.getByLabel("Flip").selectOption("both");
		await form.getByLabel("Quality").selectOption("30");
		await form.getByLabel("Brightness").focus();
		for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
		await form.getByRole("button", { name: "Apply" }).click();
		await form.locator("output", { hasText: "Done." }).waitFor();
		await until("pictures are smaller", 5000, async () => (await (await snapshot()).metadata()).width === 320);
		await until("pictures are upside down", 5000, async () => !(await isUpright()));
		assert.ok((await brightness()) > dark + 5);
		await page.reload({ waitUntil: "domcontentloaded" });
		assert.equal(await form.getByLabel("Size").inputValue(), "320x240");
		assert.equal(await form.getByLabel("Brightness").inputValue(), "20");
		await until("the live picture is smaller", WAIT, () =>
			page.locator("#live").evaluate((img: { naturalWidth: number }) => img.naturalWidth === 320),
		);
		await form.getByLabel("Brightness").focus();
		await page.keyboard.press("Home");
		await form.getByRole("button", { name: "Apply" }).click();
		await form.locator("output", { hasText: "Done." }).waitFor();
		await until("pictures are dark", 5000, async () => (await brightness()) < dark);
	});

	it("save snapshots whose names have the time", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		const saved = page.waitForEvent("download");
		await page.getByRole("link", { name: "Save snapshot" }).click();
		const name = (await saved).suggestedFilename();
		const title = (await page.locator("h1").textContent())?.replace(/[^ \w]/g, "_");
		assert.match(name, / \d{4}-\d\d-\d\d \d\d-\d\d-\d\d\.jpg$/);
		assert.equal(name.slice(0, -24), title);
	});

	it("make addresses for programs with a token, which can be revoked alone (ONE-3)", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		const box = page.getByRole("region", { name: "Addresses for programs" });
		assert.equal(await box.locator(".copy code").first().textContent(), demo.url(1, "snapshot.jpg"));
		await box.getByText("Create addresses with a token").first().click();
		await box.getByLabel("Name (optional)").fill("Frigate <1>");
		await box.getByRole("button", { name: "Create addresses with a token" }).click();
		await page.getByRole("heading", { name: "Viewer link for Frigate <1>" }).waitFor();
		const codes = await page.locator(".copy code").allTextContents();
		const snapshot = codes.find((code) => code.includes("/snapshot.jpg?link="));
		assert.ok(snapshot !== undefined, codes.join("\n"));
		const get = async () => (await fetch(snapshot, { headers: { connection: "close" } })).status;
		assert.equal(await get(), 200);
		await page.goto(demo.url(1, "settings"));
		const row = page.locator(".links li", { hasText: "Frigate <1>" });
		assert.match((await row.textContent()) ?? "", /created .*expires .*last used/);
		assert.doesNotMatch((await row.textContent()) ?? "", /UTC/, "times are local");
		await row.getByRole("button", { name: "Revoke" }).click();
		await page.locator("dialog").getByRole("button", { name: "Revoke" }).click();
		await row.waitFor({ state: "detached" });
		assert.equal(await get(), 401);
	});

	it("never show the last picture of a camera that is gone as live, and go on by themselves when it is back", async () => {
		const proxy = await FrozenProxy.open(Number(new URL(demo.url(1)).port));
		try {
			const [portal, camera] = [await visits.owner(proxy.url()), await visits.owner(proxy.url())];
			await camera.goto(proxy.url("camera"), { waitUntil: "domcontentloaded" });
			assert.ok((await watchPictures(camera, "#live"))[0].moves);
			const self = portal.locator("#cameras > li").first();
			await until("the portal refreshes its pictures", WAIT, () =>
				self.locator("img").evaluate((img: { since?: number }) => img.since !== undefined),
			);
			assert.equal(await camera.locator("img.stale").count(), 0);
			proxy.freeze();
			await Promise.all([
				camera.locator("#live.stale").waitFor(),
				camera.locator("#stopped", { hasText: /^Not live since \d/ }).waitFor(),
				portal
					.locator("#cameras > li")
					.first()
					.locator("p.since", { hasText: /^No picture since \d/ })
					.waitFor(),
				self.locator("img.stale").waitFor(),
				portal.locator("#news", { hasText: /^No connection to this device since \d/ }).waitFor(),
				portal.locator("#cameras.cut").waitFor(),
			]);
			assert.equal(await portal.locator("img.stale").count(), 1, "the pictures of the other cameras go on");
			proxy.thaw();
			await Promise.all([camera.locator("#live:not(.stale)").waitFor(), self.locator("img:not(.stale)").waitFor()]);
			assert.ok((await watchPictures(camera, "#live"))[0].moves, "it moves again");
			await camera.locator("#stopped:empty").waitFor({ state: "attached" });
			assert.equal(await portal.locator("p.since").count(), 0);
			await Promise.all([
				portal.locator("#news", { hasText: "Reconnected." }).waitFor(),
				portal.locator("#cameras:not(.cut)").waitFor(),
			]);
		} finally {
			proxy.close();
		}
	});

	it("show live video in full screen", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		await page.getByRole("button", { name: "Full screen" }).click();
		await page.locator(":fullscreen #live").waitFor();
		const [live] = await watchPictures(page, "#live");
		assert.ok(live.moves, "the picture moves");
		await page.evaluate("document.exitFullscreen()");
	});

	it("save a preset, go to it and remove it (IMG-18)", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		const from = await center(page);
		await page.getByRole("button", { name: "Left", exact: true }).click();
		await untilMoved(page, "it turns", from);
		// Saved on the way, a preset is where the camera will stop.
		await page.getByLabel("Save current view as").fill("Door");
		await page.getByRole("button", { name: "Save", exact: true }).click();
		const go = page.getByRole("button", { name: "Go to Door" });
		await go.waitFor();
		const atDoor = ({ pan, tilt }: PanTiltState) => pan === -10 && tilt === 0;
		await untilAt(page, "it has turned", atDoor);
		await center(page);
		await go.click();
		await untilAt(page, "it looks at the door", atDoor);
		await page.getByRole("button", { name: "Remove Door" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Remove Door" }).click();
		await go.waitFor({ state: "detached" });
	});

	it("send what was pressed in order, however slow the line (IMG-18)", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		await center(page);
		const sent: string[] = [];
		let arrive = () => {};
		const isPressed = new Promise<void>((done) => {
			arrive = done;
		});
		await page.route(demo.url(1, "api/v1/motion"), async (route) => {
			sent.push((route.request().postData() ?? "").replace(/^camera=\w+&/, ""));
			if (sent.length === 1) await isPressed;
			await route.continue();
		});
		const left = page.getByRole("button", { name: "Left", exact: true });
		for (let i = 0; i < 3; i++) await left.click();
		await page.getByLabel("Save current view as").fill("Gate");
		await page.getByRole("button", { name: "Save", exact: true }).click();
		await left.click();
		await page.getByRole("button", { name: "Center" }).click();
		arrive();
		await until("all is sent", 5000, () => sent.length >= 5);
		await untilAt(page, "it ends straight ahead", ({ pan }) => pan === 0);
		const left10 = "pan=-10.0&tilt=0.0";
		assert.deepEqual(sent, [left10, "pan=-20.0&tilt=0.0", "save=Gate", left10, "home=yes"]);
		const { presets } = await looks(page);
		assert.deepEqual(presets, [{ name: "Gate", pan: -30, tilt: 0 }]);
		await page.getByRole("button", { name: "Remove Gate" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Remove Gate" }).click();
		await page.getByRole("button", { name: "Go to Gate" }).waitFor({ state: "detached" });
	});

	it("show on an open portal that a camera goes offline and comes back (IMG-12)", async () => {
		const page = await owner();
		await page.locator("#cameras > li").nth(2).waitFor();
		const its = await page.context().newPage();
		its.setDefaultTimeout(WAIT);
		await its.goto((await page.locator("#cameras > li:nth-child(3) h2 a").getAttribute("href")) ?? "", {
			waitUntil: "domcontentloaded",
		});
		await its.getByRole("button", { name: "Unplug it" }).click();
		const third = page.locator("#cameras > li").nth(2);
		await third.getByText("Offline since").waitFor();
		assert.match((await page.locator("#news").textContent()) ?? "", / went offline\.$/);
		await until("it is plugged in again", 15_000, async () => {
			const how: RequestInit = { method: "POST", redirect: "manual", signal: AbortSignal.timeout(20_000) };
			const answer = await fetch(demo.url(3, "demo/plug/3"), how).catch(() => undefined);
			// A camera that has power again asks for a password.
			return answer?.status === 303 || answer?.status === 401;
		});
		await third.locator("h2 a").waitFor();
		assert.match((await page.locator("#news").textContent()) ?? "", / is online\.$/);
	});

	it("can be used by keyboard alone, from the login on, and show the focus", async () => {
		const page = await visits.page();
		await page.goto(demo.url(1), { waitUntil: "domcontentloaded" });
		// The password field has the focus.
		await page.waitForSelector("input[name=password]:focus");
		await page.keyboard.type(PASSWORD);
		await page.keyboard.press("Enter");
		await page.waitForSelector("#cameras");
		const focused = () =>
			page.evaluate<string>(
				"(() => { const e = document.activeElement; return (e.textContent.trim() || e.ariaLabel || e.id) + (getComputedStyle(e).outlineStyle === 'none' ? ' without a mark' : ''); })()",
			);
		const seen: string[] = [];
		const header = ["Camera 1", "Cameras", "This camera", "Settings", "Fleet", "Devices", "Log out"];
		for (let i = 0; i < header.length + 2; i++) {
			await page.keyboard.press("Tab");
			seen.push(await focused());
		}
		assert.deepEqual(seen.slice(0, header.length), header);
		for (const words of seen) assert.doesNotMatch(words, /without a mark/);
		await page.keyboard.press("Shift+Tab");
		await page.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		const from = await untilAt(page, "it rests", () => true);
		for (let i = 0; i < 12 && (await focused()) !== "live"; i++) await page.keyboard.press("Tab");
		assert.equal(await focused(), "live");
		await page.keyboard.press("ArrowDown");
		await untilMoved(page, "an arrow key turns it", from);
	});

	it("work without script: login, live video on both pages, moves", async () => {
		const page = await visits.page({ javaScriptEnabled: false });
		await page.goto(demo.url(1), { waitUntil: "commit" });
		await page.fill("input[name=password]", PASSWORD);
		await page.click("button");
		await page.locator("#cameras").waitFor();
		await until("three live pictures are there", 5000, async () => (await page.locator("noscript img").count()) === 3);
		for (const src of await page
			.locator("noscript img")
			.evaluateAll((list) => list.map((e) => (e as unknown as { src: string }).src)))
			assert.match(src, /stream\.mjpeg\?/);
		await untilMoves(page, "#cameras li:nth-child(2)");
		await page.goto(demo.url(1, "camera"), { waitUntil: "commit" });
		await page.locator("#live").waitFor();
		await untilMoves(page, "#live");
		const from = await untilAt(page, "it rests", () => true);
		await page.getByRole("button", { name: "Up", exact: true }).click({ noWaitAfter: true });
		await untilMoved(page, "a form turns it", from);
	});

	it("say why a form was refused, and lead back, without script", async () => {
		const page = await owner({ javaScriptEnabled: false });
		await page.goto(demo.url(1, "settings"), { waitUntil: "commit" });
		await page.locator("summary", { hasText: "Ports" }).click();
		await page.getByLabel("External ports of the representative").fill("8080,8080");
		await page.getByRole("button", { name: "Save Ports" }).click();
		assert.match(
			(await page.getByRole("alert").textContent()) ?? "",
			/representative-ports must be 1 to 8 different ports/,
		);
		await page.getByRole("link", { name: "Go back" }).click();
		await page.waitForURL(demo.url(1, "settings"));
	});

	it("let the owner change a setting that takes effect after restart, and restart the camera", async () => {
		const page = await owner();
		await page.locator("#cameras > li:nth-child(2) h2 a").click();
		await page.waitForURL(demo.url(2, "camera"));
		await page.goto(demo.url(2, "settings"));
		await page.locator("summary", { hasText: "Succession" }).click();
		await page.getByLabel("Priority", { exact: true }).fill("99");
		await page.getByRole("button", { name: "Save Succession" }).click();
		await page.getByText("Restart the camera to apply your changes").waitFor();
		// The page would go on by itself.
		await page.route("**/restarted?*", (route) => route.abort());
		await page.getByRole("button", { name: "Restart camera" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Restart camera" }).click();
		await page.getByRole("heading", { name: "Restarting…" }).waitFor();
		assert.deepEqual(await findBarriers(page), []);
		await page.unroute("**/restarted?*");
		// The page's script waits until the camera is back.
		await page.waitForURL(demo.url(2, "settings"));
		await page.getByRole("heading", { name: "Settings" }).waitFor();
		assert.equal(await page.getByText("Restart the camera to apply your changes").count(), 0);
	});

	it("hide the owner's functions from viewers, who watch by a link that is shown once", async () => {
		const page = await owner();
		await page.goto(demo.url(1, "settings"));
		await page.getByRole("button", { name: "Create link" }).click();
		const link = (await page.locator("main a.code").getAttribute("href")) ?? "";
		assert.match(link, /\?link=/);
		const viewer = await visits.page();
		await viewer.goto(link, { waitUntil: "domcontentloaded" });
		await viewer.waitForSelector("#cameras");
		assert.equal(await viewer.getByText("Rename").count(), 0);
		for (const path of ["settings", "fleet"])
			assert.equal((await viewer.request.get(demo.url(1, path))).status(), 403, path);
		await viewer.goto(demo.url(1, "camera"), { waitUntil: "domcontentloaded" });
		assert.equal(await viewer.locator(".moves, dl").count(), 0);
		assert.ok((await watchPictures(viewer, "#live"))[0].moves);
		assert.deepEqual(await findBarriers(viewer), []);
	});
});

/** Stops the time of a page: a little ahead, or more where the machine is too busy for that. */
async function pauseClock(page: Page): Promise<void> {
	for (const ahead of [50, 200, 800]) {
		const at = await page.evaluate<number>(`Date.now() + ${ahead}`);
		const isPaused = await page.clock.pauseAt(at).then(
			() => true,
			() => false,
		);
		if (isPaused) return;
	}
	throw new Error("the page's clock can't be stopped");
}

/** Waits until a part of a page without its script has shown several different pictures. */
async function untilMoves(page: Page, selector: string): Promise<void> {
	const shots = new Set<string>();
	await until(`${selector} moves`, 5000, async () => {
		const shot = await page.locator(selector).screenshot({ animations: "allow" });
		return shots.add(shot.toString("latin1")).size > 2;
	});
}
