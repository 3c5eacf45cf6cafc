import type { Prng } from "../../src/base/prng";
import { Ipv6Firewall } from "./ipv6-firewall";
import { type NatSession, NatSessions } from "./nat-sessions";
import { LOCAL_TIME, NAT_DEFAULTS, type NatSettings } from "./nat-settings";
import type { Nic } from "./nic";
import { isIpv6, type Packet } from "./packet";
import type { PacketHook } from "./virtual-machine";
import type { World } from "./world";

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

/** The first port that is assigned by counting or drawing, and their number. */
const PORT_FIRST = 20000;
const PORT_COUNT = 30000;
/** How many unexpected packets a router that does not drop them remembers. */
const LOCAL_MAX = 4096;

/** Translates the addresses of packets between the LAN and the WAN of a router. IPv6 is filtered, not translated. */
export class Nat implements PacketHook {
	readonly settings: NatSettings;
	private readonly sessions: NatSessions;
	private readonly prng: Prng;
	private readonly firewall: Ipv6Firewall;
	/** Until when the router itself is engaged with a remote address and port on one of its ports. @see NatSettings.drops */
	private readonly local = new Map<string, number>();
	/** The outside address of each inside address. @see NatSettings.pooling */
	private readonly paired = new Map<string, string>();
	private nextPort = PORT_FIRST;
	private nextAddress = 0;

	/**
	 * @param wan the outside interface
	 * @param forwards the port mappings
	 */
	constructor(
		private readonly world: World,
		private readonly wan: Nic,
		settings: Partial<NatSettings>,
		private readonly forwards: Forwards,
	) {
		this.settings = { ...NAT_DEFAULTS, ...settings };
		this.sessions = new NatSessions(world, this.settings);
		this.prng = world.fork();
		this.firewall = new Ipv6Firewall(world);
		for (const address of this.settings.pool) wan.lan.claim(address, wan);
	}

	/** The number of sessions. */
	get size(): number {
		return this.sessions.size;
	}

	/** Forgets all sessions, as a reboot does. */
	clear(): void {
		this.sessions.clear();
		this.firewall.clear();
		this.local.clear();
	}

	incoming(packet: Packet, nic: Nic): Packet | undefined {
		if (isIpv6(packet.destination)) return nic === this.wan && !this.letsIn(packet) ? undefined : packet;
		if (!this.isOutside(packet.destination)) return packet;
		if (nic === this.wan) return this.inward(packet);
		const hairpin = this.settings.hairpin || this.forwards.hairpin === true;
		if (!hairpin || !this.leadsIn(packet)) return packet;
		return this.inward(this.outward(packet));
	}

	outgoing(packet: Packet, nic: Nic): Packet | undefined {
		if (nic !== this.wan) return packet;
		if (isIpv6(packet.destination)) {
			this.firewall.left(packet);
			return packet;
		}
		// Nothing that it did not let in is carried from one of its outside addresses to another.
		return this.wan.path === undefined || this.isOutside(packet.destination) ? undefined : this.outward(packet);
	}

	private isOutside(address: string): boolean {
		return address === this.wan.path?.address || this.settings.pool.includes(address);
	}

	/** True when an IPv6 packet from outside is for the router itself, or is an answer. */
	private letsIn(packet: Packet): boolean {
		return this.wan.has(packet.destination) || this.firewall.awaits(packet);
	}

	/** Translates the source of an outgoing packet. */
	private outward(packet: Packet): Packet {
		const session = this.sessions.fromInside(packet) ?? this.sessions.add(this.sessionOut(packet));
		this.sessions.touch(session, packet.tcp, true);
		return { ...packet, source: session.outsideAddress, sourcePort: session.outsidePort };
	}

	/** Translates the destination of an incoming packet; one without a session or mapping is for the router itself. */
	private inward(packet: Packet): Packet | undefined {
		let session = this.sessions.fromOutside(packet);
		if (session === undefined) {
			const to = this.target(packet);
			if (to === undefined) return this.unexpected(packet);
			if (this.isTaken(to, packet)) return undefined;
			session = this.sessions.add({
				transport: transportOf(packet),
				insideAddress: to.address,
				insidePort: to.port,
				outsideAddress: packet.destination,
				outsidePort: packet.destinationPort,
				remoteAddress: packet.source,
				remotePort: packet.sourcePort,
			});
		}
		this.sessions.touch(session, packet.tcp, false);
		return { ...packet, destination: session.insideAddress, destinationPort: session.insidePort };
	}

	/**
	 * True for a packet to a mapped port when the inside has sent to its sender by another port: as the translated packet could not be told
	 * from an answer there, Linux and pf drop it.
	 */
	private isTaken(to: Forward, packet: Packet): boolean {
		const { source, sourcePort, destinationPort } = packet;
		if (this.forwards.find(transportOf(packet), destinationPort, source) === undefined) return false;
		const back = {
			...packet,
			source: to.address,
			sourcePort: to.port,
			destination: source,
			destinationPort: sourcePort,
		};
		return this.sessions.fromInside(back) !== undefined;
	}

