import assert from "node:assert/strict";
import { Lan } from "../../../hosts/virtual/lan";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import { dial, ListenRecorder, type StreamRecorder, UdpRecorder } from "./sinks";

/** A viewer, a relay that forwards between two networks, and an origin. */
function scene() {
	const world = new World(7);
	const access = new Lan(world, { name: "access" });
	const ip = new Lan(world, { name: "ip" });
	const viewer = new VirtualMachine(world, "viewer");
	viewer.attach(access, { address: "10.0.0.2", gateway: "10.0.0.1" });
	const relay = new VirtualMachine(world, "relay");
	const inside = relay.attach(access, { address: "10.0.0.1" });
	relay.attach(ip, { address: "10.1.0.1" });
	relay.forwarding = true;
	const origin = new VirtualMachine(world, "origin");
	origin.attach(ip, { address: "10.1.0.7", gateway: "10.1.0.1" });
	relay.transparent = { nic: inside, ports: [554] };
	return { world, viewer, relay, origin };
}

describe("hosts-virtual/transparent sockets", () => {
	it("a transparent listener takes the connections to another machine at the chosen ports, and no others (REP-1)", () => {
		const { world, viewer, relay, origin } = scene();
		const taken = new ListenRecorder(relay.network, 8599, undefined, undefined, true);
		const streams = new ListenRecorder(origin.network, 554);
		const pages = new ListenRecorder(origin.network, 80);
		world.runFor(1);
		const asked: StreamRecorder = dial(viewer.network, "10.1.0.7", 554);
		const passed: StreamRecorder = dial(viewer.network, "10.1.0.7", 80);
		world.runFor(1000);
		const { stream } = taken.accepts[0];
		assert.deepEqual([stream.localAddress, stream.localPort], ["10.1.0.7", 554]);
		assert.equal(stream.remoteAddress, "10.0.0.2");
		asked.write("ping");
		world.runFor(1000);
		assert.equal(taken.accepts[0].text, "ping");
		taken.accepts[0].write("pong");
		world.runFor(1000);
		assert.equal(asked.text, "pong");
		assert.equal(streams.accepts.length, 0);
		assert.equal(pages.accepts.length, 1);
		assert.equal(passed.events[0], "room");
	});

	it("connections of the relay itself to the origin are its own", () => {
		const { world, relay, origin } = scene();
		const taken = new ListenRecorder(relay.network, 8599, undefined, undefined, true);
		const streams = new ListenRecorder(origin.network, 554);
		world.runFor(1);
		dial(relay.network, "10.1.0.7", 554);
		world.runFor(1000);
		assert.equal(taken.accepts.length, 0);
		assert.equal(streams.accepts.length, 1);
	});

	it("a transparent UDP socket sends from the origin's address, and receives what is sent to it", () => {
		const { world, viewer, relay } = scene();
		const media = new UdpRecorder(relay.network, { address: "10.1.0.7", port: 6000, transparent: true });
		const player = new UdpRecorder(viewer.network, { port: 7000 });
		const refused = new UdpRecorder(relay.network, { address: "10.1.0.7", port: 6002 });
		world.runFor(1);
		assert.equal(refused.failure, "no-address");
		media.say("picture", "10.0.0.2", 7000);
		player.say("report", "10.1.0.7", 6000);
		world.runFor(1000);
		assert.deepEqual(player.heard, ["10.1.0.7:6000 picture"]);
		assert.deepEqual(media.heard, ["10.0.0.2:7000 report"]);
	});
});
