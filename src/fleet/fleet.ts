import { ByteWriter } from "../base/byte-writer";
import type { DatagramMachine, DatagramOutbox } from "../core/datagram";
import { broadcastAddress, sameNetwork } from "../core/ipv4";
import type { Outlet } from "../core/machine";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import {
	decodeFleetMessage,
	encodeFleetMessage,
	FLEET_MESSAGE_MAX,
	type FleetMessage,
	type FleetMessageType,
	isName,
} from "../wire/fleet-message";
import { automaticName } from "./automatic-name";
import { FLEET_GROUP, FLEET_PORT, type FleetSettings } from "./fleet-settings";
import type { Member } from "./member";
import { Registry } from "./registry";

/** What a fleet tells its app. `name`: this camera's own name has changed and is to be kept. */
export type FleetEvent =
	| { readonly type: "changed" }
	| { readonly type: "name"; readonly name: string; readonly automatic: boolean };

/** What a fleet may do. */
export interface FleetOutbox extends DatagramOutbox, Outlet<FleetEvent> {}

/** One of our own entries in the gateway's table, told apart by its description (IMG-11). */
export interface TableEntry {
	readonly externalPort: number;
	readonly internalClient: string;
	readonly internalPort: number;
	readonly name: string;
}

/** What a camera says of itself. */
export interface Self {
	name: string;
	automaticName: boolean;
	httpPort: number;
	externalPort: number;
	externalHost: string;
	representative: boolean;
}

/** An announcement is sent this often in all, at these delays, because datagrams get lost. */
const REPEATS: readonly Millis[] = Object.freeze([0, 80, 300]);
/** Inquiries without an answer after which a camera is taken for absent. */
const MISSED_MAX = 3;
/** Announcements without which others than the representative take a camera for absent. */
const SILENT_PERIODS = 3.5;
/** A camera without a port gives itself a name after this time. */
const NAMING_DELAY: Millis = 3000;
/** Answers given in one second at most, so that a stranger can't make cameras amplify. */
const ANSWERS_PER_SECOND = 20;

/**
 * Finds the other cameras behind the same gateway and tells them about this one.
 *
 * Gathers the port-mapping information in the three ways of the requirements and in any combination: the gateway's
 * table alone, announcements and inquiries, or both, the default (IMG-9 … IMG-13).
 */
export class Fleet implements DatagramMachine<FleetOutbox> {
	deadline: Millis = Infinity;
	readonly registry = new Registry();
	readonly self: Self = {
		name: "",
		automaticName: true,
		httpPort: 0,
		externalPort: 0,
		externalHost: "",
		representative: false,
	};
	/** Datagrams that were no fleet messages, of another fleet, or from off the LAN. */
	strange = 0;

	private paths: readonly Path[] = [];
	private sequence = 0;
	private readonly writer = new ByteWriter(FLEET_MESSAGE_MAX);
	private announceAt: Millis = Infinity;
	private inquireAt: Millis = Infinity;
	private nameAt: Millis = Infinity;
	private repeat = 0;
	private lastInquiry: Millis = -Infinity;
	private answers = 0;
	private answersSince: Millis = -Infinity;
	private seenVersion = 0;

	/** @param random gives numbers in [0, 1) */
	constructor(
		readonly settings: FleetSettings,
		private readonly random: { unit(): number },
	) {}

	/** Begins: inquires who is there. Called once, and again with other paths when they change. */
	start(now: Millis, paths: readonly Path[], out: FleetOutbox): void {
		this.paths = paths;
		if (paths.length === 0) {
			this.announceAt = this.inquireAt = this.nameAt = Infinity;
		} else {
			if (this.self.name === "") this.nameAt = now + NAMING_DELAY;
			if (this.settings.announcements) {
				this.toAll("inquiry", true, out);
				this.repeat = 0;
				this.announceAt = now;
				if (this.self.representative) this.inquireAt = now + this.inquiryDelay();
			}
		}
		this.finish(out);
	}

	/** This camera's port, role or addresses have changed: everybody is told at once (IMG-12). */
	update(now: Millis, change: Partial<Self>, out: FleetOutbox): void {
		const became = change.representative === true && !this.self.representative;
		Object.assign(this.self, change);
		if (this.self.externalPort !== 0) this.giveName(now, out);
		if (this.settings.announcements && this.paths.length > 0) {
			this.repeat = 0;
			this.announceAt = now;
			if (became) this.inquireAt = now;
			if (!this.self.representative) this.inquireAt = Infinity;
			this.expire(now, out);
		}
		this.finish(out);
	}

	/** Gives this camera another name, chosen by a person. @returns false when it is no name */
	rename(now: Millis, name: string, out: FleetOutbox): boolean {
		if (!isName(name)) return false;
		if (name !== this.self.name || this.self.automaticName) {
			out.emit({ type: "name", name, automatic: false });
			this.update(now, { name, automaticName: false }, out);
		}
		return true;
	}

