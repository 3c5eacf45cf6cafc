import assert from "node:assert/strict";
import { rtspUrlOf, urlOf } from "../../../src/app/url-of";

describe("app/url-of", () => {
	for (const [host, port, secure, url] of [
		["192.168.0.11", 8000, false, "http://192.168.0.11:8000/"],
		["camera.example", 80, false, "http://camera.example/"],
		["camera.example", 443, true, "https://camera.example/"],
		["camera.example", 80, true, "https://camera.example:80/"],
		["2001:db8::7", 8000, false, "http://[2001:db8::7]:8000/"],
		["[2001:db8::7]", 8000, false, "http://[2001:db8::7]:8000/"],
		["", 8000, false, ""],
		["192.168.0.11", 0, false, ""],
	] as const) {
		it(`leads to the pages at ${host || "no host"}, port ${port}${secure ? " by TLS" : ""}`, () =>
			assert.equal(urlOf(host, port, secure), url));
	}

	it("leads to a content by TLS where there is a certificate", () =>
		assert.equal(rtspUrlOf("camera.example", 443, "/live", true), "rtsps://camera.example:443/live"));

	it("leads to a content, with brackets around IPv6", () => {
		assert.equal(rtspUrlOf("192.168.0.11", 8554, "/live"), "rtsp://192.168.0.11:8554/live");
		assert.equal(rtspUrlOf("2001:db8::7", 554, "/live"), "rtsp://[2001:db8::7]:554/live");
		assert.deepEqual([rtspUrlOf("", 8554, "/live"), rtspUrlOf("192.168.0.11", 0, "/live")], ["", ""]);
	});
});
