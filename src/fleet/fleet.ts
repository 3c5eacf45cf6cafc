import { Allowance } from "../base/allowance";
import type { DatagramMachine } from "../core/datagram";
import { sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { Timers } from "../core/timers";
import { FLEET_MESSAGE_MAX, type FleetMessage, type FleetMessageType, isName } from "../wire/fleet-message";
import { AddressCredit } from "./address-credit";
import { FleetChannel } from "./fleet-channel";
import type { FleetOutbox } from "./fleet-contract";
import type { FleetKey } from "./fleet-key";
import type { FleetReceiver } from "./fleet-receiver";
import { FLEET_PORT, type FleetSettings } from "./fleet-settings";
import { FleetSuccession, type RoleListener } from "./fleet-succession";
import { LoginRecordSync } from "./login-record-sync";
import { type EndedSession, readLogout, writeLogout } from "./logout-notice";
import { TABLE_ID_LENGTH, tableMemberId } from "./member";
import { MEMBERS_MAX, type MemberRegistry } from "./member-registry";
import { OwnName } from "./own-name";
import type { SelfDescription } from "./self-description";
import type { FormerRepresentative } from "./succession-contract";
import type { SuccessionElection } from "./succession-election";
import { checkTable, type TableEntry } from "./table-check";

/** The times at which an announcement is sent and repeated, because datagrams get lost. */
const REPEATS: readonly Millis[] = Object.freeze([0, 80, 300]);
/** The times at which a bye is sent: each time to all, and to the heirs alone as well (IMG-20). */
const BYES: readonly Millis[] = Object.freeze([0, 15, 30]);
/** A camera that has not answered an inquiry is asked again after this time, alone, and again. */
const ASK_AGAIN: Millis = 2000;
/** Questions without an answer after which a camera is removed. */
const MISSED_MAX = 5;
/** Announcement periods without a message after which cameras other than the representative remove a camera. */
const SILENT_PERIODS = 3.5;
/** How often members that fell silent are removed. */
const SWEEP: Millis = 3000;
/** The most answers in one second, so that an attacker cannot use cameras as amplifiers. */
const ANSWERS_PER_SECOND = 20;
/** The most of them to one address; several cameras may run on one machine. */
const ANSWERS_PER_ADDRESS = 10;
/** How long after an answer that was not given this camera announces itself to all. */
const ANSWER_TO_ALL: Millis = 1000;
/** Octets that a camera may be sent because the gateway's table or the user has named it. */
const ASKED = 3 * FLEET_MESSAGE_MAX;
/** In a fleet of more cameras, inquiries that all have to answer become proportionally rarer. */
const INQUIRY_CAMERAS = 50;
/** The most logouts that the others are told of in one second: a user may log in and out again and again. */
const LOGOUTS_PER_SECOND = 4;
/** Messages that say nothing about the representative. */
const NEWS: readonly FleetMessageType[] = Object.freeze(["rename", "login", "forget", "logout"]);

// The timers, in the order in which they are handled when several are due at once.
const BYE = 0;
const NAME = 1;
const ANNOUNCE = 2;
const INQUIRE = 3;
const SUCCESSION = 4;
const REMOVE_SILENT = 5;
const LOGIN = 6;
const RENAME = 7;
const AGAIN = 8;
const TIMER_COUNT = 9;

/**
 * Finds the other cameras behind the same gateway, announces this one to them, and elects the representative.
 *
 * Gathers the port-mapping information in the three ways of the requirements and in any combination: the gateway's
 * table alone, announcements and inquiries, or both, the default (IMG-9 … IMG-13).
 */
export class Fleet implements DatagramMachine<FleetOutbox>, RoleListener {
	readonly registry: MemberRegistry;
	readonly succession: SuccessionElection;
	readonly receiver: FleetReceiver;
	readonly self: SelfDescription;
	/** The fleet's login record. */
	readonly login: LoginRecordSync;

	private readonly channel: FleetChannel;
	private readonly credit: AddressCredit;
	private readonly ownName: OwnName;
	private readonly adapter: FleetSuccession;
	private readonly timers = new Timers(TIMER_COUNT);
	private byeStart: Millis = 0;
	private byes = 0;
	private repeat = 0;
	private lastInquiry: Millis = -Infinity;
	private readonly answers = new Allowance(ANSWERS_PER_SECOND, ANSWERS_PER_ADDRESS);
	private readonly logouts = new Allowance(LOGOUTS_PER_SECOND);
	private seenVersion = 0;
	private seenOutside = 0;

	/** @param random numbers in [0, 1) */
	constructor(
		readonly settings: FleetSettings,
		private readonly random: { unit(): number },
	) {
		this.channel = new FleetChannel(settings);
		const { registry, receiver, self } = this.channel;
		this.registry = registry;
		this.receiver = receiver;
		this.self = self;
		this.ownName = new OwnName(this.channel);
		this.setKeys(settings.keys);
		this.adapter = new FleetSuccession(this.channel, this, random);
		this.succession = this.adapter.election;
		this.login = new LoginRecordSync(this.channel, random);
		this.credit = this.channel.sender.credit = new AddressCredit(random);
	}

	/** When {@link expire} must be called next; `Infinity` while nothing is pending. */
	get deadline(): Millis {
		return this.timers.deadline;
	}

	/** Begins with an inquiry to all cameras. Called once, and again with other paths when they change. */
	start(now: Millis, paths: readonly Path[], out: FleetOutbox): void {
		const { channel, timers } = this;
		timers.clear(BYE);
		channel.isOpen = true;
		channel.sender.paths = paths;
		if (paths.length === 0) {
			timers.clearAll();
			this.succession.pause();
			this.login.stop();
			this.ownName.stop();
		} else {
			this.ownName.start(now);
			timers.set(REMOVE_SILENT, now + SWEEP);
			this.succession.start(now);
			if (this.settings.announcements) {
				channel.sendToAll(this.inquiry(), out);
				this.repeat = 0;
				timers.set(ANNOUNCE, now);
				if (this.self.representative) timers.set(INQUIRE, now + this.inquiryDelay());
			}
		}
		this.finish(out);
	}

	/** This camera's port or addresses have changed: all cameras are told at once (IMG-12). */
	update(now: Millis, change: Partial<Omit<SelfDescription, "services">>, out: FleetOutbox): void {
		Object.assign(this.self, change);
		if (this.self.externalPort !== 0) this.ownName.give(out);
		this.announceSoon(now);
		this.expire(now, out);
	}

	/** The gateway has answered since the event `check-gateway`. */
	gatewayAnswered(now: Millis, out: FleetOutbox): void {
		this.succession.gatewayAnswered(now);
		this.finish(out);
	}

	/** The gateway says that another camera has the representative's port: this one steps down. */
	standDown(now: Millis, out: FleetOutbox): void {
		this.succession.standDown(now, this.adapter.begin(now, out));
		this.finish(out);
	}

	/**
	 * Sets the keys of the fleet: the first seals messages, each of them is accepted. None: the fleet is open.
	 * Takes effect at once. With the first key everything is forgotten that was heard while the fleet was open.
	 * @param now if given, this camera announces itself under the new key
	 */
	setKeys(keys: readonly FleetKey[], now?: Millis): void {
		if (now !== undefined && !this.sealed && keys.length > 0) {
			this.receiver.guard.clear();
			for (const member of this.registry.values()) if (!member.isFromTable) this.receiver.exclude(member, now);
			this.registry.clear();
			this.login.stop();
			this.succession.forget(now);
		}
		this.receiver.keys = keys;
		this.channel.sender.key = keys[0];
		if (now !== undefined) this.announceSoon(now);
	}

	/**
	 * Sets this camera's login record, before {@link start} and after each change; a sealed fleet gets it.
	 * @param version grows with each change; 0: the record is not shared
	 * @param text see `isLoginText`
	 */
	setLogin(now: Millis, version: number, text: string, out: FleetOutbox): void {
		this.login.set(now, version, text, out);
		this.finish(out);
	}

	/** Tells the other cameras of a sealed fleet, which accept the same sessions, that a user has logged out here. */
	tellLogout(now: Millis, ended: EndedSession, out: FleetOutbox): void {
		const { channel } = this;
		if (!this.sealed || !channel.isActive || !this.logouts.take(now)) return;
		const message = channel.message("logout");
		message.secret = writeLogout(ended);
		for (let i = 0; i < REPEATS.length; i++) channel.sendToAll(message, out);
	}

	/** True: the messages of the fleet are sealed. */
	get sealed(): boolean {
		return this.receiver.keys.length > 0;
	}

	/** Gives this camera a name that the user chose. @returns false when it is not a valid name */
	rename(now: Millis, name: string, out: FleetOutbox): boolean {
		if (!isName(name)) return false;
		if (this.ownName.choose(name, out)) this.renamed(now, out);
		return true;
	}

	/** This camera has another name: the others are told. */
	private renamed(now: Millis, out: FleetOutbox): void {
		this.announceSoon(now);
		this.expire(now, out);
	}

	/** Asks another camera to take a name. @returns false when there is no such camera, or the name is invalid */
	renameMember(id: string, name: string, out: FleetOutbox): boolean {
		const member = this.registry.get(id);
		if (member === undefined || !isName(name)) return false;
		const message = this.channel.message("rename");
		message.name = name;
		message.target = id;
		this.credit.grant(member.address, ASKED);
		// Three times, as the user waits for the result; a repetition does no harm.
		for (let i = 0; i < REPEATS.length; i++) this.channel.sender.sendTo(member, message, out);
		if (!member.isFromTable) return true;
		// Several cameras may run on its machine, so all are sent it; the table has the new name when it is read next.
		this.channel.sendToAll(message, out);
		if (member.name !== name) this.registry.version++;
		member.name = name;
		this.finish(out);
		return true;
	}

	/** Whether a message is meant for this camera: by its identity, or by as much of it as the gateway's table has. */
	private isMeant(target: string | undefined): boolean {
		const { id } = this.settings;
		return target === id || target === tableMemberId(id.slice(0, TABLE_ID_LENGTH));
	}

	/** Forgets an absent camera, here and at the other cameras. @returns false when it is not absent */
	forget(id: string, out: FleetOutbox): boolean {
		if (!this.registry.forget(id)) return false;
		const message = this.channel.message("forget");
		message.target = id;
		if (this.channel.isActive) for (let i = 0; i < REPEATS.length; i++) this.channel.sendToAll(message, out);
		this.finish(out);
		return true;
	}

	/**
	 * The gateway's table was read; `entries` are those of our product (IMG-9, IMG-11, IMG-13).
	 * @param complete false: there may be more entries than these
	 */
	table(now: Millis, entries: readonly TableEntry[], out: FleetOutbox, complete = true): void {
		const { settings, self, registry } = this;
		const { sender } = this.channel;
		if (!settings.table) return;
		const isSelf = (entry: TableEntry) =>
			sender.paths.some((p) => p.address === entry.internalClient) &&
			(entry.externalPort === self.externalPort || settings.id.startsWith(entry.id));
		this.noteRepresentative(entries);
		const { announcements } = settings;
		const { externalHost } = self;
		const unheard = checkTable(now, registry, entries, complete, sender.paths, externalHost, isSelf, announcements);
		const asked = new Set<string>();
		for (const { entry, path } of unheard.slice(0, MEMBERS_MAX)) {
			// The gateway knows a camera that was not heard: multicast may not get through, so it is asked by unicast.
			if (!settings.delivery.unicast || asked.has(entry.internalClient)) continue;
			asked.add(entry.internalClient);
			this.credit.grant(entry.internalClient, ASKED);
			sender.send(this.inquiry(), path, entry.internalClient, FLEET_PORT, out);
		}
		this.finish(out);
	}

	/** Notes where the table has the representative: it may have another address than the one that it was heard from. */
	private noteRepresentative(entries: readonly TableEntry[]): void {
		const { adapter, settings } = this;
		const address = entries.find((entry) => entry.externalPort === settings.firstPort)?.internalClient;
		const path = this.channel.sender.paths.find(
			(p) => address !== undefined && sameNetwork(p.address, address, p.prefix),
		);
		const isOther = address !== undefined && path !== undefined && address !== path.address;
		adapter.tableEntry = isOther ? { path, address } : undefined;
		if (isOther) this.credit.grant(address, ASKED);
	}

	/** Leaves in good order: sends byes to all and to the heirs, three times in 30 ms (IMG-20). */
	leave(now: Millis, out: FleetOutbox): void {
		const { channel, timers } = this;
		timers.clearAll();
		this.byes = 0;
		this.byeStart = now;
		if (channel.sender.paths.length > 0) {
			channel.isOpen = false;
			timers.set(BYE, now);
		}
		// An inquiry between two byes would depose the heir that has just claimed.
		this.succession.stop();
		this.login.stop();
		this.ownName.stop();
		this.expire(now, out);
	}

	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array, out: FleetOutbox): void {
		if (!this.channel.isActive) return;
		const message = this.receiver.accept(now, path, address, bytes);
		if (message === undefined) {
			if (this.receiver.outsideVersion !== this.seenOutside) this.finish(out);
			return;
		}
		this.registry.touch(now, message.sender);
		if (!this.sealed) this.credit.received(address, bytes.length, message.type === "alive" ? message.nonce : 0);
		const { announcements } = this.settings;
		switch (message.type) {
			case "announce":
				if (announcements) this.announced(now, message, path, address, port, out);
				break;
			case "inquiry":
				if (!announcements) break;
				if (message.answer) this.answer(now, path, address, port, out);
				if (message.services !== undefined) this.announced(now, message, path, address, port, out);
				break;
			case "bye":
				this.registry.departed(message);
				break;
			case "rename":
				if (!this.isMeant(message.target) || message.name === undefined) break;
				if (this.ownName.asked(now, message.name, out)) this.renamed(now, out);
				break;
			case "forget":
				this.registry.forget(message.target ?? "");
				break;
			case "logout": {
				const ended = this.sealed ? readLogout(message.secret) : undefined;
				if (ended !== undefined) out.emit({ type: "logout", ...ended });
				break;
			}
			case "login":
				if (this.login.heard(now, message, out) && announcements) this.channel.sendToAll(this.announcement(), out);
				break;
		}
		if (!NEWS.includes(message.type)) {
			const adapter = this.adapter.beginAnswer(now, out, message.sender, path, address, port);
			this.succession.heard(now, message, address, adapter);
		}
		this.finish(out);
	}

	expire(now: Millis, out: FleetOutbox): void {
		const { timers } = this;
		for (let slot = timers.due(now); slot >= 0; slot = timers.due(now)) {
			switch (slot) {
				case BYE:
					this.sendBye(out);
					break;
				case NAME:
					if (this.ownName.give(out)) this.announceSoon(now);
					break;
				case ANNOUNCE:
					this.announce(now, out);
					break;
				case INQUIRE:
					this.inquire(now, out);
					break;
				case SUCCESSION:
					this.succession.expire(now, this.adapter.begin(now, out));
					timers.set(SUCCESSION, Math.ceil(this.succession.deadline));
					break;
				case AGAIN:
					this.askAgain(now, out);
					break;
				case REMOVE_SILENT:
					this.removeSilent(now);
					break;
				case RENAME:
					if (this.ownName.take(now, out)) this.announceSoon(now);
					timers.set(RENAME, this.ownName.takeAt);
					break;
				case LOGIN:
					this.login.expire(now, out);
					timers.set(LOGIN, Math.ceil(this.login.deadline));
					break;
			}
		}
		this.finish(out);
	}

	/** @see RoleListener */
	roleChanged(now: Millis, representative: boolean, formers: readonly FormerRepresentative[], out: FleetOutbox): void {
		const { announcements } = this.settings;
		// Where the gateway's table alone tells of cameras, its port alone makes one the representative.
		this.self.representative = announcements ? representative : this.self.holds;
		this.timers.set(INQUIRE, representative && announcements ? now + this.inquiryDelay() : Infinity);
		this.timers.clear(AGAIN);
		this.announceSoon(now);
		out.emit({ type: "role", representative, formers });
	}

	private removeSilent(now: Millis): void {
		const silent = now - this.settings.announcePeriod * SILENT_PERIODS;
		for (const member of this.registry.values()) {
			if (member.heard <= silent && !member.isFromTable) this.registry.lose(member.id);
		}
		this.registry.expire(now);
		this.receiver.outside(now);
		this.timers.set(REMOVE_SILENT, now + SWEEP);
	}

	private announceSoon(now: Millis): void {
		if (!this.channel.isActive || !this.settings.announcements) return;
		this.repeat = 0;
		this.timers.set(ANNOUNCE, now);
	}

	private announce(now: Millis, out: FleetOutbox): void {
		this.channel.sendToAll(this.announcement(), out);
		this.repeat++;
		const next = REPEATS[this.repeat];
		const delay =
			next !== undefined
				? next - REPEATS[this.repeat - 1]
				: this.settings.announcePeriod * (0.9 + 0.2 * this.random.unit());
		this.timers.set(ANNOUNCE, Math.ceil(now + delay));
	}

	private inquire(now: Millis, out: FleetOutbox): void {
		this.lastInquiry = now;
		this.channel.sendToAll(this.inquiry(), out);
		this.timers.set(INQUIRE, now + this.inquiryDelay());
		this.timers.set(AGAIN, now + this.answerTime);
	}

	/** Asks the members again that have not answered the last inquiry. */
	private askAgain(now: Millis, out: FleetOutbox): void {
		const { registry, channel } = this;
		this.timers.clear(AGAIN);
		for (const member of registry.values()) {
			if (member.isFromTable || member.heard >= this.lastInquiry) continue;
			if (registry.miss(member) >= MISSED_MAX) {
				registry.lose(member.id);
				continue;
			}
			channel.sender.sendTo(member, this.inquiry(), out);
			this.timers.set(AGAIN, now + this.answerTime);
		}
	}

	/** How long an answer is waited for: it ends before the next inquiry. */
	private get answerTime(): Millis {
		return Math.min(ASK_AGAIN, this.settings.inquiryMin >> 1);
	}

	private inquiryDelay(): Millis {
		const { inquiryMin, inquiryMax } = this.settings;
		const scale = Math.max(1, this.registry.size / INQUIRY_CAMERAS);
		return Math.round(scale * (inquiryMin + (inquiryMax - inquiryMin) * this.random.unit()));
	}

	private sendBye(out: FleetOutbox): void {
		const { channel } = this;
		const message = channel.message("bye");
		if (this.self.representative) message.heirs = this.succession.nameHeirs();
		channel.sendToAll(message, out);
		for (const heir of message.heirs ?? []) {
			const member = this.registry.get(heir);
			if (member !== undefined) channel.sender.sendTo(member, message, out);
		}
		this.byes++;
		if (this.byes < BYES.length) {
			this.timers.set(BYE, this.byeStart + BYES[this.byes]);
			return;
		}
		channel.sender.paths = [];
		this.succession.stop();
		this.self.representative = this.self.holds = false;
	}

	private announced(
		now: Millis,
		message: FleetMessage,
		path: Path,
		address: string,
		port: number,
		out: FleetOutbox,
	): void {
		const known = this.registry.get(message.sender);
		const isNew = known === undefined || message.boot > known.boot;
		const member = this.registry.announced(now, message, path, address, port);
		if (member === undefined) return;
		if (this.ownName.met(now, member, out)) this.announceSoon(now);
		// A new camera that only this one has heard must hear of it, whatever became of its own inquiry.
		if (isNew && message.type === "announce") this.answer(now, path, address, port, out);
		this.login.announced(now, member, message, out);
	}

	/** Announces this camera to one address; if that exceeds its credit, to all, once for all who ask. */
	private answer(now: Millis, path: Path, address: string, port: number, out: FleetOutbox): void {
		if (this.answers.take(now, address)) this.channel.sender.send(this.announcement(), path, address, port, out);
		else this.timers.setEarlier(ANNOUNCE, now + ANSWER_TO_ALL);
	}

	/** A message with all that others should know of this camera. */
	private announcement(): FleetMessage {
		const { self, settings } = this;
		const message = this.channel.message("announce");
		if (self.name !== "") message.name = self.name;
		message.model = settings.model;
		if (self.group !== "") message.group = self.group;
		message.priority = settings.succession.priority;
		message.services = self.services;
		if (self.externalHost !== "") message.externalHost = self.externalHost;
		return this.login.mark(message);
	}

	/** An announcement that all receivers answer with theirs. */
	private inquiry(): FleetMessage {
		const message = this.announcement();
		message.type = "inquiry";
		message.answer = true;
		return message;
	}

	private finish(out: FleetOutbox): void {
		const { timers, registry } = this;
		registry.setRepresentative(this.succession.leader);
		timers.set(SUCCESSION, Math.ceil(this.succession.deadline));
		timers.set(LOGIN, Math.ceil(this.login.deadline));
		timers.set(NAME, this.ownName.giveAt);
		timers.set(RENAME, this.ownName.takeAt);
		const { outsideVersion } = this.receiver;
		if (registry.version !== this.seenVersion || outsideVersion !== this.seenOutside) {
			this.seenVersion = registry.version;
			this.seenOutside = outsideVersion;
			out.emit({ type: "changed" });
		}
	}
}