	/** Asks another camera to take a name. @returns false when there is no such camera, or it is no name */
	renameMember(id: string, name: string, out: FleetOutbox): boolean {
		const member = this.registry.get(id);
		if (member === undefined || !isName(name)) return false;
		// Three times, as the one message that matters to a person must not be lost; it does no harm twice.
		for (let i = 0; i < REPEATS.length; i++) {
			this.send("rename", false, member.path, member.address, member.port, out, { name, target: id });
		}
		return true;
	}

	/** The gateway's table was read; `entries` are those of our product (IMG-9, IMG-11, IMG-13). */
	table(now: Millis, entries: readonly TableEntry[], out: FleetOutbox): void {
		if (!this.settings.table) return;
		for (const member of [...this.registry.values()]) {
			const found = entries.some((e) => e.externalPort === member.externalPort && e.internalClient === member.address);
			if (member.id.startsWith(TABLE_ID) && !found) this.registry.remove(member.id);
			else this.registry.confirm(member, found);
		}
		for (const entry of entries) {
			const path = this.paths.find((p) => sameNetwork(p.address, entry.internalClient, p.prefix));
			if (path === undefined || this.isSelf(entry) || this.knows(entry)) continue;
			if (this.settings.announcements) {
				// Not heard, though the gateway knows it: multicast may not get through, so ask it alone.
				if (this.settings.delivery.unicast) this.send("inquiry", true, path, entry.internalClient, FLEET_PORT, out);
			} else {
				this.addFromTable(now, entry, path);
			}
		}
		this.finish(out);
	}

