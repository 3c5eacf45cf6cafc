import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { listOf } from "../../../src/wire/rtsp-lists";
import { formatRtpInfo } from "../../../src/wire/rtsp-rtp-info";
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
	it("writes what is known, within its bounds", () => {
		const url = "rtsp://h/live/trackID=0";
		assert.equal(formatRtpInfo({ url, sequence: 65_537, timestamp: -1 }), `url=${url};seq=1;rtptime=4294967295`);
		assert.equal(formatRtpInfo({ url, sequence: 0, timestamp: undefined }), `url=${url};seq=0`);
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
