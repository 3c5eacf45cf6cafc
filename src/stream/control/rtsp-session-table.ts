import type { Millis } from "../../core/time";
import { threeQuarters } from "../../http/connection-limits";
import { OVER, type RtspSession } from "./rtsp-session";

/** The control sessions of a server, by their identifiers (STR-2, STR-3). */
export class RtspSessionTable {
	/** Not later than the first moment at which a session may be over. */
	deadline: Millis = Infinity;
	private readonly sessions = new Map<string, RtspSession>();
	/** How many each address has. */
	private readonly counts = new Map<string, number>();

	/**
	 * @param most the limit in total
	 * @param mostPerAddress the limit for one address
	 */
	constructor(
		private readonly most: number,
		private readonly mostPerAddress: number,
	) {}

	get size(): number {
		return this.sessions.size;
	}

	/** All sessions, oldest first. */
	all(): Iterable<RtspSession> {
		return this.sessions.values();
	}

	/** Whether an address may have one more. A quarter of what it may have is kept for owners. */
	hasRoom(address: string, owner: boolean): boolean {
		const most = owner ? this.mostPerAddress : threeQuarters(this.mostPerAddress);
		return this.sessions.size < this.most && (this.counts.get(address) ?? 0) < most;
	}

	add(session: RtspSession): void {
		const { address } = session.request;
		this.sessions.set(session.id, session);
		this.counts.set(address, (this.counts.get(address) ?? 0) + 1);
		this.deadline = Math.min(this.deadline, session.until);
	}

	/** Finds a session of the client with this address. */
	find(id: string, address: string): RtspSession | undefined {
		const session = this.sessions.get(id);
		return session?.request.address === address ? session : undefined;
	}

	/** Removes a session; harmless when repeated. */
	remove(session: RtspSession): void {
		const { address } = session.request;
		session.state = OVER;
		if (!this.sessions.delete(session.id)) return;
		const count = (this.counts.get(address) ?? 1) - 1;
		if (count > 0) this.counts.set(address, count);
		else this.counts.delete(address);
	}

	/** Returns the sessions whose time is over, and sets {@link deadline} by the others. */
	overdue(now: Millis): readonly RtspSession[] {
		const list: RtspSession[] = [];
		this.deadline = Infinity;
		for (const session of this.sessions.values()) {
			if (session.until <= now) list.push(session);
			else this.deadline = Math.min(this.deadline, session.until);
		}
		return list;
	}
}