	/** Handles a packet without a session: TCP is answered by the router itself, UDP dropped, or taken and remembered. */
	private unexpected(packet: Packet): Packet | undefined {
		if (packet.tcp === undefined && !this.settings.drops) {
			for (const [oldest, until] of this.local) {
				if (this.local.size < LOCAL_MAX && until > this.world.now) break;
				this.local.delete(oldest);
			}
			const { destination, destinationPort, source, sourcePort } = packet;
			this.local.set(localKey(destination, destinationPort, source, sourcePort), this.world.now + LOCAL_TIME);
		}
		return packet.destination === this.wan.path?.address ? packet : undefined;
	}

	private leadsIn(packet: Packet): boolean {
		const { destination, destinationPort } = packet;
		if (this.target(packet) !== undefined) return true;
		return this.sessions.byOutside(transportOf(packet), destination, destinationPort) !== undefined;
	}

	/** Where a packet without a session of its own is led, if it is let in. */
	private target(packet: Packet): Forward | undefined {
		const transport = transportOf(packet);
		const { source, destination, destinationPort } = packet;
		const mapped = this.forwards.find(transport, destinationPort, source);
		const { filtering } = this.settings;
		if (mapped !== undefined || filtering === "APD") return mapped;
		const known = filtering === "AD" ? source : undefined;
		const session = this.sessions.byOutside(transport, destination, destinationPort, known);
		return session && { address: session.insideAddress, port: session.insidePort };
	}

	/** Makes the session of an outgoing packet: with the outside port of another one where the mapping allows it. */
	private sessionOut(packet: Packet): NatSession {
		const { mapping } = this.settings;
		const transport = transportOf(packet);
		const { source, sourcePort, destination, destinationPort } = packet;
		const ends = {
			transport,
			insideAddress: source,
			insidePort: sourcePort,
			remoteAddress: destination,
			remotePort: destinationPort,
		};
		if (mapping !== "APD") {
			const remote = mapping === "AD" ? destination : undefined;
			const same = this.sessions.byInside(transport, source, sourcePort, remote);
			if (same !== undefined && !this.isEngaged(same.outsideAddress, same.outsidePort, packet)) {
				return { ...ends, outsideAddress: same.outsideAddress, outsidePort: same.outsidePort };
			}
		}
		const outsideAddress = this.outsideAddress(source);
		return { ...ends, outsideAddress, outsidePort: this.outsidePort(packet, outsideAddress) };
	}

	private outsideAddress(inside: string): string {
		const { pool, pooling } = this.settings;
		const own = this.wan.path?.address ?? "";
		if (pool.length === 0) return own;
		const known = pooling === "paired" ? this.paired.get(inside) : undefined;
		if (known !== undefined) return known;
		const next = this.nextAddress++ % (pool.length + 1);
		const address = next === 0 ? own : pool[next - 1];
		this.paired.set(inside, address);
		return address;
	}

	private outsidePort(packet: Packet, outside: string): number {
		const { ports } = this.settings;
		if (ports === "preserving" && this.isFree(packet.sourcePort, packet, outside)) return packet.sourcePort;
		for (let tries = 0; tries < PORT_COUNT; tries++) {
			const port = ports === "random" ? PORT_FIRST + this.prng.below(PORT_COUNT) : this.nextPort;
			this.nextPort = this.nextPort + 1 < PORT_FIRST + PORT_COUNT ? this.nextPort + 1 : PORT_FIRST;
			if (this.isFree(port, packet, outside)) return port;
		}
		return packet.sourcePort;
	}

	private isFree(port: number, packet: Packet, outside: string): boolean {
		const transport = transportOf(packet);
		return (
			this.sessions.byOutside(transport, outside, port) === undefined &&
			this.forwards.find(transport, port, "") === undefined &&
			!this.isEngaged(outside, port, packet)
		);
	}

	/** True when the router itself took a packet of the far end on this port a short time ago. @see NatSettings.drops */
	private isEngaged(outside: string, port: number, packet: Packet): boolean {
		if (packet.tcp !== undefined || this.local.size === 0) return false;
		return (this.local.get(localKey(outside, port, packet.destination, packet.destinationPort)) ?? 0) > this.world.now;
	}
}

function transportOf(packet: Packet): NatSession["transport"] {
	return packet.tcp === undefined ? "udp" : "tcp";
}

function localKey(outside: string, outsidePort: number, remote: string, remotePort: number): string {
	return `${outside}:${outsidePort} ${remote}:${remotePort}`;
}
