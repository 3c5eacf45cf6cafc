import assert from "node:assert/strict";
import { EVENTS_MESSAGES } from "../../../src/web/events-messages";
import { type EventsView, eventsPage } from "../../../src/web/events-page";
import { EVENTS_SCRIPT } from "../../../src/web/events-script";
import { EVENTS_STYLE } from "../../../src/web/events-style";

const HOSTILE = `"><script>alert('x')</script>&amp;`;

function view(change: Partial<EventsView> = {}): EventsView {
	return {
		visitor: { owner: true, session: true, links: [] },
		id: "0123456789abcdef",
		notices: [],
		cameras: [{ key: "door", title: "Door" }],
		chosen: { key: "door", title: "Door", hasPictures: true },
		settings: { isOn: true, sensitivity: 50, area: 3, pictures: 3, hold: 5, zones: [] },
		events: [],
		...change,
	};
}

const text = (change?: Partial<EventsView>): string => eventsPage(view(change)).body.parts.join("");

describe("web/events-page", () => {
	const event = { id: 7, camera: "door", title: "Door", from: 0, to: 61_000, score: 12, label: "Path" } as const;

	it("lists events with picture, time, length and a way to the timeline (STR-26)", () => {
		const html = text({
			events: [
				{ ...event, kind: "motion" },
				{ ...event, id: 8, kind: "call", to: undefined },
			],
		});
		assert.match(html, /<img src="\/events\/7\/picture\.jpg" alt="Picture of the event at Door"/);
		assert.match(html, /<a href="\/timeline\?camera=door&amp;at=0">/);
		assert.match(html, /Motion, Path, 61 s, 12\u00a0% of the picture/);
		assert.match(html, /Event, Path, still going on/);
		assert.match(text(), new RegExp(EVENTS_MESSAGES.none));
	});

	it("lets only the owner of a camera's pictures change how motion is looked for", () => {
		assert.match(text(), /action="\/api\/v1\/recordings\/door\/motion"/);
		const visitor = { owner: false, session: true, links: [] };
		for (const change of [{ visitor }, { chosen: undefined }, { settings: undefined }])
			assert.doesNotMatch(text(change), /<form method="post" action="\/api/);
	});

	it("has a form for each zone and one for a new zone, up to eight", () => {
		const zone = { name: "Path", isIgnored: true, left: 1, top: 2, right: 30, bottom: 40 };
		const settings = { isOn: true, sensitivity: 50, area: 3, pictures: 3, hold: 5 };
		const count = (zones: number): number =>
			text({ settings: { ...settings, zones: new Array(zones).fill(zone) } }).split("/door/zone").length - 1;
		assert.deepEqual([0, 1, 7, 8].map(count), [1, 2, 8, 8]);
		const html = text({ settings: { ...settings, zones: [zone] } });
		assert.match(html, /name="left" type="number" min="0" max="100" value="1"/);
		assert.match(html, /<option value="ignore" selected>/);
	});

	it("escapes names and labels of cameras, events and zones", () => {
		const zone = { name: HOSTILE, isIgnored: false, left: 1, top: 2, right: 30, bottom: 40 };
		const html = text({
			cameras: [{ key: "door", title: HOSTILE }],
			chosen: { key: "door", title: HOSTILE, hasPictures: false },
			settings: { isOn: true, sensitivity: 50, area: 3, pictures: 3, hold: 5, zones: [zone] },
			events: [{ ...event, kind: "call", title: HOSTILE, label: HOSTILE }],
		});
		assert.doesNotMatch(html, /<script>alert/);
	});

	it("stays within its budget: 8 kB of script and style, 30 kB with 60 events", () => {
		assert.ok(EVENTS_SCRIPT.length + EVENTS_STYLE.length < 8000);
		const events = Array.from({ length: 60 }, (_, i) => ({ ...event, kind: "motion" as const, id: 1e12 + i }));
		assert.ok(text({ events }).length < 30_000, `${text({ events }).length}`);
	});
});
