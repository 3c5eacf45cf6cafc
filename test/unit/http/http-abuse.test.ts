import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import type { HttpConnection } from "../../../src/http/http-connection";
import { formOf } from "../../../src/http/http-form";
import { HttpServer } from "../../../src/http/http-server";
import type { HttpServerSettings } from "../../../src/http/http-server-settings";
import type { Gate } from "../../../src/http/http-site";
import { HTTP_RESPONSES, RESPONSE_LIMITS } from "../../../src/wire/text-message";
import { TextMessageReader } from "../../../src/wire/text-message-reader";
import { FakeStream } from "../../support/fake-stream";
import { FORBIDDEN, HTTP_ABUSE, statusesOf } from "../../support/http-abuse";
import { HTTP_LIMITS } from "../../support/http-limits";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

/** A server with the paths that the table asks for. */
function serve(settings: Partial<HttpServerSettings> = {}, gate?: Gate<string, string>): HttpServer<string, string> {
	const server = new HttpServer<string, string>(
		{ ...HTTP_LIMITS, ...settings },
		{
			now: () => 0,
			utc: () => Date.UTC(2026, 10, 21),
			isOwner: (visitor) => visitor !== "guest",
			...(gate && { gate }),
		},
	);
	server.route(
		"GET",
		"/porthole.css",
		(_request, reply) => reply.send(200, "text/css", "a { color: red }\n".repeat(20), [["ETag", '"e"']]),
		"viewer",
	);
	server.route(
		"GET",
		"/metrics",
		(_request, reply) => reply.send(200, "text/plain", "frames 1\n".repeat(20)),
		"viewer",
	);
	server.route(
		"GET",
		"/stream.mjpeg",
		(_request, reply) => reply.stream(200, [], { fill: () => false, release() {} }),
		"viewer",
	);
	server.route(
		"POST",
		"/api/v1/motion",
		(request, reply) => {
			if (formOf(request) === undefined) reply.error(400, "This is neither a form nor a JSON object.");
			else reply.send(200, "text/plain", "");
		},
		"viewer",
	);
	return server;
}

function open(
	server: HttpServer<string, string>,
	address = "127.0.0.1",
): { connection: HttpConnection<string>; stream: FakeStream } {
	const connection = server.accept(0, address, "127.0.0.1", 8000)!;
	const stream = new FakeStream();
	connection.room(0, stream);
	return { connection, stream };
}

/** All that was sent must be answers, one after the other, as a client reads them. */
function assertAnswers(sent: Uint8Array, words: string): void {
	const reader = new TextMessageReader(HTTP_RESPONSES, RESPONSE_LIMITS);
	for (let at = 0; at < sent.length; ) {
		at += reader.feedWhole(sent, at);
		assert.equal(reader.fault, undefined, words);
		if (reader.done) reader.next();
	}
}

