import type { Millis } from "../../src/core/time";
import type { Packet } from "./packet";
import type { World } from "./world";

/** How long after a packet has left its answers are let in. @see RFC 6092 §3.2.1 */
const SESSION_TIME: Millis = 120_000;
/** Sessions kept; beyond it the oldest go. */
const SESSIONS_MAX = 8192;

/** Lets packets of IPv6 from outside in only as answers to what has left before, as routers for homes do. @see RFC 6092 */
export class Ipv6Firewall {
	/** When each session ends, by its five values; in order of use. */
	private readonly sessions = new Map<string, number>();

	constructor(private readonly world: World) {}

	/** A packet has left. */
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

	/** True when a packet from outside is an answer. */
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
