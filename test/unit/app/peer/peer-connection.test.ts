import assert from "node:assert/strict";
import { type ConnectionWatcher, PeerConnection } from "../../../../src/app/peer/peer-connection";
import type { HomeAccess } from "../../../../src/app/peer/peer-services";
import { latin1, utf8Encode } from "../../../../src/base/text";
import type { StreamSink } from "../../../../src/ports/net";
import { FakeNode } from "../../../support/fake-node";
import { FakeDialer, fakePath, shouter } from "../../../support/fake-tunnels";

const PEER = "0123456789abcdef";
const ACCESS: HomeAccess = { home: "00".repeat(16), rendezvous: "", ticket: "", ticketSecret: new Uint8Array(32) };

/** Writes down all that happens to a stream. */
class Probe implements StreamSink {
	readonly events: string[] = [];
	room(): void {
		this.events.push("room");
	}
	received(bytes: Uint8Array): void {
		this.events.push(latin1(bytes));
	}
	ended(why: string, detail = ""): void {
		this.events.push(detail === "" ? why : `${why}: ${detail}`);
	}
	gone(): void {
		this.events.push("gone");
	}
}

class Rig {
	readonly node = new FakeNode({});
	readonly dialer = new FakeDialer(this.node.pump);
	readonly seen: string[] = [];
	readonly watcher: ConnectionWatcher = {
		step: (step) => this.seen.push(step),
		reached: (path) => this.seen.push(`reached ${path?.kind}`),
		lost: (why) => this.seen.push(`lost ${why}`),
	};

	connect(isKept = false): PeerConnection {
		return new PeerConnection({ pump: this.node.pump, dialer: this.dialer }, ACCESS, PEER, isKept, this.watcher);
	}
}

