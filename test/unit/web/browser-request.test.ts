import assert from "node:assert/strict";
import type { HttpRequest } from "../../../src/http/http-request";
import { backFrom } from "../../../src/web/browser-request";

describe("web/browser-request", () => {
	const referers: [string, string][] = [
		["http://cam/camera?a=b", "/camera?a=b"],
		["http://cam/", "/"],
		["", "/"],
		["http://evil.example/", "/"],
		["http://cam.evil.example/", "/"],
		["http://cam@evil.example/", "/"],
		["https://cam/camera", "/"],
		["http://cam//evil.example/", "/"],
		["http://cam/\\evil.example/", "/"],
		["http://cam/login?next=x", "/"],
	];
	for (const [referer, path] of referers) {
		it(`returns to ${path} for the referer "${referer}"`, () => {
			const fields: [string, string][] = [["host", "cam"]];
			if (referer !== "") fields.push(["referer", referer]);
			assert.equal(backFrom({ message: { fields }, secure: false } as unknown as HttpRequest), path);
		});
	}
});
