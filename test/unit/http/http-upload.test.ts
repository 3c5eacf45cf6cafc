import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import type { HttpReply, HttpRequest } from "../../../src/http/http-request";
import type { HttpServerSettings } from "../../../src/http/http-server-settings";
import { HttpPeer, octets, RecordingSink } from "../../support/http-peer";
import { PatternSink, patternOf } from "../../support/pattern";

const HEAD = "PUT /file HTTP/1.1\r\nHost: nas\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const NEXT = "GET /hello HTTP/1.1\r\nHost: nas\r\n\r\n";
const EXPECT = "Expect: 100-continue\r\n";
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

interface Upload {
	readonly peer: HttpPeer;
	readonly sink: RecordingSink;
	readonly replies: HttpReply[];
	readonly requests: HttpRequest[];
}

/** A server that receives uploads: at once, or when the test says so (`/later`). */
function serve(settings: Partial<HttpServerSettings> = {}): Upload {
	const peer = new HttpPeer(settings);
	const sink = new RecordingSink();
	const replies: HttpReply[] = [];
	const requests: HttpRequest[] = [];
	const { server } = peer;
	server.route(
		"PUT",
		"/file",
		(request, reply) => {
			requests.push(request);
			replies.push(reply);
			reply.receive(sink);
		},
		"",
		"stream",
	);
	server.route("PUT", "/later", (_request, reply) => void replies.push(reply), "", "stream");
	server.route("PUT", "/full", (_request, reply) => reply.error(507, "The disk is full."), "", "stream");
	server.route("POST", "/form", (request, reply) => reply.send(200, "text/plain", request.message.body), "", 10);
	server.route("GET", "/hello", (_request, reply) => reply.send(200, "text/plain", "hello"));
	return { peer: peer.open(), sink, replies, requests };
}

const length = (octets: number, fields = "") => `${HEAD}${fields}Content-Length: ${octets}\r\n\r\n`;

