import assert from "node:assert/strict";
import { cameraPage, rateOf } from "../../../src/web/camera-page";
import { CAMERA, text, VIEWER } from "../../support/shown-pages";

describe("web/camera-page", () => {
	it("offers frame rates as links, without script (IMG-16)", () => {
		const html = text(cameraPage(CAMERA, 5));
		assert.ok(html.includes('src="/stream.mjpeg?fps=5"'));
		assert.ok(html.includes('<a class="button plain" href="?fps=5" aria-current="true">'));
		assert.ok(text(cameraPage(CAMERA)).includes('src="/stream.mjpeg"'));
	});

	for (const [asked, rate] of [
		["", 0],
		["5", 5],
		["10", 10],
		["7", 0],
		["-1", 0],
		["x", 0],
		["1e1", 10],
	] as const) {
		it(`reads fps=${asked} as ${rate}`, () => assert.equal(rateOf(new Map([["fps", asked]])), rate));
	}

	it("leaves the latest events to their script when a form brings the page up to date, and presets to their names", () => {
		const html = text(cameraPage(CAMERA));
		assert.match(html, /<section id="recent"[^>]* data-keep/);
		assert.match(html, /<li class="row" data-id="Gate">/);
	});

	it("has forms that move the camera, and go to, save, remove and patrol presets (IMG-18)", () => {
		const html = text(cameraPage(CAMERA));
		for (const field of [
			'name="pan" value="-10"',
			'name="tilt" value="10"',
			'name="home" value="yes"',
			'name="preset" value="Door"',
			'name="remove" value="Gate"',
			'name="patrol" value="on"',
			'name="save" maxlength="24"',
			'name="quality"',
		])
			assert.ok(html.includes(field), field);
		const patrolling = text(cameraPage({ ...CAMERA, drive: { presets: [], patrol: true } }));
		assert.ok(patrolling.includes('name="patrol" value="off"'));
	});

	it("shows viewers the video, without the owner's controls and facts", () => {
		const html = text(cameraPage({ ...CAMERA, visitor: VIEWER, extra: "<b>extra</b>" }));
		assert.deepEqual(html.match(/action="[^"]*"/g), ['action="/logout"']);
		assert.doesNotMatch(html, /A router|extra|data-moves/);
		assert.match(html, /id="live".*download="Garden\.jpg"/s);
	});

	it("says why there are no addresses for programs on the Internet (ONE-3)", () => {
		assert.doesNotMatch(text(cameraPage(CAMERA)), /no addresses for the Internet/);
		const addresses = CAMERA.addresses.map((address) => ({ ...address, internet: "" }));
		assert.match(text(cameraPage({ ...CAMERA, addresses })), /the router has opened no port for this camera/);
		assert.match(text(cameraPage({ ...CAMERA, addresses, isMapping: false })), /because remote access is off/);
	});

	it("has no controls for functions that the camera lacks", () => {
		const html = text(cameraPage({ ...CAMERA, drive: undefined, picture: undefined }));
		assert.doesNotMatch(html, /\/api\/v1\/(motion|picture)|tabindex/);
	});
});
