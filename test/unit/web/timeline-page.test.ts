import assert from "node:assert/strict";
import { Script } from "node:vm";
import { utf8Encode } from "../../../src/base/text";
import type { Page } from "../../../src/web/page";
import { TIMELINE_MESSAGES } from "../../../src/web/timeline-messages";
import { timelinePage } from "../../../src/web/timeline-page";
import { type PlainView, plainTimeline } from "../../../src/web/timeline-plain-page";
import { TIMELINE_SCRIPT } from "../../../src/web/timeline-script";
import { TIMELINE_STYLE } from "../../../src/web/timeline-style";

const OWNER = { owner: true, session: true, links: [{ path: "/timeline", url: "/timeline", label: "Timeline" }] };
const HOSTILE = `"><script>alert('1')</script><img src=x onerror=alert(2)>&amp;`;
const CAMERA = { key: "garden", title: HOSTILE };
const NOON = Date.UTC(2026, 10, 25, 12);
const STRETCH = { from: NOON, to: NOON + 3_600_000, gap: "source" as const };

const VIEWS: readonly PlainView[] = [
	{ cameras: [CAMERA] },
	{ camera: CAMERA, days: [NOON - (NOON % 86_400_000)] },
	{ camera: CAMERA, day: { start: NOON - 12 * 3_600_000, stretches: [STRETCH] } },
	{ camera: CAMERA, day: { start: NOON - 12 * 3_600_000, stretches: [] } },
	{ camera: CAMERA, at: NOON, speed: 1, encoding: "JPEG" },
	{ camera: CAMERA, at: NOON, speed: 16, encoding: "H264" },
	{ camera: CAMERA, at: NOON, speed: 1, encoding: undefined },
];

function text(page: Page): string {
	return page.body.parts.join("");
}

describe("web/timeline-page", () => {
	it("shows hostile names as text, with and without script (STR-13)", () => {
		for (const view of VIEWS) {
			const html = text(timelinePage(OWNER, view));
			assert.doesNotMatch(html, /<script>|<img src=x/);
			assert.doesNotMatch(html.replace(/"[^"]*"/g, '""').replace(/>[^<]*</g, "><"), /\sstyle=|\son\w+=/i);
			assert.equal(html.split("<main").length, 2);
			assert.equal(html.split("<h1").length, 2);
		}
	});

	it("takes less than 55 kB together with its own style and script, which other pages do not load", () => {
		// 60 kB are the budget of all other pages together, with the common style and script.
		const whole = text(timelinePage(OWNER, VIEWS[0])) + TIMELINE_STYLE + TIMELINE_SCRIPT;
		const octets = utf8Encode(whole).length;
		assert.ok(octets < 55_000, `${octets} octets`);
	});

	it("has a script that can be parsed, and nothing from elsewhere", () => {
		new Script(TIMELINE_SCRIPT);
		assert.doesNotMatch(TIMELINE_SCRIPT, /https?:|eval\(|innerHTML/);
		assert.doesNotMatch(TIMELINE_STYLE, /https?:|url\(|@import/);
	});

	it("gives the script all texts that it uses, and no others", () => {
		const page = text(timelinePage(OWNER, VIEWS[0]));
		const given = JSON.parse(
			(/data-texts="([^"]*)"/.exec(page)?.[1] ?? "").replaceAll("&quot;", '"').replaceAll("&#39;", "'"),
		);
		const used = new Set([...TIMELINE_SCRIPT.matchAll(/\bT\.(\w+)/g)].map(([, name]) => name));
		for (const name of used) assert.ok(name in given, name);
		for (const name of ["lock", "unlock", "opening", "failed"]) assert.ok(name in TIMELINE_MESSAGES.page, name);
	});

	it("finds all elements that its script asks for", () => {
		const page = text(timelinePage(OWNER, VIEWS[0]));
		const asked = new Set([...TIMELINE_SCRIPT.matchAll(/\b(?:find|on)\("([\w-]+)"/g)].map(([, id]) => id));
		assert.ok(asked.size > 20);
		for (const id of asked) assert.ok(page.includes(`id="${id}"`), id);
		// The common script shows live video in an element with this id.
		assert.ok(!page.includes('id="live"') && !page.includes('id="cameras"'));
	});

	it("gives each button a name of words", () => {
		const page = text(timelinePage(OWNER, VIEWS[0]));
		for (const [, attributes, content] of page.matchAll(/<button([^>]*)>([^<]*)<\/button>/g))
			assert.match(/aria-label="([^"]+)"/.exec(attributes)?.[1] ?? content, /[A-Z][a-z]+/);
	});

	it("marks the owner, who may lock (STR-13)", () => {
		assert.match(text(timelinePage(OWNER, VIEWS[0])), /data-owner/);
		assert.doesNotMatch(text(timelinePage({ ...OWNER, owner: false }, VIEWS[0])), /data-owner/);
	});

	it("plays the span of a link without script, JPEG as multipart and H.264 as video (STR-11)", () => {
		assert.match(
			plainTimeline(VIEWS[4]),
			/<img src="\/recordings\/garden\/video\.mjpeg\?from=\d+&amp;to=\d+&amp;speed=1"/,
		);
		assert.match(
			plainTimeline(VIEWS[5]),
			/<video controls src="\/recordings\/garden\/video\.mp4\?from=\d+&amp;to=\d+"/,
		);
		assert.match(plainTimeline(VIEWS[6]), /Nothing is recorded/);
	});
});
