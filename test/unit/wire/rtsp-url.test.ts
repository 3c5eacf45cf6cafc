import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { parseRtspUrl } from "../../../src/wire/rtsp-url";
import { mutate } from "../../support/mutate";

const NONE = { secure: false, user: "", password: "" };

describe("wire/rtsp-url", () => {
	const cases: readonly (readonly [string, unknown])[] = [
		[
			"rtsp://192.0.2.1:8554/live",
			{ ...NONE, authority: "192.0.2.1:8554", host: "192.0.2.1", port: 8554, target: "/live" },
		],
		["rtsp://Cam.local", { ...NONE, authority: "Cam.local", host: "cam.local", port: 554, target: "" }],
		[
			"RTSPS://[2001:db8::1]/a?b=/c",
			{ ...NONE, secure: true, authority: "[2001:db8::1]", host: "2001:db8::1", port: 322, target: "/a?b=/c" },
		],
		[
			"rtsp://admin:p%40ss@h:1/x",
			{ ...NONE, user: "admin", password: "p@ss", authority: "h:1", host: "h", port: 1, target: "/x" },
		],
		["rtsp://a:b@c@h/", { ...NONE, user: "a", password: "b@c", authority: "h", host: "h", port: 554, target: "/" }],
		["rtsp://h/a@b", { ...NONE, authority: "h", host: "h", port: 554, target: "/a@b" }],
		["rtsp://h?x=1", { ...NONE, authority: "h", host: "h", port: 554, target: "?x=1" }],
		["http://h/", undefined],
		["rtspu://h/", undefined],
		["rtsp:/h/", undefined],
		["rtsp://", undefined],
		["rtsp:///live", undefined],
		["rtsp://h:0/", undefined],
		["rtsp://h:65536/", undefined],
		["rtsp://h:x/", undefined],
		["rtsp://h/a b", undefined],
		["rtsp://h/a#b", undefined],
		["rtsp://%zz@h/", undefined],
		[`rtsp://h/${"a".repeat(2048)}`, undefined],
	];
	for (const [text, wanted] of cases) {
		it(`reads ${text.slice(0, 40)}`, () => assert.deepEqual(parseRtspUrl(text), wanted));
	}

	it("never throws on altered URLs", () => {
		const random = new Prng(15);
		for (let i = 0; i < 3000; i++) {
			const url = parseRtspUrl(mutate(random, "rtsp://user:pw@192.0.2.1:8554/live?fps=5", ":/@?[]%.0123456789"));
			assert.ok(url === undefined || (url.port >= 1 && url.port <= 65535 && url.host !== ""));
		}
	});
});
