import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { type ExchangeRequest, type ExchangeResult, HttpExchange } from "../../../src/http/http-exchange";
import type { TextMessage } from "../../../src/wire/text-message";
import { FakeStream } from "../../support/fake-stream";
import { octets, RecordingSink } from "../../support/http-peer";
import { PatternSource, patternOf } from "../../support/pattern";

/** An exchange over a connection that the test plays. */
class Client {
	readonly results: ExchangeResult[] = [];
	readonly exchange: HttpExchange;
	readonly stream: FakeStream;
	now = 0;

	constructor(request: Partial<ExchangeRequest> = {}, room = 1 << 20) {
		this.stream = new FakeStream(room);
		this.exchange = new HttpExchange(
			0,
			{ method: "GET", host: "cam", target: "/", headers: [], ...request },
			{ emit: (result) => this.results.push(result) },
		);
	}

	open(): this {
		this.exchange.room(this.now, this.stream);
		return this;
	}

	receive(text: string | Uint8Array, step = Infinity): this {
		const bytes = typeof text === "string" ? octets(text) : text;
		for (let at = 0; at < bytes.length; at += step)
			this.exchange.feed(this.now, bytes.subarray(at, Math.min(bytes.length, at + step)), this.stream);
		return this;
	}

	wait(span: number): this {
		const until = this.now + span;
		while (this.exchange.deadline <= until) {
			this.now = Math.max(this.now, this.exchange.deadline);
			this.exchange.expire(this.now, this.stream);
		}
		this.now = until;
		return this;
	}

