import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { utf8Encode } from "../../../../src/base/text";
import type { RelayProtocol } from "../../../../src/relay/relayed-content";
import { firstLineOf } from "../../../../src/relay/transparent/first-line";
import { judgeRequest } from "../../../../src/relay/transparent/judgement";
import { renamedRequest } from "../../../../src/relay/transparent/renamed-request";
import { HTTP_REQUESTS, REQUEST_LIMITS, RTSP_MESSAGES } from "../../../../src/wire/text-message";
import { TextMessageReader } from "../../../../src/wire/text-message-reader";
import { mutate } from "../../../support/mutate";
import { get, rtsp } from "./taken-scene";

function read(text: string, protocol: RelayProtocol): TextMessageReader {
	const reader = new TextMessageReader(protocol === "http" ? HTTP_REQUESTS : RTSP_MESSAGES, REQUEST_LIMITS);
	reader.feedWhole(utf8Encode(text));
	return reader;
}

function judge(text: string, protocol: RelayProtocol) {
	const reader = read(text, protocol);
	assert.ok(reader.headDone, text);
	return judgeRequest(reader.message, protocol);
}

describe("relay/transparent/judgement", () => {
	for (const [text, verdict] of [
		[get("/video?x=1"), "candidate"],
		[get("/video", "Range: bytes=0-\r\n"), "candidate"],
		["GET /video HTTP/1.0\r\n\r\n", "candidate"],
		[get("/video", "Range: bytes=7-\r\n"), "pass"],
		[get("/video?pass=abc"), "pass"],
		[get("/video", "Authorization: Basic eDp5\r\n"), "pass"],
		[get("/video", "cOOkie: a=b\r\n"), "pass"],
		[get("/video", "x-sessioncookie: 1\r\nAccept: application/x-rtsp-tunnelled\r\n"), "pass"],
		[get("/video", "Content-Length: 3\r\n"), "pass"],
		[get("/../video"), "pass"],
		[get(`/${"a".repeat(1100)}`), "pass"],
		[get("/video", "", "HEAD"), "pass"],
		[get("/form", "Content-Length: 3\r\n", "POST"), "pass"],
		[get("/chat", "Upgrade: websocket\r\nConnection: Upgrade\r\n"), "opaque"],
		[get("http://192.0.2.7/video"), "opaque"],
		["CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "opaque"],
	] as const)
		it(`HTTP: ${text.split("\r\n", 3).join(" ").slice(0, 70)}: ${verdict}`, () =>
			assert.equal(judge(text, "http").verdict, verdict));

	for (const [text, verdict] of [
		[rtsp("OPTIONS", 1), "candidate"],
		[rtsp("DESCRIBE", 1), "candidate"],
		["DESCRIBE rtsp://cam.example RTSP/1.0\r\nCSeq: 1\r\n\r\n", "candidate"],
		["OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", "pass"],
		[rtsp("DESCRIBE", 1, "Authorization: Digest a=b\r\n"), "opaque"],
		[rtsp("DESCRIBE", 1, "Require: onvif-replay\r\n"), "opaque"],
		["DESCRIBE rtsp://u:p@192.0.2.7/live RTSP/1.0\r\nCSeq: 1\r\n\r\n", "opaque"],
		["DESCRIBE rtsps://192.0.2.7/live RTSP/1.0\r\nCSeq: 1\r\n\r\n", "opaque"],
		["DESCRIBE /live RTSP/1.0\r\nCSeq: 1\r\n\r\n", "opaque"],
		[rtsp("SETUP", 1), "opaque"],
		[rtsp("ANNOUNCE", 1), "opaque"],
	] as const)
		it(`RTSP: ${text.split("\r\n", 3).join(" ").slice(0, 70)}: ${verdict}`, () =>
			assert.equal(judge(text, "rtsp").verdict, verdict));

	it("keeps path and query as the viewer wrote them, and finds host, link and hops", () => {
		const http = judge(
			"GET /a%20b?c=%41&link=r.x HTTP/1.1\r\nHost: CAM.example:81\r\nPorthole-Hops: abc\r\n\r\n",
			"http",
		);
		assert.deepEqual(
			[http.target, http.host, http.link, http.hops, http.tells],
			["/a%20b?c=%41&link=r.x", "cam.example", "r.x", "abc", true],
		);
		const [ours, bare] = [rtsp("OPTIONS", 1), "DESCRIBE rtsp://[2001:db8::1]:554?x=1 RTSP/1.0\r\nCSeq: 1\r\n\r\n"];
		assert.deepEqual([judge(ours, "rtsp").target, judge(ours, "rtsp").tells], ["/live", false]);
		assert.equal(judge(bare, "rtsp").target, "/?x=1");
		assert.equal(judge("GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", "http").host, "2001:db8::1");
	});

	it("tells by the first octets what a client speaks", () => {
		for (const [text, what] of [
			["", "unknown"],
			["G", "unknown"],
			["GET / HTTP/1.1\r\n", "http"],
			["GET / HTTP/1.0\n", "http"],
			["OPTIONS * RTSP/1.0\r\n", "rtsp"],
			["\x16", "encrypted"],
			["\x16\x03\x01", "encrypted"],
			["hello", "other"],
			["\0", "other"],
			["GET /\r\n", "other"],
			["PRI * HTTP/2.0\r\n", "other"],
			["A".repeat(4096), "other"],
		] as const)
			assert.equal(firstLineOf(utf8Encode(text)), what, JSON.stringify(text.slice(0, 20)));
	});

	it("a renamed request asks for another path, keeps its other fields, and is the last over HTTP", () => {
		const http = get("/video?a=1", "Connection: keep-alive\r\nAccept: */*\r\nCONNECTION: x\r\nConnection-Id: 7\r\n");
		assert.equal(
			Buffer.from(renamedRequest(utf8Encode(http), "http", "192.0.2.7:80", "taken/1?link=r.x")).toString(),
			"GET /taken/1?link=r.x HTTP/1.1\r\nConnection: close\r\nHost: 192.0.2.7\r\nAccept: */*\r\nConnection-Id: 7\r\n\r\n",
		);
		assert.equal(
			Buffer.from(
				renamedRequest(utf8Encode(rtsp("DESCRIBE", 2, "Accept: x\r\n")), "rtsp", "192.0.2.7:554", "taken/1"),
			).toString(),
			"DESCRIBE rtsp://192.0.2.7:554/taken/1 RTSP/1.0\r\nCSeq: 2\r\nAccept: x\r\n\r\n",
		);
	});

	it("judges and renames whatever a client sends, without ever naming another path than the given one (fuzzed)", () => {
		const random = new Prng(5);
		for (let round = 0; round < 3000; round++) {
			const isHttp = random.chance(0.5);
			const protocol = isHttp ? "http" : "rtsp";
			const text = mutate(random, isHttp ? get("/video?a=1", "Accept: x\r\n") : rtsp("DESCRIBE", 2), " \r\n:/?%.*GH\0");
			const bytes = new Uint8Array(Buffer.from(text, "latin1"));
			if (firstLineOf(bytes) !== protocol) continue;
			const reader = new TextMessageReader(isHttp ? HTTP_REQUESTS : RTSP_MESSAGES, REQUEST_LIMITS);
			const length = reader.feedWhole(bytes);
			if (!reader.done || judgeRequest(reader.message, protocol).verdict !== "candidate") continue;
			const renamed = renamedRequest(bytes.slice(0, length), protocol, "192.0.2.7:80", "taken/1");
			const again = new TextMessageReader(isHttp ? HTTP_REQUESTS : RTSP_MESSAGES, REQUEST_LIMITS);
			assert.equal(again.feedWhole(renamed), renamed.length, text);
			assert.equal(again.fault, undefined, text);
			assert.equal(again.message.method, reader.message.method);
			assert.equal(again.message.target, isHttp ? "/taken/1" : "rtsp://192.0.2.7:80/taken/1");
		}
	});
});
