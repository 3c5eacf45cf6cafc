import assert from "node:assert/strict";
import { StreamPair } from "../../../../src/app/peer/stream-pair";
import type { StreamSink } from "../../../../src/ports/net";
import { FakeNode } from "../../../support/fake-node";
import { type MemoryStream, memoryStreams } from "../../../support/fake-tunnels";

/** Reads and counts, or does not read. */
class Reader implements StreamSink {
	octets = 0;
	sum = 0;
	events: string[] = [];
	room = (): void => {};
	received(bytes: Uint8Array): void {
		for (const byte of bytes) this.sum = (this.sum * 31 + byte) % 1_000_003;
		this.octets += bytes.length;
	}
	ended(why: string): void {
		this.events.push(why);
	}
	gone(): void {
		this.events.push("gone");
	}
}

/** A client, the pair in the middle, a server. */
class Rig {
	readonly node = new FakeNode({});
	readonly client = new Reader();
	readonly server = new Reader();
	readonly clientEnd: MemoryStream;
	readonly serverEnd: MemoryStream;
	readonly near: MemoryStream;
	readonly far: MemoryStream;
	gone = 0;
	unanswered: string[] = [];
	readonly pair = new StreamPair({
		pairGone: () => this.gone++,
		unanswered: (near, why, detail) => {
			this.unanswered.push(`${why} ${detail}`);
			near.write(new Uint8Array([33]), 0, 1);
		},
	});

	constructor(first?: Uint8Array) {
		const { pump } = this.node;
		[this.clientEnd, this.near] = memoryStreams(pump);
		[this.far, this.serverEnd] = memoryStreams(pump);
		this.clientEnd.sink = this.client;
		this.serverEnd.sink = this.server;
		this.near.sink = this.pair.near;
		this.far.sink = this.pair.far;
		this.pair.join(this.near, this.far, first);
		for (const end of [this.clientEnd, this.near]) end.opened();
	}

	open(): void {
		for (const end of [this.far, this.serverEnd]) end.opened();
	}

	/** Sends octets as fast as they are taken. @returns their sum */
	pour(from: MemoryStream, reader: Reader, octets: number): number {
		let at = 0;
		let sum = 0;
		const fill = (): void => {
			while (at < octets && from.room > 0) {
				const bytes = new Uint8Array(Math.min(from.room, octets - at, 1460));
				for (let i = 0; i < bytes.length; i++) {
					bytes[i] = (at + i) * 7;
					sum = (sum * 31 + bytes[i]) % 1_000_003;
				}
				from.write(bytes, 0, bytes.length);
				at += bytes.length;
				if (at === octets) from.end();
			}
		};
		reader.room = fill;
		fill();
		this.node.pass(1000);
		return sum;
	}
}

describe("app/peer/stream-pair", () => {
	it("passes on all that was sent before the far side was open, and its end", () => {
		const rig = new Rig(new Uint8Array([1, 2, 3]));
		rig.pour(rig.clientEnd, rig.client, 3000);
		assert.equal(rig.server.octets, 0);
		rig.open();
		rig.node.pass(10);
		assert.equal(rig.server.octets, 3003);
		assert.deepEqual(rig.server.events, ["closed"]);
		rig.serverEnd.end();
		rig.node.pass(10);
		assert.deepEqual([rig.client.events, rig.gone], [["closed", "gone"], 1]);
	});

	for (const way of ["up", "down"] as const) {
		it(`makes the sender wait for a slow reader, and loses nothing (${way})`, () => {
			const rig = new Rig();
			rig.open();
			const [from, sender, reader, end] =
				way === "up"
					? [rig.clientEnd, rig.client, rig.server, rig.serverEnd]
					: [rig.serverEnd, rig.server, rig.client, rig.clientEnd];
			end.reading(false);
			const first = rig.pour(from, sender, 200_000);
			assert.ok(from.room === 0, "the sender waits");
			assert.equal(reader.octets, 0);
			end.reading(true);
			rig.node.pass(10_000);
			assert.equal(reader.octets, 200_000);
			assert.notEqual(first, reader.sum, "the rest was sent later");
			let sum = 0;
			for (let i = 0; i < 200_000; i++) sum = (sum * 31 + ((i * 7) & 255)) % 1_000_003;
			assert.equal(reader.sum, sum);
			assert.deepEqual(reader.events, ["closed"]);
		});
	}

	it("lets its owner answer when the far side ends before it has said anything", () => {
		const rig = new Rig();
		rig.far.finish("reset");
		rig.node.pass(10);
		assert.deepEqual(rig.unanswered, ["reset "]);
		assert.equal(rig.client.octets, 1);
		rig.clientEnd.end();
		rig.node.pass(10);
		assert.equal(rig.gone, 1);
	});

	it("drops the client when the far side breaks in the middle of an answer", () => {
		const rig = new Rig();
		rig.open();
		rig.serverEnd.write(new Uint8Array(10), 0, 10);
		rig.node.pass(1);
		rig.serverEnd.abort();
		rig.node.pass(10);
		assert.deepEqual([rig.unanswered, rig.client.events, rig.gone], [[], ["reset", "gone"], 1]);
	});

	it("drops the far side when the client breaks", () => {
		const rig = new Rig();
		rig.open();
		rig.clientEnd.abort();
		rig.node.pass(10);
		assert.deepEqual([rig.server.events, rig.gone], [["reset", "gone"], 1]);
	});
});
