import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import {
	HTTP_REQUESTS,
	HTTP_RESPONSES,
	REQUEST_LIMITS,
	RESPONSE_LIMITS,
	RTSP_MESSAGES,
	SSDP_MESSAGES,
	type TextFault,
} from "../../../src/wire/text-message";
import { parseTextMessage, TextMessageReader } from "../../../src/wire/text-message-reader";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

const DIALECTS = { request: HTTP_REQUESTS, response: HTTP_RESPONSES, rtsp: RTSP_MESSAGES };

function read(kind: keyof typeof DIALECTS, text: string): TextMessageReader {
	const reader = new TextMessageReader(DIALECTS[kind], kind === "response" ? RESPONSE_LIMITS : REQUEST_LIMITS);
	reader.feedWhole(bytes(text));
	return reader;
}

const pick = <Item>(random: Prng, items: readonly Item[]): Item => items[random.below(items.length)];

const HOST = "Host: cam\r\n";
const CHUNKED = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;

describe("wire/text-message-reader", () => {
	it("reads a request with a body, and leaves what follows", () => {
		const reader = new TextMessageReader(HTTP_REQUESTS, REQUEST_LIMITS);
		const text = `POST /a?b=c HTTP/1.1\r\n${HOST}content-length:  3 \r\nX-Y: a, b\r\n\r\nabcGET`;
		assert.equal(reader.feedWhole(bytes(text)), text.length - 3);
		assert.equal(reader.done, true);
		const { method, target, minor, fields, body } = reader.message;
		assert.deepEqual([method, target, minor], ["POST", "/a?b=c", 1]);
		assert.deepEqual(fields, [
			["host", "cam"],
			["content-length", "3"],
			["x-y", "a, b"],
		]);
		assert.equal(Buffer.from(body).toString(), "abc");
	});

	it("reads a chunked body with extensions and trailers", () => {
		const reader = read(
			"request",
			`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nT: v\r\n\r\n`,
		);
		assert.equal(reader.done, true);
		assert.equal(Buffer.from(reader.message.body).toString(), "abc0123456789");
	});

	it("skips empty lines before a request", () => {
		assert.equal(read("request", `\r\n\r\nGET / HTTP/1.1\r\n${HOST}\r\n`).done, true);
	});

	// RFC 9112 §2.2, §3, §5.1, §5.2, §6.1, §6.3, §7.1, §11.2
	const refused: [string, string, TextFault][] = [
		[
			"both Content-Length and Transfer-Encoding",
			`POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
			"malformed",
		],
		["two Content-Lengths", `POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\nContent-Length: 3\r\n\r\n`, "malformed"],
		["a list of Content-Lengths", `POST / HTTP/1.1\r\n${HOST}Content-Length: 3, 3\r\n\r\n`, "malformed"],
		["a signed Content-Length", `POST / HTTP/1.1\r\n${HOST}Content-Length: +3\r\n\r\n`, "malformed"],
		["a hexadecimal Content-Length", `POST / HTTP/1.1\r\n${HOST}Content-Length: 0x3\r\n\r\n`, "malformed"],
		["an empty Content-Length", `POST / HTTP/1.1\r\n${HOST}Content-Length:\r\n\r\n`, "malformed"],
		[
			"two Transfer-Encodings",
			`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n`,
			"malformed",
		],
		[
			"another Transfer-Encoding",
			`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n`,
			"transfer-coding",
		],
		["Transfer-Encoding in HTTP/1.0", `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`, "malformed"],
		["a bare line feed", `GET / HTTP/1.1\n${HOST}\r\n`, "malformed"],
		["a bare carriage return", `GET / HTTP/1.1\r\n${HOST}A: b\rC: d\r\n\r\n`, "malformed"],
		["a space before the colon", `GET / HTTP/1.1\r\n${HOST}A : b\r\n\r\n`, "malformed"],
		["a folded line", `GET / HTTP/1.1\r\n${HOST}A: b\r\n c\r\n\r\n`, "malformed"],
		["a field without a name", `GET / HTTP/1.1\r\n${HOST}: b\r\n\r\n`, "malformed"],
		["a field without a colon", `GET / HTTP/1.1\r\n${HOST}nonsense\r\n\r\n`, "malformed"],
		["a head that a bare line feed ends", `GET / HTTP/1.1\r\n${HOST}\n`, "malformed"],
		["a bare carriage return before it", `\rGET / HTTP/1.1\r\n${HOST}\r\n`, "malformed"],
		["a Transfer-Encoding after a vertical tab", `${CHUNKED.replace(": ", ":\x0b")}0\r\n\r\n`, "malformed"],
		["a Transfer-Encoding with a space before the colon", `${CHUNKED.replace(": c", " : c")}0\r\n\r\n`, "malformed"],
		["a Transfer-Encoding in quotes", `${CHUNKED.replace("chunked", '"chunked"')}0\r\n\r\n`, "transfer-coding"],
		["an unknown Transfer-Encoding", `${CHUNKED.replace("chunked", "xchunked")}0\r\n\r\n`, "transfer-coding"],
		["an empty Transfer-Encoding", `${CHUNKED.replace("chunked", "")}0\r\n\r\n`, "transfer-coding"],
		["chunked twice", `${CHUNKED.replace("chunked", "chunked, chunked")}0\r\n\r\n`, "transfer-coding"],
		["chunked that is not last", `${CHUNKED.replace("chunked", "chunked, identity")}0\r\n\r\n`, "transfer-coding"],
		["a Content-Length with a space inside", `POST / HTTP/1.1\r\n${HOST}Content-Length: 1 0\r\n\r\n`, "malformed"],
		["a negative Content-Length", `POST / HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`, "malformed"],
		["an endless Content-Length", `POST / HTTP/1.1\r\n${HOST}Content-Length: ${"9".repeat(40)}\r\n\r\n`, "malformed"],
		[
			"two different Content-Lengths",
			`POST / HTTP/1.1\r\n${HOST}Content-Length: 0\r\nContent-Length: 9\r\n\r\n`,
			"malformed",
		],
		["a chunk size with 0x", `${CHUNKED}0x3\r\nabc\r\n`, "malformed"],
		["a chunk size with a sign", `${CHUNKED}+3\r\nabc\r\n`, "malformed"],
		["a chunk size after a space", `${CHUNKED} 3\r\nabc\r\n`, "malformed"],
		["an empty chunk size", `${CHUNKED}\r\n`, "malformed"],
		["a chunk size past 32 bits", `${CHUNKED}100000003\r\nabc\r\n`, "malformed"],
		["a chunk size with a bare line feed", `${CHUNKED}3\nabc\r\n0\r\n\r\n`, "malformed"],
		["a bare line feed in a chunk extension", `${CHUNKED}3;a\nabc\r\n0\r\n\r\n`, "malformed"],
		["a bare carriage return in a chunk extension", `${CHUNKED}3;a\rb\r\nabc\r\n0\r\n\r\n`, "malformed"],
		["a NUL in a chunk extension", `${CHUNKED}3;a\0\r\nabc\r\n0\r\n\r\n`, "malformed"],
		["a chunk that a bare line feed ends", `${CHUNKED}3\r\nabc\n0\r\n\r\n`, "malformed"],
		["a trailer that is not a field", `${CHUNKED}0\r\nGET / HTTP/1.1\r\n\r\n`, "malformed"],
		["a folded trailer", `${CHUNKED}0\r\nA: b\r\n c\r\n\r\n`, "malformed"],
		[
			"chunks that are too large together",
			`${CHUNKED}${`1000\r\n${"x".repeat(4096)}\r\n`.repeat(5)}`,
			"body-too-large",
		],
		["a Host with a path", "GET / HTTP/1.1\r\nHost: cam/x\r\n\r\n", "malformed"],
		["a Host with a user", "GET / HTTP/1.1\r\nHost: cam@evil\r\n\r\n", "malformed"],
		["a list of Hosts", "GET / HTTP/1.1\r\nHost: cam, evil\r\n\r\n", "malformed"],
		["a Host with a bad port", "GET / HTTP/1.1\r\nHost: cam:80x\r\n\r\n", "malformed"],
		["a Host that is not an address", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "malformed"],
		["a target of another Host", `GET http://evil/ HTTP/1.1\r\n${HOST}\r\n`, "malformed"],
		["a target of another port", `GET http://cam:81/ HTTP/1.1\r\n${HOST}\r\n`, "malformed"],
		["a target with a user", `GET http://a@cam/ HTTP/1.1\r\n${HOST}\r\n`, "malformed"],
		["a fragment in its target", `GET /a#b HTTP/1.1\r\n${HOST}\r\n`, "malformed"],
		["octets beyond ASCII in its target", `GET /\xe9 HTTP/1.1\r\n${HOST}\r\n`, "malformed"],
		["a tab in its request line", `GET\t/\tHTTP/1.1\r\n${HOST}\r\n`, "malformed"],
		["HTTP in lower case", `GET / http/1.1\r\n${HOST}\r\n`, "malformed"],
		["a version with three digits", `GET / HTTP/1.10\r\n${HOST}\r\n`, "malformed"],
		["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "version"],
		["a NUL in a value", `GET / HTTP/1.1\r\n${HOST}A: b\0c\r\n\r\n`, "malformed"],
		["no Host", "GET / HTTP/1.1\r\n\r\n", "malformed"],
		["two Hosts", `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`, "malformed"],
		["HTTP/2", `GET / HTTP/2.0\r\n${HOST}\r\n`, "version"],
		["no version", `GET /\r\n${HOST}\r\n`, "malformed"],
		["two spaces", `GET  / HTTP/1.1\r\n${HOST}\r\n`, "malformed"],
		["a space in the target", `GET /a b HTTP/1.1\r\n${HOST}\r\n`, "malformed"],
		["a method that is not a token", `G{T / HTTP/1.1\r\n${HOST}\r\n`, "malformed"],
		["a bad chunk size", `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`, "malformed"],
		["a negative chunk size", `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n-1\r\n`, "malformed"],
		["a huge chunk", `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n`, "body-too-large"],
		[
			"a chunk longer than it says",
			`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`,
			"malformed",
		],
		[
			"an endless chunk extension",
			`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1;${"x".repeat(300)}`,
			"malformed",
		],
		["a body that is too large", `POST / HTTP/1.1\r\n${HOST}Content-Length: 99999999\r\n\r\n`, "body-too-large"],
		["a target that is too long", `GET /${"a".repeat(3000)} HTTP/1.1\r\n${HOST}\r\n`, "target-too-long"],
		["a request line without end", `GET /${"a".repeat(9000)}`, "target-too-long"],
		["a head that is too large", `GET / HTTP/1.1\r\n${HOST}A: ${"a".repeat(9000)}`, "head-too-large"],
		["too many fields", `GET / HTTP/1.1\r\n${HOST}${"A: b\r\n".repeat(70)}\r\n`, "head-too-large"],
		[
			"endless trailers",
			`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n${"A: b\r\n".repeat(99)}`,
			"head-too-large",
		],
	];
	for (const [title, text, fault] of refused) {
		it(`refuses a request with ${title}`, () => assert.equal(read("request", text).fault, fault));
	}

	// What looks odd and is right: RFC 9110 §4.2.3, §7.2; RFC 9112 §3.2.2, §7.1
	const taken: [string, string][] = [
		["a Host with a port", "GET / HTTP/1.1\r\nHost: cam.example:8080\r\n\r\n"],
		["a Host that is an IPv6 address", "GET / HTTP/1.1\r\nHost: [fe80::1]:8080\r\n\r\n"],
		["a Host with an empty port", "GET / HTTP/1.1\r\nHost: cam:\r\n\r\n"],
		["a target of its Host, whatever the case", `GET HTTP://CAM/ HTTP/1.1\r\n${HOST}\r\n`],
		["a target by https", `GET https://cam HTTP/1.1\r\n${HOST}\r\n`],
		["Chunked in capitals", `${CHUNKED.replace("chunked", "CHUNKED")}0\r\n\r\n`],
		["white space before a chunk extension", `${CHUNKED}3 ; a="b"\r\nabc\r\n0\r\n\r\n`],
		[
			"an offer of HTTP/2",
			`GET / HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n`,
		],
	];
	for (const [title, text] of taken) {
		it(`reads a request with ${title}`, () => {
			const reader = read("request", text);
			assert.deepEqual([reader.fault, reader.done], [undefined, true]);
		});
	}

	const answers: [string, string, string][] = [
		["CONTENT-LENGTH without a space", "HTTP/1.1 200 OK\r\nCONTENT-LENGTH:2\r\n\r\nok", "ok"],
		["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok"],
		[
			"chunks and a length",
			"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
			"ok",
		],
		["bare line feeds", "HTTP/1.0 200 OK\nContent-Length: 2\n\nok", "ok"],
		["a space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", "ok"],
		["the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", "ok"],
		["no reason", "HTTP/1.1 500 \r\nContent-Length: 2\r\n\r\nok", "ok"],
	];
	for (const [title, text, body] of answers) {
		it(`reads a gateway's response with ${title} (quirk 20)`, () => {
			const reader = read("response", text);
			assert.equal(reader.done, true);
			assert.equal(Buffer.from(reader.message.body).toString(), body);
		});
	}

	it("reads a response without a length until the connection is closed (quirk 20)", () => {
		const reader = read("response", "HTTP/1.0 200 OK\r\n\r\nall of it");
		assert.equal(reader.done, false);
		assert.equal(reader.close(), true);
		assert.equal(Buffer.from(reader.message.body).toString(), "all of it");
		assert.equal(read("response", "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhalf").close(), false);
	});

	it("limits a response without a length", () => {
		const reader = read("response", `HTTP/1.0 200 OK\r\n\r\n${"x".repeat(RESPONSE_LIMITS.body + 1)}`);
		assert.equal(reader.fault, "body-too-large");
	});

	it("reads mutated messages the same way however the stream is cut", () => {
		const seeds = [
			refused[0][1],
			refused[23][1],
			`POST /a HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
			`GET / HTTP/1.1\r\n${HOST}\r\nGET /b HTTP/1.1\r\n${HOST}\r\n`,
			"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nok",
			"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2;a\nok\n0\nT: v\n\n",
			"DESCRIBE rtsp://cam/live RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 3\r\n\r\nabc",
			"RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n$\0\0\x01x",
		];
		for (let seed = 0; seed < 5000; seed++) {
			const random = new Prng(seed);
			const text = bytes(seeds[random.below(seeds.length)]);
			for (let n = random.below(4); n > 0; n--) text[random.below(text.length)] = random.below(256);
			const dialect = pick(random, [HTTP_REQUESTS, HTTP_RESPONSES, RTSP_MESSAGES]);
			const run = (cut: () => number) => {
				const reader = new TextMessageReader(dialect, REQUEST_LIMITS);
				const seen: unknown[] = [];
				for (let at = 0; at < text.length && reader.fault === undefined; ) {
					const taken = reader.feedWhole(text, at, Math.min(text.length, at + cut()));
					if (reader.interleaved) break;
					at += taken;
					if (reader.done) {
						seen.push(reader.message);
						reader.next();
					}
				}
				return [seen, reader.fault, reader.headDone];
			};
			assert.deepEqual(
				run(() => 1 + random.below(5)),
				run(() => text.length),
				`seed ${seed}`,
			);
		}
	});

	it("yields the body as ranges of its input, without a copy", () => {
		const reader = new TextMessageReader(HTTP_REQUESTS, { ...REQUEST_LIMITS, body: Infinity });
		const head = bytes(`PUT /a HTTP/1.1\r\n${HOST}Content-Length: 6\r\n\r\nabcdefGET`);
		const start = head.length - 9;
		assert.equal(reader.feed(head), start, "it stops at the end of the head");
		assert.deepEqual([reader.headDone, reader.done, reader.length], [true, false, 6]);
		assert.equal(reader.feed(head, start, start + 2), 2);
		assert.deepEqual([reader.pieceStart, reader.pieceEnd, reader.bodyRead], [start, start + 2, 2]);
		assert.equal(reader.feed(head, start + 2), 4);
		assert.deepEqual([reader.pieceStart, reader.pieceEnd, reader.done], [start + 2, start + 6, true]);
		assert.equal(reader.feed(head, start + 6), 0, "what follows belongs to the next message");
	});

	it("yields a chunked body without the framing", () => {
		const text = bytes(`${CHUNKED}3\r\nabc\r\n0a;x\r\n0123456789\r\n0\r\nT: v\r\n\r\n`);
		for (let step = 1; step < 20; step++) {
			const reader = new TextMessageReader(HTTP_REQUESTS, REQUEST_LIMITS);
			let body = "";
			for (let at = 0; at < text.length; ) {
				const taken = reader.feed(text, at, Math.min(text.length, at + step));
				body += Buffer.from(text.subarray(reader.pieceStart, reader.pieceEnd)).toString();
				at += taken;
			}
			assert.deepEqual([body, reader.done, reader.length], ["abc0123456789", true, undefined], `steps of ${step}`);
		}
	});

	it("applies a limit that is set at the end of the head", () => {
		const reader = new TextMessageReader(HTTP_REQUESTS, { ...REQUEST_LIMITS, body: Infinity });
		const text = bytes(`${CHUNKED}4\r\nabcd\r\n`);
		const head = reader.feed(text);
		reader.bodyLimit = 3;
		reader.feed(text, head);
		assert.equal(reader.fault, "body-too-large");
	});

	it("completes a response to HEAD at the end of the head", () => {
		const reader = new TextMessageReader(HTTP_RESPONSES, RESPONSE_LIMITS);
		reader.bodiless = true;
		reader.feed(bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
		assert.equal(reader.done, true);
	});

	it("limits the name of a field to 256 octets", () => {
		const request = (length: number) => `GET / HTTP/1.1\r\n${HOST}${"a".repeat(length)}: b\r\n\r\n`;
		assert.equal(read("request", request(256)).done, true);
		assert.equal(read("request", request(257)).fault, "head-too-large");
	});

	const lenient: [string, string, string][] = [
		["joins a folded field with a space", "HTTP/1.1 200 OK\r\nA: b\r\n\t c\r\n\r\n", "b c"],
		["replaces control characters in a value by spaces", "HTTP/1.1 200 OK\r\nA: b\rc\0d\r\n\r\n", "b c d"],
		["reads a status line without a reason", "HTTP/1.1 204\r\nA: b\r\n\r\n", "b"],
	];
	for (const [title, text, value] of lenient) {
		it(`${title}, in a response (RFC 9112 §5.2, RFC 9110 §5.5)`, () => {
			const reader = read("response", text);
			assert.deepEqual([reader.fault, reader.message.fields[0]?.[1]], [undefined, value]);
		});
	}

	// RFC 2326 §4, §6, §7, §12.14, §12.17
	const rtsp: [string, string, string][] = [
		["a request", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", "OPTIONS * 0 "],
		[
			"a request with a URL",
			"SETUP rtsp://cam:554/a/track1 RTSP/1.0\r\nCSeq: 3\r\n\r\n",
			"SETUP rtsp://cam:554/a/track1 0 ",
		],
		["a response", "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", "  200 "],
		[
			"a body",
			"ANNOUNCE rtsp://a/ RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 4\r\n\r\nv=0\n",
			"ANNOUNCE rtsp://a/ 0 v=0\n",
		],
		["a response without a length, which has no body", "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\nx", "  200 "],
		["bare line feeds", "PLAY rtsp://a/ RTSP/1.0\nCSeq: 1\n\n", "PLAY rtsp://a/ 0 "],
		["empty lines before a request", "\r\n\r\nPLAY rtsp://a/ RTSP/1.0\r\nCSeq: 1\r\n\r\n", "PLAY rtsp://a/ 0 "],
	];
	for (const [title, text, result] of rtsp) {
		it(`reads ${title} of RTSP`, () => {
			const { fault, done, message } = read("rtsp", text);
			const { method, target, status, body } = message;
			assert.deepEqual([fault, done], [undefined, true]);
			assert.equal(`${method} ${target} ${status} ${Buffer.from(body).toString()}`, result);
		});
	}

	const wrongRtsp: [string, string, TextFault][] = [
		["without CSeq", "OPTIONS * RTSP/1.0\r\n\r\n", "malformed"],
		["whose CSeq is not a number", "OPTIONS * RTSP/1.0\r\nCSeq: one\r\n\r\n", "malformed"],
		[
			"with two different lengths",
			"PLAY * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
			"malformed",
		],
		["with a transfer coding", "PLAY * RTSP/1.0\r\nCSeq: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "transfer-coding"],
		["with too large a body", "PLAY * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 99999\r\n\r\n", "body-too-large"],
		["of RTSP/2.0", "OPTIONS * RTSP/2.0\r\nCSeq: 1\r\n\r\n", "version"],
		["of HTTP", `GET / HTTP/1.1\r\n${HOST}CSeq: 1\r\n\r\n`, "malformed"],
		["with too long a method", `${"A".repeat(33)} * RTSP/1.0\r\nCSeq: 1\r\n\r\n`, "malformed"],
	];
	for (const [title, text, fault] of wrongRtsp) {
		it(`refuses an RTSP request ${title}`, () => assert.equal(read("rtsp", text).fault, fault));
	}

	it("stops before an interleaved frame between two RTSP messages, and only there (RFC 2326 §10.12)", () => {
		const reader = new TextMessageReader(RTSP_MESSAGES, REQUEST_LIMITS);
		const text = bytes("PLAY * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 2\r\n\r\n$$\r\n$\0\0\x01x");
		const first = reader.feedWhole(text);
		assert.deepEqual(
			[reader.done, reader.interleaved, Buffer.from(reader.message.body).toString()],
			[true, false, "$$"],
		);
		reader.next();
		assert.equal(first + reader.feedWhole(text, first), text.length - 5);
		assert.equal(reader.interleaved, true);
		const http = new TextMessageReader(HTTP_REQUESTS, REQUEST_LIMITS);
		http.feed(bytes("$\0\0\x01x"));
		assert.equal(http.interleaved, false);
	});

	const datagrams: [string, string, string | undefined][] = [
		["a search", 'M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\nST: a\r\n\r\n', 'M-SEARCH man="ssdp:discover" st=a'],
		["a response", "HTTP/1.1 200 OK\r\nST:a\r\n\r\n", "200 st=a"],
		["a response in lower case without an end", "http/1.1 200 ok\r\nst: a", "200 st=a"],
		[
			"lines that are not fields, which it skips",
			"NOTIFY * HTTP/1.1\r\nnonsense\r\n: x\r\na b: c\r\nNT: d\r\n\r\n",
			"NOTIFY nt=d",
		],
		["fields after spaces", "NOTIFY * HTTP/1.1\r\n  NT : d \r\n\r\n", "NOTIFY nt=d"],
		["what follows the empty line, which it ignores", "NOTIFY * HTTP/1.1\r\nNT: d\r\n\r\nNT: e\r\n", "NOTIFY nt=d"],
		["an empty one", "", ""],
		["another protocol", "SIP/2.0 200 OK\r\n\r\n", undefined],
		["one that is too long", `NOTIFY * HTTP/1.1\r\nNT: ${"a".repeat(9000)}\r\n\r\n`, undefined],
	];
	for (const [title, text, result] of datagrams) {
		it(`${result === undefined ? "refuses" : "reads"} a datagram: ${title}`, () => {
			const padded = bytes(`xx${text}yy`);
			const message = parseTextMessage(padded, 2, padded.length - 2, SSDP_MESSAGES, REQUEST_LIMITS);
			const fields = message?.fields.map(([name, value]) => ` ${name}=${value}`).join("");
			assert.equal(message && `${message.method}${message.status || ""}${fields}`, result);
		});
	}

	it("never throws, and stays within its limits, for any datagram", () => {
		const seeds = datagrams.map(([, text]) => text).filter((text) => text !== "" && text.length < 500);
		for (let seed = 0; seed < 5000; seed++) {
			const random = new Prng(seed);
			const text = bytes(pick(random, seeds));
			for (let n = random.below(6); n > 0; n--) text[random.below(text.length)] = random.below(256);
			const message = parseTextMessage(text, 0, text.length, SSDP_MESSAGES, { ...REQUEST_LIMITS, fields: 3 });
			assert.ok((message?.fields.length ?? 0) <= 3, `seed ${seed}`);
		}
	});
});