	/** Leaves in good order: says bye to all, twice (IMG-20). */
	leave(now: Millis, out: FleetOutbox): void {
		this.announceAt = this.inquireAt = this.nameAt = Infinity;
		this.repeat = REPEATS.length;
		if (this.settings.announcements) {
			this.toAll("bye", false, out);
			this.toAll("bye", false, out);
		}
		this.paths = [];
		this.expire(now, out);
	}

	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array, out: FleetOutbox): void {
		const message = decodeFleetMessage(bytes);
		const near = address === path.address || sameNetwork(path.address, address, path.prefix);
		if (message === undefined || message.fleet !== this.settings.fleet || !near) {
			this.strange++;
			return;
		}
		if (message.sender === this.settings.id || !this.settings.announcements || this.paths.length === 0) return;
		switch (message.type) {
			case "announce":
				this.heard(now, message, path, address, port, out);
				break;
			case "inquiry":
				if (this.mayAnswer(now)) this.send("announce", false, path, address, port, out);
				if (message.httpPort !== undefined) this.heard(now, message, path, address, port, out);
				break;
			case "bye":
				this.registry.departed(message);
				break;
			case "rename":
				if (message.target === this.settings.id && message.name !== undefined) this.rename(now, message.name, out);
				break;
		}
		this.finish(out);
	}

	expire(now: Millis, out: FleetOutbox): void {
		if (this.nameAt <= now) this.giveName(now, out);
		if (this.announceAt <= now) this.announce(now, out);
		if (this.inquireAt <= now) this.inquire(now, out);
		const silent = now - this.settings.announcePeriod * SILENT_PERIODS;
		for (const member of [...this.registry.values()]) {
			if (member.heard <= silent && !member.id.startsWith(TABLE_ID)) this.registry.remove(member.id);
		}
		this.finish(out);
	}

	private announce(now: Millis, out: FleetOutbox): void {
		this.toAll("announce", false, out);
		this.repeat++;
		const next = REPEATS[this.repeat];
		this.announceAt =
			now +
			(next !== undefined
				? next - REPEATS[this.repeat - 1]
				: this.settings.announcePeriod * (0.9 + 0.2 * this.random.unit()));
	}

	private inquire(now: Millis, out: FleetOutbox): void {
		for (const member of [...this.registry.values()]) {
			if (member.id.startsWith(TABLE_ID) || member.heard >= this.lastInquiry) continue;
			if (++member.missed >= MISSED_MAX) this.registry.remove(member.id);
		}
		this.lastInquiry = now;
		this.toAll("inquiry", true, out);
		this.inquireAt = now + this.inquiryDelay();
	}

	private inquiryDelay(): Millis {
		const { inquiryMin, inquiryMax } = this.settings;
		return Math.round(inquiryMin + (inquiryMax - inquiryMin) * this.random.unit());
	}

	private heard(now: Millis, message: FleetMessage, path: Path, address: string, port: number, out: FleetOutbox): void {
		const known = this.registry.get(message.sender);
		const restarted = known !== undefined && message.boot > known.boot;
		const member = this.registry.announced(now, message, path, address, port);
		if (member === undefined) return;
		if (this.self.automaticName && member.name !== "" && member.name === this.self.name && this.yieldsTo(member)) {
			this.self.name = "";
			this.giveName(now, out);
		}
		// A newcomer that we alone have heard of must hear of us, whatever became of its own inquiry.
		if ((known === undefined || restarted) && message.type === "announce" && this.mayAnswer(now)) {
			this.send("announce", false, path, address, port, out);
		}
	}

	private yieldsTo(member: Member): boolean {
		return !member.automaticName || member.id < this.settings.id;
	}

	private giveName(now: Millis, out: FleetOutbox): void {
		this.nameAt = Infinity;
		if (this.self.name !== "") return;
		const taken: string[] = [];
		for (const member of this.registry.values()) taken.push(member.name);
		const place = this.self.externalPort === 0 ? 1 : this.self.externalPort - this.settings.firstPort + 1;
		this.self.name = automaticName(taken, place);
		this.self.automaticName = true;
		out.emit({ type: "name", name: this.self.name, automatic: true });
		if (this.settings.announcements) {
			this.repeat = 0;
			this.announceAt = now;
		}
	}

	private mayAnswer(now: Millis): boolean {
		if (now - this.answersSince >= 1000) {
			this.answersSince = now;
			this.answers = 0;
		}
		return ++this.answers <= ANSWERS_PER_SECOND;
	}

	private toAll(type: FleetMessageType, answer: boolean, out: FleetOutbox): void {
		const { delivery } = this.settings;
		for (const path of this.paths) {
			if (delivery.multicast) this.send(type, answer, path, FLEET_GROUP, FLEET_PORT, out);
			if (delivery.broadcast) {
				this.send(type, answer, path, broadcastAddress(path.address, path.prefix), FLEET_PORT, out);
			}
		}
		if (!delivery.unicast) return;
		const representative = this.registry.representative();
		for (const member of this.registry.values()) {
			if (member.id.startsWith(TABLE_ID)) continue;
			// Where multicast gets through, only those that matter or that it may not reach are told one by one.
			const needed = (!delivery.multicast && !delivery.broadcast) || member === representative || member.missed > 0;
			if (needed) this.send(type, answer, member.path, member.address, member.port, out);
		}
	}

	private send(
		type: FleetMessageType,
		answer: boolean,
		path: Path,
		address: string,
		port: number,
		out: FleetOutbox,
		more?: { name: string; target: string },
	): void {
		const { self, settings } = this;
		const message: FleetMessage = {
			type,
			fleet: settings.fleet,
			sender: settings.id,
			boot: settings.boot,
			sequence: ++this.sequence,
			term: 0,
			answer,
			representative: self.representative,
			automaticName: self.automaticName,
		};
		if (more !== undefined) {
			message.name = more.name;
			message.target = more.target;
		} else if (type !== "bye") {
			if (self.name !== "") message.name = self.name;
			message.model = settings.model;
			if (self.httpPort !== 0) message.httpPort = self.httpPort;
			message.externalPort = self.externalPort;
			if (self.externalHost !== "") message.externalHost = self.externalHost;
		}
		if (!encodeFleetMessage(message, this.writer)) throw new RangeError("fleet message with a bad field");
		out.send(path, address, port, this.writer.bytes, 0, this.writer.length);
	}

	private isSelf(entry: TableEntry): boolean {
		return entry.externalPort === this.self.externalPort && this.paths.some((p) => p.address === entry.internalClient);
	}

	private knows(entry: TableEntry): boolean {
		for (const member of this.registry.values()) {
			if (member.address === entry.internalClient && member.externalPort === entry.externalPort) return true;
		}
		return false;
	}

	private addFromTable(now: Millis, entry: TableEntry, path: Path): void {
		const message: FleetMessage = {
			type: "announce",
			fleet: this.settings.fleet,
			sender: TABLE_ID + entry.externalPort,
			boot: 0,
			sequence: 0,
			term: 0,
			answer: false,
			representative: false,
			name: entry.name,
			httpPort: entry.internalPort,
			externalPort: entry.externalPort,
			externalHost: this.self.externalHost,
		};
		this.registry.announced(now, message, path, entry.internalClient, FLEET_PORT);
	}

	private finish(out: FleetOutbox): void {
		let next = Math.min(this.announceAt, this.inquireAt, this.nameAt);
		for (const member of this.registry.values()) {
			if (!member.id.startsWith(TABLE_ID)) {
				next = Math.min(next, member.heard + this.settings.announcePeriod * SILENT_PERIODS);
			}
		}
		this.deadline = Math.ceil(next);
		if (this.registry.version !== this.seenVersion) {
			this.seenVersion = this.registry.version;
			out.emit({ type: "changed" });
		}
	}
}

/** Begins the identity of a camera that only the gateway's table tells of. */
const TABLE_ID = "table ";
