import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import type { SeekableContent } from "../../../src/http/seekable-content";
import { HttpPeer } from "../../support/http-peer";
import { PatternContent, patternOf } from "../../support/pattern";

const CHANGED = Date.UTC(2026, 10, 21, 7, 8, 9) + 345;
const DATE = "Sat, 21 Nov 2026 07:08:09 GMT";
const BEFORE = "Sat, 21 Nov 2026 07:08:08 GMT";
const LENGTH = 1000;

/** A server with one file. */
function serve(content: SeekableContent = new PatternContent(LENGTH, CHANGED)): HttpPeer {
	const peer = new HttpPeer().open();
	peer.server.route("GET", "/file", (_request, reply) => reply.content(content, [["X-Own", "1"]]));
	peer.server.route("GET", "/next", (_request, reply) => reply.send(200, "text/plain", "next"));
	return peer;
}

const ask = (fields = "", method = "GET") => `${method} /file HTTP/1.1\r\nHost: nas\r\n${fields}\r\n`;
const text = (start: number, end: number) => Buffer.from(patternOf(start, end)).toString("latin1");

/** Splits an answer into status, fields and body. */
function parts(answer: string): { status: number; head: string; body: string } {
	const end = answer.indexOf("\r\n\r\n") + 4;
	return { status: Number(answer.slice(9, 12)), head: answer.slice(0, end), body: answer.slice(end) };
}

