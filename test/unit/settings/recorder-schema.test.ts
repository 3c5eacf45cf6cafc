import assert from "node:assert/strict";
import { parseUrlCameras, RECORDER_SCHEMA, URL_CAMERAS_MAX } from "../../../src/settings/recorder-schema";
import { parseSettings } from "../../../src/settings/schema";

describe("settings/recorder-schema", () => {
	it("reads cameras at URLs (STR-13)", () => {
		assert.deepEqual(parseUrlCameras("  door=rtsp://me:a=b@10.0.0.7/x  yard-2=https://h/v?a=b "), [
			{ key: "door", url: "rtsp://me:a=b@10.0.0.7/x" },
			{ key: "yard-2", url: "https://h/v?a=b" },
		]);
		assert.deepEqual(parseUrlCameras(""), []);
	});

	for (const text of [
		"rtsp://h/x",
		"=rtsp://h/x",
		"Door=rtsp://h/x",
		"-door=rtsp://h/x",
		"../x=rtsp://h/x",
		"door=ftp://h/x",
		"door=",
		"door=rtsp://h/x door=rtsp://h/y",
		// It would pass for a camera of the fleet.
		"0123456789abcdef=rtsp://h/x",
		`${"x".repeat(49)}=rtsp://h/x`,
		Array.from({ length: URL_CAMERAS_MAX + 1 }, (_, i) => `c${i}=http://h/`).join(" "),
	]) {
		it(`refuses ${text.slice(0, 40)}`, () => assert.equal(parseUrlCameras(text), undefined));
	}

	it("refuses a schedule that can't be read, and never shows URLs with their passwords", () => {
		const given = new Map([
			["record-schedule", "sometimes"],
			["record-urls", "door=rtsp://me:hUnt3r"],
		]);
		const { faults } = parseSettings(RECORDER_SCHEMA, given);
		assert.equal(faults.length, 2);
		assert.doesNotMatch(JSON.stringify(faults), /hUnt3r/);
	});
});
