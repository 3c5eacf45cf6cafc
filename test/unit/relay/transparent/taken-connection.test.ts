import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { latin1, utf8Encode } from "../../../../src/base/text";
import { mutate } from "../../../support/mutate";
import { described, get, LIVE, MJPEG, rtsp, TakenScene } from "./taken-scene";

const PAGE = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello";

describe("relay/transparent/taken connection", () => {
	it("hands a viewer over, with its request, when the origin's answer is Motion JPEG, and leaves the origin first (REP-1)", () => {
		const scene = new TakenScene();
		scene.says(get("/video?size=2"));
		scene.opens();
		assert.equal(scene.origin.text(), get("/video?size=2"));
		scene.answers(`${MJPEG}--b\r\n`);
		assert.deepEqual(scene.events, ["ask http /video?size=2", "live", "handed over"]);
		assert.equal(scene.handed, get("/video?size=2"));
		assert.equal(scene.origin.aborted, true);
		assert.equal(scene.viewer.text(), "");
		assert.deepEqual([scene.viewer.isReading, scene.viewer.aborted], [true, false]);
	});

	it("hands over at once, without anything to the origin, what is known (REP-3)", () => {
		const scene = new TakenScene();
		scene.fate = "relay";
		for (const letter of get("/video")) scene.says(letter);
		assert.deepEqual(scene.events, ["ask http /video", "handed over"]);
		assert.equal(scene.dialled.length, 0);
	});

	it("hands over an RTSP viewer at the answer to DESCRIBE; OPTIONS before it passes", () => {
		const scene = new TakenScene();
		scene.fate = "pass";
		scene.says(rtsp("OPTIONS", 1));
		scene.opens();
		assert.equal(scene.origin.text(), rtsp("OPTIONS", 1));
		scene.answers("RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE\r\n\r\n");
		assert.match(scene.viewer.text(), /Public/);
		scene.fate = "probe";
		scene.says(rtsp("DESCRIBE", 2));
		scene.answers(LIVE.slice(0, 100));
		scene.answers(LIVE.slice(100));
		assert.equal(scene.handed, rtsp("DESCRIBE", 2));
		assert.equal(scene.viewer.text(), "");
	});

	it("answers OPTIONS itself where the stream is known, and hands over at DESCRIBE (REP-3)", () => {
		const scene = new TakenScene();
		scene.fate = "relay";
		scene.says(rtsp("OPTIONS", 7));
		assert.match(scene.viewer.text(), /^RTSP\/1.0 200 OK\r\nCSeq: 7\r\nPublic: OPTIONS, DESCRIBE, .*\r\n\r\n$/);
		scene.says(rtsp("OPTIONS", 8) + rtsp("DESCRIBE", 9));
		assert.match(scene.viewer.text(), /CSeq: 8/);
		assert.equal(scene.handed, rtsp("DESCRIBE", 9));
		assert.equal(scene.dialled.length, 0);
	});

	for (const [title, answer] of [
		["a recording", described("v=0\r\na=range:npt=0-12.5\r\nm=video 0 RTP/AVP 26\r\n")],
		[
			"a stream with sound, which the relay does not copy",
			described("v=0\r\nm=video 0 RTP/AVP 26\r\nm=audio 0 RTP/AVP 0\r\n"),
		],
		["another coding", described("v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\n")],
		["a refusal", "RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm=x\r\n\r\n"],
		["a malformed description", described("m")],
	])
		it(`passes ${title} as the origin says it, and the session after it`, () => {
			const scene = new TakenScene();
			scene.says(rtsp("DESCRIBE", 2));
			scene.opens();
			scene.origin.text();
			scene.answers(answer);
			assert.equal(scene.viewer.text(), answer);
			assert.deepEqual(scene.events, ["ask rtsp /live", "not live"]);
			const setup = rtsp("SETUP", 3, "Transport: RTP/AVP/TCP;interleaved=0-1\r\n");
			scene.says(setup);
			assert.equal(scene.origin.text(), setup);
			scene.answers("$\0\0\x04abcd");
			assert.equal(scene.viewer.text(), "$\0\0\x04abcd");
		});

	it("passes a page, and judges the next request on the connection, as a browser sends it", () => {
		const scene = new TakenScene();
		scene.says(get("/"));
		scene.opens();
		scene.answers(PAGE.slice(0, 30));
		scene.answers(PAGE.slice(30));
		assert.equal(scene.viewer.text(), PAGE);
		scene.says(get("/form", "Content-Length: 4\r\n", "POST"));
		scene.says("a=");
		scene.says("1!");
		scene.answers("HTTP/1.1 100 Continue\r\n\r\n");
		scene.answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
		scene.answers("0\r\n\r\n");
		scene.origin.text();
		scene.says(get("/head", "", "HEAD"));
		scene.answers("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
		scene.viewer.text();
		scene.says(get("/video"));
		scene.answers(MJPEG);
		assert.deepEqual(scene.events, ["ask http /", "not live", "ask http /video", "live", "handed over"]);
		assert.equal(scene.viewer.text(), "");
	});

	it("passes requests with credentials, which only the origin can check", () => {
		for (const fields of ["Authorization: Basic eDp5\r\n", "Cookie: session=1\r\n", "Range: bytes=5-\r\n"]) {
			const scene = new TakenScene();
			scene.says(get("/video", fields));
			scene.opens();
			scene.answers(MJPEG);
			scene.answers("--b\r\nmore");
			assert.equal(scene.viewer.text(), `${MJPEG}--b\r\nmore`);
			assert.deepEqual(scene.events, []);
		}
		const scene = new TakenScene();
		scene.says(rtsp("DESCRIBE", 1, "Authorization: Digest username=x\r\n"));
		scene.opens();
		scene.answers(LIVE);
		assert.equal(scene.viewer.text(), LIVE);
		assert.deepEqual(scene.events, ["passes: not a live stream"]);
	});

	it("passes encrypted connections, and logs it (REP-1)", () => {
		const scene = new TakenScene();
		scene.says(new Uint8Array([22, 3, 1, 2, 0]));
		scene.opens();
		assert.equal(scene.origin.text(), "\x16\x03\x01\x02\x00");
		assert.deepEqual(scene.events, ["passes: encrypted"]);
	});

	it("passes what it does not understand, whatever it is", () => {
		for (const text of [
			"SSH-2.0-x\r\n",
			"\x05\x01\0",
			"GET / HTTP/2.0\r\n",
			"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
			"A".repeat(5000),
		]) {
			const scene = new TakenScene();
			scene.says(text);
			scene.opens();
			assert.equal(scene.origin.text(), text);
			assert.deepEqual(scene.events, ["passes: not a live stream"]);
			scene.answers("hello");
			assert.equal(scene.viewer.text(), "hello");
		}
	});

	it("opens the origin for a viewer that waits for it to begin", () => {
		const scene = new TakenScene();
		scene.wait(2999);
		assert.equal(scene.dialled.length, 0);
		scene.wait(1);
		scene.opens();
		scene.answers("220 ready\r\n");
		assert.equal(scene.viewer.text(), "220 ready\r\n");
		assert.deepEqual(scene.events, ["passes: silent"]);
	});

	it("passes what has come of a head that takes too long, for the origin to decide", () => {
		const scene = new TakenScene();
		scene.says("GET /video HTTP/1.1\r\nHost: ");
		scene.wait(3000);
		scene.opens();
		assert.equal(scene.origin.text(), "GET /video HTTP/1.1\r\nHost: ");
		assert.deepEqual(scene.events, ["passes: silent"]);
	});

	it("drops a viewer that sends much while it waits, as it is not read then", () => {
		const scene = new TakenScene();
		scene.fate = undefined;
		scene.says(get("/video"));
		scene.says("A".repeat(16_384));
		assert.equal(scene.viewer.aborted, true);
		scene.answered?.(scene.now, "relay");
		assert.equal(scene.handed, "");
	});

	it("repeats the request at the origin when the relay does not serve it after all, so that the refusal is the origin's (REP-2)", () => {
		const scene = new TakenScene();
		scene.next = "pass";
		scene.says(get("/video"));
		scene.opens();
		scene.answers(MJPEG);
		assert.equal(scene.dialled.length, 2);
		assert.equal(scene.viewer.isReading, true);
		scene.opens();
		assert.equal(scene.origin.text(), get("/video"));
		scene.answers("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
		assert.match(scene.viewer.text(), /^HTTP\/1.1 503/);
	});

	it("gives the viewer the description that it has, when the relay does not serve the stream after all", () => {
		const scene = new TakenScene();
		scene.next = "pass";
		scene.says(rtsp("DESCRIBE", 2));
		scene.opens();
		scene.answers(LIVE);
		assert.equal(scene.dialled.length, 1);
		assert.equal(scene.viewer.text(), LIVE);
		scene.origin.text();
		scene.says(rtsp("SETUP", 3));
		assert.equal(scene.origin.text(), rtsp("SETUP", 3));
	});

	it("leaves the origin of a description when the relay has its own session, not before", () => {
		const scene = new TakenScene();
		scene.next = undefined;
		scene.says(rtsp("DESCRIBE", 2));
		scene.opens();
		scene.answers(LIVE);
		assert.equal(scene.origin.aborted, false);
		scene.answered?.(scene.now, "relay");
		assert.equal(scene.origin.aborted, true);
		assert.equal(scene.handed, rtsp("DESCRIBE", 2));
		assert.equal(scene.viewer.text(), "");
	});

	it("asks the origin again when its connection has ended while the word was awaited", () => {
		const scene = new TakenScene();
		scene.next = undefined;
		scene.says(rtsp("DESCRIBE", 2));
		scene.opens();
		scene.answers(LIVE);
		scene.originEnds("closed");
		scene.answered?.(scene.now, "pass");
		assert.equal(scene.dialled.length, 2);
		scene.opens();
		assert.equal(scene.origin.text(), rtsp("DESCRIBE", 2));
	});

	it("waits for the word on a candidate, and passes what came out of turn meanwhile", () => {
		const scene = new TakenScene();
		scene.fate = undefined;
		scene.says(get("/video"));
		assert.equal(scene.viewer.isReading, false);
		scene.says(get("/other"));
		scene.answered?.(scene.now, "probe");
		assert.equal(scene.viewer.isReading, true);
		scene.opens();
		assert.equal(scene.origin.text(), get("/video") + get("/other"));
		assert.deepEqual(scene.events, ["ask http /video", "not known", "passes: not a live stream"]);
	});

	it("stops to follow a viewer that sends before the answer has come", () => {
		const scene = new TakenScene();
		scene.says(get("/video"));
		scene.opens();
		scene.says(get("/b"));
		scene.answers(MJPEG);
		assert.deepEqual(scene.events, ["ask http /video", "passes: not a live stream", "not live"]);
		assert.equal(scene.origin.text(), get("/video") + get("/b"));
		assert.equal(scene.viewer.text(), MJPEG);
	});

	it("resets a viewer whose origin can't be reached, and says so", () => {
		for (const why of ["refused", "timeout"] as const) {
			const scene = new TakenScene();
			scene.says(get("/video"));
			if (why === "refused") scene.originEnds("refused");
			else scene.wait(20_000);
			assert.deepEqual(scene.events, ["ask http /video", `unreachable: ${why}`, "not known"]);
			assert.equal(scene.viewer.aborted, true);
		}
	});

	it("passes the ends of both sides behind the last octet", () => {
		const scene = new TakenScene();
		scene.says("SSH-2.0-x\r\n");
		scene.viewerEnds("closed");
		scene.opens();
		assert.equal(scene.origin.text(), "SSH-2.0-x\r\n");
		assert.equal(scene.origin.ended, true);
		scene.viewer.leave(3);
		scene.answers("hello");
		scene.originEnds("closed");
		scene.originEnds("reset");
		assert.equal(scene.viewer.ended, false);
		scene.viewer.take(100, scene.now, scene.connection.viewer);
		assert.equal(scene.viewer.text(), "hello");
		assert.equal(scene.viewer.ended, true);
		scene.wait(60_000);
		assert.equal(scene.viewer.aborted, true);
	});

	it("lets the viewer take all of an answer that ends with the connection", () => {
		const scene = new TakenScene();
		scene.says(get("/old"));
		scene.opens();
		scene.viewer.leave(10);
		scene.answers("HTTP/1.0 200 OK\r\n\r\nhello");
		scene.originEnds("closed");
		scene.viewer.take(1000, scene.now, scene.connection.viewer);
		assert.equal(scene.viewer.text(), "HTTP/1.0 200 OK\r\n\r\nhello");
		assert.equal(scene.viewer.ended, true);
	});

	it("does not read a side whose octets the other one does not take, and goes on when it does", () => {
		const scene = new TakenScene();
		scene.says("SSH-2.0-x\r\n");
		assert.equal(scene.viewer.isReading, false, "the origin's connection is not open yet");
		scene.opens();
		assert.equal(scene.viewer.isReading, true);
		scene.viewer.leave(4);
		scene.answers("hello");
		assert.equal(scene.origin.isReading, false);
		scene.viewer.take(4, scene.now, scene.connection.viewer);
		assert.equal(scene.origin.isReading, true);
		assert.equal(scene.viewer.text(), "hello");
	});

	it("ends with either side, and after two hours of silence", () => {
		const lost = new TakenScene();
		lost.says("SSH\r\n");
		lost.opens();
		lost.viewerEnds("reset");
		assert.equal(lost.origin.aborted, true);
		const cut = new TakenScene();
		cut.says("SSH\r\n");
		cut.opens();
		cut.originEnds("reset");
		assert.equal(cut.viewer.aborted, true);
		const silent = new TakenScene();
		silent.says("SSH\r\n");
		silent.opens();
		silent.wait(7_440_000);
		assert.equal(silent.viewer.aborted, true);
		const scan = new TakenScene();
		scan.viewerEnds("closed");
		assert.equal(scan.dialled.length, 0, "nobody has asked the origin for anything");
		assert.equal(scan.viewer.aborted, true);
	});

	it("loses and changes no octet of requests that are malformed in any way, however they are cut", () => {
		const random = new Prng(11);
		const texts = [
			get("/video"),
			`${get("/form", "Content-Length: 4\r\n", "POST")}a=1!`,
			rtsp("OPTIONS", 1),
			rtsp("DESCRIBE", 2),
		];
		for (let round = 0; round < 1500; round++) {
			const scene = new TakenScene();
			scene.fate = random.chance(0.5) ? "pass" : "probe";
			const whole = mutate(random, texts[random.below(4)] + texts[random.below(4)], "\r\n :/G0Z\x16");
			const bytes = Buffer.from(whole, "latin1");
			for (let at = 0; at < bytes.length; ) {
				const end = Math.min(bytes.length, at + 1 + random.below(60));
				scene.says(new Uint8Array(bytes.subarray(at, end)));
				at = end;
			}
			scene.wait(3000);
			scene.viewerEnds("closed");
			let arrived = "";
			for (const { end, stream } of scene.dialled) {
				stream.leave(1 << 20);
				end.room();
				arrived += stream.text();
			}
			if (scene.dialled.length > 0) assert.equal(arrived, bytes.toString("latin1"), `round ${round}`);
		}
	});

	it("gives the viewer each octet of answers that are malformed in any way", () => {
		const random = new Prng(12);
		for (let round = 0; round < 1500; round++) {
			const scene = new TakenScene();
			const isHttp = random.chance(0.5);
			scene.says(isHttp ? get("/video") : rtsp("DESCRIBE", 2));
			scene.opens();
			const whole = mutate(random, isHttp ? MJPEG : LIVE, "\r\n :/1x$");
			for (let at = 0; at < whole.length && scene.handed === ""; ) {
				const end = Math.min(whole.length, at + 1 + random.below(60));
				scene.answers(whole.slice(at, end));
				at = end;
			}
			if (scene.handed === "") scene.originEnds("closed");
			if (scene.handed === "") assert.equal(scene.viewer.text(), latin1(utf8Encode(whole)));
		}
	});
});