describe("http/content", () => {
	// RFC 9110 §13, §14, §15.3.7, §15.5.17
	const cases: [string, string, number, [start: number, end: number] | undefined][] = [
		["the whole", "", 200, [0, 1000]],
		["a range", "Range: bytes=10-19\r\n", 206, [10, 20]],
		["a range to the end", "Range: bytes=990-\r\n", 206, [990, 1000]],
		["the last octets", "Range: bytes=-5\r\n", 206, [995, 1000]],
		["more of the last octets than there are", "Range: bytes=-5000\r\n", 206, [0, 1000]],
		["a range past the end", "Range: bytes=990-2000\r\n", 206, [990, 1000]],
		["the first octet", "Range: bytes=0-0\r\n", 206, [0, 1]],
		["a range behind the end", "Range: bytes=1000-\r\n", 416, undefined],
		["several ranges, as a whole", "Range: bytes=0-1,5-6\r\n", 200, [0, 1000]],
		["a range of another unit, as a whole", "Range: lines=1-2\r\n", 200, [0, 1000]],
		["a range that ends before it starts, as a whole", "Range: bytes=9-2\r\n", 200, [0, 1000]],
		["a range if the tag is right", 'If-Range: "pattern"\r\nRange: bytes=1-2\r\n', 206, [1, 3]],
		["the whole if the tag is another", 'If-Range: "x"\r\nRange: bytes=1-2\r\n', 200, [0, 1000]],
		["the whole if the tag is weak", 'If-Range: W/"pattern"\r\nRange: bytes=1-2\r\n', 200, [0, 1000]],
		["a range if the date is right", `If-Range: ${DATE}\r\nRange: bytes=1-2\r\n`, 206, [1, 3]],
		["the whole if the date is another", `If-Range: ${BEFORE}\r\nRange: bytes=1-2\r\n`, 200, [0, 1000]],
		["304 for the right tag", 'If-None-Match: "pattern"\r\n', 304, undefined],
		["304 for one of several tags, weak ones too", 'If-None-Match: "x", W/"pattern"\r\n', 304, undefined],
		["304 for any tag", "If-None-Match: *\r\n", 304, undefined],
		["the whole for another tag", 'If-None-Match: "x"\r\n', 200, [0, 1000]],
		["304 if it has not changed since", `If-Modified-Since: ${DATE}\r\n`, 304, undefined],
		["the whole if it has changed since", `If-Modified-Since: ${BEFORE}\r\n`, 200, [0, 1000]],
		["the whole for a malformed date", "If-Modified-Since: yesterday\r\n", 200, [0, 1000]],
		["the tag before the date", `If-None-Match: "x"\r\nIf-Modified-Since: ${DATE}\r\n`, 200, [0, 1000]],
		["the whole if the tag must match and does", 'If-Match: "x", "pattern"\r\n', 200, [0, 1000]],
		["412 if the tag must match and does not", 'If-Match: "x"\r\n', 412, undefined],
		["412 for a weak tag that must match", 'If-Match: W/"pattern"\r\n', 412, undefined],
		["the whole if it must not have changed and has not", `If-Unmodified-Since: ${DATE}\r\n`, 200, [0, 1000]],
		["412 if it must not have changed and has", `If-Unmodified-Since: ${BEFORE}\r\n`, 412, undefined],
		["412 rather than 304", 'If-Match: "x"\r\nIf-None-Match: "pattern"\r\n', 412, undefined],
		["304 rather than a range", 'If-None-Match: "pattern"\r\nRange: bytes=0-1\r\n', 304, undefined],
	];
	for (const [title, fields, status, range] of cases) {
		it(`responds with ${title}`, () => {
			const content = new PatternContent(LENGTH, CHANGED);
			const peer = serve(content);
			const answer = parts(peer.send(ask(fields)));
			assert.equal(answer.status, status);
			if (range === undefined) assert.equal(answer.body, "");
			else assert.equal(answer.body, text(...range));
			if (range !== undefined) {
				const [start, end] = range;
				assert.match(answer.head, new RegExp(`\\r\\nContent-Length: ${end - start}\\r\\n`));
				assert.match(answer.head, /\r\nContent-Type: application\/octet-stream\r\n/);
				assert.match(answer.head, /\r\nAccept-Ranges: bytes\r\n/);
				if (status === 206)
					assert.match(answer.head, new RegExp(`\\r\\nContent-Range: bytes ${start}-${end - 1}/1000\\r\\n`));
			}
			if (status === 416) assert.match(answer.head, /\r\nContent-Range: bytes \*\/1000\r\n/);
			if (status < 400) {
				assert.match(answer.head, /\r\nETag: "pattern"\r\n/);
				assert.match(answer.head, new RegExp(`\\r\\nLast-Modified: ${DATE}\\r\\n`));
				assert.match(answer.head, /\r\nX-Own: 1\r\n/);
			}
			assert.deepEqual(
				[content.opened, content.closed],
				[0, 1],
				"each source is released, and the content closed once",
			);
			assert.match(peer.send("GET /next HTTP/1.1\r\nHost: nas\r\n\r\n"), /next$/);

			const head = parts(serve().send(ask(fields, "HEAD")));
			assert.equal(head.body, "");
			assert.equal(head.status, status === 206 || status === 416 ? 200 : status, "ranges are for GET");
		});
	}

	it("sends neither tag nor date if the content has none", () => {
		const content = { type: "a/b", length: 0, open: () => assert.fail("nothing to open"), close() {} };
		const { head, status } = parts(serve(content).send(ask("Range: bytes=0-\r\n")));
		assert.equal(status, 416);
		assert.doesNotMatch(head, /ETag|Last-Modified/);
		assert.match(serve(content).send(ask()), /^HTTP\/1\.1 200 [\s\S]*Content-Length: 0\r\n/);
	});

	it("opens the source at the offset, and writes no more than there is room for", () => {
		const opened: [number, number][] = [];
		const content = new PatternContent(1e12);
		const { open } = content;
		content.open = (start, end) => {
			opened.push([start, end]);
			return open.call(content, start, end);
		};
		const peer = serve(content).open(1000);
		peer.send(ask("Range: bytes=999999999000-\r\n"));
		assert.deepEqual(opened, [[999999999000, 1e12]]);
		for (let i = 0; i < 20; i++) peer.stream.take(100, 0, peer.connection);
		assert.deepEqual([content.opened, content.closed], [0, 1]);
	});

	const ends: [string, (peer: HttpPeer) => void][] = [
		["the connection is lost", (peer) => peer.connection.ended(1, "reset")],
		["the client reads nothing", (peer) => void peer.wait(60_000)],
		["the connection is dropped for another", (peer) => peer.connection.drop()],
	];
	for (const [title, event] of ends) {
		it(`releases the source and closes the content once when ${title}`, () => {
			const content = new PatternContent(1e9);
			const peer = serve(content).open(500);
			peer.send(ask());
			assert.deepEqual([content.opened, content.closed], [1, 0]);
			event(peer);
			peer.connection.ended(2, "reset");
			assert.deepEqual([content.opened, content.closed], [0, 1]);
		});
	}

	it("closes content that is offered too late", () => {
		const content = new PatternContent(5);
		const peer = new HttpPeer().open();
		let late: (() => void) | undefined;
		peer.server.route("GET", "/file", (_request, reply) => {
			late = () => reply.content(content);
		});
		peer.send(ask());
		peer.connection.ended(1, "reset");
		late?.();
		assert.deepEqual([content.opened, content.closed], [0, 1]);
	});

	it("responds with 500 when the content cannot be opened, and closes it", () => {
		const content = new PatternContent(5);
		content.open = () => {
			throw new Error("gone");
		};
		assert.match(serve(content).send(ask()), /^HTTP\/1\.1 500 /);
		assert.equal(content.closed, 1);
	});

	it("sends every octet of a large range in order, for any room", () => {
		const content = new PatternContent(5e9);
		const random = new Prng(1);
		const peer = serve(content).open(1);
		const start = 4_300_000_000;
		const end = start + 8 * 1024 * 1024;
		peer.send(ask(`Range: bytes=${start}-${end - 1}\r\n`));
		let body: string | undefined;
		let at = start;
		let received = "";
		while (at < end) {
			peer.stream.take(1 + random.below(60_000), 0, peer.connection);
			received = peer.stream.text();
			if (body === undefined) {
				body = "";
				while (!received.includes("\r\n\r\n")) {
					peer.stream.take(500, 0, peer.connection);
					received += peer.stream.text();
				}
				received = received.slice(received.indexOf("\r\n\r\n") + 4);
			}
			assert.equal(received === text(at, at + received.length), true, `from ${at}`);
			at += received.length;
		}
		assert.deepEqual([at, content.closed], [end, 1]);
	});
});
