import assert from "node:assert/strict";
import { VirtualClock } from "../../../hosts/virtual/virtual-clock";
import { World } from "../../../hosts/virtual/world";
import { UdpBinding } from "../../../src/app/udp-binding";
import { Pump } from "../../../src/core/pump";
import type { UdpSink, UdpSocket } from "../../../src/ports/net";

const PATH = { name: "eth0", address: "192.168.0.11", prefix: 24 };
const SOCKET = { port: 4711, close() {} } as unknown as UdpSocket;

describe("app/udp-binding", () => {
	it("retries a socket that keeps failing after longer and longer pauses, logs it once, and starts with the first pause again after a success", () => {
		const world = new World(1);
		const sinks: UdpSink[] = [];
		const lines: string[] = [];
		let works = false;
		const network = {
			udp: (_options: unknown, sink: UdpSink) => {
				sinks.push(sink);
				world.after(0, () => (works ? sink.opened() : sink.failed("in-use", "port 4711")));
				return SOCKET;
			},
		};
		const log = { write: (level: string, area: string, text: string) => void lines.push(`${level} ${area}: ${text}`) };
		const pump = new Pump(new VirtualClock(world, true));
		const binding = new UdpBinding(network as never, pump, log, "fleet", () => ({ port: 4711 }), { receive() {} });
		binding.setPaths([PATH]);
		world.runFor(3_600_000);
		assert.ok(sinks.length < 55, `${sinks.length} attempts in an hour`);
		assert.deepEqual(lines, ["warn fleet: UDP socket on eth0 (192.168.0.11): in-use: port 4711; trying again"]);
		works = true;
		world.runFor(80_000);
		const before = sinks.length;
		works = false;
		sinks[before - 1].failed("in-use", "port 4711");
		world.runFor(6000);
		assert.deepEqual([sinks.length, lines.length], [before + 1, 2]);
		binding.close();
	});
});
