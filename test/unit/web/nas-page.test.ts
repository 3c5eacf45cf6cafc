import assert from "node:assert/strict";
import { NAS_MESSAGES } from "../../../src/web/nas-messages";
import { type NasCamera, nasPage } from "../../../src/web/nas-page";
import { NAS, RECORDED, text, VIEWER } from "../../support/shown-pages";

describe("web/nas-page", () => {
	it("shows the space, what is kept, and the cameras with their modes (STR-27)", () => {
		const html = text(nasPage(NAS));
		assert.match(html, /<meter min="0" max="100" high="90" value="60" aria-label="60 % of the disk is used">/);
		assert.match(html, /<dt>Recordings<\/dt><dd>35.3 GB<\/dd><dt>of these locked<\/dt><dd>1.2 GB<\/dd>/);
		assert.match(html, /<dd>400 GB free of 1.0 TB<\/dd>/);
		assert.match(html, /<dd>2.0 GB of the disk stays free; at most 500 GB; at most 30 days<\/dd>/);
		assert.match(html, /<a href="\/timeline\?camera=garden" aria-label="Timeline of Garden">Garden<\/a>/);
		assert.match(html, /data-health="ok">Recording<\/p>/);
		assert.match(html, /<option value="event" selected>On events<\/option>/);
		assert.match(html, /action="\/api\/v1\/recordings\/garden\/stop"/);
	});

	it("says why there are no cameras while remote access is off: it takes no part in the fleet (IMG-7)", () => {
		assert.ok(text(nasPage({ ...NAS, cameras: [] })).includes(NAS_MESSAGES.noCameras));
		assert.ok(text(nasPage({ ...NAS, cameras: [], isApart: true })).includes(NAS_MESSAGES.apart));
	});

	it("shows a viewer the modes, and no forms (STR-27)", () => {
		const html = text(nasPage({ ...NAS, visitor: VIEWER }));
		assert.match(html, /<dt>Record<\/dt><dd>On events<\/dd>/);
		assert.doesNotMatch(html.split("<main>")[1], /<form/);
	});

	const cases: readonly (readonly [NasCamera["why"], string, string])[] = [
		["source", "no-pictures", "No pictures"],
		["storage", "no-pictures", "Storage failed"],
		["waiting", "unreachable", "Waiting"],
		["off", "unreachable", "Off"],
	];
	for (const [why, health, words] of cases) {
		it(`says why a camera is not being recorded: ${why}`, () => {
			const html = text(nasPage({ ...NAS, cameras: [{ ...RECORDED, why, trouble: "401 Unauthorized" }] }));
			assert.ok(html.includes(`data-health="${health}">${words} <span class="hint">401 Unauthorized</span>`), html);
			assert.match(html, /Record 5 minutes/);
		});
	}

	it("takes less than 4 kB with one camera, and 1.5 kB for each further one", () => {
		const one = text(nasPage(NAS)).length;
		const two = text(nasPage({ ...NAS, cameras: [RECORDED, RECORDED] })).length;
		assert.ok(one < 4000 && two - one < 1500, `${one} and ${two}`);
	});
});
