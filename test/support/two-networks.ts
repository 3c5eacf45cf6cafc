import { Lan } from "../../hosts/virtual/lan";
import type { LinkSettings } from "../../hosts/virtual/link";
import { NAT_KINDS, type NatKind } from "../../hosts/virtual/nat-settings";
import type { Nic } from "../../hosts/virtual/nic";
import type { Packet } from "../../hosts/virtual/packet";
import { Router } from "../../hosts/virtual/router";
import { type PacketHook, VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import type { AddressRow, BoundPort, UnitKind } from "../../src/stream/address/address-row";

/** The addresses of the source document. */
export const A10 = "10.1.0.10";
export const A20 = "10.1.0.20";
export const C10 = "10.3.0.10";
export const C20 = "10.3.0.20";
export const X210 = "203.0.113.210";
/** Where the control port is reached from the Internet. */
const X110 = "203.0.113.110";
/** The ports that the router leads to A.20:500 in the second form. */
export const FIRST = 5000;
export const LAST = 5999;
export const REPORTS = 500;

const DYNAMIC: BoundPort = { kind: "dynamic" };

/** Makes a row; `advertised` is the bound address unless it is given. */
export function tableRow(
	network: string,
	unit: UnitKind,
	direction: "send" | "receive",
	bound: string,
	boundPort: BoundPort = DYNAMIC,
	advertised = bound,
): AddressRow {
	const [address, prefix] = network.split("/");
	const protocol = unit === "RTP sender" ? "RTP" : "RTCP";
	const advertisedPort = unit === "none" ? "dummy" : "pair";
	const fields = { network: address, prefix: Number(prefix), protocol, direction, unit } as const;
	return { ...fields, advertised, bound, boundPort, advertisedPort, configured: true };
}

/** LAN clients: everything by one address of A (STR-5). */
export function lanRows(bound: string): AddressRow[] {
	return [
		tableRow("10.1.0.0/24", "RTP sender", "send", bound),
		tableRow("10.1.0.0/24", "RTCP sender and receiver", "send", bound),
		tableRow("10.1.0.0/24", "RTCP sender and receiver", "receive", bound),
	];
}

/** The first form (STR-6): one machine, no reports from the Internet. */
export const FIRST_FORM: readonly AddressRow[] = [
	...lanRows(A10),
	tableRow("0.0.0.0/0", "RTP sender", "send", C10, DYNAMIC, X210),
	tableRow("0.0.0.0/0", "none", "send", "", DYNAMIC, X210),
	tableRow("0.0.0.0/0", "none", "receive", "", DYNAMIC, X210),
];

/** The second form (STR-7): reports are sent by B and received by A. */
export const SECOND_FORM: readonly AddressRow[] = [
	...lanRows(A20),
	tableRow("0.0.0.0/0", "RTP sender", "send", C20, DYNAMIC, X210),
	tableRow("0.0.0.0/0", "RTCP sender", "send", C20, { kind: "range", first: FIRST, last: LAST }, X210),
	tableRow("0.0.0.0/0", "RTCP receiver", "receive", A20, { kind: "static", port: REPORTS }, X210),
];

/** Translates X.210 without state and keeps ports: outward C.x → X.210, inward only UDP a–b → A.20:500 (STR-17). */
class StatelessRouter implements PacketHook {
	/** Packets from the Internet that were dropped. */
	dropped = 0;

	constructor(private readonly wan: Nic) {}

	incoming(packet: Packet, nic: Nic): Packet | undefined {
		if (nic !== this.wan) return packet;
		const { destination, destinationPort: port } = packet;
		if (packet.tcp === undefined && destination === X210 && port >= FIRST && port <= LAST) {
			return { ...packet, destination: A20, destinationPort: REPORTS };
		}
		this.dropped++;
		return undefined;
	}

	outgoing(packet: Packet, nic: Nic): Packet | undefined {
		if (nic !== this.wan) return packet;
		return packet.source === C10 || packet.source === C20 ? { ...packet, source: X210 } : undefined;
	}
}

/**
 * The figures of the source document: a stream server with A.10, A.20, C.10 and C.20, a router without state, a client in the LAN, one
 * on the Internet, and one behind a router of its own.
 */
export class TwoNetworks {
	readonly world: World;
	readonly server: VirtualMachine;
	readonly lanClient: VirtualMachine;
	readonly farClient: VirtualMachine;
	readonly router: StatelessRouter;
	/** Packets that were sent to C.10 or C.20: none may be. */
	intoC = 0;
	/** Packets to this machine that came from the Internet: `address:port`. */
	readonly intoA = new Set<string>();
	private readonly wan: Lan;

	constructor(seed: number) {
		const world = new World(seed);
		this.world = world;
		const a = new Lan(world, { name: "a" });
		const c = new Lan(world, { name: "c" });
		this.wan = new Lan(world, { name: "wan", routed: true, link: { delay: 10 } });
		this.server = new VirtualMachine(world, "server");
		for (const address of [A10, A20]) this.server.attach(a, { address });
		for (const address of [C10, C20]) this.server.attach(c, { address, gateway: "10.3.0.1" });
		const router = new VirtualMachine(world, "router");
		const outside = router.attach(this.wan, { address: "203.0.113.2", gateway: "203.0.113.1" });
		router.attach(c, { address: "10.3.0.1" });
		router.attach(a, { address: "10.1.0.1" });
		this.wan.claim(X210, outside);
		this.wan.claim(X110, outside);
		router.forwarding = true;
		this.router = new StatelessRouter(outside);
		router.hook = this.router;
		this.lanClient = new VirtualMachine(world, "lan-client");
		this.lanClient.attach(a, { address: "10.1.0.7" });
		this.farClient = new VirtualMachine(world, "far-client");
		this.farClient.attach(this.wan, { address: "198.51.100.9", gateway: "203.0.113.2" });
		c.capture = (_at, { destination }) => {
			if (destination === C10 || destination === C20) this.intoC++;
		};
		a.capture = (_at, { source, destination, destinationPort }) => {
			if (!source.startsWith("10.")) this.intoA.add(`${destination}:${destinationPort}`);
		};
	}

	/** Adds a client behind a router of its own, whose address on the Internet is `outside`. */
	addHome(outside: string, kind: NatKind, link: Partial<LinkSettings> = {}): VirtualMachine {
		const lan = new Lan(this.world);
		const place = { lan, wan: this.wan, outside: { address: outside, gateway: "203.0.113.2" }, link };
		new Router(this.world, outside, place, NAT_KINDS[kind]);
		const client = new VirtualMachine(this.world, `client behind ${outside}`);
		client.attach(lan, { address: "192.168.0.7", gateway: "192.168.0.1" });
		return client;
	}
}
