import type { Prng } from "../../src/base/prng";
import { Ipv6Firewall } from "./ipv6-firewall";
import { type NatSession, NatSessions, type SessionTimes } from "./nat-sessions";
import type { Nic } from "./nic";
import { isIpv6, type Packet } from "./packet";
import type { PacketHook } from "./virtual-machine";
import type { World } from "./world";

/**
 * How a NAT assigns ports, and what it lets in.
 *
 * `cone`: one outside port for each inside port, and any host may send to it. `port-restricted`: the same, but only hosts and
 * ports that the inside has sent to may send to it. `symmetric`: a new outside port for each peer, counting up. `random`: a
 * new outside port for each peer, drawn at random.
 * @see RFC 4787 §4, §5
 */
export type NatKind = "cone" | "port-restricted" | "symmetric" | "random";

/** Settings of a {@link Nat}. */
export interface NatSettings extends SessionTimes {
	/** @default "port-restricted" */
	kind: NatKind;
	/** True: packets from inside to an outside port of the NAT are sent back in. @default false */
	hairpin: boolean;
}

/** The behaviour of Linux with `masquerade`. */
const NAT_DEFAULTS: Readonly<NatSettings> = Object.freeze({
	kind: "port-restricted",
	hairpin: false,
	udpTimeout: 60_000,
	tcpTimeout: 7_200_000,
});

/** The target of a mapped port. */
export interface Forward {
	readonly address: string;
	readonly port: number;
}

/** The port mappings of a router. */
export interface Forwards {
	/** True: hairpins even if the settings of the NAT do not. */
	readonly hairpin?: boolean;
	find(transport: "udp" | "tcp", outsidePort: number, remoteAddress: string): Forward | undefined;
}

/** The first port that a symmetric NAT assigns, and their number. */
const PORT_FIRST = 20000;
const PORT_COUNT = 30000;

/** Translates the addresses of packets between the LAN and the WAN of a router. IPv6 is filtered, not translated. */
export class Nat implements PacketHook {
	readonly settings: NatSettings;
	private readonly sessions: NatSessions;
	private readonly prng: Prng;
	private readonly firewall: Ipv6Firewall;
	private nextPort = PORT_FIRST;

	/**
	 * @param wan the outside interface
	 * @param forwards the port mappings
	 */
	constructor(
		world: World,
		private readonly wan: Nic,
		settings: Partial<NatSettings>,
		private readonly forwards: Forwards,
	) {
		this.settings = { ...NAT_DEFAULTS, ...settings };
		this.sessions = new NatSessions(world, this.settings);
		this.prng = world.fork();
		this.firewall = new Ipv6Firewall(world);
	}

	/** The number of sessions. */
	get size(): number {
		return this.sessions.size;
	}

	/** Forgets all sessions, as a reboot does. */
	clear(): void {
		this.sessions.clear();
		this.firewall.clear();
	}

	incoming(packet: Packet, nic: Nic): Packet | undefined {
		if (isIpv6(packet.destination)) return nic === this.wan && !this.letsIn(packet) ? undefined : packet;
		const outside = this.wan.path?.address;
		if (packet.destination !== outside) return packet;
		if (nic === this.wan) return this.inward(packet);
		const hairpin = this.settings.hairpin || this.forwards.hairpin === true;
		if (!hairpin || !this.leadsIn(packet)) return packet;
		return this.inward(this.outward(packet, outside));
	}

	outgoing(packet: Packet, nic: Nic): Packet | undefined {
		const outside = this.wan.path?.address;
		if (nic !== this.wan) return packet;
		if (isIpv6(packet.destination)) {
			this.firewall.left(packet);
			return packet;
		}
		return outside === undefined ? undefined : this.outward(packet, outside);
	}

	/** True when an IPv6 packet from outside is for the router itself, or is an answer. */
	private letsIn(packet: Packet): boolean {
		return this.wan.has(packet.destination) || this.firewall.awaits(packet);
	}

	/** Translates the source of an outgoing packet. */
	private outward(packet: Packet, outside: string): Packet {
		let session = this.sessions.fromInside(packet);
		if (session === undefined) {
			session = this.sessions.add({
				transport: packet.tcp === undefined ? "udp" : "tcp",
				insideAddress: packet.source,
				insidePort: packet.sourcePort,
				outsidePort: this.outsidePort(packet),
				remoteAddress: packet.destination,
				remotePort: packet.destinationPort,
			});
		}
		this.sessions.touch(session, packet.tcp, true);
		return { ...packet, source: outside, sourcePort: session.outsidePort };
	}

	/** Translates the destination of an incoming packet; one without a session or mapping is for the router itself. */
	private inward(packet: Packet): Packet {
		let session = this.sessions.fromOutside(packet);
		if (session === undefined) {
			const to = this.target(packet);
			if (to === undefined) return packet;
			session = this.sessions.add({
				transport: packet.tcp === undefined ? "udp" : "tcp",
				insideAddress: to.address,
				insidePort: to.port,
				outsidePort: packet.destinationPort,
				remoteAddress: packet.source,
				remotePort: packet.sourcePort,
			});
		}
		this.sessions.touch(session, packet.tcp, false);
		return { ...packet, destination: session.insideAddress, destinationPort: session.insidePort };
	}

	private leadsIn(packet: Packet): boolean {
		return this.target(packet) !== undefined || this.sessions.hasOutsidePort(packet);
	}

	private target(packet: Packet): Forward | undefined {
		const transport = packet.tcp === undefined ? "udp" : "tcp";
		const mapped = this.forwards.find(transport, packet.destinationPort, packet.source);
		if (mapped !== undefined || this.settings.kind !== "cone") return mapped;
		const session = this.sessions.byOutsidePort(transport, packet.destinationPort);
		return session && { address: session.insideAddress, port: session.insidePort };
	}

	private outsidePort(packet: Packet): number {
		const { kind } = this.settings;
		const transport = packet.tcp === undefined ? "udp" : "tcp";
		if (kind === "cone" || kind === "port-restricted") {
			const same = this.sessions.byInside(transport, packet.source, packet.sourcePort);
			if (same !== undefined) return same.outsidePort;
			if (this.isFree(transport, packet.sourcePort)) return packet.sourcePort;
		}
		for (let tries = 0; tries < PORT_COUNT; tries++) {
			const port = kind === "random" ? PORT_FIRST + this.prng.below(PORT_COUNT) : this.nextPort;
			this.nextPort = this.nextPort + 1 < PORT_FIRST + PORT_COUNT ? this.nextPort + 1 : PORT_FIRST;
			if (this.isFree(transport, port)) return port;
		}
		return packet.sourcePort;
	}

	private isFree(transport: NatSession["transport"], port: number): boolean {
		return (
			this.sessions.byOutsidePort(transport, port) === undefined &&
			this.forwards.find(transport, port, "") === undefined
		);
	}
}
