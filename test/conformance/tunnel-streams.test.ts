import { Lan } from "../../hosts/virtual/lan";
import type { LinkSettings } from "../../hosts/virtual/link";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import type { TunnelService } from "../../src/peer/tunnel/tunnel-contract";
import { LARGE_TUNNEL, SMALL_TUNNEL, type TunnelLimits } from "../../src/peer/tunnel/tunnel-limits";
import { TunnelNetwork } from "../support/tunnel-network";
import { TunnelPair } from "../support/tunnel-pair";
import type { PortFixture } from "./port-fixture";
import { tcpSuite } from "./tcp-suite";

/** Two virtual machines whose TCP connections are streams of a tunnel. */
async function open(limits: TunnelLimits, wire: Partial<LinkSettings>, service: TunnelService): Promise<PortFixture> {
	const pair = new TunnelPair({ limits, wire }).open();
	const { world } = pair;
	const lan = new Lan(world);
	const addresses = ["192.168.0.11", "192.168.0.12"] as const;
	const machines = addresses.map((address) => {
		const machine = new VirtualMachine(world, address);
		machine.attach(lan, { address, gateway: "192.168.0.1" });
		return machine;
	});
	const networks = TunnelNetwork.pair(pair, [machines[0].network, machines[1].network], addresses, service);
	const [a, b] = machines.map(({ clock, random, store, log }, i) => {
		return { network: networks[i], clock, random, store, log, address: addresses[i] };
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

describe("streams of a tunnel keep the contract of src/ports/net (P2P-13)", () => {
	describe("between hosts with plenty of memory", () => tcpSuite(() => open(LARGE_TUNNEL, {}, "http")));
	describe("between boards, on a path that loses and reorders", () => {
		tcpSuite(() => open(SMALL_TUNNEL, { loss: 0.02, duplication: 0.02 }, "http"));
	});
	describe("for RTSP", () => tcpSuite(() => open(LARGE_TUNNEL, {}, "rtsp")));
});
