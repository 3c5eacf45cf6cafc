import type { Millis } from "../../src/core/time";
import type { Packet } from "./packet";
import type { World } from "./world";

/** How long answers to an outgoing packet are let in. @see RFC 6092 §3.2.1 */
const SESSION_TIME: Millis = 120_000;
/** How many sessions are kept; beyond this the oldest are dropped. */
const SESSIONS_MAX = 8192;

/** Lets IPv6 packets in only as answers to outgoing ones, as home routers do. @see RFC 6092 */
export class Ipv6Firewall {
	/** The end of each session, by protocol, addresses and ports; the least recently used first. */
	private readonly sessions = new Map<string, number>();

	constructor(private readonly world: World) {}

	/** Records an outgoing packet. */
	left(packet: Packet): void {
		const { source, sourcePort, destination, destinationPort } = packet;
		const session = key(packet, source, sourcePort, destination, destinationPort);
		this.sessions.delete(session);
		if (this.sessions.size >= SESSIONS_MAX) {
			for (const oldest of this.sessions.keys()) {
				this.sessions.delete(oldest);
				break;
			}
		}
		this.sessions.set(session, this.world.now + SESSION_TIME);
	}

	/** True when an incoming packet is an answer. */
	awaits(packet: Packet): boolean {
		const { source, sourcePort, destination, destinationPort } = packet;
		return (this.sessions.get(key(packet, destination, destinationPort, source, sourcePort)) ?? 0) > this.world.now;
	}

	/** Forgets all sessions, as a reboot does. */
	clear(): void {
		this.sessions.clear();
	}
}

function key(packet: Packet, inside: string, insidePort: number, outside: string, outsidePort: number): string {
	return `${packet.tcp === undefined ? "udp" : "tcp"} ${inside} ${insidePort} ${outside} ${outsidePort}`;
}