	/** The results in short. */
	get told(): string {
		return this.results
			.map((result) =>
				"failure" in result
					? result.failure
					: `${result.answer.status} ${Buffer.from(result.answer.body).toString("latin1")}`,
			)
			.join("; ");
	}
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

describe("http/http-exchange", () => {
	const requests: [string, Partial<ExchangeRequest>, RegExp][] = [
		["GET without a length", {}, /^GET \/ HTTP\/1\.1\r\nHost: cam\r\nConnection: close\r\n\r\n$/],
		["GET with an empty body", { body: new Uint8Array(0) }, /close\r\n\r\n$/],
		["POST with a body", { method: "POST", body: octets("a=b") }, /\r\nContent-Length: 3\r\n\r\na=b$/],
		["POST without a body", { method: "POST" }, /\r\nContent-Length: 0\r\n\r\n$/],
		["any method", { method: "PROPFIND", headers: [["Depth", "1"]] }, /^PROPFIND \/ HTTP[\s\S]*\r\nDepth: 1\r\n\r\n$/],
		["a line end in a field as a question mark", { headers: [["X", "a\r\nEvil: b"]] }, /\r\nX: a\?\?Evil: b\r\n\r\n$/],
	];
	for (const [title, request, text] of requests) {
		it(`sends ${title}`, () => assert.match(new Client(request).open().stream.text(), text));
	}

	it("sends head and body in one write, as some routers read only the first segment", () => {
		const client = new Client({ method: "POST", body: octets("a=b") }).open();
		assert.equal(client.stream.writes, 1);
	});

	it("sends a body from a source as there is room, and releases the source", () => {
		let released = 0;
		const source = new PatternSource(0, 1000);
		source.release = () => {
			released++;
		};
		const client = new Client({ method: "PUT", body: { length: 1000, open: () => source } }, 10).open();
		for (let i = 0; i < 12; i++) client.stream.take(100, 0, client.exchange);
		const sent = client.stream.text();
		assert.match(sent, /\r\nContent-Length: 1000\r\n/);
		assert.equal(sent.slice(sent.indexOf("\r\n\r\n") + 4), Buffer.from(patternOf(0, 1000)).toString("latin1"));
		assert.equal(released, 1);
	});

	const answers: [string, string, string][] = [
		["an answer with a length", OK, "200 hello"],
		["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "200 hello"],
		["an answer without a body", "HTTP/1.1 204 No Content\r\n\r\n", "204 "],
		[
			"interim answers before the answer",
			`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n${OK}`,
			"200 hello",
		],
		["what follows the answer, which it ignores", `${OK}HTTP/1.1 500 No\r\n\r\n`, "200 hello"],
		["something that is not HTTP", "SSH-2.0-OpenSSH\r\n\r\n", "malformed"],
		["a body over the limit", `HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n`, "too-large"],
		["malformed chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed"],
	];
	for (const [title, text, told] of answers) {
		for (const step of [1, 3, 1000]) {
			it(`emits "${told.slice(0, 12)}" for ${title}, in pieces of ${step}`, () => {
				const client = new Client().open().receive(text, step);
				assert.equal(client.told, told);
				assert.equal(client.stream.aborted, true, "the connection is not kept");
				client.exchange.ended(1, "reset");
				assert.equal(client.results.length, 1);
			});
		}
	}

	// Issues of home-assistant, cpp-httplib, miniupnp and others; docs/gateway-quirks.md lists them (quirk 20).
	const fault = "<s:Fault><errorCode>714</errorCode></s:Fault>";
	const head = (fields: string) => `HTTP/1.1 500 Internal Server Error\r\n${fields}\r\n`;
	const sized = `Content-Length: ${fault.length}\r\n`;
	const usable: readonly (readonly [title: string, text: string, closes?: boolean])[] = [
		["100 Continue and the answer in one segment", `HTTP/1.1 100 Continue\r\n\r\n${head(sized)}${fault}`],
		[
			"100 Continue with fields and a length",
			`HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n${head(sized)}${fault}`,
		],
		["a folded field", head(`Content-Type: text/xml;\r\n charset="utf-8"\r\n${sized}`) + fault],
		["a folded line before all fields", head(` folded\r\n${sized}`) + fault],
		["a name with a space", head(`Content Type: text/xml\r\n${sized}`) + fault],
		["a name with octets beyond ASCII", head(`Ser\xe9: x\r\n${sized}`) + fault],
		["no name", head(`: x\r\n${sized}`) + fault],
		["a name without end", head(`${"n".repeat(300)}: x\r\n${sized}`) + fault],
		["a line without a colon", head(`nonsense\r\n${sized}`) + fault],
		["more fields than anybody needs", head(sized + "X: y\r\n".repeat(99)) + fault],
		["a status line with two spaces", head(sized).replace("1.1 500", "1.1  500") + fault],
		["a status line in lower case", head(sized).replace("HTTP", "http") + fault],
		["a status line of another version", head(sized).replace("HTTP/1.1", "HTTP/2.0") + fault],
		["a status line without a version", head(sized).replace("HTTP/1.1", "HTTP") + fault],
		["a length with a space before the colon", head(sized.replace(":", " :")) + fault],
		["the same length in a list", head(`Content-Length: ${fault.length}, ${fault.length}\r\n`) + fault, true],
		["an empty length", head("Content-Length:\r\n") + fault, true],
		["a length that is not a number", head("Content-Length: x\r\n") + fault, true],
		["a negative length", head("Content-Length: -1\r\n") + fault, true],
		["two lengths", head(`Content-Length: 5\r\n${sized}`) + fault, true],
		["a length that is too long", head("Content-Length: 9999\r\n") + fault, true],
		["no length", head("") + fault, true],
		["a length and the coding identity", head(`Transfer-Encoding: identity\r\n${sized}`) + fault],
		["chunks without the last one", `${head("Transfer-Encoding: chunked\r\n")}2d\r\n${fault}\r\n`, true],
		["a chunk that ends early", `${head("Transfer-Encoding: chunked\r\n")}ff\r\n${fault}`, true],
		["a malformed last chunk", `${head("Transfer-Encoding: chunked\r\n")}2d\r\n${fault}\r\nx\r\n`],
		["a malformed trailer", `${head("Transfer-Encoding: chunked\r\n")}2d\r\n${fault}\r\n0\r\nnonsense\r\n\r\n`],
	];
	for (const [title, text, closes] of usable) {
		for (const step of [1, 7, 1000]) {
			it(`uses an answer with ${title}, in pieces of ${step}`, () => {
				const client = new Client().open().receive(text, step);
				assert.equal(client.results.length, closes === true ? 0 : 1);
				if (closes === true) client.exchange.ended(1, "closed");
				assert.equal(client.told.trim(), `500 ${fault}`);
			});
		}
	}

	it("uses what has arrived of an answer whose rest does not come", () => {
		const client = new Client().open().receive(head("Content-Length: 9999\r\n") + fault);
		assert.equal(client.wait(4999).told, "");
		assert.equal(client.wait(1).told, `500 ${fault}`);
	});

	it("does not pass half a body to a sink as a whole one", () => {
		for (const end of ["closed", "timeout"] as const) {
			const sink = new RecordingSink();
			const client = new Client({ receiver: { head: () => sink } }).open();
			client.receive(head("Content-Length: 9999\r\n") + fault);
			if (end === "closed") client.exchange.ended(1, end);
			else client.wait(5000);
			assert.equal(client.told, end === "closed" ? "malformed" : "timeout");
			assert.equal(sink.calls, "ta");
		}
	});

	it("reads a response to HEAD, which has no body", () => {
		assert.equal(new Client({ method: "HEAD" }).open().receive(OK.slice(0, -5)).told, "200 ");
	});

	it("reads a response without a length until the connection is closed", () => {
		const client = new Client().open().receive("HTTP/1.0 200 OK\r\n\r\nall ").receive("of it");
		assert.equal(client.told, "");
		client.exchange.ended(1, "closed");
		assert.equal(client.told, "200 all of it");
	});

	for (const [why, told] of [
		["refused", "refused"],
		["certificate", "certificate"],
		["reset", "reset"],
		["closed", "malformed"],
	] as const) {
		it(`emits "${told}" for a connection that ends with "${why}" before the body`, () => {
			const client = new Client().open().receive(OK.slice(0, -5));
			client.exchange.ended(1, why);
			assert.equal(client.told, told);
		});
	}

	const limits: [string, Partial<ExchangeRequest>, (client: Client) => void, number][] = [
		["the whole exchange", {}, (client) => void client.open().receive(OK.slice(0, -5)), 5000],
		["the connection", { timeout: 60_000, connectTimeout: 1000 }, () => {}, 1000],
		["the head", { timeout: 60_000, headTimeout: 2000 }, (client) => void client.open(), 2000],
		["a pause", { timeout: 60_000, idleTimeout: 3000 }, (client) => void client.open().receive(OK.slice(0, -5)), 3000],
	];
	for (const [title, request, play, after] of limits) {
		it(`times out after the limit for ${title}`, () => {
			const client = new Client(request);
			play(client);
			assert.equal(client.wait(after - 1).told, "");
			assert.equal(client.wait(1).told, "timeout");
			assert.equal(client.stream.aborted, true);
		});
	}

	it("restarts the idle limit with each piece, but not the limit of the exchange", () => {
		const client = new Client({ timeout: 10_000, idleTimeout: 3000 }).open().receive(OK.slice(0, -5));
		for (const piece of "hell") client.wait(2000).receive(piece);
		assert.equal(client.told, "");
		assert.equal(client.wait(2000).told, "200 hell");
	});

	it("times out if the server does not read the request", () => {
		const client = new Client(
			{ method: "PUT", timeout: 60_000, headTimeout: 2000, body: octets("x".repeat(1000)) },
			100,
		);
		client.open().wait(1500);
		client.stream.take(100, client.now, client.exchange);
		assert.equal(client.wait(1999).told, "", "progress in sending extends the time");
		assert.equal(client.wait(1).told, "timeout");
	});

	describe("with a receiver", () => {
		function download(request: Partial<ExchangeRequest> = {}): {
			client: Client;
			sink: RecordingSink;
			heads: TextMessage[];
		} {
			const sink = new RecordingSink();
			const heads: TextMessage[] = [];
			const receiver = {
				head(_now: number, answer: TextMessage) {
					heads.push(answer);
					return sink;
				},
			};
			return { client: new Client({ receiver, ...request }).open(), sink, heads };
		}

		it("passes the head on first, then the body to the sink, and emits the response without it", () => {
			const { client, sink, heads } = download();
			client.receive(OK.slice(0, -5));
			assert.deepEqual([heads[0].status, client.told], [200, ""]);
			client.receive("hel").receive("lo");
			assert.deepEqual([sink.body, sink.calls, client.told], ["hello", "tte", "200 "]);
		});

		it("gives a sink a body of any length", () => {
			const head = "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n";
			assert.equal(download({ bodyLimit: 1000 }).client.receive(head).told, "");
		});

		it("stops reading while the sink is paused, and does not count that as idle time", () => {
			const { client, sink } = download({ timeout: 60_000, idleTimeout: 1000 });
			sink.wants = false;
			client.receive(OK.slice(0, -3));
			assert.equal(client.stream.isReading, false);
			client.receive("l").wait(5000);
			assert.deepEqual([sink.body, client.told], ["he", ""]);
			sink.wants = true;
			client.exchange.resume(client.now);
			assert.deepEqual([sink.body, client.stream.isReading], ["hel", true]);
			assert.equal(client.wait(999).told, "");
			assert.equal(client.wait(1001).told, "timeout");
			assert.equal(sink.calls, "tta");
		});

		it("passes held data to the sink after the server has closed the connection", () => {
			const { client, sink } = download();
			sink.wants = false;
			client.receive("HTTP/1.1 200 OK\r\n\r\nabc").receive("def");
			client.exchange.ended(1, "closed");
			assert.equal(client.told, "");
			sink.wants = true;
			client.exchange.resume(2);
			assert.deepEqual([sink.body, sink.calls, client.told], ["abcdef", "tte", "200 "]);
		});

		it("aborts the sink of an incomplete response, and emits nothing after it was cancelled", () => {
			const cut = download();
			cut.client.receive(OK.slice(0, -1));
			cut.client.exchange.ended(1, "reset");
			assert.deepEqual([cut.sink.calls, cut.client.told], ["ta", "reset"]);
			const cancelled = download();
			cancelled.client.receive(OK.slice(0, -1));
			cancelled.client.exchange.cancel();
			assert.deepEqual(
				[cancelled.sink.calls, cancelled.client.told, cancelled.client.stream.aborted],
				["ta", "", true],
			);
		});
	});

	it("emits exactly one result, and ends each sink, for any input, cut and pause", () => {
		const seeds = answers.map(([, text]) => text);
		for (let seed = 0; seed < 4000; seed++) {
			const random = new Prng(seed);
			const text = octets(seeds[random.below(seeds.length)]);
			for (let n = random.below(4); n > 0; n--) text[random.below(text.length)] = random.below(256);
			const sink = new RecordingSink();
			const client = new Client(random.chance(0.5) ? { receiver: { head: () => sink } } : {}, random.below(200)).open();
			try {
				for (let at = 0; at < text.length; ) {
					const end = Math.min(text.length, at + 1 + random.below(20));
					sink.wants = random.chance(0.6);
					client.receive(text.subarray(at, end));
					if (random.chance(0.4)) client.exchange.resume(client.now);
					at = end;
				}
				sink.wants = true;
				client.exchange.resume(client.now);
				if (random.chance(0.5)) client.exchange.ended(client.now, "closed");
				client.wait(10_000);
				client.exchange.ended(client.now, "reset");
				assert.equal(client.results.length, 1);
				assert.match(sink.calls, /^(t*[ea])?$/);
			} catch (error) {
				throw new Error(`seed ${seed}`, { cause: error });
			}
		}
	});
});
