import assert from "node:assert/strict";
import { latin1, utf8Encode } from "../../../src/base/text";
import { RtspWriter } from "../../../src/wire/rtsp-writer";
import { fieldOf, REQUEST_LIMITS, RTSP_MESSAGES } from "../../../src/wire/text-message";
import { TextMessageReader } from "../../../src/wire/text-message-reader";

describe("wire/rtsp-writer", () => {
	const text = ({ bytes, length }: RtspWriter) => latin1(bytes, 0, length);

	it("writes a response with a body, which the reader reads again", () => {
		const writer = new RtspWriter();
		assert.ok(writer.response(200, "7").field("Content-Type", "application/sdp").end(utf8Encode("v=0\r\n")));
		assert.equal(
			text(writer),
			"RTSP/1.0 200 OK\r\nCSeq: 7\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
		);
		const reader = new TextMessageReader(RTSP_MESSAGES, REQUEST_LIMITS);
		assert.equal(reader.feedWhole(writer.bytes, 0, writer.length), writer.length);
		assert.equal(reader.message.status, 200);
		assert.equal(fieldOf(reader.message, "cseq"), "7");
		assert.equal(latin1(reader.message.body), "v=0\r\n");
	});

	it("writes one message after another", () => {
		const writer = new RtspWriter();
		writer.response(454, "").end();
		assert.equal(text(writer), "RTSP/1.0 454 Session Not Found\r\n\r\n");
		writer.request("SETUP", "rtsp://h/live/trackID=0", 3).field("Session", "1").end();
		assert.equal(text(writer), "SETUP rtsp://h/live/trackID=0 RTSP/1.0\r\nCSeq: 3\r\nSession: 1\r\n\r\n");
	});

	it("lets no value start another field or message", () => {
		const writer = new RtspWriter();
		writer.response(200, "1\r\nX: y").field("A", "b\r\n\r\nRTSP/1.0 200 OK\u0000\u0100").end();
		assert.equal(text(writer), "RTSP/1.0 200 OK\r\nCSeq: 1??X: y\r\nA: b????RTSP/1.0 200 OK??\r\n\r\n");
	});

	it("takes memory only as messages need it, up to its capacity", () => {
		const writer = new RtspWriter(5000);
		assert.equal(writer.bytes.length, 0);
		writer.response(200, "1").end();
		assert.equal(writer.bytes.length, 1024);
		const body = new Uint8Array(3000).fill(66);
		assert.ok(writer.response(200, "2").field("A", "b".repeat(1500)).end(body));
		assert.match(text(writer), /^RTSP\/1\.0 200 OK\r\nCSeq: 2\r\nA: b{1500}\r\nContent-Length: 3000\r\n\r\nB{3000}$/);
		assert.equal(writer.bytes.length, 5000);
	});

	it("tells when a message does not fit, and recovers with the next", () => {
		const writer = new RtspWriter(64);
		assert.equal(writer.response(200, "1").field("A", "b".repeat(60)).end(), false);
		assert.equal(writer.response(200, "1").end(new Uint8Array(60)), false);
		assert.equal(writer.response(200, "1").end(), true);
	});
});