describe("http/abuse", () => {
	for (const { title, raw, statuses, closes } of HTTP_ABUSE) {
		it(`responds with ${statuses.length > 3 ? `${statuses.length} times ${statuses[0]}` : statuses.join(", ") || "nothing"} to ${title}`, () => {
			for (const step of [raw.length, 7, 1]) {
				const server = serve();
				const { connection, stream } = open(server);
				const octets = bytes(raw);
				for (let at = 0; at < octets.length; at += step) {
					connection.feed(0, octets.subarray(at, at + step), stream);
					stream.turns(0, connection);
				}
				const sent = stream.text();
				assert.doesNotMatch(sent, FORBIDDEN);
				// Cut up, a body that is to follow is waited for with 100 Continue.
				const got = statusesOf(sent).filter((status) => step === raw.length || status !== 100 || statuses[0] === 100);
				assert.deepEqual(got, statuses, `in pieces of ${step}`);
				assert.equal(stream.ended, closes === true);
				connection.ended(1, "reset");
				assert.equal(server.connections, 0);
			}
		});
	}

	it("sends only complete responses to mutated requests", () => {
		for (let seed = 0; seed < 1000; seed++) {
			const random = new Prng(seed);
			let raw = "";
			for (let n = 1 + random.below(3); n > 0; n--) raw += HTTP_ABUSE[random.below(HTTP_ABUSE.length)].raw;
			const octets = bytes(raw.slice(0, 3000));
			for (let n = random.below(6); n > 0; n--) octets[random.below(octets.length)] = random.below(256);
			const server = serve();
			const { connection, stream } = open(server);
			for (let at = 0; at < octets.length && !stream.aborted; ) {
				const end = Math.min(octets.length, at + 1 + random.below(200));
				connection.feed(0, octets.subarray(at, end), stream);
				stream.turns(0, connection);
				at = end;
			}
			const sent = Buffer.concat(stream.written);
			assert.doesNotMatch(sent.toString("latin1"), /\r\nX-Injected|root:/, `seed ${seed}`);
			assertAnswers(sent, `seed ${seed}`);
			for (let i = 1; i < 4; i++) connection.expire(1e6 * i, stream);
			connection.ended(1e7, "reset");
			assert.equal(server.connections, 0, `seed ${seed}`);
		}
	});

	/** Admits requests with the right field. */
	const GATE: Gate<string, string> = {
		admit(request, _need, reply) {
			const word = request.message.fields.find(([name]) => name === "x-word");
			if (word !== undefined) request.visitor = word[1] === "guest" ? "guest" : "viewer";
			if (request.visitor === undefined) reply.error(401, "Who are you?");
			return request.visitor !== undefined;
		},
	};
	const watch = bytes("GET /stream.mjpeg HTTP/1.1\r\nHost: a\r\nX-Word: b\r\n\r\n");
	const guess = bytes("GET /stream.mjpeg HTTP/1.1\r\nHost: a\r\n\r\n");

	it("accepts logged-in clients while others try to use up all connections, and drops none of them", () => {
		const server = serve({ connections: 20, connectionsPerAddress: 20 }, GATE);
		const known: FakeStream[] = [];
		for (let i = 0; i < 400; i++) {
			const stranger = open(server, `10.0.0.${i % 7}`);
			if (i % 2 === 0) stranger.connection.feed(0, guess, stranger.stream);
			if (i % 40 !== 39) continue;
			const { connection, stream } = open(server, `10.0.1.${i}`);
			connection.feed(0, watch, stream);
			assert.match(stream.text(), /200 OK/);
			known.push(stream);
		}
		assert.equal(known.length, 10);
		assert.ok(known.every((stream) => !stream.aborted && !stream.ended));
		assert.equal(server.connections, 20);
		assert.equal(server.counters.refused, 0);
	});

	it("answers guests 503 when they have three quarters of all connections and none is idle, and lets owners in", () => {
		const server = serve({ connections: 8, connectionsPerAddress: 8 }, GATE);
		const watchAs = (word: string) => {
			const client = open(server);
			client.connection.feed(
				0,
				bytes(`GET /stream.mjpeg HTTP/1.1\r\nHost: a\r\nX-Word: ${word}\r\n\r\n`),
				client.stream,
			);
			return client;
		};
		const statuses = Array.from({ length: 10 }, () => statusesOf(watchAs("guest").stream.text())[0]);
		assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200, 503, 503, 503, 503]);
		const owner = watchAs("owner");
		assert.deepEqual(statusesOf(owner.stream.text()), [200]);
		for (let i = 0; i < 8; i++) watchAs("guest");
		assert.equal(owner.stream.aborted, false);
	});

	it("drops a guest's connection between two requests for a newcomer, and none that is being answered", () => {
		const server = serve({ connections: 4, connectionsPerAddress: 4 }, GATE);
		const asGuest = (path: string) => {
			const client = open(server);
			client.connection.feed(0, bytes(`GET ${path} HTTP/1.1\r\nHost: a\r\nX-Word: guest\r\n\r\n`), client.stream);
			return client.stream;
		};
		const [idle, live] = [asGuest("/metrics"), asGuest("/stream.mjpeg")];
		for (let i = 0; i < 2; i++) {
			const owner = open(server);
			owner.connection.feed(0, watch, owner.stream);
		}
		assert.deepEqual([idle.aborted, live.aborted], [false, false]);
		open(server);
		assert.deepEqual([idle.aborted, live.aborted], [true, false]);
	});

	it("treats a connection as untrusted until a request of it is admitted", () => {
		const server = serve({ connections: 1 }, GATE);
		const first = open(server);
		first.connection.feed(0, guess, first.stream);
		assert.match(first.stream.text(), /401/);
		const second = open(server);
		assert.equal(first.stream.aborted, true);
		second.connection.feed(0, watch, second.stream);
		assert.equal(server.accept(0, "10.0.0.9", "", 0), undefined);
		assert.equal(second.stream.aborted, false);
	});
});
