import assert from "node:assert/strict";
import { toBase64 } from "../../../../src/base/base64";
import { ByteWriter, readU16, readU32 } from "../../../../src/base/byte-writer";
import { toHex } from "../../../../src/base/hex";
import { md5 } from "../../../../src/base/md5";
import { Prng } from "../../../../src/base/prng";
import { sha256 } from "../../../../src/base/sha256";
import { utf8Encode } from "../../../../src/base/text";
import { SenderInfo, writeSenderReport } from "../../../../src/wire/rtcp";
import type { TextMessage } from "../../../../src/wire/text-message";
import { CAMERA_SDPS } from "../../../support/camera-sdp";
import { mutate } from "../../../support/mutate";
import { H264_SDP, JPEG_SDP, RtspScript, rtpPacket } from "../../../support/rtsp-script";

const hash = (algorithm: string, text: string) => toHex((algorithm === "md5" ? md5 : sha256)(utf8Encode(text)));
const field = (request: string, name: string) => new RegExp(`^${name}: (.*)\r$`, "m").exec(request)?.[1];
const parameter = (value: string | undefined, name: string) =>
	new RegExp(`\\b${name}="?([^",]*)"?`).exec(value ?? "")?.[1];

describe("stream/rtsp-client", () => {
	it("goes through OPTIONS, DESCRIBE, SETUP and PLAY, and hands on interleaved packets", () => {
		const script = new RtspScript();
		const requests = script.play();
		assert.deepEqual(
			requests.map((request) => request.split("\r\n")[0]),
			[
				"OPTIONS rtsp://camera/live RTSP/1.0",
				"DESCRIBE rtsp://camera/live RTSP/1.0",
				"SETUP rtsp://camera/live/track1 RTSP/1.0",
				"PLAY rtsp://camera/live/ RTSP/1.0",
				"",
			],
		);
		assert.equal(field(requests[1], "Accept"), "application/sdp");
		assert.equal(field(requests[2], "Transport"), "RTP/AVP/TCP;unicast;interleaved=0-1");
		assert.equal(field(requests[3], "Session"), "12345678");
		assert.deepEqual(
			requests.slice(0, 4).map((request) => field(request, "CSeq")),
			["1", "2", "3", "4"],
		);
		assert.deepEqual(script.events, ["playing tcp"]);
		script.say(script.block(0, rtpPacket(65535)), 3);
		script.say(
			Buffer.concat([script.block(0, rtpPacket(0)), script.block(9, rtpPacket(7)), script.block(0, rtpPacket(1))]),
		);
		assert.deepEqual(script.sink.sequence, [65535, 0, 1]);
		assert.deepEqual(script.sink.payloads, ["p65535", "p0", "p1"]);
		assert.equal(script.sink.track?.frameRate, 25);
	});

	it("reads messages and blocks however they are cut, and skips other octets between them", () => {
		const script = new RtspScript();
		script.play();
		const stream = Buffer.concat([
			script.block(0, rtpPacket(1)),
			Buffer.from("\0\0\xff", "latin1"),
			script.block(0, rtpPacket(2)),
			Buffer.from("OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n"),
			script.block(0, rtpPacket(3)),
		]);
		for (const step of [1, 2, 3, 5, 7, 1000]) script.say(stream, step);
		assert.deepEqual(script.sink.sequence.slice(0, 3), [1, 2, 3]);
		assert.equal(script.media.packets, 3);
		assert.deepEqual(script.events, ["playing tcp"]);
	});

	it("accepts other channels than it asked for", () => {
		const script = new RtspScript();
		script.play(JPEG_SDP, "Transport: RTP/AVP/TCP;unicast;interleaved=4-5\r\n");
		script.say(script.block(4, rtpPacket(1)));
		script.say(script.block(0, rtpPacket(2)));
		assert.deepEqual(script.sink.sequence, [1]);
		assert.equal(Buffer.from(script.wait(600), "latin1")[1], 5);
	});

	for (const [algorithm, name] of [
		["MD5", "md5"],
		["SHA-256", "sha256"],
	] as const) {
		for (const qop of [true, false]) {
			it(`logs in by Digest with ${algorithm} ${qop ? "and" : "without"} qop`, () => {
				const script = new RtspScript("rtsp://admin:se%20cret@camera/live");
				script.open();
				script.answer(200);
				const challenge = `Digest realm="IP Camera(1)", nonce="abc", algorithm=${algorithm}${qop ? ', qop="auth", opaque="o"' : ""}`;
				const request = script.answer(401, `WWW-Authenticate: Basic realm="x"\r\nWWW-Authenticate: ${challenge}\r\n`);
				const login = field(request, "Authorization");
				const ha1 = hash(name, "admin:IP Camera(1):se cret");
				const ha2 = hash(name, "DESCRIBE:rtsp://camera/live");
				const middle = qop ? `00000001:${parameter(login, "cnonce")}:auth:` : "";
				assert.equal(parameter(login, "response"), hash(name, `${ha1}:abc:${middle}${ha2}`));
				assert.equal(parameter(login, "uri"), "rtsp://camera/live");
				assert.equal(parameter(login, "opaque"), qop ? "o" : undefined);
				// The next request counts on.
				const setup = script.answer(200, "", JPEG_SDP);
				assert.match(setup, /^SETUP /);
				assert.equal(parameter(field(setup, "Authorization"), "nc"), qop ? "00000002" : undefined);
			});
		}
	}

	it("takes the strongest login, falls back to MD5 once, and then calls the password wrong", () => {
		const script = new RtspScript();
		script.open();
		const both =
			'WWW-Authenticate: Digest realm="x", nonce="1", algorithm=MD5, Digest realm="x", nonce="1", algorithm=SHA-256\r\n';
		assert.match(field(script.answer(401, both), "Authorization") ?? "", /algorithm=SHA-256/);
		assert.match(field(script.answer(401, both), "Authorization") ?? "", /algorithm=MD5/);
		assert.equal(script.answer(401, both), "");
		assert.match(script.events[0], /does not accept the user name and password/);
	});

	it("uses a new nonce when the old one has expired, whether or not the camera says so", () => {
		for (const stale of ["", ", stale=TRUE"]) {
			const script = new RtspScript();
			script.open();
			script.answer(401, 'WWW-Authenticate: Digest realm="x", nonce="1"\r\n');
			script.answer(200);
			const again = script.answer(401, `WWW-Authenticate: Digest realm="x", nonce="2"${stale}\r\n`);
			assert.match(again, /^DESCRIBE /);
			assert.equal(parameter(field(again, "Authorization"), "nonce"), "2");
			script.answer(401, 'WWW-Authenticate: Digest realm="x", nonce="3"\r\n');
			assert.match(script.events[0], /does not accept the user name and password/);
		}
	});

	it("never shows the password by Basic, unless that is allowed", () => {
		const basic = 'WWW-Authenticate: Basic realm="x"\r\n';
		const script = new RtspScript();
		script.open();
		script.answer(200);
		assert.equal(script.answer(401, basic), "");
		assert.match(script.events[0], /only Basic login/);
		const allowed = new RtspScript("rtsp://admin:secret@camera/live", "tcp", true);
		allowed.open();
		allowed.answer(200);
		assert.equal(field(allowed.answer(401, basic), "Authorization"), `Basic ${toBase64(utf8Encode("admin:secret"))}`);
	});

	it("says that a login is missing when the URL has none", () => {
		const script = new RtspScript("rtsp://camera/live");
		script.open();
		script.answer(401, 'WWW-Authenticate: Digest realm="x", nonce="1"\r\n');
		assert.match(script.events[0], /wants a user name and password/);
	});

	it("goes on when OPTIONS is not supported, or wants a login and offers none", () => {
		for (const status of [405, 501, 500, 401]) {
			const script = new RtspScript();
			script.open();
			assert.match(script.answer(status), /^DESCRIBE /, `${status}`);
		}
	});

	for (const [status, text] of [
		[404, /knows no such stream \(404\)/],
		[403, /forbids this stream/],
		[453, /no room for another viewer/],
		[500, /answers DESCRIBE with 500/],
	] as const) {
		it(`says what ${status} to DESCRIBE means`, () => {
			const script = new RtspScript();
			script.open();
			script.answer(200);
			script.answer(status);
			assert.match(script.events[0], text);
			assert.ok(script.stream.ended);
		});
	}

	it("names the encoding of a video that it can't use", () => {
		const script = new RtspScript();
		script.open();
		script.answer(200);
		script.answer(200, "", CAMERA_SDPS[CAMERA_SDPS.length - 1].text);
		assert.match(script.events[0], /video is H265;/);
	});

	it("reports that the description is empty", () => {
		const script = new RtspScript();
		script.open();
		script.answer(200);
		script.answer(200);
		assert.match(script.events[0], /describes no video/);
	});

	for (const camera of CAMERA_SDPS) {
		if (camera.encoding === "H265") continue;
		it(`sets up ${camera.make}`, () => {
			const script = new RtspScript(camera.url);
			script.open();
			script.answer(200);
			const base = camera.contentBase === "" ? "" : `Content-Base: ${camera.contentBase}\r\n`;
			const body = Buffer.from(camera.text).toString("latin1");
			assert.equal(script.answer(200, base, body).split(" ")[1], camera.track);
			assert.equal(script.answer(200, "Session: 1\r\n").split(" ")[1], camera.whole);
			assert.equal(script.sink.track?.encoding, camera.encoding);
			assert.equal(script.sink.track?.parameterSets.length, camera.sets);
		});
	}

	it("follows redirects, but not from rtsps to rtsp, and not to other schemes", () => {
		for (const [url, location, event] of [
			["rtsp://camera/live", "rtsp://other:8554/x", "to rtsp://other:8554/x"],
			["rtsp://camera/live", "/moved", "to rtsp://camera/moved"],
			[
				"rtsps://camera/live",
				"rtsp://camera/live",
				"the camera redirects from rtsps:// to rtsp://, which is not allowed",
			],
			["rtsp://camera/live", "http://other/", "the camera redirects to something that is not RTSP"],
			["rtsp://camera/live", "", "the camera redirects to something that is not RTSP"],
		] as const) {
			const script = new RtspScript(url);
			script.open();
			script.answer(200);
			script.answer(302, location === "" ? "" : `Location: ${location}\r\n`);
			assert.deepEqual(script.events, [event]);
		}
	});

	it("plays by UDP: names its ports, aims at the server's, and opens the way through a NAT", () => {
		const script = new RtspScript("rtsp://camera/live", "udp");
		const requests = script.play(
			H264_SDP,
			"Transport: RTP/AVP;unicast;client_port=5000-5001;server_port=6970-6971;source=10.0.0.9;ssrc=12345678\r\n",
		);
		assert.equal(field(requests[2], "Transport"), "RTP/AVP;unicast;client_port=5000-5001");
		assert.deepEqual(script.sent, ["aim 10.0.0.9 6970 6971", "rtp 12", "rtcp 201 36", "rtp 12", "rtcp 201 36"]);
		assert.deepEqual(script.events, ["playing udp"]);
		for (const sequence of [1, 3, 2, 2, 4]) {
			const packet = rtpPacket(sequence, { payloadType: 96 });
			script.client.datagram(script.now, false, packet, 0, packet.length);
		}
		assert.deepEqual(script.sink.sequence, [1, 2, 3, 4]);
		assert.equal(script.sink.track?.parameterSets.length, 2);
	});

	it("asks for TCP on the same connection when the server refuses UDP with 461", () => {
		const script = new RtspScript("rtsp://camera/live", "udp");
		script.open();
		script.answer(200);
		assert.match(script.answer(200, "", JPEG_SDP), /client_port/);
		assert.match(script.answer(461), /^SETUP [\s\S]*interleaved=0-1/);
		script.answer(461);
		assert.deepEqual(script.events, ["the camera refuses RTP over UDP and over TCP"]);
	});

	it("asks for UDP when the server refuses TCP, and for TCP when there are no ports", () => {
		const script = new RtspScript();
		script.open();
		script.answer(200);
		script.answer(200, "", JPEG_SDP);
		assert.match(script.answer(461), /client_port=5000-5001/);
		const lacking = new RtspScript("rtsp://camera/live", "udp");
		lacking.hasPorts = false;
		lacking.open();
		lacking.answer(200);
		assert.match(lacking.answer(200, "", JPEG_SDP), /interleaved=0-1/);
	});

	it("accepts TCP from a server that was asked for UDP", () => {
		const script = new RtspScript("rtsp://camera/live", "udp");
		script.play(JPEG_SDP, "Transport: RTP/AVP/TCP;unicast;interleaved=2-3\r\n");
		assert.deepEqual(script.events, ["playing tcp"]);
		script.say(script.block(2, rtpPacket(1)));
		assert.deepEqual(script.sink.sequence, [1]);
	});

	it("plays without a range after 457, and the track alone where there is no aggregate control", () => {
		const script = new RtspScript();
		script.open();
		script.answer(200);
		script.answer(200, "", JPEG_SDP);
		assert.equal(field(script.answer(200, "Session: 1\r\n"), "Range"), "npt=0.000-");
		const again = script.answer(457);
		assert.match(again, /^PLAY rtsp:\/\/camera\/live RTSP/);
		assert.equal(field(again, "Range"), undefined);
		assert.match(script.answer(459), /^PLAY rtsp:\/\/camera\/live\/track1 RTSP/);
		script.answer(500);
		assert.match(script.events[0], /answers PLAY with 500/);
	});

	it("keeps the session alive before half of its timeout, by GET_PARAMETER where the server has it", () => {
		const script = new RtspScript();
		script.play();
		const feed = (sequence: number) => script.say(script.block(0, rtpPacket(sequence)));
		let sent = "";
		for (let second = 0; second < 28; second++) {
			feed(second);
			sent += script.wait(1000);
		}
		assert.match(sent, /GET_PARAMETER rtsp:\/\/camera\/live\/ RTSP\/1\.0\r\nCSeq: 5\r\n[\s\S]*Session: 12345678/);
		assert.equal(sent.split("GET_PARAMETER").length, 2);
		script.answer(501);
		for (let second = 28; second < 60; second++) {
			feed(second);
			sent += script.wait(1000);
		}
		assert.match(sent, /OPTIONS rtsp/);
		// It was not answered, which is no failure while packets come.
		for (let second = 60; second < 120; second++) {
			feed(second);
			script.wait(1000);
		}
		assert.deepEqual(script.events, ["playing tcp"]);
	});

	it("sends SET_PARAMETER with a body while it plays, one at a time, after the answer that it waits for (REP-6)", () => {
		const script = new RtspScript();
		const answers: (number | undefined)[] = [];
		const request = (body: string) => ({
			fields: ["Content-Type", "application/json", "Porthole-Report", "x"],
			body: utf8Encode(body),
			answered: (_now: number, answer: TextMessage | undefined) => void answers.push(answer?.status),
		});
		script.client.set(script.now, request("[0]"));
		assert.deepEqual(answers, [undefined], "not before PLAY");
		script.play();
		script.client.set(script.now, request("[1]"));
		const sent = script.asked();
		assert.match(sent, /^SET_PARAMETER rtsp:\/\/camera\/live\/ RTSP\/1\.0\r\n/);
		assert.match(sent, /\r\nSession: 12345678\r\n[\s\S]*\r\nContent-Length: 3\r\n\r\n\[1\]$/);
		script.client.set(script.now, request("[2]"));
		assert.deepEqual(answers, [undefined, undefined], "one at a time");
		script.answer(200);
		assert.deepEqual(answers, [undefined, undefined, 200]);
		// While a sign of life waits for its answer.
		let alive = "";
		for (let second = 0; !alive.includes("GET_PARAMETER"); second++) {
			script.say(script.block(0, rtpPacket(second)));
			alive = script.wait(1000);
		}
		script.client.set(script.now, request("[3]"));
		assert.equal(script.asked(), "");
		assert.match(script.answer(200), /\[3\]$/);
		script.answer(451);
		assert.deepEqual(answers.slice(3), [451]);
		assert.deepEqual(script.events, ["playing tcp"]);
	});

	it("plays on when SET_PARAMETER is redirected, wants another login, or is not answered; says so when the session ends", () => {
		const script = new RtspScript();
		const answers: (number | undefined)[] = [];
		const set = () =>
			script.client.set(script.now, {
				fields: [],
				body: utf8Encode("[]"),
				answered: (_now, answer) => void answers.push(answer?.status),
			});
		script.play();
		set();
		script.answer(302, "Location: rtsp://other/\r\n");
		set();
		script.answer(401);
		set();
		for (let second = 0; second < 12; second++) {
			script.say(script.block(0, rtpPacket(second)));
			script.wait(1000);
		}
		assert.deepEqual(answers, [302, 401, undefined]);
		assert.deepEqual(script.events, ["playing tcp"]);
		set();
		script.client.ended(script.now, "reset");
		assert.deepEqual(answers, [302, 401, undefined, undefined]);
	});

	it("ends when the session is unknown to the server", () => {
		const script = new RtspScript();
		script.play();
		for (let second = 0; second < 28; second++) {
			script.say(script.block(0, rtpPacket(second)));
			script.wait(1000);
		}
		script.answer(454);
		assert.match(script.events[1], /454 Session Not Found/);
	});

	it("reports every 5 s what it has received and lost (STR-10)", () => {
		const script = new RtspScript();
		script.play();
		for (const sequence of [65534, 65535, 1, 2]) script.say(script.block(0, rtpPacket(sequence)));
		const first = Buffer.from(script.wait(600), "latin1");
		assert.deepEqual([...first.subarray(0, 2), readU16(first, 2)], [36, 1, first.length - 4]);
		const report = first.subarray(4);
		assert.equal(report[1], 201);
		assert.equal(readU32(report, 8), 0x1234);
		// One of five is lost.
		assert.equal(report[12], Math.floor(256 / 5));
		assert.equal((report[13] << 16) | (report[14] << 8) | report[15], 1);
		assert.equal(readU32(report, 16), 65538);
		assert.equal(report[33], 202);
		assert.equal(script.wait(4400), "");
		assert.notEqual(script.wait(600), "");
	});

	it("reads sender reports: when a picture was taken, and what the next report says of them", () => {
		const script = new RtspScript();
		script.play();
		script.say(script.block(0, rtpPacket(1, { timestamp: 90_000 })));
		const utc = 1_790_000_000_500;
		const info = new SenderInfo();
		info.setUtc(utc);
		info.timestamp = 90_000;
		const writer = new ByteWriter(64);
		writeSenderReport(writer, 0x1234, info);
		const report = writer.copy();
		script.say(script.block(1, report));
		assert.equal(script.sink.calendar?.utcOf(90_000 + 90 * 250), utc + 250);
		const ours = Buffer.from(script.wait(600), "latin1").subarray(4);
		assert.equal(readU32(ours, 24), info.middle);
		assert.equal(readU32(ours, 28), Math.floor(500 * 65.536));
	});

	it("ends when the source says goodbye, or the server tears the session down or redirects", () => {
		for (const [words, event] of [
			["\x24\x01\x00\x08\x81\xcb\x00\x01\x00\x00\x12\x34", "the camera has ended the stream"],
			["TEARDOWN rtsp://camera/live RTSP/1.0\r\nCSeq: 1\r\n\r\n", "the camera has ended the stream"],
			["REDIRECT * RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://b/c\r\n\r\n", "to rtsp://b/c"],
		] as const) {
			const script = new RtspScript();
			script.play();
			script.say(script.block(0, rtpPacket(1)));
			const said = script.say(words);
			assert.deepEqual(script.events, ["playing tcp", event]);
			assert.match(said, /TEARDOWN rtsp:\/\/camera\/live\/ /);
		}
	});

	it("answers requests of the server", () => {
		const script = new RtspScript();
		script.play();
		assert.match(script.say("OPTIONS * RTSP/1.0\r\nCSeq: 77\r\n\r\n"), /^RTSP\/1\.0 200 OK\r\nCSeq: 77\r\n\r\n$/);
		assert.match(script.say("RECORD * RTSP/1.0\r\nCSeq: 78\r\n\r\n"), /^RTSP\/1\.0 501 /);
	});

	it("bounds each step, and drops a connection that does not close", () => {
		const at = [
			["the camera does not accept the connection within 10 s", 0],
			["the camera does not answer OPTIONS within 10 s", 1],
			["the camera does not answer DESCRIBE within 10 s", 2],
			["the camera does not answer SETUP within 10 s", 3],
			["the camera does not answer PLAY within 10 s", 4],
		] as const;
		for (const [text, steps] of at) {
			const script = new RtspScript();
			const { wait } = script;
			if (steps > 0) script.open();
			if (steps > 1) script.answer(200);
			if (steps > 2) script.answer(200, "", JPEG_SDP);
			if (steps > 3) script.answer(200, "Session: 1\r\n");
			wait.call(script, 9999);
			assert.deepEqual(script.events, []);
			wait.call(script, 1);
			assert.deepEqual(script.events, [text]);
			if (steps > 0) assert.ok(script.stream.ended);
			wait.call(script, 2000);
			assert.equal(script.stream.aborted, steps > 0);
			assert.equal(script.client.deadline, Infinity);
		}
	});

	it("gives up when no packet comes: 4 s by UDP, 15 s by TCP and later", () => {
		const udp = new RtspScript("rtsp://camera/live", "udp");
		udp.play(JPEG_SDP, "Transport: RTP/AVP;unicast;client_port=5000-5001\r\n");
		udp.wait(4000);
		assert.match(udp.events[1], /no packet of the video for 4 s/);
		const tcp = new RtspScript();
		tcp.play();
		tcp.say(tcp.block(0, rtpPacket(1, { payloadType: 97 })));
		tcp.wait(14_999);
		assert.equal(tcp.events.length, 1);
		tcp.wait(1);
		assert.match(tcp.events[1], /no packet of the video for 15 s, but 1 others/);
		const later = new RtspScript();
		later.play();
		later.wait(10_000);
		later.say(later.block(0, rtpPacket(1)));
		later.wait(14_999);
		assert.equal(later.events.length, 1);
		later.wait(1);
		assert.equal(later.events.length, 2);
	});

	it("follows a source that begins again, but not a single packet of another", () => {
		const script = new RtspScript();
		script.play();
		for (const [sequence, ssrc] of [
			[10, 1],
			[11, 1],
			[500, 2],
			[12, 1],
			[800, 3],
			[801, 3],
			[802, 3],
		] as const)
			script.say(script.block(0, rtpPacket(sequence, { ssrc })));
		assert.deepEqual(script.sink.sequence, [10, 11, 12, -0, 801, 802]);
	});

	it("leaves with BYE and TEARDOWN", () => {
		const script = new RtspScript();
		script.play();
		script.say(script.block(0, rtpPacket(1)));
		script.client.leave(script.now);
		const said = script.asked();
		assert.match(said, /\xcb[\s\S]*TEARDOWN rtsp:\/\/camera\/live\/ RTSP\/1\.0\r\n[\s\S]*Session: 12345678/);
		assert.deepEqual(script.events, ["playing tcp", "left"]);
		assert.ok(script.stream.ended);
	});

	for (const why of ["refused", "timeout", "reset", "closed", "certificate"] as const) {
		it(`tells that the connection ended: ${why}`, () => {
			const script = new RtspScript();
			script.open();
			script.client.ended(script.now, why);
			assert.equal(script.events.length, 1);
			assert.ok(!script.events[0].includes("undefined"));
			script.client.ended(script.now, "reset");
			assert.equal(script.events.length, 1);
		});
	}

	it("rejects what is not RTSP, and endless garbage", () => {
		const web = new RtspScript();
		web.open();
		web.say(`${"x".repeat(70_000)}`);
		assert.deepEqual(web.events, ["what the camera sends is not RTSP"]);
		const large = new RtspScript();
		large.open();
		large.say("RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 99999999\r\n\r\n");
		assert.deepEqual(large.events, ["what the camera sends is not RTSP"]);
	});

	it("survives 3,000 mutated conversations", () => {
		const letters = "RTSP/1.0 :;=-,\r\n$\0\x01abc0123456789";
		for (let seed = 0; seed < 3000; seed++) {
			const random = new Prng(seed);
			const script = new RtspScript("rtsp://a:b@camera/live", random.chance(0.5) ? "udp" : "tcp");
			script.open();
			const said = [
				"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, GET_PARAMETER\r\n\r\n",
				'RTSP/1.0 401 No\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="x", nonce="y", qop="auth"\r\n\r\n',
				`RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: ${JPEG_SDP.length}\r\n\r\n${JPEG_SDP}`,
				"RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 1;timeout=30\r\nTransport: RTP/AVP;unicast;server_port=1-2\r\n\r\n",
				"RTSP/1.0 200 OK\r\nCSeq: 5\r\n\r\n",
				Buffer.from(script.block(0, rtpPacket(1))).toString("latin1"),
			];
			const hit = random.below(said.length);
			for (let i = 0; i < said.length; i++) {
				const text = i === hit ? mutate(random, said[i], letters) : said[i];
				script.say(text, random.chance(0.2) ? 1 + random.below(20) : Infinity);
				if (random.chance(0.1)) script.wait(random.below(20_000));
			}
			script.wait(60_000);
			const ends = script.events.filter((event) => !event.startsWith("playing"));
			assert.ok(ends.length === 1, `seed ${seed}: ${script.events}`);
		}
	});
});
