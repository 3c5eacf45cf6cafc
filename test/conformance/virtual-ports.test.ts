import { Lan } from "../../hosts/virtual/lan";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import type { HostPorts, PortFixture } from "./port-fixture";
import { portSuite } from "./port-suite";

/** Two virtual machines on one LAN; time is the world's. */
async function open(): Promise<PortFixture> {
	const world = new World(1);
	const lan = new Lan(world);
	const [a, b] = [11, 12].map((number): HostPorts => {
		const [address, ipv6] = [`192.168.0.${number}`, `2001:db8::${number}`];
		const machine = new VirtualMachine(world, address);
		machine.attach(lan, { address, gateway: "192.168.0.1" }).addIpv6({ address: ipv6 });
		const { network, clock, random, store, log } = machine;
		return { network, clock, random, store, log, address, ipv6 };
	});
	return {
		a,
		b,
		run: async (until, limit) => {
			world.runUntil(until, limit);
		},
		close: async () => {
			world.runFor(60_000);
		},
	};
}

portSuite("hosts/virtual", open);
