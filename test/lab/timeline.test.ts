import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { findBarriers } from "../support/axe";
import { watchPictures } from "../support/browser";
import { needs } from "../support/needs";
import { PageVisits, PHONE, type VisitorOptions } from "../support/page-visits";
import { findSmallTargets } from "../support/small-targets";
import { TimelineSite } from "../support/timeline-site";
import { pause, until } from "../support/until";

const WAIT = 60_000;

describe("lab/timeline in a browser", function () {
	this.timeout(300_000);
	let site: TimelineSite;
	let visits: PageVisits;

	before(async function () {
		needs(this, "chromium");
		site = await TimelineSite.start();
		visits = await PageVisits.open({ locale: "en-GB" });
	});
	afterEach(() => visits?.end());
	after(async () => {
		await visits?.close();
		await site?.stop();
	});

	const visit = (options?: VisitorOptions, query = ""): Promise<Page> =>
		visits.owner(site.url(`timeline${query}`), options);
	const timeOf = (page: Page, tile = 0): Promise<string | null> =>
		page.locator("#stage figcaption span:last-child").nth(tile).textContent();
	const dayOf = (page: Page): Promise<string | null> => page.locator("#calendar summary").textContent();
	const yesterday = (): string =>
		new Date(Date.now() - 86_400_000).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" });

	it("shows yesterday 17:40 on a phone in two taps (STR-13)", async () => {
		const page = await visit(PHONE);
		await page.getByRole("button", { name: "Yesterday" }).tap();
		const bar = page.locator("#rows .bar").first();
		const { x, y, width, height } = (await bar.boundingBox()) ?? assert.fail();
		assert.ok(y + height < PHONE.viewport.height, "without scrolling");
		await page.touchscreen.tap(x + (width * (17 + 40 / 60)) / 24, y + height / 2);
		await until("its picture is there", WAIT, async () => (await timeOf(page)) === "17:40:00");
		assert.equal(await dayOf(page), yesterday());
		assert.deepEqual(await findBarriers(page), []);
		assert.deepEqual(await findSmallTargets(page), []);
		assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
	});

	for (const [width, locale] of [
		[320, "en-US"],
		[320, "en-GB"],
		[700, "en-US"],
	] as const)
		it(`has hours that do not run into each other at ${width} px in ${locale} (STR-13)`, async () => {
			const page = await visit({ viewport: { width, height: 640 }, locale });
			await page.locator(".hours span").nth(1).waitFor();
			const boxes = await page.locator(".hours span").evaluateAll((marks) =>
				(marks as unknown as { getBoundingClientRect(): { left: number; right: number } }[]).map((mark) => {
					const { left, right } = mark.getBoundingClientRect();
					return { left, right };
				}),
			);
			assert.ok(boxes.length >= 2 && boxes[0].left >= 0 && (boxes.at(-1)?.right ?? width) < width);
			for (let i = 1; i < boxes.length; i++) assert.ok(boxes[i].left > boxes[i - 1].right, JSON.stringify(boxes));
		});

	it("plays yesterday by keyboard alone (STR-13)", async () => {
		const page = await visit();
		const tabTo = async (id: string): Promise<void> => {
			for (let i = 0; i < 60; i++) {
				await page.keyboard.press("Tab");
				if ((await page.evaluate("document.activeElement.id")) === id) return;
			}
			assert.fail(`no way to ${id}`);
		};
		await tabTo("yesterday");
		await page.keyboard.press("Enter");
		await until("it is yesterday", WAIT, async () => (await dayOf(page)) === yesterday());
		await tabTo("strip");
		await page.keyboard.press("Home");
		await until("the first picture of the day", WAIT, async () => (await timeOf(page)) === "00:00:00");
		await page.keyboard.press("PageUp");
		await page.keyboard.press("Shift+ArrowRight");
		await page.keyboard.press("ArrowRight");
		await until("01:01:10", WAIT, async () => (await timeOf(page)) === "01:01:10");
		assert.match((await page.locator("#strip").getAttribute("aria-valuetext")) ?? "", /, 01:01:10$/);
		await page.keyboard.press("Space");
		await until("it plays", WAIT, async () => ((await timeOf(page)) ?? "") > "01:01:12");
		await page.keyboard.press("Space");
		await until("it has stopped", WAIT, async () => {
			const stopped = await timeOf(page);
			await page.waitForTimeout(1200);
			return (await timeOf(page)) === stopped;
		});
	});

	it("says why nothing is recorded in a gap, and stays there (STR-13)", async () => {
		const page = await visit();
		await until("its first picture", WAIT, async () => ((await timeOf(page)) ?? "") !== "");
		// The picture before the gap comes after the reason for the gap, and must not cover it.
		let late = 0;
		await page.route("**/picture.jpg?at=*", async (route) => {
			await page.waitForTimeout(1000);
			await route.continue();
			late++;
		});
		const asked = page.waitForRequest("**/picture.jpg?at=*");
		await page.click("#yesterday");
		// The present time may be in the gap itself.
		await page.fill("#time", "07:30:00");
		await asked;
		await page.fill("#time", "08:30:00");
		const why = page.locator("#stage .why");
		await until("the late picture", WAIT, () => late > 0);
		await page.waitForTimeout(500);
		await until("the reason", WAIT, async () => (await why.textContent()) === "No pictures from the camera");
		await page.unroute("**/picture.jpg?at=*");
		assert.equal(await page.inputValue("#time"), "08:30:00");
		assert.match((await page.locator("#strip").getAttribute("aria-valuetext")) ?? "", /No pictures from the camera$/);
		await page.click("#play");
		await until("it goes on after the gap", WAIT, async () => ((await timeOf(page)) ?? "") >= "09:00:00");
	});

	it("says that the recorder does not answer, not that nothing was recorded, and shows the picture once it does (STR-13)", async () => {
		const page = await visit({}, "?camera=1111111111111111");
		await until("its first picture", WAIT, async () => ((await timeOf(page)) ?? "") !== "");
		await page.route("**/picture.jpg?at=*", (route) => route.abort());
		await page.click("#yesterday");
		await page.fill("#time", "17:40:00");
		const why = page.locator("#stage .why");
		await until("the reason", WAIT, async () => /^The recorder does not answer/.test((await why.textContent()) ?? ""));
		await page.unroute("**/picture.jpg?at=*");
		await until("the picture", WAIT, async () => (await timeOf(page)) === "17:40:00");
		assert.equal(await why.textContent(), "");
	});

	it("shows pictures on the strip above its labels, of which none is cut, on a phone", async () => {
		const page = await visit(PHONE);
		await page.locator("#strip img").first().waitFor();
		const boxesOf = async (selector: string) => {
			const boxes = [];
			for (const each of await page.locator(`#strip ${selector}`).all()) {
				const { x, y, width, height } = (await each.boundingBox()) ?? assert.fail();
				boxes.push({ left: x, right: x + width, top: y, bottom: y + height });
			}
			return boxes;
		};
		const { x, width } = (await page.locator("#strip").boundingBox()) ?? assert.fail();
		const [pictures, labels] = [await boxesOf("img"), await boxesOf(".ticks span")];
		assert.ok(labels.length > 0 && labels.every(({ left, right }) => left >= x && right <= x + width), "whole labels");
		assert.ok(
			pictures.every(({ bottom }) => labels.every(({ top }) => top >= bottom)),
			"above the labels",
		);
		assert.ok(
			pictures.every(({ left }) => left < x + width / 2),
			"nothing after the present",
		);
		assert.ok(Math.max(...pictures.map(({ right }) => right)) <= x + width / 2 + 2, "not beyond the present");
	});

	it("shows a time-lapse while the strip or a bar is dragged (STR-13)", async () => {
		const page = await visit();
		await page.click("#yesterday");
		const seen = new Set<string>();
		const bar = (await page.locator("#rows .bar").first().boundingBox()) ?? assert.fail();
		await page.mouse.move(bar.x + bar.width / 4, bar.y + 5);
		await page.mouse.down();
		let moves = 0;
		await until("pictures of more than 5 times", WAIT, async () => {
			// There and back, so that a slow machine has as many as it needs.
			await page.mouse.move(bar.x + bar.width / 4 + Math.abs((moves++ % 80) - 40), bar.y + 5);
			seen.add((await timeOf(page)) ?? "");
			return seen.size > 5;
		});
		await page.mouse.up();
		await page.fill("#time", "12:00:00");
		await until("noon", WAIT, async () => (await timeOf(page)) === "12:00:00");
		const strip = (await page.locator("#strip").boundingBox()) ?? assert.fail();
		await page.mouse.move(strip.x + strip.width / 2, strip.y + 20);
		await page.mouse.down();
		// A thumbnail is 96 pixels and 5 minutes wide.
		await page.mouse.move(strip.x + strip.width / 2 - 96, strip.y + 20, { steps: 8 });
		await page.mouse.up();
		await until("five minutes later", WAIT, async () => (await timeOf(page)) === "12:05:00");
	});

	it("plays several cameras in sync (STR-13)", async () => {
		const page = await visit();
		await page.click("#yesterday");
		await page.fill("#time", "10:00:00");
		await page.getByRole("button", { name: "Garden" }).click();
		await until(
			"both",
			WAIT,
			async () => (await timeOf(page)) === "10:00:00" && (await timeOf(page, 1)) === "10:00:00",
		);
		await page.selectOption("#speed", "4");
		await page.click("#play");
		await until("both play", WAIT, async () => ((await timeOf(page, 1)) ?? "") > "10:00:20");
		const seconds = (text: string | null) => Number((text ?? "").slice(-2)) + 60 * Number((text ?? "").slice(3, 5));
		// Both at the same moment.
		await until("they are at most 4 s apart at four times the speed", 5000, async () => {
			const [one, other] = await page.locator("#stage figcaption span:last-child").allTextContents();
			return Math.abs(seconds(one) - seconds(other)) <= 4;
		});
	});

	it("jumps from event to event, and lists them with stills (STR-26)", async () => {
		const page = await visit();
		await page.click("#yesterday");
		await page.fill("#time", "00:00:00");
		await page.getByRole("button", { name: "Next event" }).click();
		await until("an event", WAIT, async () => ((await timeOf(page)) ?? "") > "00:00:01");
		await page.locator("#list summary").click();
		await page.locator("#list img").first().scrollIntoViewIfNeeded();
		await until("its still", WAIT, () =>
			page
				.locator("#list img")
				.first()
				.evaluate((img: { naturalWidth: number }) => img.naturalWidth > 0),
		);
		assert.match(
			(await page.locator("#list ul").textContent()) ?? "",
			/08:12:00 – 09:00:00 No pictures from the camera/,
		);
		assert.match((await page.locator("#list ul").textContent()) ?? "", /Motion, Gate/);
	});

	it("marks the days with recordings in its calendar, for keyboards too (STR-13)", async () => {
		const page = await visit({}, "?camera=1111111111111111");
		await page.locator("#calendar summary").focus();
		await page.keyboard.press("Enter");
		const marked = page.locator("#calendar td button.has");
		await marked.first().waitFor();
		const day = new Date(Date.now() - 3 * 86_400_000);
		if (day.getMonth() !== new Date().getMonth()) await page.getByRole("button", { name: "Previous month" }).click();
		await page.getByRole("button", { name: new RegExp(` ${day.getDate()} .*\\(recorded\\)`) }).press("Enter");
		await until("that day", WAIT, async () => (await dayOf(page))?.includes(` ${day.getDate()} `) === true);
		assert.deepEqual(await findBarriers(page), []);
	});

	it("makes a clip, offers its download, and locks it (STR-13)", async () => {
		const page = await visit({}, "?camera=1111111111111111");
		await page.click("#yesterday");
		await page.fill("#time", "10:00:00");
		await page.locator("#strip").focus();
		await page.keyboard.press("i");
		await page.keyboard.press("Shift+ArrowRight");
		await page.keyboard.press("o");
		assert.match((await page.locator("#clip-is").textContent()) ?? "", /^10:00:00 – 10:01:00, 1 min 0 s long$/);
		const link = await page.getByRole("link", { name: "Download MKV" }).getAttribute("href");
		assert.match(link ?? "", /^\/recordings\/1111111111111111\/export\.mkv\?from=\d+&to=\d+$/);
		await page.getByRole("button", { name: "Lock", exact: true }).click();
		await page.getByText("The clip is locked.").waitFor();
		assert.ok(
			site.recordings
				.of("1111111111111111")
				.some(({ isLocked, start }) => isLocked && new Date(start).getHours() === 9),
		);
		assert.deepEqual(await findBarriers(page), []);
	});

	it("follows a camera live, and shows local time in another time zone (STR-13)", async () => {
		const page = await visit({ timezoneId: "Asia/Kolkata" });
		const here = (): string => new Date(Date.now() - 1000).toLocaleTimeString("en-GB", { timeZone: "Asia/Kolkata" });
		const isLive = async () => {
			const shown = await timeOf(page);
			return (
				shown !== "" &&
				shown !== null &&
				Math.abs(Date.parse(`2026-01-01T${shown}Z`) - Date.parse(`2026-01-01T${here()}Z`)) < 3000
			);
		};
		// What a busy machine is late at the beginning it stays.
		await until("live", WAIT, async () => {
			await page.getByRole("button", { name: "Live" }).click();
			for (let i = 0; i < 60; i++) {
				if (await isLive()) return true;
				await pause(100);
			}
			return false;
		});
	});

	it("is free of barriers, light and dark, on a desktop (STR-13)", async () => {
		for (const colorScheme of ["light", "dark"] as const) {
			const page = await visit({ colorScheme });
			await until("its picture", WAIT, async () => (await timeOf(page)) !== "");
			assert.deepEqual(await findBarriers(page), []);
		}
	});

	it("lists days and plays without script (STR-13)", async () => {
		const page = await visit();
		const state = await page.context().storageState();
		const plain = await visits.page({ javaScriptEnabled: false, storageState: state });
		await plain.goto(site.url("timeline"));
		await plain.getByRole("link", { name: "Driveway" }).click();
		await plain.locator("section ul a").nth(1).click();
		await plain.getByRole("link", { name: "17:00", exact: true }).click();
		const [picture] = await watchPictures(plain, "figure img");
		assert.ok(picture.moves && picture.width === 640);
		await plain.getByRole("link", { name: "16 times as fast" }).click();
		assert.match((await plain.locator("figure img").getAttribute("src")) ?? "", /speed=16$/);
	});
});
