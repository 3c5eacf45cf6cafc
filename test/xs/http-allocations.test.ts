import assert from "node:assert/strict";
import process from "porthole:process";
import type { StreamOutbox } from "../../src/core/stream";
import type { HttpConnection } from "../../src/http/http-connection";
import { type ExchangeResult, HttpExchange } from "../../src/http/http-exchange";
import { HttpServer } from "../../src/http/http-server";
import { HTTP_LIMITS } from "../support/http-limits";
import { octets } from "../support/http-peer";
import { PatternContent, PatternSink } from "../support/pattern";

const PIECES = 200;
const PIECE = 1000;

/** A connection that takes a piece at a time and keeps nothing. */
class Drain implements StreamOutbox {
	room = 1 << 16;
	queued = 0;
	written = 0;

	write(_bytes: Uint8Array, start: number, end: number): void {
		this.written += end - start;
		this.room -= end - start;
	}

	writeShared(_bytes: Uint8Array, start: number, end: number): void {
		this.written += end - start;
		this.room -= end - start;
	}

	offer(): boolean {
		return false;
	}

	reading(): void {}
	end(): void {}
	abort(): void {}
}

/** Slots and octets of chunks that a step takes, after the first few; the collector may come in between. */
function costOf(step: () => void): number[] {
	const slots: number[] = [];
	const chunks: number[] = [];
	for (let i = 0; i < PIECES; i++) {
		const slotsBefore = process.slots;
		const chunksBefore = process.chunks;
		step();
		const chunksAfter = process.chunks;
		slots.push(process.slots - slotsBefore);
		chunks.push(chunksAfter - chunksBefore);
	}
	return [slots, chunks].map((numbers) => numbers.sort((a, b) => a - b)[PIECES >> 1]);
}

function serve(): { connection: HttpConnection; out: Drain; sink: PatternSink } {
	const server = new HttpServer(HTTP_LIMITS, { now: () => 0, utc: () => undefined });
	const sink = new PatternSink();
	server.route("PUT", "/file", (_request, reply) => reply.receive(sink), undefined, "stream");
	server.route("GET", "/file", (_request, reply) => reply.content(new PatternContent(1e9)));
	const connection = server.accept(0, "10.0.0.1", "10.0.0.2", 80) as HttpConnection;
	const out = new Drain();
	connection.room(0, out);
	return { connection, out, sink };
}

const HEAD = "/file HTTP/1.1\r\nHost: nas\r\n";

describe("HTTP allocations on XS", () => {
	it("receives a piece of an upload without a slot or an octet", () => {
		const { connection, out, sink } = serve();
		connection.feed(0, octets(`PUT ${HEAD}Content-Length: 1000000000\r\n\r\n`), out);
		const piece = new Uint8Array(PIECE);
		assert.deepEqual(
			costOf(() => connection.feed(0, piece, out)),
			[0, 0],
		);
		assert.equal(sink.length, PIECES * PIECE);
	});

	it("receives a chunk of a chunked upload without a slot or an octet", () => {
		const { connection, out, sink } = serve();
		connection.feed(0, octets(`PUT ${HEAD}Transfer-Encoding: chunked\r\n\r\n`), out);
		const chunk = octets(`3e8\r\n${"x".repeat(PIECE)}\r\n`);
		assert.deepEqual(
			costOf(() => connection.feed(0, chunk, out)),
			[0, 0],
		);
		assert.equal(sink.length, PIECES * PIECE);
	});

	it("sends a piece of a file without a slot or an octet", () => {
		const { connection, out } = serve();
		connection.feed(0, octets(`GET ${HEAD}\r\n`), out);
		const before = out.written;
		assert.deepEqual(
			costOf(() => {
				out.room = PIECE;
				connection.room(0, out);
			}),
			[0, 0],
		);
		assert.equal(out.written - before, PIECES * PIECE);
	});

	it("receives a piece of a download without a slot or an octet", () => {
		const sink = new PatternSink();
		const results: ExchangeResult[] = [];
		const exchange = new HttpExchange(
			0,
			{ method: "GET", host: "nas", target: "/", headers: [], receiver: { head: () => sink } },
			{ emit: (result) => results.push(result) },
		);
		const out = new Drain();
		exchange.room(0, out);
		exchange.feed(0, octets("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"), out);
		const piece = new Uint8Array(PIECE);
		assert.deepEqual(
			costOf(() => exchange.feed(0, piece, out)),
			[0, 0],
		);
		assert.deepEqual([sink.length, results.length], [PIECES * PIECE, 0]);
	});
});
