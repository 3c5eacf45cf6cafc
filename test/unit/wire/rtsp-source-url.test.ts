import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import {
	baseUrlOf,
	formatRtspUrl,
	isSameServer,
	parseSourceUrl,
	resolveControl,
} from "../../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../../src/wire/rtsp-url";
import { mutate } from "../../support/mutate";

const url = (text: string): RtspUrl => {
	const parsed = parseSourceUrl(text);
	assert.ok(parsed, text);
	return parsed;
};

describe("wire/rtsp-source-url", () => {
	for (const [text, formatted, user, password] of [
		["rtsp://camera/stream", "rtsp://camera/stream", "", ""],
		["RTSP://Camera:554/Stream", "rtsp://camera/Stream", "", ""],
		["rtsps://camera", "rtsps://camera", "", ""],
		["rtsps://camera:322/x", "rtsps://camera/x", "", ""],
		["rtsps://camera:554/x", "rtsps://camera:554/x", "", ""],
		["rtsp://[2001:db8::1]:8554/x?y=1#z", "rtsp://[2001:db8::1]:8554/x?y=1", "", ""],
		["rtsp://admin:secret@camera/x", "rtsp://camera/x", "admin", "secret"],
		["rtsp://admin:p@s#:w0rd@camera/x", "rtsp://camera/x", "admin", "p@s#:w0rd"],
		["rtsp://admin:100%25%2F%zz%4@camera/x", "rtsp://camera/x", "admin", "100%/%zz%4"],
		["rtsp://admin@camera?channel=1", "rtsp://camera?channel=1", "admin", ""],
		["rtsp://camera/my stream/ü", "rtsp://camera/my%20stream/%C3%BC", "", ""],
		["rtsp://camera/user=admin&password=&channel=1", "rtsp://camera/user=admin&password=&channel=1", "", ""],
	] as const) {
		it(`parses ${text}`, () => {
			const parsed = url(text);
			assert.equal(formatRtspUrl(parsed), formatted);
			assert.deepEqual([parsed.user, parsed.password], [user, password]);
		});
	}

	for (const text of [
		"",
		"http://camera/",
		"rtsp:/camera",
		"rtsp://",
		"rtsp:///x",
		"rtsp://camera:0/",
		"rtsp://camera:65536/",
		"rtsp://cam era/",
		"rtsp://[::1/",
		`rtsp://camera/${"x".repeat(2100)}`,
	]) {
		it(`rejects ${text.slice(0, 30)}`, () => assert.equal(parseSourceUrl(text), undefined));
	}

	it("takes the first base that can be used, and keeps host and port of the connection", () => {
		const request = url("rtsp://cam.example.org:8554/a");
		for (const [candidates, base] of [
			[[], "/a"],
			[["", "*"], "/a"],
			[["*", "rtsp://192.168.1.2/b/"], "/b/"],
			[["rtsp://192.168.1.2/c", "rtsp://192.168.1.2/b/"], "/c"],
			[["192.168.1.2/b", "rtsp://192.168.1.2/b/"], "/b/"],
			[["/d e/", "rtsp://192.168.1.2/b/"], "/d%20e/"],
			[["rtsp://0.0.0.0", "x"], ""],
			[[`/${"x".repeat(3000)}`], "/a"],
		] as const) {
			assert.equal(formatRtspUrl(baseUrlOf(request, candidates)), `rtsp://cam.example.org:8554${base}`);
		}
	});

	it("appends relative control URLs to the whole base", () => {
		for (const [base, control, resolved] of [
			["rtsp://c/a", "trackID=1", "rtsp://c/a/trackID=1"],
			["rtsp://c/a/", "trackID=1", "rtsp://c/a/trackID=1"],
			["rtsp://c/a/", "/trackID=1", "rtsp://c/a/trackID=1"],
			["rtsp://c/a", "/trackID=1", "rtsp://c/a/trackID=1"],
			["rtsp://c", "trackID=1", "rtsp://c/trackID=1"],
			["rtsp://c/a?b=1", "trackID=1", "rtsp://c/a?b=1/trackID=1"],
			["rtsp://c/a", "?ctype=video", "rtsp://c/a?ctype=video"],
			["rtsp://c/a", "*", "rtsp://c/a"],
			["rtsp://c/a", "", "rtsp://c/a"],
			["rtsp://c:8554/a", "rtsp://10.0.0.1/x", "rtsp://c:8554/x"],
			["rtsps://c/a", "rtsp://10.0.0.1/x", "rtsps://c/x"],
		] as const) {
			assert.equal(formatRtspUrl(resolveControl(url(base), control) as RtspUrl), resolved);
		}
		assert.equal(resolveControl(url("rtsp://c/a"), "x".repeat(2100)), undefined);
		assert.equal(resolveControl(url("rtsp://c/a"), "rtsp://[bad/x"), undefined);
	});

	it("knows the same server", () => {
		assert.ok(isSameServer(url("rtsp://c/a"), url("rtsp://C:554/b")));
		assert.ok(!isSameServer(url("rtsp://c/a"), url("rtsps://c:554/a")));
		assert.ok(!isSameServer(url("rtsp://c/a"), url("rtsp://d/a")));
	});

	it("survives 20,000 mutated URLs, and formats none with a login or a line end", () => {
		for (let seed = 0; seed < 20_000; seed++) {
			const random = new Prng(seed);
			const text = mutate(
				random,
				"rtsp://admin:pass@camera.lan:8554/cam?channel=1&x=%20#f",
				"rtsps:/@[]%?#&= \r\n.0123",
			);
			const parsed = parseSourceUrl(text);
			if (parsed === undefined) continue;
			const formatted = formatRtspUrl(parsed);
			assert.ok(![..."\r\n #"].some((mark) => formatted.includes(mark)), `seed ${seed}: ${formatted}`);
			assert.equal(formatRtspUrl(url(formatted)), formatted, `seed ${seed}`);
		}
	});
});
