import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { listOf } from "../../../src/wire/rtsp-lists";
import { formatRtpInfo, parseRtpInfo } from "../../../src/wire/rtsp-rtp-info";
import { formatSession, parseSession } from "../../../src/wire/rtsp-session";
import { parseScale, parseSpeed } from "../../../src/wire/rtsp-speed";
import { rtspReason, rtspStatusOfFault } from "../../../src/wire/rtsp-status";
import { formatDecimal } from "../../../src/wire/rtsp-syntax";
import { emptyMessage } from "../../../src/wire/text-message";
import { mutate } from "../../support/mutate";

describe("wire/rtsp-session", () => {
	const cases: readonly (readonly [string, unknown])[] = [
		["12345678", { id: "12345678", timeout: 60 }],
		["12345678;timeout=30", { id: "12345678", timeout: 30 }],
		[" AB-_.+$ ; Timeout = 5 ", { id: "AB-_.+$", timeout: 5 }],
		["1;timeout=0", { id: "1", timeout: 60 }],
		["1;timeout=x", { id: "1", timeout: 60 }],
		["1;a=b;timeout=7", { id: "1", timeout: 7 }],
		["", undefined],
		[";timeout=5", undefined],
		["a b", undefined],
		["a".repeat(129), undefined],
		[`1;${"x".repeat(256)}`, undefined],
	];
	for (const [field, wanted] of cases) {
		it(`reads ${field.slice(0, 30) || "an empty field"}`, () => assert.deepEqual(parseSession(field), wanted));
	}

	it("writes a field that it reads again, and never throws on altered ones", () => {
		assert.deepEqual(parseSession(formatSession("a1", 60)), { id: "a1", timeout: 60 });
		const random = new Prng(13);
		for (let i = 0; i < 2000; i++) {
			const session = parseSession(mutate(random, "12345678;timeout=60", ";=timeout0123456789 "));
			assert.ok(session === undefined || (session.id.length <= 128 && session.timeout > 0));
		}
	});
});

describe("wire/rtsp-rtp-info", () => {
	it("reads the example of RFC 2326 §12.33", () => {
		const field = "url=rtsp://foo.com/bar.avi/streamid=0;seq=45102,url=rtsp://foo.com/bar.avi/streamid=1;seq=30211";
		const streams = [
			{ url: "rtsp://foo.com/bar.avi/streamid=0", sequence: 45102, timestamp: undefined },
			{ url: "rtsp://foo.com/bar.avi/streamid=1", sequence: 30211, timestamp: undefined },
		];
		assert.deepEqual(parseRtpInfo(field), streams);
		assert.equal(formatRtpInfo(streams), field);
	});

	const cases: readonly (readonly [string, unknown])[] = [
		["url=trackID=0;seq=1;rtptime=4294967295", [{ url: "trackID=0", sequence: 1, timestamp: 4294967295 }]],
		['url="rtsp://h/a";rtptime=0', [{ url: "rtsp://h/a", sequence: undefined, timestamp: 0 }]],
		// Cameras have commas and semicolons in their URLs.
		["url=rtsp://h/a;b,c?x=1;seq=9", [{ url: "rtsp://h/a;b,c?x=1", sequence: 9, timestamp: undefined }]],
		["url=;seq=1", undefined],
		["url=a;seq=65536", undefined],
		["url=a;rtptime=4294967296", undefined],
		["url=a;seq=x", undefined],
		["seq=1", undefined],
		["", undefined],
		[Array(17).fill("url=a").join(","), undefined],
	];
	for (const [field, wanted] of cases) {
		it(`reads ${field.slice(0, 40) || "an empty field"}`, () => assert.deepEqual(parseRtpInfo(field), wanted));
	}

	it("writes what is known", () => {
		const info = { url: "rtsp://h/live/trackID=0", sequence: 65537, timestamp: -1 };
		assert.equal(formatRtpInfo([info]), "url=rtsp://h/live/trackID=0;seq=1;rtptime=4294967295");
	});

	it("never throws on altered fields", () => {
		const random = new Prng(14);
		for (let i = 0; i < 3000; i++) {
			const field = "url=rtsp://h/a;seq=1;rtptime=2,url=rtsp://h/b;seq=3;rtptime=4";
			for (const { url, sequence = 0, timestamp = 0 } of parseRtpInfo(mutate(random, field, "url=;,seq0123456789")) ??
				[])
				assert.ok(url !== "" && sequence <= 65535 && timestamp <= 0xffffffff);
		}
	});
});

describe("wire/rtsp-speed", () => {
	const cases: readonly (readonly [string, number | undefined, number | undefined])[] = [
		["1", 1, 1],
		[" 2.5 ", 2.5, 2.5],
		["-2", -2, undefined],
		["+.5", 0.5, 0.5],
		["0", undefined, undefined],
		["", undefined, undefined],
		["1e3", undefined, undefined],
		["Infinity", undefined, undefined],
		["1001", undefined, undefined],
		["2.0-4.0", undefined, undefined],
	];
	for (const [field, scale, speed] of cases) {
		it(`reads "${field}"`, () => {
			assert.equal(parseScale(field), scale);
			assert.equal(parseSpeed(field), speed);
		});
	}

	it("writes numbers without an exponent", () => {
		assert.equal(formatDecimal(-1.23456), "-1.235");
		assert.equal(formatDecimal(2), "2");
	});
});

describe("wire/rtsp-lists", () => {
	const of = (...values: string[]) => {
		const message = emptyMessage();
		for (const value of values) message.fields.push(["require", value]);
		return listOf(message, "require");
	};

	it("reads option tags and methods of all fields with the name", () => {
		assert.deepEqual(of("implicit-play, com.example.x", "y"), ["implicit-play", "com.example.x", "y"]);
		assert.deepEqual(of(), []);
		assert.deepEqual(of(" , a"), ["a"]);
	});

	it("refuses entries that are no tokens, and too many", () => {
		assert.equal(of("a b"), undefined);
		assert.equal(of(Array(33).fill("a").join(",")), undefined);
		assert.equal(of("a".repeat(2049)), undefined);
	});
});

describe("wire/rtsp-status", () => {
	it("knows the phrases of RFC 2326 §7.1.1", () => {
		assert.equal(rtspReason(454), "Session Not Found");
		assert.equal(rtspReason(459), "Aggregate Operation Not Allowed");
		assert.equal(rtspReason(499), "Client Error");
	});

	it("has a status for each fault of a message", () => {
		const faults = ["malformed", "target-too-long", "head-too-large", "body-too-large", "version", "transfer-coding"];
		const statuses = faults.map((fault) => rtspStatusOfFault(fault as never));
		assert.deepEqual(statuses, [400, 414, 413, 413, 505, 501]);
	});
});