describe("app/peer/peer-connection", () => {
	it("opens a tunnel for the first stream, and all later ones by the same tunnel (P2P-13)", () => {
		const rig = new Rig();
		rig.dialer.devices.set(PEER, shouter());
		const connection = rig.connect();
		assert.equal(rig.dialer.dialled.length, 0);
		const probes = [new Probe(), new Probe()];
		const streams = probes.map((probe) => connection.open("http", probe));
		assert.equal(streams[0].room, 0);
		assert.equal(streams[0].remoteAddress, "fd50:6f72:7468:0:123:4567:89ab:cdef");
		rig.node.pass(20);
		assert.deepEqual(
			probes.map(({ events }) => events),
			[["room"], ["room"]],
		);
		const late = new Probe();
		connection.open("rtsp", late);
		streams[0].write(utf8Encode("hello"), 0, 5);
		rig.node.pass(1);
		assert.deepEqual([probes[0].events, late.events], [["room", "HELLO"], ["room"]]);
		assert.equal(rig.dialer.dialled.length, 1);
		assert.deepEqual(rig.seen, ["server", "reached punched"]);
	});

	it("ends streams with the reason when the device can't be reached", () => {
		const rig = new Rig();
		const connection = rig.connect();
		const probe = new Probe();
		connection.open("http", probe);
		rig.node.pass(20);
		assert.deepEqual(probe.events, ["unreachable: no such device", "gone"]);
		assert.equal(rig.dialer.dialled.length, 1, "nobody waits for it any more");
		rig.dialer.devices.set(PEER, shouter());
		const again = new Probe();
		connection.open("http", again);
		rig.node.pass(20);
		assert.deepEqual(again.events, ["room"]);
	});

	it("closes a tunnel that has had no streams for a minute, and opens another one when it is needed", () => {
		const rig = new Rig();
		rig.dialer.devices.set(PEER, shouter());
		const connection = rig.connect();
		const stream = connection.open("http", new Probe());
		rig.node.pass(120_000);
		assert.ok(connection.isOpen, "it is in use");
		stream.abort();
		rig.node.pass(59_000);
		assert.ok(connection.isOpen);
		rig.node.pass(2000);
		assert.ok(!connection.isOpen);
		rig.node.pass(120_000);
		assert.equal(rig.dialer.dialled.length, 1);
		const probe = new Probe();
		connection.open("http", probe);
		rig.node.pass(20);
		assert.deepEqual(probe.events, ["room"]);
		assert.equal(rig.dialer.dialled.length, 2);
	});

	it("opens a tunnel that is kept at once, and another one within 2 s after a loss", () => {
		const rig = new Rig();
		rig.dialer.devices.set(PEER, shouter());
		const connection = rig.connect(true);
		rig.node.pass(20);
		assert.ok(connection.isOpen);
		rig.dialer.last.finish("lost", "no answer");
		assert.ok(!connection.isOpen);
		rig.node.pass(20);
		assert.ok(connection.isOpen);
		assert.deepEqual(rig.seen, ["server", "reached punched", "lost lost", "server", "reached punched"]);
	});

	it("tries a device that can't be reached again in growing pauses, and at once when the network changes", () => {
		const rig = new Rig();
		const connection = rig.connect(true);
		rig.node.pass(60_000);
		const tries = rig.dialer.dialled.length;
		assert.ok(tries >= 8 && tries <= 12, `${tries}`);
		rig.node.pass(1000);
		const before = rig.dialer.dialled.length;
		connection.retry();
		rig.node.pass(1);
		assert.equal(rig.dialer.dialled.length, before + 1);
	});

	it("is kept as long as that is wanted, and then only while it has streams (ONE-6)", () => {
		const rig = new Rig();
		rig.dialer.devices.set(PEER, shouter());
		const connection = rig.connect();
		connection.keep(true);
		assert.ok(!connection.isDialling);
		rig.node.pass(1);
		assert.ok(connection.isDialling && !connection.isOpen);
		rig.node.pass(120_000);
		assert.ok(connection.isOpen && !connection.isDialling);
		const stream = connection.open("http", new Probe());
		rig.node.pass(1);
		connection.keep(false);
		rig.node.pass(120_000);
		assert.ok(connection.isOpen, "it has a stream");
		stream.abort();
		rig.node.pass(70_000);
		assert.ok(!connection.isOpen);
		connection.keep(true);
		rig.node.pass(20);
		assert.ok(connection.isOpen);
		connection.keep(false);
		rig.node.pass(20);
		assert.ok(!connection.isOpen, "nobody needs it");
		rig.dialer.devices.clear();
		connection.keep(true);
		rig.node.pass(20);
		connection.keep(false);
		const tries = rig.dialer.dialled.length;
		rig.node.pass(60_000);
		assert.equal(rig.dialer.dialled.length, tries, "it is not tried again");
	});

	it("opens a tunnel for streams that will come, once", () => {
		const rig = new Rig();
		rig.dialer.devices.set(PEER, shouter());
		const connection = rig.connect();
		connection.wake();
		connection.wake();
		rig.node.pass(20);
		connection.wake();
		rig.node.pass(20);
		assert.deepEqual([connection.isOpen, rig.dialer.dialled.length], [true, 1]);
		rig.node.pass(70_000);
		assert.ok(!connection.isOpen, "none came");
	});

	it("counts what its streams carry, and knows the round trip (ONE-1)", () => {
		const rig = new Rig();
		rig.dialer.devices.set(PEER, shouter("> "));
		const connection = rig.connect();
		const streams = [connection.open("http", new Probe()), connection.open("rtsp", new Probe())];
		streams[0].write(utf8Encode("lost"), 0, 4);
		assert.deepEqual([connection.traffic, connection.roundTrip], [{ sent: 0, received: 0 }, 0]);
		rig.node.pass(20);
		streams[0].write(utf8Encode("hello"), 0, 5);
		streams[1].writeShared(utf8Encode("hello"), 1, 4);
		assert.ok(!streams[1].offer(utf8Encode("no room for this"), 0, 16));
		rig.node.pass(1);
		assert.deepEqual([connection.traffic, connection.roundTrip], [{ sent: 8, received: 12 }, 23]);
	});

	it("tells of a better path, and keeps streams while the path changes (ONE-1)", () => {
		const rig = new Rig();
		rig.dialer.devices.set(PEER, shouter());
		const connection = rig.connect();
		const probe = new Probe();
		connection.open("http", probe);
		rig.node.pass(20);
		rig.dialer.last.moved(fakePath("lan", "192.168.0.5"));
		assert.equal(connection.path?.kind, "lan");
		assert.deepEqual(rig.seen.slice(-1), ["reached lan"]);
		assert.deepEqual(probe.events, ["room"]);
	});

	it("ends everything when it is closed", () => {
		const rig = new Rig();
		rig.dialer.devices.set(PEER, shouter());
		const connection = rig.connect(true);
		const open = new Probe();
		connection.open("http", open);
		rig.node.pass(20);
		connection.close();
		connection.close();
		rig.node.pass(1000);
		assert.deepEqual(open.events, ["room", "reset", "gone"]);
		const waiting = rig.connect();
		const probe = new Probe();
		waiting.open("http", probe);
		waiting.close();
		rig.node.pass(1000);
		assert.deepEqual(probe.events, ["reset", "gone"]);
		assert.equal(rig.dialer.dialled.length, 1);
	});

	it("carries out what was asked of a stream before it was open", () => {
		const rig = new Rig();
		rig.dialer.devices.set(PEER, shouter());
		const connection = rig.connect();
		const ending = new Probe();
		connection.open("http", ending).end();
		const dropped = new Probe();
		connection.open("http", dropped).abort();
		rig.node.pass(20);
		assert.deepEqual(ending.events, ["closed", "gone"]);
		assert.deepEqual(dropped.events, ["reset", "gone"]);
	});
});
