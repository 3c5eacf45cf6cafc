import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import type { HttpConnection } from "../../../src/http/http-connection";
import type { HttpReply } from "../../../src/http/http-request";
import { HttpServer } from "../../../src/http/http-server";
import type { HttpServerSettings } from "../../../src/http/http-server-settings";
import type { Gate } from "../../../src/http/http-site";
import { TextBody } from "../../../src/http/text-source";
import { FakeStream } from "../../support/fake-stream";
import { HTTP_LIMITS } from "../../support/http-limits";
import { HttpPeer } from "../../support/http-peer";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

const PAGE = new TextBody(["<p>caf\u00e9 ", "1", "</p>"]);

function serve(settings: Partial<HttpServerSettings> = {}): { server: HttpServer; later: HttpReply[] } {
	const later: HttpReply[] = [];
	const server = new HttpServer(
		{ ...HTTP_LIMITS, ...settings },
		{ now: () => 0, utc: () => Date.UTC(2026, 10, 21, 7, 8, 9) },
	);
	server.route("GET", "/", (_request, reply) => reply.send(200, "text/plain", "0123456789", [["ETag", '"e"']]));
	server.route("GET", "/page", (_request, reply) =>
		reply.text(200, "text/html", PAGE, [["Cache-Control", "no-cache"]]),
	);
	server.route("GET", "/fault", (_request, reply) => reply.text(400, "text/html", PAGE));
	server.route("GET", "/later", (_request, reply) => void later.push(reply));
	server.route("GET", "/live", (_request, reply) => reply.stream(200, [], { fill: () => false, release() {} }));
	server.route("GET", "/hello", (request, reply) =>
		reply.send(200, "text/plain", `${request.query.get("a")} from ${request.remoteAddress}`),
	);
	server.route("POST", "/form", (request, reply) =>
		reply.send(200, "text/plain", Buffer.from(request.message.body).toString()),
	);
	server.route("GET", "/under/*", (request, reply) => reply.send(200, "text/plain", request.path));
	return { server, later };
}

function open(server: HttpServer, stream = new FakeStream()): [HttpConnection, FakeStream] {
	const connection = server.accept(0, "10.0.0.1", "192.168.0.11", 8000)!;
	connection.room(0, stream);
	return [connection, stream];
}

function ask(text: string, settings: Partial<HttpServerSettings> = {}): string {
	const [connection, stream] = open(serve(settings).server);
	connection.feed(0, bytes(text), stream);
	return stream.text();
}

const get = (target: string, fields = "") => `GET ${target} HTTP/1.1\r\nHost: cam:8000\r\n${fields}\r\n`;

/** The page in full, and what says that it is as it was. */
const PAGE_ANSWER =
	/200 OK\r\n[\s\S]*Content-Length: 14\r\n[\s\S]*ETag: "[^"]+"\r\n[\s\S]*\r\n\r\n<p>caf\u00c3\u00a9 1<\/p>$/;
const NOT_MODIFIED = /304 Not Modified\r\n[\s\S]*ETag: "[^"]+"\r\nCache-Control: no-cache\r\n\r\n$/;

