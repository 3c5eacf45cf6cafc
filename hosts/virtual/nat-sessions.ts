import type { Millis } from "../../src/core/time";
import type { Packet, TcpHeader } from "./packet";
import type { World } from "./world";

/** The timeouts of sessions. */
export interface SessionTimes {
	/** How long a UDP session lasts without a packet. @default 60000 */
	udpTimeout: Millis;
	/** How long a TCP session lasts without a packet. @default 7200000 */
	tcpTimeout: Millis;
}

/** A session between an inside and a remote endpoint. */
export interface NatSession {
	readonly transport: "udp" | "tcp";
	readonly insideAddress: string;
	readonly insidePort: number;
	readonly outsideAddress: string;
	readonly outsidePort: number;
	readonly remoteAddress: string;
	readonly remotePort: number;
}

interface Entry extends NatSession {
	expires: number;
	/** Whether the end of the stream was seen, from each side. */
	insideEnded: boolean;
	outsideEnded: boolean;
}

/** How many sessions are kept; beyond this the oldest are dropped. */
const SESSIONS_MAX = 8192;
/** How long a TCP session is kept after both sides have ended. */
const CLOSED_TIMEOUT: Millis = 10_000;

/** Keeps the sessions of a NAT. They outlive the port mapping that created them, as in conntrack. */
export class NatSessions {
	private readonly inside = new Map<string, Entry>();
	private readonly outside = new Map<string, Entry>();
	/** The sessions of each outside port, and of each inside address and port, the oldest first. */
	private readonly ports = new Map<string, Set<Entry>>();
	private readonly owners = new Map<string, Set<Entry>>();

	constructor(
		private readonly world: World,
		private readonly settings: SessionTimes,
	) {}

	get size(): number {
		return this.inside.size;
	}

	clear(): void {
		for (const map of [this.inside, this.outside, this.ports, this.owners]) map.clear();
	}

	/** Adds a session; it replaces one with the same endpoints. */
	add(session: NatSession): NatSession {
		for (const old of this.inside.values()) {
			if (this.inside.size < SESSIONS_MAX && old.expires > this.world.now) break;
			this.remove(old);
		}
		const entry: Entry = { ...session, expires: Infinity, insideEnded: false, outsideEnded: false };
		const before = this.inside.get(insideKey(entry)) ?? this.outside.get(outsideKey(entry));
		if (before !== undefined) this.remove(before);
		this.inside.set(insideKey(entry), entry);
		this.outside.set(outsideKey(entry), entry);
		addTo(this.ports, portKey(entry.transport, entry.outsideAddress, entry.outsidePort), entry);
		addTo(this.owners, ownerKey(entry.transport, entry.insideAddress, entry.insidePort), entry);
		return entry;
	}

	/** Records that a packet passed; `fromInside` is its direction. */
	touch(session: NatSession, tcp: TcpHeader | undefined, fromInside: boolean): void {
		const entry = session as Entry;
		if (tcp?.fin === true || tcp?.rst === true) {
			if (fromInside || tcp.rst) entry.insideEnded = true;
			if (!fromInside || tcp.rst) entry.outsideEnded = true;
		}
		const { udpTimeout, tcpTimeout } = this.settings;
		const closed = entry.insideEnded && entry.outsideEnded;
		const timeout = tcp === undefined ? udpTimeout : closed ? Math.min(CLOSED_TIMEOUT, tcpTimeout) : tcpTimeout;
		entry.expires = this.world.now + timeout;
	}

	/** Finds the session of a packet from inside. */
	fromInside(packet: Packet): NatSession | undefined {
		const { source, sourcePort, destination, destinationPort } = packet;
		return this.live(
			this.inside.get(key(transportOf(packet), source, sourcePort, `${destination}:${destinationPort}`)),
		);
	}

	/** Finds the session of a packet from outside. */
	fromOutside(packet: Packet): NatSession | undefined {
		const { source, sourcePort, destination, destinationPort } = packet;
		return this.live(
			this.outside.get(key(transportOf(packet), destination, destinationPort, `${source}:${sourcePort}`)),
		);
	}

	/** Finds any session with this outside address and port, and with this remote address where one is given. */
	byOutside(
		transport: NatSession["transport"],
		address: string,
		port: number,
		remote?: string,
	): NatSession | undefined {
		return this.firstLive(this.ports.get(portKey(transport, address, port)), remote);
	}

	/** Finds any session of this inside address and port, and with this remote address where one is given. */
	byInside(transport: NatSession["transport"], address: string, port: number, remote?: string): NatSession | undefined {
		return this.firstLive(this.owners.get(ownerKey(transport, address, port)), remote);
	}

	private firstLive(entries: Set<Entry> | undefined, remote: string | undefined): Entry | undefined {
		if (entries === undefined) return undefined;
		for (const entry of entries) {
			if ((remote === undefined || entry.remoteAddress === remote) && this.live(entry) !== undefined) return entry;
		}
		return undefined;
	}

	private live(entry: Entry | undefined): Entry | undefined {
		if (entry === undefined || entry.expires > this.world.now) return entry;
		this.remove(entry);
		return undefined;
	}

	private remove(entry: Entry): void {
		this.inside.delete(insideKey(entry));
		this.outside.delete(outsideKey(entry));
		removeFrom(this.ports, portKey(entry.transport, entry.outsideAddress, entry.outsidePort), entry);
		removeFrom(this.owners, ownerKey(entry.transport, entry.insideAddress, entry.insidePort), entry);
	}
}

function transportOf(packet: Packet): NatSession["transport"] {
	return packet.tcp === undefined ? "udp" : "tcp";
}

function key(transport: string, address: string, port: number, remote: string): string {
	return `${transport} ${address}:${port} ${remote}`;
}

function insideKey(entry: Entry): string {
	return key(entry.transport, entry.insideAddress, entry.insidePort, `${entry.remoteAddress}:${entry.remotePort}`);
}

function outsideKey(entry: Entry): string {
	const { transport, outsideAddress, outsidePort, remoteAddress, remotePort } = entry;
	return key(transport, outsideAddress, outsidePort, `${remoteAddress}:${remotePort}`);
}

function portKey(transport: string, address: string, port: number): string {
	return `${transport} ${address}:${port}`;
}

function ownerKey(transport: string, address: string, port: number): string {
	return `${transport} ${address}:${port}`;
}

function addTo(map: Map<string, Set<Entry>>, at: string, entry: Entry): void {
	const set = map.get(at);
	if (set === undefined) map.set(at, new Set([entry]));
	else set.add(entry);
}

function removeFrom(map: Map<string, Set<Entry>>, at: string, entry: Entry): void {
	const set = map.get(at);
	set?.delete(entry);
	if (set?.size === 0) map.delete(at);
}
