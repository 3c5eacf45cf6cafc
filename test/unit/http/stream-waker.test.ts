import assert from "node:assert/strict";
import { type StreamOutbox, type StreamSource, type StreamWaker, writeWhatFits } from "../../../src/core/stream";
import { HttpPeer, octets } from "../../support/http-peer";

/** Sends what the test puts in. */
class Spring implements StreamSource {
	waker: StreamWaker | undefined;
	fills = 0;
	released = 0;
	private waiting: Uint8Array = new Uint8Array(0);
	private over = false;

	attach(waker: StreamWaker): void {
		this.waker = waker;
	}

	put(now: number, text: string, last = false): void {
		this.waiting = octets(Buffer.from(this.waiting).toString("latin1") + text);
		this.over = last;
		this.waker?.wake(now);
	}

	fill(_now: number, out: StreamOutbox): boolean {
		this.fills++;
		this.waiting = this.waiting.slice(writeWhatFits(out, this.waiting, 0, this.waiting.length));
		return this.over && this.waiting.length === 0;
	}

	release(): void {
		this.released++;
	}
}

function serve(length?: number): { peer: HttpPeer; spring: Spring } {
	const peer = new HttpPeer({ stallTimeout: 5000 });
	const spring = new Spring();
	peer.server.route("GET", "/live", (_request, reply) => reply.stream(200, [], spring, length));
	peer.server.route("GET", "/next", (_request, reply) => reply.send(200, "text/plain", "next"));
	return { peer, spring };
}

const ASK = "GET /live HTTP/1.1\r\nHost: nas\r\n\r\n";

describe("http/stream-waker", () => {
	it("calls fill when the source wakes the stream, and not before", () => {
		const { peer, spring } = serve(6);
		assert.match(peer.open().send(ASK), /\r\n\r\n$/);
		assert.equal(spring.fills, 1);
		peer.wait(60_000);
		assert.equal(spring.fills, 1, "nothing is polled");
		spring.put(peer.now, "abc");
		assert.equal(peer.stream.text(), "abc");
		spring.put(peer.now, "def", true);
		assert.equal(peer.stream.text(), "def");
		assert.equal(spring.released, 1);
		assert.match(peer.send("GET /next HTTP/1.1\r\nHost: nas\r\n\r\n"), /next$/, "the connection stays open");
	});

	it("continues without being woken when there is room again", () => {
		const { peer, spring } = serve();
		peer.open(1000).send(ASK);
		peer.stream.leave(2);
		spring.put(0, "abcde");
		assert.equal(peer.stream.text(), "ab");
		peer.stream.take(10, 0, peer.connection);
		assert.equal(peer.stream.text(), "cde");
	});

	it("notifies the owner when the source woke the stream", () => {
		const { peer, spring } = serve();
		peer.open().send(ASK);
		let ran = 0;
		peer.connection.late = { called: () => ran++ };
		spring.put(0, "abc");
		assert.equal(ran, 1);
	});

	it("measures a stall from the time when the client stopped reading", () => {
		const { peer, spring } = serve();
		peer.open(1000).send(ASK);
		peer.wait(4000);
		peer.stream.leave(2);
		peer.wait(4900);
		spring.put(peer.now, "abcde");
		peer.wait(4900);
		assert.equal(peer.stream.aborted, false);
		peer.wait(5100);
		assert.equal(peer.stream.aborted, true);
		assert.equal(spring.released, 1);
	});

	it("drops the connection when the source fails", () => {
		const { peer, spring } = serve(6);
		peer.open().send(ASK);
		spring.put(0, "abc");
		spring.waker?.fail();
		assert.equal(peer.stream.aborted, true);
		assert.equal(spring.released, 1);
		assert.equal(peer.server.connections, 0);
	});

	it("ignores a source that wakes or fails after the end of its stream", () => {
		const { peer, spring } = serve(3);
		peer.open().send(ASK);
		spring.put(0, "abc", true);
		peer.stream.text();
		spring.put(0, "def");
		spring.waker?.fail();
		assert.equal(peer.stream.text(), "");
		assert.equal(peer.stream.aborted, false);
	});
});
