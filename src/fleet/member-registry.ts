import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { FleetMessage } from "../wire/fleet-message";
import { AbsentCameras } from "./absent-cameras";
import { Member, SILENT } from "./member";

/** The most cameras in one fleet that a camera keeps track of. */
export const MEMBERS_MAX = 256;
/** The most departed cameras remembered; the oldest is forgotten first. */
const DEPARTURES_MAX = 32;

/**
 * Keeps the other cameras of the fleet, as they announced themselves.
 *
 * {@link version} grows whenever something changed that a page shows.
 */
export class MemberRegistry {
	version = 0;
	/** Cameras that were members and fell silent. */
	readonly absent = new AbsentCameras();
	private readonly members = new Map<string, Member>();
	private leader = "";
	/** The last message of cameras that said bye, so that an announcement that was overtaken does not bring them back. */
	private readonly departures = new Map<string, MessageNumber>();

	get size(): number {
		return this.members.size;
	}

	/** All members, by external port, then by name: the order of the portal. */
	sorted(): Member[] {
		return [...this.members.values()].sort(
			(a, b) =>
				(a.externalPort || 65536) - (b.externalPort || 65536) ||
				(a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1),
		);
	}

	/** All members, in no particular order; they may be removed meanwhile. */
	values(): IterableIterator<Member> {
		return this.members.values();
	}

	get(id: string): Member | undefined {
		return this.members.get(id);
	}

	/** The member that is the representative; `undefined` when it is this camera, or none, or one not heard yet. */
	representative(): Member | undefined {
		return this.members.get(this.leader);
	}

	/**
	 * The members that get messages to all by unicast.
	 * @param all false: only the representative, and those that multicast may not reach
	 */
	unicastRecipients(all: boolean): Member[] {
		const recipients: Member[] = [];
		for (const member of this.members.values()) {
			if (all || member.id === this.leader || member.missed > 0) recipients.push(member);
		}
		return recipients;
	}

	/** Notes which camera is the representative; empty for none. */
	setRepresentative(id: string): void {
		if (id === this.leader) return;
		this.mark(this.leader, false);
		this.mark(id, true);
		this.leader = id;
	}

	/** Any message of a member arrived. */
	touch(now: Millis, id: string): void {
		const member = this.members.get(id);
		if (member === undefined) return;
		member.heard = now;
		if (member.missed >= SILENT) this.version++;
		member.missed = 0;
	}

	/** A member has not answered an inquiry. @returns how many in a row */
	miss(member: Member): number {
		if (++member.missed === SILENT) this.version++;
		return member.missed;
	}

	/**
	 * Takes an announcement over.
	 * @returns the member; `undefined` when the message is old, or the registry is full
	 */
	announced(now: Millis, message: FleetMessage, path: Path, address: string, port: number): Member | undefined {
		const { sender } = message;
		let member = this.members.get(sender);
		const last = member ?? this.departures.get(sender);
		if (last !== undefined && isOld(last, message)) return undefined;
		if (member === undefined) {
			if (this.members.size >= MEMBERS_MAX) return undefined;
			this.departures.delete(sender);
			this.absent.remove(sender);
			member = new Member(sender, path, address, port, sender === this.leader);
			this.members.set(sender, member);
			this.version++;
		}
		if (member.update(now, message, path, address, port)) this.version++;
		return member;
	}

	/** Removes a member that said bye. @returns false when it was not there, or the message is old */
	departed(message: FleetMessage): boolean {
		const member = this.members.get(message.sender);
		if (this.absent.remove(message.sender)) this.version++;
		if (member === undefined || isOld(member, message)) return false;
		if (this.departures.size >= DEPARTURES_MAX) this.departures.delete(this.departures.keys().next().value ?? "");
		this.departures.set(message.sender, { boot: message.boot, sequence: message.sequence });
		return this.remove(member.id);
	}

	/** Removes a member that fell silent, and remembers it as absent. */
	lose(id: string): void {
		const member = this.members.get(id);
		if (member === undefined) return;
		if (!member.isFromTable) this.absent.add(member);
		this.remove(id);
	}

	remove(id: string): boolean {
		if (!this.members.delete(id)) return false;
		this.version++;
		return true;
	}

	/** Forgets all cameras. */
	clear(): void {
		this.members.clear();
		this.departures.clear();
		this.absent.clear();
		this.version++;
	}

	/** Forgets cameras that have been absent for too long. @param utc milliseconds since 1970, where they are known */
	expire(now: Millis, utc?: Millis): void {
		const { version } = this.absent;
		this.absent.expire(now, utc);
		if (this.absent.version !== version) this.version++;
	}

	/** Forgets an absent camera. @returns false when it was not absent */
	forget(id: string): boolean {
		if (!this.absent.remove(id)) return false;
		this.version++;
		return true;
	}

	/** Notes whether the gateway's table has a member's port. */
	confirm(member: Member, inTable: boolean): void {
		if (member.inTable !== inTable) {
			member.inTable = inTable;
			this.version++;
		}
	}

	private mark(id: string, representative: boolean): void {
		const member = this.members.get(id);
		if (member === undefined) return;
		member.representative = representative;
		this.version++;
	}
}

interface MessageNumber {
	readonly boot: number;
	readonly sequence: number;
}

function isOld(last: MessageNumber, message: FleetMessage): boolean {
	return message.boot < last.boot || (message.boot === last.boot && message.sequence <= last.sequence);
}
