import assert from "node:assert/strict";
import { SharedStream } from "../../../../src/app/stream/shared-stream";
import { latin1 as textOf } from "../../../../src/base/text";
import type { Stream, StreamSink } from "../../../../src/ports/net";
import { FakeStream } from "../../../support/fake-stream";
import { latin1 } from "../../../support/octets";

/** Notes what happens. */
class Notes implements StreamSink {
	readonly list: string[] = [];

	room(): void {
		this.list.push("room");
	}

	received(bytes: Uint8Array): void {
		this.list.push(textOf(bytes));
	}

	ended(why: string): void {
		this.list.push(`ended ${why}`);
	}

	gone(): void {
		this.list.push("gone");
	}
}

function connect(hasRoom = true) {
	const out = new FakeStream();
	const [pages, rtsp] = [new Notes(), new Notes()];
	const sink = new SharedStream(out as unknown as Stream, pages, { accept: () => (hasRoom ? rtsp : undefined) });
	sink.room();
	return { out, pages: pages.list, rtsp: rtsp.list, sink };
}

const DESCRIBE = "DESCRIBE rtsp://198.20.0.1:8080/live RTSP/1.0\r\n\r\n";

describe("app/stream/shared-stream (ONE-3)", () => {
	it("leaves HTTP to the pages", () => {
		const { sink, pages, rtsp } = connect();
		sink.received(latin1("GET / HTTP/1.1\r\n"));
		sink.received(latin1(DESCRIBE));
		sink.ended("closed");
		sink.gone();
		assert.deepEqual(pages, ["room", "GET / HTTP/1.1\r\n", DESCRIBE, "ended closed", "gone"]);
		assert.deepEqual(rtsp, []);
	});

	it("gives a connection that begins with RTSP to RTSP, and takes it from the pages", () => {
		const { sink, pages, rtsp } = connect();
		sink.received(latin1(DESCRIBE));
		sink.room();
		sink.received(latin1("GET / HTTP/1.1\r\n"));
		sink.ended("closed");
		sink.gone();
		assert.deepEqual(pages, ["room", "gone"]);
		assert.deepEqual(rtsp, ["room", DESCRIBE, "room", "GET / HTTP/1.1\r\n", "ended closed", "gone"]);
	});

	it("waits for the octets that tell, in a buffer of its own", () => {
		const { sink, pages, rtsp } = connect();
		const buffer = new Uint8Array(1);
		for (const octet of latin1("DESCRIBE ")) {
			buffer[0] = octet;
			sink.received(buffer);
		}
		assert.deepEqual(
			[pages, rtsp],
			[
				["room", "gone"],
				["room", "DESCRIBE "],
			],
		);
	});

	it("gives the pages what it has of a connection that ends too early", () => {
		const { sink, pages } = connect();
		sink.received(latin1("GET"));
		assert.deepEqual(pages, ["room"]);
		sink.ended("closed");
		sink.gone();
		assert.deepEqual(pages, ["room", "GET", "ended closed", "gone"]);
	});

	it("drops a player that there is no room for", () => {
		const { sink, out, pages } = connect(false);
		sink.received(latin1(DESCRIBE));
		assert.equal(out.aborted, true);
		sink.gone();
		assert.deepEqual(pages, ["room", "gone"]);
	});
});
