import assert from "node:assert/strict";
import { Lan } from "../../../hosts/virtual/lan";
import type { LinkSettings } from "../../../hosts/virtual/link";
import type { TcpSettings } from "../../../hosts/virtual/tcp-settings";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import { Prng } from "../../../src/base/prng";
import type { Stream } from "../../../src/ports/net";
import { dial, ListenRecorder, StreamRecorder } from "./sinks";

interface Pair {
	world: World;
	a: VirtualMachine;
	b: VirtualMachine;
	listener: ListenRecorder;
}

function pair(link: Partial<LinkSettings> = {}, tcp: Partial<TcpSettings> = {}, seed = 1): Pair {
	const world = new World(seed);
	const lan = new Lan(world, { link });
	const [a, b] = ["10.0.0.1", "10.0.0.2"].map((address) => {
		const machine = new VirtualMachine(world, address, { tcp });
		machine.attach(lan, { address });
		return machine;
	});
	const listener = new ListenRecorder(b.network, 80);
	world.runFor(1);
	return { world, a, b, listener };
}

function random(count: number): Uint8Array {
	const prng = new Prng(count);
	const bytes = new Uint8Array(count);
	for (let i = 0; i < count; i++) bytes[i] = prng.u32();
	return bytes;
}

function joined(recorder: StreamRecorder): Uint8Array {
	const all = new Uint8Array(recorder.octets);
	let at = 0;
	for (const piece of recorder.pieces) {
		all.set(piece, at);
		at += piece.length;
	}
	return all;
}