describe("http/uploads", () => {
	for (const step of [1, 7, 1000]) {
		it(`passes a body with a length to the sink as it arrives, in pieces of ${step}`, () => {
			const { peer, sink, replies, requests } = serve();
			peer.send(`${length(10)}0123456789`, step);
			assert.deepEqual([sink.body, sink.calls.replaceAll("t", "")], ["0123456789", "e"]);
			assert.equal(requests[0].length, 10);
			replies[0].empty(201);
			assert.match(peer.stream.text(), /^HTTP\/1\.1 201 Created\r\nContent-Length: 0\r\n/);
			assert.match(peer.send(NEXT), /200 OK[\s\S]*hello$/);
		});

		it(`passes a chunked body to the sink without the framing, in pieces of ${step}`, () => {
			const { peer, sink, replies, requests } = serve();
			peer.send(`${CHUNKED}3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: v\r\n\r\n${NEXT}`, step);
			assert.deepEqual([sink.body, sink.calls.replaceAll("t", "")], ["abcdefg", "e"]);
			assert.equal(requests[0].length, undefined);
			replies[0].empty(204);
			const answers = peer.stream.text() + peer.wait(0);
			assert.match(answers, /^HTTP\/1\.1 204 No Content\r\n[\s\S]*200 OK[\s\S]*hello$/);
			assert.doesNotMatch(answers.split("\r\n\r\n")[0], /Content-Length/);
		});
	}

	it("ends the sink at once if there is no body", () => {
		const { peer, sink } = serve();
		peer.send(length(0));
		assert.equal(sink.calls, "e");
	});

	it("waits for the next request after a sink has answered at the last octet", () => {
		const { peer, sink, replies } = serve({ bodyTimeout: 100, idleTimeout: 1000, untrustedTimeout: 1000 });
		const { take } = sink;
		sink.take = (now, bytes, start, end) => {
			const more = take.call(sink, now, bytes, start, end);
			if (sink.body.length === 9) replies[0].empty(201);
			return more;
		};
		assert.match(peer.send(`${length(9)}012345678`), /^HTTP\/1\.1 201 Created/);
		peer.wait(500);
		assert.equal(peer.stream.ended, false);
		assert.match(peer.send(NEXT), /200 OK[\s\S]*hello$/);
	});

	it("runs the handler at the end of the head", () => {
		const { peer, requests, sink } = serve();
		peer.send(length(5));
		assert.equal(requests.length, 1);
		assert.equal(sink.calls, "");
	});

	it("stops reading while the sink is paused, and continues when it is resumed", () => {
		const { peer, sink, replies } = serve();
		sink.wants = false;
		peer.send(`${length(9)}abc`);
		assert.equal(peer.stream.isReading, false);
		peer.send("def");
		assert.equal(sink.body, "abc", "pending data waits");
		replies[0].resume();
		assert.deepEqual([sink.body, peer.stream.isReading], ["abcdef", false]);
		sink.wants = true;
		replies[0].resume();
		assert.equal(peer.stream.isReading, true);
		peer.send("ghi");
		assert.deepEqual([sink.body, sink.calls], ["abcdefghi", "ttte"]);
	});

	it("passes one chunk at a time to a sink that pauses after each", () => {
		const { peer, sink, replies } = serve();
		sink.wants = false;
		peer.send(`${CHUNKED}1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n`);
		for (const body of ["a", "ab", "abc", "abc"]) {
			assert.equal(sink.body, body);
			replies[0].resume();
		}
		assert.equal(sink.calls, "ttte");
	});

	it("accepts a resume during the call of the sink", () => {
		const { peer, sink, replies } = serve();
		sink.take = (_now, bytes, start, end) => {
			sink.body += Buffer.from(bytes.slice(start, end)).toString();
			replies[0].resume();
			return false;
		};
		peer.send(`${length(4)}ab`);
		peer.send("cd");
		assert.deepEqual([sink.body, sink.calls], ["abcd", "e"]);
	});

	it("reads nothing of a body until the handler asks for it", () => {
		const { peer, sink, replies } = serve();
		peer.send(length(6).replace("/file", "/later"));
		assert.equal(peer.stream.isReading, false);
		peer.send("abc");
		replies[0].receive(sink);
		assert.deepEqual([sink.body, peer.stream.isReading], ["abc", true]);
		peer.send("def");
		assert.equal(sink.calls, "tte");
	});

	it("notifies the owner when it ran outside a call by the owner", () => {
		const { peer, sink, replies } = serve();
		let ran = 0;
		peer.connection.late = { called: () => ran++ };
		peer.send(length(6).replace("/file", "/later"));
		assert.equal(ran, 0);
		replies[0].receive(sink);
		assert.equal(ran, 1);
		peer.send("abcdef");
		replies[0].empty(204);
		assert.equal(ran, 2);
	});

	describe("Expect: 100-continue (RFC 9110 §10.1.1)", () => {
		it("sends 100 when the handler asks for the body, not before", () => {
			const { peer, sink, replies } = serve();
			assert.equal(peer.send(length(3, EXPECT).replace("/file", "/later")), "");
			replies[0].receive(sink);
			assert.equal(peer.stream.text(), CONTINUE);
			assert.equal(peer.send("abc"), "");
			assert.equal(sink.calls, "te");
		});

		const refusals: [string, string, number][] = [
			["by the handler", length(3, EXPECT).replace("/file", "/full"), 507],
			["without a route", length(3, EXPECT).replace("/file", "/nowhere"), 404],
			["of a method that the path does not have", length(3, EXPECT).replace("PUT", "POST"), 405],
			["larger than the route allows", length(11, EXPECT).replace("PUT /file", "POST /form"), 413],
		];
		for (const [title, head, status] of refusals) {
			it(`refuses a body ${title} without sending 100, and closes the connection`, () => {
				const { peer } = serve();
				const answer = peer.send(head);
				assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\\r\\nConnection: close\\r\\n`));
				assert.equal(peer.stream.ended, true);
			});
		}

		it("sends no 100 if the body has started to arrive", () => {
			const { peer, sink } = serve();
			assert.equal(peer.send(`${length(3, EXPECT)}a`), "");
			peer.send("bc");
			assert.equal(sink.body, "abc");
		});

		it("sends no 100 to an HTTP/1.0 client", () => {
			const { peer } = serve();
			assert.equal(peer.send(length(3, EXPECT).replace("HTTP/1.1", "HTTP/1.0")), "");
		});
	});

	describe("refusals before the body", () => {
		it("discards a small body and keeps the connection open", () => {
			const { peer } = serve();
			const head = length(20).replace("/file", "/full");
			assert.match(peer.send(`${head}0123456789`), /^HTTP\/1\.1 507 Insufficient Storage\r\n/);
			assert.equal(peer.stream.isReading, true);
			assert.match(peer.send(`9876543210${NEXT}`), /200 OK[\s\S]*hello$/);
		});

		it("discards a small chunked body and keeps the connection open", () => {
			const { peer } = serve();
			const answers = peer.send(`${CHUNKED.replace("/file", "/full")}3\r\nabc\r\n0\r\n\r\n${NEXT}`);
			assert.match(answers, /^HTTP\/1\.1 507 [\s\S]*200 OK[\s\S]*hello$/);
		});

		it("closes the connection for a large body, and discards the rest until the client has closed it too", () => {
			const { peer } = serve();
			assert.match(peer.send(length(1e9).replace("/file", "/full")), /507 [\s\S]*Connection: close/);
			assert.deepEqual([peer.stream.ended, peer.stream.isReading], [true, true]);
			for (let i = 0; i < 100; i++) assert.equal(peer.send(new Uint8Array(65536)), "");
			peer.wait(60_000);
			assert.equal(peer.stream.aborted, true, "but not forever");
		});

		it("closes the connection when a chunked body does not end", () => {
			const { peer } = serve();
			peer.send(CHUNKED.replace("/file", "/full"));
			for (let i = 0; i < 100 && !peer.stream.ended; i++) peer.send(`1000\r\n${"x".repeat(4096)}\r\n`);
			assert.equal(peer.stream.ended, true);
		});

		it("closes the connection when a discarded body is malformed", () => {
			const { peer } = serve();
			const answer = peer.send(`${CHUNKED.replace("/file", "/full")}zz\r\n`);
			assert.equal(answer.split("HTTP/1.1 ").length, 2, "one answer");
			assert.equal(peer.stream.ended, true);
		});

		it("responds with 413 to a length above the limit of the route, before the body", () => {
			const { peer } = serve();
			assert.match(peer.send(length(11).replace("PUT /file", "POST /form")), /^HTTP\/1\.1 413 /);
			assert.match(peer.open().send(`${length(10).replace("PUT /file", "POST /form")}0123456789`), /200 OK[\s\S]*9$/);
		});

		it("responds with 413 to chunks that together exceed the limit of the route", () => {
			const { peer } = serve();
			const answer = peer.send(`${CHUNKED.replace("PUT /file", "POST /form")}6\r\nabcdef\r\n6\r\nabcdef\r\n`);
			assert.match(answer, /^HTTP\/1\.1 413 /);
			assert.equal(peer.stream.ended, true);
		});

		it("asks the gate before it reads the body", () => {
			const peer = new HttpPeer(
				{},
				{
					gate: {
						admit: (_request, _need, reply) => {
							reply.error(401, "Log in first.");
							return false;
						},
					},
				},
			).open();
			peer.server.route("PUT", "/file", () => assert.fail("not admitted"), "owner", "stream");
			assert.match(peer.send(length(1e9)), /^HTTP\/1\.1 401 [\s\S]*Connection: close/);
		});
	});

	describe("incomplete bodies", () => {
		const aborted: [string, (upload: Upload) => void, RegExp][] = [
			["the connection is lost", ({ peer }) => peer.connection.ended(1, "reset"), /^$/],
			["the client half-closes", ({ peer }) => peer.connection.ended(1, "closed"), /^$/],
			["the client stops sending", ({ peer }) => void peer.wait(31_000), /^$/],
			["the handler answers before the end", ({ replies }) => replies[0].error(507, "Full"), /^HTTP\/1\.1 507 /],
			["the connection is dropped for another", ({ peer }) => peer.connection.drop(), /^$/],
		];
		for (const [title, event, answer] of aborted) {
			it(`aborts the sink once when ${title}`, () => {
				const upload = serve();
				upload.peer.send(`${length(10)}abc`);
				event(upload);
				assert.match(upload.peer.stream.text(), answer);
				upload.peer.connection.ended(2, "reset");
				assert.deepEqual([upload.sink.body, upload.sink.calls], ["abc", "ta"]);
				assert.equal(upload.peer.server.connections, 0);
			});
		}

		it("responds with 408 when the body stops arriving", () => {
			const { peer } = serve({ stallTimeout: 5000 });
			peer.send(`${length(10)}abc`);
			assert.equal(peer.wait(4000), "");
			peer.send("d");
			assert.equal(peer.wait(4000), "", "each piece extends the time");
			assert.match(peer.wait(1000), /^HTTP\/1\.1 408 /);
		});

		it("responds with 504, not 408, when it is the sink that stalls", () => {
			const { peer, sink } = serve({ stallTimeout: 5000, handlerTimeout: 7000 });
			sink.wants = false;
			peer.send(`${length(10)}abc`);
			assert.equal(peer.wait(6999), "");
			assert.match(peer.wait(1), /^HTTP\/1\.1 504 /);
			assert.equal(sink.calls, "ta");
		});

		it("responds with 504 when the handler neither receives the body nor answers", () => {
			const { peer } = serve({ handlerTimeout: 7000 });
			peer.send(length(10).replace("/file", "/later"));
			assert.match(peer.wait(7000), /^HTTP\/1\.1 504 /);
		});

		it("responds with 400 to malformed chunks, and aborts the sink", () => {
			const { peer, sink } = serve();
			assert.match(peer.send(`${CHUNKED}3\r\nabcX\r\n`), /^HTTP\/1\.1 400 /);
			assert.deepEqual([sink.calls, peer.stream.ended], ["ta", true]);
		});

		it("aborts a sink that is offered too late", () => {
			const { peer, sink, replies } = serve();
			peer.send(length(10).replace("/file", "/later"));
			peer.connection.ended(1, "reset");
			replies[0].receive(sink);
			assert.equal(sink.calls, "a");
		});

		it("responds with 500 when the sink throws, and keeps serving", () => {
			const { peer, sink } = serve();
			sink.take = () => {
				throw new RangeError("a mistake");
			};
			assert.match(peer.send(`${length(3)}abc`), /^HTTP\/1\.1 500 /);
			assert.deepEqual(peer.failures, ["/file: RangeError: a mistake"]);
			assert.equal(sink.calls, "a");
			assert.match(peer.open().send(NEXT), /200 OK/);
		});

		it("waits for the answer when the client half-closes after the body", () => {
			const { peer, replies } = serve();
			peer.send(`${length(3)}abc`);
			peer.connection.ended(1, "closed");
			replies[0].empty(201);
			assert.match(peer.stream.text(), /^HTTP\/1\.1 201 /);
			assert.equal(peer.stream.ended, true);
		});

		it("passes held data to the sink after the client half-closes", () => {
			const { peer, sink, replies } = serve();
			sink.wants = false;
			peer.send(`${length(6)}abc`);
			peer.send("def");
			peer.connection.ended(1, "closed");
			sink.wants = true;
			replies[0].resume();
			assert.deepEqual([sink.body, sink.calls], ["abcdef", "tte"]);
			const half = serve();
			half.sink.wants = false;
			half.peer.send(`${length(9)}abc`);
			half.peer.send("def");
			half.peer.connection.ended(1, "closed");
			half.sink.wants = true;
			half.replies[0].resume();
			assert.deepEqual([half.sink.body, half.sink.calls], ["abcdef", "tta"]);
			assert.equal(half.peer.server.connections, 0);
		});
	});

	it("passes a large upload on in pieces, and keeps none of it", () => {
		const peer = new HttpPeer().open();
		const sink = new PatternSink();
		peer.server.route(
			"PUT",
			"/file",
			(_request, reply) => {
				reply.receive(sink);
			},
			"",
			"stream",
		);
		const total = 8 * 1024 * 1024;
		peer.send(length(total));
		for (let at = 0; at < total; at += 50_000)
			peer.connection.feed(0, patternOf(at, Math.min(total, at + 50_000)), peer.stream);
		assert.deepEqual([sink.length, sink.ended, sink.wrongAt], [total, true, undefined]);
	});

	it("calls end or abort exactly once, for any cut, pause, mutation and early answer", () => {
		for (let seed = 0; seed < 3000; seed++) {
			const random = new Prng(seed);
			const { peer, sink, replies } = serve();
			const size = random.below(300);
			const body = patternOf(0, size);
			let text = random.chance(0.3) ? CHUNKED : length(size);
			if (!text.includes("chunked")) text += Buffer.from(body).toString("latin1");
			else {
				for (let at = 0; at < size; ) {
					const end = Math.min(size, at + 1 + random.below(60));
					text += `${(end - at).toString(16)}\r\n${Buffer.from(body.subarray(at, end)).toString("latin1")}\r\n`;
					at = end;
				}
				text += "0\r\n\r\n";
			}
			const bytes = octets(text);
			const mutations = random.chance(0.3) ? 1 + random.below(2) : 0;
			for (let n = mutations; n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
			const early = random.chance(0.1);
			try {
				for (let at = 0; at < bytes.length; ) {
					const end = Math.min(bytes.length, at + 1 + random.below(80));
					sink.wants = random.chance(0.7);
					peer.connection.feed(peer.now, bytes.subarray(at, end), peer.stream);
					peer.stream.turns(peer.now, peer.connection);
					if (random.chance(0.5)) replies[0]?.resume();
					if (early && random.chance(0.1)) replies[0]?.empty(204);
					at = end;
				}
				sink.wants = true;
				replies[0]?.resume();
				if (random.chance(0.5)) peer.connection.ended(peer.now, "closed");
				replies[0]?.empty(204);
				peer.wait(200_000);
				peer.connection.ended(peer.now, "reset");
				assert.equal(peer.server.connections, 0);
				const ends = sink.calls.replaceAll("t", "");
				assert.ok(replies.length === 0 ? ends === "" : ends === "e" || ends === "a", `calls: ${ends}`);
				if (mutations === 0 && !early) {
					assert.equal(ends, "e");
					assert.equal(sink.body, Buffer.from(body).toString("latin1"));
				}
			} catch (error) {
				throw new Error(`seed ${seed}`, { cause: error });
			}
		}
	});
});
