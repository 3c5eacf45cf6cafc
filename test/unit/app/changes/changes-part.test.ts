import assert from "node:assert/strict";
import { ChangesPart } from "../../../../src/app/changes/changes-part";
import type { SiteRequest } from "../../../../src/app/part";
import type { StreamSource } from "../../../../src/core/stream";
import { FakeNode } from "../../../support/fake-node";
import { FakeStream } from "../../../support/fake-stream";

/** A visitor who follows changes. */
class Listener {
	readonly out: FakeStream;
	status = 0;
	over = false;
	private source: StreamSource | undefined;

	constructor(
		readonly part: ChangesPart,
		readonly node: FakeNode,
		visitor: Partial<SiteRequest["visitor"]> = {},
		address = "192.168.0.9",
		room = 1 << 20,
	) {
		this.out = new FakeStream(room);
		const message = {
			fields: [
				["host", "cam:8000"],
				["cookie", "secret"],
			],
		};
		const request = {
			path: "/api/v1/changes",
			remoteAddress: address,
			now: node.now,
			message,
			visitor: { role: "viewer", proof: "session", until: 0, ...visitor },
		};
		part.stream(
			request as never,
			{
				error: (status: number) => {
					this.status = status;
				},
				stream: (status: number, _headers: unknown, source: StreamSource) => {
					this.status = status;
					this.source = source;
					source.attach?.({ wake: (now) => this.fill(now), fail: () => {} });
					this.fill(node.now);
				},
			} as never,
		);
	}

	/** The events so far, without heartbeats. */
	get events(): string[] {
		return this.text.split("\n\n").filter((event) => event.startsWith("event") && !event.startsWith("event: beat"));
	}

	get text(): string {
		return Buffer.concat(this.out.written).toString();
	}

	fill(now: number): void {
		if (this.source === undefined || !this.source.fill(now, this.out)) return;
		this.over = true;
		this.leave();
	}

	leave(): void {
		this.source?.release();
		this.source = undefined;
	}
}

function rig(host: object = {}) {
	const node = new FakeNode({}, host as never);
	const part = new ChangesPart(node, { moment: (now) => ({ epoch: "u", seconds: now / 1000 }) });
	node.parts = [part];
	return { node, part };
}

describe("app/changes/changes-part", () => {
	it("tells the state at once, and again only after it has changed", () => {
		const { node, part } = rig();
		let name = "Garage";
		part.watch("cameras", () => ({ name }));
		const listener = new Listener(part, node);
		assert.equal(listener.status, 200);
		assert.match(listener.text, /^retry: \d+\n\n/);
		assert.deepEqual(listener.events, ['event: cameras\ndata: {"name":"Garage"}']);
		node.changed();
		node.pass(2000);
		assert.equal(listener.events.length, 1, "nothing has changed");
		name = "Gate\n";
		node.changed();
		node.pass(2000);
		assert.deepEqual(listener.events.slice(1), ['event: cameras\ndata: {"name":"Gate\\n"}']);
	});

	it("sends at most one state a second, the newest", () => {
		const { node, part } = rig();
		let count = 0;
		part.watch("count", () => count);
		const listener = new Listener(part, node);
		for (; count < 100; count++) {
			node.changed();
			node.pass(10);
		}
		node.pass(2000);
		assert.ok(listener.events.length <= 4, `${listener.events.length} events`);
		assert.ok(listener.text.trimEnd().endsWith("data: 99"), listener.text);
	});

	it("gives a slow visitor the newest state, and keeps nothing in between", () => {
		const { node, part } = rig();
		let text = "a".repeat(100);
		part.watch("text", () => text);
		const listener = new Listener(part, node, {}, "192.168.0.9", 60);
		for (const letter of "bcdef") {
			text = letter.repeat(100);
			node.changed();
			node.pass(1500);
		}
		for (let i = 0; i < 10; i++) {
			listener.out.leave(1000);
			listener.fill(node.now);
		}
		assert.deepEqual(
			listener.events.map((event) => event.at(-2)),
			["a", "f"],
		);
	});

	it("sends a heartbeat every 5 s, looks every 20 s whether links have expired, and runs no timer while nobody listens", () => {
		const { node, part } = rig();
		let made = 0;
		part.watch("x", () => {
			made++;
			return 1;
		});
		node.changed();
		assert.equal(part.deadline, Infinity);
		const listener = new Listener(part, node);
		node.pass(16_000);
		assert.equal(
			listener.text.split("\n\n").filter((event) => event.startsWith("event: beat")).length,
			3,
			listener.text,
		);
		assert.equal(made, 1);
		node.pass(5000);
		assert.equal(made, 2);
		listener.leave();
		assert.equal(part.deadline, Infinity);
		assert.deepEqual(part.metrics()[0][3], 0);
	});

	it("tells viewers nothing that is for the owner", () => {
		const { node, part } = rig();
		part.watch("keys", () => "secret", "owner");
		const viewer = new Listener(part, node);
		const owner = new Listener(part, node, { role: "owner" });
		part.publish("code", () => "ABCD", "owner");
		part.publish("motion", () => "Gate");
		node.pass(2000);
		assert.deepEqual(viewer.events, ['event: motion\ndata: "Gate"']);
		assert.equal(owner.events.length, 3);
	});

	it("makes each body for its visitor, at the time of the change, without the credentials of the request", () => {
		const { node, part } = rig();
		part.watch("me", ({ remoteAddress, now, message }) => [remoteAddress, now, message.fields]);
		const listener = new Listener(part, node);
		node.pass(5000);
		node.changed();
		node.pass(2000);
		assert.deepEqual(listener.events.at(-1), 'event: me\ndata: ["192.168.0.9",5000,[["host","cam:8000"]]]');
	});

	it("ends the stream with the visitor's session", () => {
		const { node, part } = rig();
		part.watch("x", () => 1);
		const listener = new Listener(part, node, { until: 30 });
		node.pass(19_000);
		assert.equal(listener.over, false);
		node.pass(21_500);
		assert.equal(listener.over, true);
	});

	it("takes a limited number of visitors, fewer on a board, and a few from one address", () => {
		const { node, part } = rig();
		part.watch("x", () => 1);
		for (let i = 0; i < 4; i++) assert.equal(new Listener(part, node).status, 200);
		assert.equal(new Listener(part, node).status, 503);
		for (let i = 0; i < 12; i++) assert.equal(new Listener(part, node, {}, `10.0.0.${i}`).status, 200);
		assert.equal(new Listener(part, node, {}, "10.0.0.99").status, 503);
		const board = rig({ connections: 12 });
		const statuses = [1, 2, 3, 4].map((i) => new Listener(board.part, board.node, {}, `10.0.0.${i}`).status);
		assert.deepEqual(statuses, [200, 200, 200, 503]);
		const small = rig({ connections: 3 });
		assert.deepEqual(
			[1, 2].map((i) => new Listener(small.part, small.node, {}, `10.0.0.${i}`).status),
			[200, 503],
			"one, where there are few connections",
		);
	});
});
