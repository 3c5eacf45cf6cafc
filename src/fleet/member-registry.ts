import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { FleetMessage } from "../wire/fleet-message";
import type { Member } from "./member";
import { isFromTable } from "./table-check";

/** The most cameras in one fleet that a camera keeps track of. */
export const MEMBERS_MAX = 256;
/** A member that did not answer so many inquiries in a row is shown as silent; one that is silent for longer goes. */
export const SILENT = 2;
/** The most departed cameras remembered; the first is forgotten first. */
const DEPARTURES_MAX = 32;

/**
 * Keeps the other cameras of the fleet, as they announced themselves.
 *
 * {@link version} grows whenever something changed that a page shows.
 */
export class MemberRegistry {
	version = 0;
	private readonly members = new Map<string, Member>();
	private leader = "";
	/** The last word of cameras that said bye, so that an announcement that was overtaken does not bring them back. */
	private readonly departures = new Map<string, Word>();

	get size(): number {
		return this.members.size;
	}

	/** All members, in the order of their external ports, then names: the order of the portal. */
	sorted(): Member[] {
		return [...this.members.values()].sort(
			(a, b) =>
				(a.externalPort || 65536) - (b.externalPort || 65536) ||
				(a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1),
		);
	}

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

	/** Those that are told one by one. @param all false: only those that matter, or that multicast may not reach */
	alone(all: boolean): Member[] {
		const alone: Member[] = [];
		for (const member of this.members.values()) {
			if (isFromTable(member.id)) continue;
			if (all || member.id === this.leader || member.missed > 0) alone.push(member);
		}
		return alone;
	}

	/** Notes who the representative is; empty for none. */
	setRepresentative(id: string): void {
		if (id === this.leader) return;
		for (const each of [this.leader, id]) {
			const member = this.members.get(each);
			if (member === undefined) continue;
			member.representative = each === id;
			this.version++;
		}
		this.leader = id;
	}

	/** A member was heard, whatever it said. */
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
	 * Takes an announcement in.
	 * @returns the member; `undefined` when the message is old, or the registry full
	 */
	announced(now: Millis, message: FleetMessage, path: Path, address: string, port: number): Member | undefined {
		let member = this.members.get(message.sender);
		const last = member ?? this.departures.get(message.sender);
		if (last !== undefined && isOld(last, message)) return undefined;
		if (member === undefined) {
			if (this.members.size >= MEMBERS_MAX) return undefined;
			this.departures.delete(message.sender);
			member = {
				id: message.sender,
				name: "",
				automaticName: true,
				model: "",
				path,
				address,
				port,
				httpPort: 0,
				externalPort: 0,
				externalHost: "",
				representative: message.sender === this.leader,
				priority: 0,
				secure: false,
				trouble: false,
				login: 0,
				loginOffered: -Infinity,
				boot: message.boot,
				sequence: message.sequence,
				heard: now,
				missed: 0,
				inTable: undefined,
			};
			this.members.set(member.id, member);
			this.version++;
		}
		const before = shown(member);
		if (member.externalPort !== (message.externalPort ?? 0)) member.inTable = undefined;
		member.name = message.name ?? member.name;
		member.automaticName = message.automaticName === true;
		member.model = message.model ?? member.model;
		member.path = path;
		member.address = address;
		member.port = port;
		member.httpPort = message.httpPort ?? member.httpPort;
		member.externalPort = message.externalPort ?? 0;
		member.externalHost = message.externalHost ?? "";
		member.priority = message.priority ?? member.priority;
		member.secure = message.secure === true;
		member.trouble = message.trouble === true;
		member.login = message.login ?? 0;
		member.boot = message.boot;
		member.sequence = message.sequence;
		member.heard = now;
		member.missed = 0;
		if (shown(member) !== before) this.version++;
		return member;
	}

	/** Lets a member go. @returns false when it was not there, or the message is old */
	departed(message: FleetMessage): boolean {
		const member = this.members.get(message.sender);
		if (member === undefined || isOld(member, message)) return false;
		if (this.departures.size >= DEPARTURES_MAX) this.departures.delete(this.departures.keys().next().value ?? "");
		this.departures.set(message.sender, { boot: message.boot, sequence: message.sequence });
		return this.remove(member.id);
	}

	remove(id: string): boolean {
		if (!this.members.delete(id)) return false;
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
}

interface Word {
	readonly boot: number;
	readonly sequence: number;
}

function isOld(member: Word, message: FleetMessage): boolean {
	return message.boot < member.boot || (message.boot === member.boot && message.sequence <= member.sequence);
}

function shown(member: Member): string {
	return [
		member.name,
		member.address,
		member.httpPort,
		member.externalPort,
		member.externalHost,
		member.representative,
		member.secure,
		member.trouble,
		member.missed >= SILENT,
	].join(" ");
}