describe("hosts-virtual/virtual-tcp", () => {
	it("takes a round trip to open, transfers both ways, and closes normally", () => {
		const { world, a, listener } = pair({ delay: 10 });
		const client = dial(a.network, "10.0.0.2", 80);
		const start = world.now;
		world.runUntil(() => client.events.length > 0, 1000);
		assert.equal(world.now - start, 40);
		client.write("ping");
		client.end();
		world.runUntil(() => listener.accepts[0]?.isGone, 1000);
		world.runFor(100);
		const server = listener.accepts[0];
		assert.equal(server.text, "ping");
		assert.deepEqual(server.events, ["room", "ended closed", "gone"]);
		assert.deepEqual(client.events, ["room", "ended closed", "gone"]);
		assert.equal(server.stream.remoteAddress, "10.0.0.1");
		assert.equal(server.stream.remotePort, client.stream.localPort);
		assert.deepEqual([server.stream.localAddress, server.stream.localPort], ["10.0.0.2", 80]);
	});

	it("makes no call once it is over", () => {
		const { world, a, listener } = pair();
		const client = dial(a.network, "10.0.0.2", 80);
		client.write("hello");
		client.end();
		world.runUntil(() => client.isGone && listener.accepts[0].isGone, 1000);
		const { lan } = a.nics[0];
		world.runFor(10);
		assert.ok(lan.packets < 12, `${lan.packets} packets for one short connection`);
		const before = lan.packets;
		world.runFor(10_000);
		assert.equal(lan.packets, before);
	});

	it("lets either side write after the other's end (half-close)", () => {
		const { world, a, listener } = pair();
		const client = dial(a.network, "10.0.0.2", 80);
		client.end();
		world.runFor(50);
		const server = listener.accepts[0];
		server.endsBack = false;
		const other = dial(a.network, "10.0.0.2", 80);
		world.runFor(50);
		const second = listener.accepts[1];
		second.endsBack = false;
		other.end();
		world.runFor(50);
		assert.equal(second.why, "closed");
		second.write("late answer");
		world.runFor(50);
		assert.deepEqual([other.text, other.isGone], ["late answer", false]);
		second.end();
		world.runFor(50);
		assert.deepEqual([other.isGone, second.isGone], [true, true]);
	});

	for (const [what, tls, identity, expected] of [
		["a client of TLS reaches a server whose certificate is for its name", { serverName: "b" }, "b", "secure"],
		["a plain client reaches a server that speaks TLS", undefined, "b", "plain"],
		["a client of TLS refuses a server whose certificate is for another name", { serverName: "c" }, "b", "certificate"],
		["a client of TLS that does not verify takes any", { serverName: "c", verify: false }, "b", "secure"],
		["a client of TLS fails at a server that speaks none", { serverName: "b" }, undefined, "tls"],
	] as const) {
		it(what, () => {
			const { world, a, b } = pair();
			const accepts: Stream[] = [];
			const listening = {
				opened() {},
				accepted(stream: Stream) {
					accepts.push(stream);
					return { room() {}, received() {}, ended() {}, gone() {} };
				},
				failed: () => assert.fail("failed"),
			};
			const options = { port: 443, ...(identity !== undefined && { tls: { certificate: identity, key: "" } }) };
			b.network.listen(options, listening);
			world.runFor(1);
			const client = new StreamRecorder();
			const to = { address: "10.0.0.2", port: 443, ...(tls !== undefined && { tls }) };
			client.stream = a.network.connect(to, client);
			world.runFor(50);
			if (expected === "secure" || expected === "plain") {
				assert.deepEqual(client.events, ["room"]);
				assert.deepEqual(
					[client.stream, ...accepts].map(({ secure }) => secure),
					[expected === "secure", expected === "secure"],
				);
			} else {
				assert.deepEqual([client.events, accepts], [[`ended ${expected}`, "gone"], []]);
			}
		});
	}

	it("ends with refused when nothing listens, and with reset when the listener refuses", () => {
		const { world, a, b, listener } = pair();
		const wrongPort = dial(a.network, "10.0.0.2", 81);
		listener.refuses = true;
		const declined = dial(a.network, "10.0.0.2", 80);
		world.runFor(50);
		assert.deepEqual(wrongPort.events, ["ended refused", "gone"]);
		assert.deepEqual(declined.events, ["room", "ended reset", "gone"]);
		assert.deepEqual(listener.accepts, []);
		listener.listener.close();
		const closed = dial(a.network, "10.0.0.2", 80);
		const again = new ListenRecorder(b.network, 80);
		const taken = new ListenRecorder(b.network, 80);
		world.runFor(50);
		assert.deepEqual([again.failure, taken.failure], [undefined, "in-use"]);
		assert.equal(closed.why, undefined, "the new listener was there in time");
	});

	it("times out when the host is off or unplugged, and is unreachable without a route", () => {
		const { world, a, b, listener } = pair();
		const established = dial(a.network, "10.0.0.2", 80);
		world.runFor(10);
		b.crash();
		established.write("hello?");
		const opening = dial(a.network, "10.0.0.2", 80);
		const nobody = dial(a.network, "10.0.0.77", 80);
		const noRoute = dial(a.network, "8.8.8.8", 80);
		const notMine = dial(a.network, "10.0.0.2", 80, "10.0.0.99");
		world.runFor(14_000);
		assert.deepEqual([opening.why, nobody.why, noRoute.why], [undefined, undefined, "unreachable"]);
		assert.equal(notMine.why, "unreachable");
		world.runFor(7_000);
		assert.deepEqual([opening.why, nobody.why, established.why], ["timeout", "timeout", "timeout"]);
		assert.equal(listener.accepts[0].why, undefined);
	});

	it("continues after a cable was unplugged for a while", () => {
		const { world, a, b, listener } = pair();
		const client = dial(a.network, "10.0.0.2", 80);
		world.runFor(10);
		b.nics[0].link.up = false;
		client.write("patience");
		world.runFor(8000);
		b.nics[0].link.up = true;
		world.runFor(6000);
		assert.equal(listener.accepts[0].text, "patience");
	});

	it("reports an abort as reset at both ends, after the call", () => {
		const { world, a, listener } = pair();
		const client = dial(a.network, "10.0.0.2", 80);
		world.runFor(10);
		client.stream.abort();
		assert.deepEqual(client.events, ["room"]);
		assert.equal(client.stream.room, 0);
		world.runFor(10);
		assert.deepEqual(client.events, ["room", "ended reset", "gone"]);
		assert.deepEqual(listener.accepts[0].events, ["room", "ended reset", "gone"]);
	});

	it("has no room while the peer does not read", () => {
		const { world, a, listener } = pair({}, { window: 10_000, sendBuffer: 5000, room: 20_000, segment: 1460 });
		const client = dial(a.network, "10.0.0.2", 80);
		world.runFor(10);
		const server = listener.accepts[0];
		server.stream.reading(false);
		const data = random(100_000);
		client.write(data);
		world.runFor(5000);
		assert.equal(server.octets, 0);
		assert.deepEqual([client.stream.room, client.stream.queued], [0, 20_000]);
		assert.throws(() => client.stream.write(data, 0, 1), RangeError);
		world.runFor(120_000);
		assert.equal(client.why, undefined, "a peer that answers is not dead");
		server.stream.reading(true);
		assert.equal(server.octets, 0, "not inside the call");
		world.runFor(5000);
		assert.deepEqual(joined(server), data);
		assert.deepEqual([client.stream.room, client.stream.queued], [20_000, 0]);
	});

	it("reports room when it grows from zero, and when nothing is queued any more", () => {
		const { world, a, listener } = pair({}, { window: 1000, sendBuffer: 1000, room: 3000 });
		const client = dial(a.network, "10.0.0.2", 80);
		world.runFor(10);
		const server = listener.accepts[0];
		server.stream.reading(false);
		client.stream.write(random(3000), 0, 3000);
		client.stream.write(random(1000), 0, 1000);
		world.runFor(100);
		assert.equal(client.stream.queued, 2000);
		assert.deepEqual(client.events, ["room", "room"]);
		server.stream.reading(true);
		world.runFor(100);
		assert.deepEqual(client.events, ["room", "room", "room"]);
		assert.equal(server.octets, 4000);
	});

	for (let seed = 1; seed <= 20; seed++) {
		it(`delivers all octets in order over a bad link, seed ${seed}`, () => {
			const bad = { delay: 5, jitter: 10, loss: 0.05, duplication: 0.05, reordering: 0.1, rate: 2_000_000 };
			const { world, a, listener } = pair(bad, { segment: 500 + seed * 100, window: 20_000 + seed }, seed);
			const up = random(200_000 + seed);
			const down = random(100_000 + seed);
			const client = dial(a.network, "10.0.0.2", 80);
			client.endsBack = false;
			client.write(up);
			world.runUntil(() => listener.accepts.length > 0, 10_000);
			const server = listener.accepts[0];
			const prng = new Prng(seed);
			for (let i = 0; i < 20; i++) {
				world.after(prng.below(2000), () => server.stream.reading(i % 2 === 0));
			}
			world.after(2001, () => server.stream.reading(true));
			server.write(down);
			server.end();
			client.end();
			assert.ok(world.runUntil(() => client.isGone && server.isGone, 120_000));
			assert.deepEqual(joined(server), up);
			assert.deepEqual(joined(client), down);
			assert.deepEqual([client.why, server.why], ["closed", "closed"]);
		});
	}

	it("connects a machine with itself", () => {
		const { world, b, listener } = pair();
		const client = dial(b.network, "127.0.0.1", 80);
		client.write("me");
		world.runFor(10);
		assert.equal(listener.accepts[0].text, "me");
	});
});