describe("http/http-connection", () => {
	it("sends length, date and type, and keeps the connection open (IMG-19)", () => {
		const answer = ask(get("/"));
		assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
		assert.match(answer, /\r\nDate: Sat, 21 Nov 2026 07:08:09 GMT\r\n/);
		assert.match(answer, /\r\nContent-Length: 10\r\n/);
		assert.match(answer, /\r\nX-Content-Type-Options: nosniff\r\n/);
		assert.doesNotMatch(answer, /Connection/);
		assert.match(answer, /\r\n\r\n0123456789$/);
	});

	it("responds with 500 when a handler throws, logs the exception, and keeps the connection open", () => {
		const failures: string[] = [];
		const server = new HttpServer(HTTP_LIMITS, {
			now: () => 0,
			utc: () => undefined,
			failed: ({ path }, error) => failures.push(`${path}: ${error}`),
		});
		server.route("GET", "/", () => {
			throw new RangeError("a mistake");
		});
		const [connection, stream] = open(server);
		connection.feed(0, bytes(get("/")), stream);
		assert.match(stream.text(), /^HTTP\/1\.1 500 /);
		assert.deepEqual(failures, ["/: RangeError: a mistake"]);
		connection.feed(0, bytes(get("/nothing")), stream);
		assert.match(stream.text(), /^HTTP\/1\.1 404 /, "the connection stays open");
	});

	const cases: [string, string, RegExp, RegExp?][] = [
		["HEAD with the length and no body", get("/").replace("GET", "HEAD"), /Content-Length: 10\r\n[\s\S]*\r\n\r\n$/],
		["a range", get("/", "Range: bytes=2-4\r\n"), /206 Partial Content[\s\S]*Content-Range: bytes 2-4\/10\r\n\r\n234$/],
		["a range to the end", get("/", "Range: bytes=7-\r\n"), /\r\n\r\n789$/],
		["the last octets", get("/", "Range: bytes=-2\r\n"), /bytes 8-9\/10[\s\S]*\r\n\r\n89$/],
		["a range outside", get("/", "Range: bytes=10-\r\n"), /416 [\s\S]*Content-Range: bytes \*\/10/],
		["several ranges with all", get("/", "Range: bytes=0-1,3-4\r\n"), /200 OK[\s\S]*0123456789$/],
		["a nonsense range with all", get("/", "Range: bytes=5-2\r\n"), /200 OK/],
		["304 for what the client has", get("/", 'If-None-Match: "x", "e"\r\n'), /304 Not Modified/, /0123/],
		["queries, decoded", get("/hello?a=b%20c+d&a=x"), /b c d from 10\.0\.0\.1$/],
		["paths below a beginning", get("/under/a/b"), /\/under\/a\/b$/],
		["an absolute target", get("http://cam:8000/hello?a=1"), /1 from/],
		["404", get("/nowhere"), /404 Not Found/],
		["405 with the allowed methods", get("/form"), /405 [\s\S]*Allow: POST/],
		["405 for other methods", get("/").replace("GET", "BREW"), /405 [\s\S]*Allow: GET, HEAD/],
		["400 for a way up", get("/under/../secret"), /400 Bad Request/],
		["400 for an encoded way up", get("/under/%2e%2e/secret"), /400/],
		["400 for an encoded slash", get("/under/a%2fb"), /400/],
		["400 for a backslash", get("/under/..%5csecret"), /400/],
		["400 for an encoded NUL", get("/under/%00"), /400/],
		["400 for a broken escape", get("/under/%zz"), /400/],
		["a form", "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\na=b c", /a=b c$/],
		[
			"403 for a form of another site",
			"POST /form HTTP/1.1\r\nHost: a\r\nOrigin: http://evil\r\nContent-Length: 0\r\n\r\n",
			/403 Forbidden/,
		],
		[
			"a form of its own",
			"POST /form HTTP/1.1\r\nHost: a:8000\r\nOrigin: http://a:8000\r\nContent-Length: 1\r\n\r\nx",
			/200 OK[\s\S]*x$/,
		],
		["HTTP/1.0 with close", "GET / HTTP/1.0\r\n\r\n", /Connection: close/],
		["HTTP/1.0 that asks to stay", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", /Connection: keep-alive/],
		["431 for a flood of fields", get("/", "A: b\r\n".repeat(100)), /431/],
		["505", "GET / HTTP/3.0\r\n\r\n", /505/],
		[
			"100 Continue",
			"POST /form HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
			/^HTTP\/1\.1 100 Continue\r\n\r\n$/,
		],
		["200 for a changed resource", get("/", 'If-None-Match: "x"\r\n'), /200 OK[\s\S]*0123456789$/],
		["304 without a body, whatever the client has", get("/", "If-None-Match: *\r\n"), /304 [\s\S]*\r\n\r\n$/],
		["a page with its tag and its octets", get("/page"), PAGE_ANSWER],
		["304 for a page that the client has", get("/page", `If-None-Match: ${PAGE.etag}\r\n`), NOT_MODIFIED, /caf|Length/],
		["304 for one of several pages", get("/page", `If-None-Match: "x", ${PAGE.etag}\r\n`), NOT_MODIFIED, /caf/],
		["304 for a weak tag", get("/page", `If-None-Match: W/${PAGE.etag}\r\n`), NOT_MODIFIED, /caf/],
		["304 for any page", get("/page", "If-None-Match: *\r\n"), NOT_MODIFIED, /caf/],
		["200 for a page that has changed", get("/page", 'If-None-Match: "x"\r\n'), PAGE_ANSWER],
		["200 for half a tag", get("/page", `If-None-Match: ${PAGE.etag.slice(0, -1)}\r\n`), PAGE_ANSWER],
		["no 304 for a fault", get("/fault", `If-None-Match: ${PAGE.etag}\r\n`), /400 Bad Request[\s\S]*<\/p>$/],
		[
			"HEAD of a page with its tag and no body",
			get("/page").replace("GET", "HEAD"),
			/200 OK[\s\S]*Content-Length: 14\r\n[\s\S]*ETag: "[^"]+"\r\n[\s\S]*\r\n\r\n$/,
		],
	];
	for (const [title, text, answer, not] of cases) {
		it(`answers ${title}`, () => {
			const got = ask(text);
			assert.match(got, answer);
			if (not !== undefined) assert.doesNotMatch(got, not);
		});
	}

	it("handles the next request after a 304, which has no body", () => {
		const [connection, stream] = open(serve().server);
		connection.feed(0, bytes(get("/page", "If-None-Match: *\r\n") + get("/")), stream);
		stream.turns(0, connection);
		assert.match(stream.text(), /^HTTP\/1\.1 304 Not Modified\r\n(\S+: .*\r\n)+\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*789$/);
	});

	it("answers a thousand pipelined requests in order without recursion", () => {
		const [connection, stream] = open(serve().server, new FakeStream(1 << 26));
		const count = 1000;
		connection.feed(0, bytes(Array.from({ length: count }, (_, i) => get(`/hello?a=${i}`)).join("")), stream);
		assert.equal(stream.turns(0, connection), count - 1, "others have their turn between two of them");
		assert.equal(stream.isReading, true);
		const answers = [...stream.text().matchAll(/\r\n\r\n(\d+) from/g)].map((m) => Number(m[1]));
		assert.deepEqual(
			answers,
			Array.from({ length: count }, (_, i) => i),
		);
	});

	it("disconnects a client that pipelines without being logged in", () => {
		const gate: Gate<unknown, unknown> = {
			admit(_request, _need, reply) {
				reply.error(401, "Who?");
				return false;
			},
		};
		const server = new HttpServer(HTTP_LIMITS, { now: () => 0, utc: () => undefined, gate });
		const [connection, stream] = open(server);
		connection.feed(0, bytes(get("/") + get("/")), stream);
		assert.equal(stream.text().split("401 Unauthorized\r\n").length, 2, "one answer");
		assert.ok(stream.ended);
		const [patient, other] = open(server);
		for (let i = 0; i < 3; i++) patient.feed(0, bytes(get("/")), other);
		assert.equal(other.text().split("401 Unauthorized\r\n").length, 4);
		assert.ok(!other.ended);
	});

	it("answers pipelined requests after the client half-closes", () => {
		const [connection, stream] = open(serve().server);
		connection.feed(0, bytes(get("/hello?a=1") + get("/hello?a=2") + get("/hello?a=3")), stream);
		connection.ended(0, "closed");
		stream.turns(0, connection);
		assert.match(stream.text(), /1 from[\s\S]*2 from[\s\S]*3 from/);
		assert.ok(stream.ended);
	});

	it("drops a client that half-closes and does not take the answers", () => {
		for (const last of ["", "Connection: close\r\n"]) {
			const { server } = serve();
			const [connection, stream] = open(server);
			connection.feed(0, bytes(get("/hello", last)), stream);
			stream.queued = 5000;
			connection.ended(0, "closed");
			assert.ok(stream.ended);
			assert.equal(server.connections, 1);
			assert.ok(connection.deadline <= 60_000);
			connection.expire(connection.deadline, stream);
			assert.ok(stream.aborted);
			assert.equal(server.connections, 0);
		}
	});

	it("reads the rest of a request that started in the same segment as another", () => {
		const [connection, stream] = open(serve().server);
		const second = get("/hello?a=2");
		connection.feed(0, bytes(get("/hello?a=1") + second.slice(0, 9)), stream);
		connection.expire(0, stream);
		assert.equal(stream.isReading, true);
		connection.feed(0, bytes(second.slice(9)), stream);
		assert.match(stream.text(), /1 from[\s\S]*2 from/);
	});

	it("reads nothing while a handler has not answered, and continues after it has", () => {
		const { server, later } = serve();
		const [connection, stream] = open(server);
		connection.feed(0, bytes(get("/later") + get("/hello?a=2")), stream);
		assert.equal(stream.text(), "");
		assert.equal(stream.isReading, false);
		later[0].send(200, "text/plain", "late");
		assert.match(stream.text(), /late[\s\S]*2 from/);
		assert.equal(stream.isReading, true);
	});

	it("disconnects a client that sends too much ahead", () => {
		const [connection, stream] = open(serve().server);
		connection.feed(0, bytes(get("/later")), stream);
		for (let i = 0; i < 10; i++) connection.feed(0, new Uint8Array(10000), stream);
		assert.equal(stream.aborted, true);
	});

	it("responds with 504 when a handler does not answer in time, and ignores its answer afterwards", () => {
		const { server, later } = serve({ handlerTimeout: 100 });
		const [connection, stream] = open(server);
		connection.feed(0, bytes(get("/later")), stream);
		connection.expire(connection.deadline, stream);
		assert.match(stream.text(), /504 Gateway Timeout/);
		later[0].send(200, "text/plain", "too late");
		assert.equal(stream.text(), "");
		assert.equal(stream.ended, true);
	});

	it("gives a handler that says that it still works its time again", () => {
		const peer = new HttpPeer({ handlerTimeout: 100 });
		let reply: HttpReply | undefined;
		peer.server.route("GET", "/", (_request, given) => {
			reply = given;
		});
		peer.open().send(get("/"));
		for (let i = 0; i < 5; i++) {
			assert.equal(peer.wait(90), "");
			reply?.working();
		}
		assert.equal(peer.wait(90), "");
		reply?.empty(204);
		reply?.working();
		assert.match(peer.stream.text(), /^HTTP\/1\.1 204/);
		reply = undefined;
		peer.send(get("/"));
		assert.match(peer.wait(200), /504 Gateway Timeout/);
	});

	it("responds with 408 to a slow request, and closes idle connections without a response", () => {
		const { server } = serve({ headTimeout: 1000, idleTimeout: 5000 });
		const [slow, stream] = open(server);
		const text = bytes(get("/"));
		for (let i = 0; i < 12; i++) {
			slow.feed(i * 90, text.subarray(i, i + 1), stream);
			if (slow.deadline <= i * 90) slow.expire(i * 90, stream);
		}
		slow.expire(1001, stream);
		assert.match(stream.text(), /408/);
		const [idle, other] = open(server);
		idle.expire(5001, other);
		assert.equal(other.text(), "");
		assert.equal(other.aborted, true);
		assert.equal(server.connections, 1);
	});

	it("disconnects a client that reads nothing of a response, but not one of a live stream that sends nothing", () => {
		const { server } = serve({ stallTimeout: 1000 });
		const [stalled, stream] = open(server, new FakeStream(100));
		stalled.feed(0, bytes(get("/")), stream);
		for (let now = 1; now < 3000; now = stalled.deadline) {
			if (now >= stalled.deadline) stalled.expire(now, stream);
			if (stream.aborted) break;
		}
		assert.equal(stream.aborted, true);
		const [live, open2] = open(server);
		live.feed(0, bytes(get("/live")), open2);
		for (let i = 0; i < 50; i++) live.expire(live.deadline, open2);
		assert.equal(open2.aborted, false);
	});

	it("releases sources and connections however a connection ends", () => {
		const { server, later } = serve();
		let released = 0;
		server.route("GET", "/watch", (_request, reply) =>
			reply.stream(200, [], { fill: () => false, release: () => void released++ }),
		);
		for (const why of ["closed", "reset"] as const) {
			const [connection, stream] = open(server);
			connection.feed(0, bytes(get("/watch")), stream);
			connection.ended(1, why);
			connection.ended(2, "reset");
		}
		assert.equal(released, 2);
		const [half, stream] = open(server);
		half.feed(0, bytes(get("/later")), stream);
		half.ended(1, "closed");
		later[0].send(200, "text/plain", "for the half-closed");
		assert.match(stream.text(), /half-closed/);
		assert.equal(server.connections, 0);
	});

	it("refuses a connection only if there is no untrusted one to drop for it", () => {
		const { server } = serve({ connections: 3, connectionsPerAddress: 2 });
		const enter = (address: string) => {
			const stream = new FakeStream();
			const connection = server.accept(0, address, "", 0);
			connection?.room(0, stream);
			return { connection, stream };
		};
		const watch = (address: string) => {
			const guest = enter(address);
			guest.connection?.feed(0, bytes(get("/live")), guest.stream);
			return guest;
		};
		const watching = [watch("a"), watch("a")];
		assert.equal(enter("a").connection, undefined, "its address has all it may have, and each watches");
		const stranger = enter("b");
		assert.notEqual(watch("c").connection, undefined);
		assert.equal(stranger.stream.aborted, true);
		assert.equal(enter("d").connection, undefined, "all watch");
		assert.ok(watching.every(({ stream }) => !stream.aborted));
		const { accepted, refused, displaced } = server.counters;
		assert.deepEqual([accepted, refused, displaced, server.connections], [4, 2, 1, 3]);
	});

	it("aborts a connection that was dropped before it was open", () => {
		const { server } = serve({ connections: 1 });
		const early = server.accept(0, "a", "", 0)!;
		assert.notEqual(server.accept(0, "b", "", 0), undefined);
		const stream = new FakeStream();
		early.room(0, stream);
		assert.equal(stream.aborted, true);
	});

	it("closes idle untrusted connections sooner than trusted ones", () => {
		const { server } = serve({ idleTimeout: 5000, untrustedTimeout: 1000 });
		const [stranger] = open(server);
		assert.equal(stranger.deadline, 1000);
		const [known, stream] = open(server);
		known.feed(500, bytes(get("/")), stream);
		assert.equal(known.deadline, 5500);
	});

	it("limits the time for a body from the end of the head, even if octets keep arriving", () => {
		const { server } = serve({ headTimeout: 1000, bodyTimeout: 2000 });
		const [slow, stream] = open(server);
		slow.feed(0, bytes("POST /form HTTP/1.1\r\nHost: a\r\n"), stream);
		assert.equal(slow.deadline, 1000);
		slow.feed(900, bytes("Content-Length: 50\r\n\r\n"), stream);
		for (let now = 1000; now < 2900; now += 100) slow.feed(now, bytes("x"), stream);
		assert.equal(slow.deadline, 2900);
		slow.expire(2900, stream);
		assert.match(stream.text(), /408/);
	});

	it("does not extend the idle time for empty lines before a request", () => {
		const { server } = serve({ untrustedTimeout: 1000 });
		const [slow, stream] = open(server);
		for (let now = 0; now < 1000; now += 100) slow.feed(now, bytes("\r\n"), stream);
		assert.equal(slow.deadline, 1000);
	});

	it("never throws, writes beyond its room or hangs, for any input, cut and room", () => {
		const seeds = [
			get("/"),
			get("/hello?a=%41"),
			cases.find(([title]) => title === "a form")?.[1] ?? "",
			get("/page", "If-None-Match: *\r\n"),
			get("/live"),
			get("/", "Range: bytes=2-4\r\n") + get("/nowhere"),
		];
		for (let seed = 0; seed < 3000; seed++) {
			const random = new Prng(seed);
			const text = bytes(seeds[random.below(seeds.length)] + seeds[random.below(seeds.length)]);
			for (let n = random.below(5); n > 0; n--) text[random.below(text.length)] = random.below(256);
			const { server } = serve();
			const [connection, stream] = open(server, new FakeStream(random.below(50)));
			try {
				for (let at = 0; at < text.length; ) {
					const end = Math.min(text.length, at + 1 + random.below(40));
					connection.feed(at, text.subarray(at, end), stream);
					stream.take(random.below(100), at, connection);
					at = end;
				}
				for (let i = 0; i < 40; i++) stream.take(100, 1000 + i, connection);
				for (let i = 0; i < 5; i++) connection.expire(1e6 * (i + 1), stream);
				connection.ended(1e7, "reset");
				assert.equal(server.connections, 0);
			} catch (error) {
				throw new Error(`seed ${seed}`, { cause: error });
			}
		}
	});
});
