import { Allowance } from "../base/allowance";
import type { DatagramMachine } from "../core/datagram";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { type FleetMessage, isName } from "../wire/fleet-message";
import { automaticName } from "./automatic-name";
import { type FleetOutbox, type SelfDescription, unknownSelf } from "./fleet-contract";
import type { FleetKey } from "./fleet-key";
import { FleetMessageFactory } from "./fleet-message-factory";
import { FleetReceiver } from "./fleet-receiver";
import { FleetSender } from "./fleet-sender";
import { FLEET_PORT, type FleetSettings } from "./fleet-settings";
import { LoginRecordSync } from "./login-record-sync";
import type { Member } from "./member";
import { MemberRegistry } from "./member-registry";
import { SuccessionAdapter } from "./succession-adapter";
import type { Candidate, FormerRepresentative, SuccessionContext } from "./succession-contract";
import { SuccessionElection } from "./succession-election";
import { checkTable, isFromTable, type TableEntry } from "./table-check";

/** An announcement is sent this often in all, at these delays, because datagrams get lost. */
const REPEATS: readonly Millis[] = Object.freeze([0, 80, 300]);
/** A bye is sent at these delays: each time to all, and to the heirs alone as well (IMG-20). */
const BYES: readonly Millis[] = Object.freeze([0, 15, 30]);
/** Inquiries without an answer after which a camera is taken for absent. */
const MISSED_MAX = 3;
/** Announcements without which others than the representative take a camera for absent. */
const SILENT_PERIODS = 3.5;
/** Those that fell silent are let go this often. */
const SWEEP: Millis = 3000;
/** A camera without a port gives itself a name after this time. */
const NAMING_DELAY: Millis = 3000;
/** Answers given in one second at most, so that a stranger can't make cameras amplify. */
const ANSWERS_PER_SECOND = 20;
/** In a larger fleet inquiries that all have to answer are as much rarer. */
const INQUIRY_CAMERAS = 50;

/**
 * Finds the other cameras behind the same gateway, tells them about this one, and finds the representative among them.
 *
 * Gathers the port-mapping information in the three ways of the requirements and in any combination: the gateway's
 * table alone, announcements and inquiries, or both, the default (IMG-9 … IMG-13).
 */
export class Fleet implements DatagramMachine<FleetOutbox>, SuccessionContext {
	deadline: Millis = Infinity;
	readonly registry = new MemberRegistry();
	readonly succession: SuccessionElection;
	readonly receiver: FleetReceiver;
	readonly self: SelfDescription = unknownSelf();
	/** The fleet's record of passwords. */
	readonly login: LoginRecordSync;

	/** @internal */
	readonly voice: FleetSender;
	/** @internal */
	readonly words: FleetMessageFactory;
	private readonly speaking = new SuccessionAdapter(this);
	private announceAt: Millis = Infinity;
	private inquireAt: Millis = Infinity;
	private nameAt: Millis = Infinity;
	private sweepAt: Millis = Infinity;
	private byeAt: Millis = Infinity;
	private byeStart: Millis = 0;
	private byes = 0;
	private repeat = 0;
	private lastInquiry: Millis = -Infinity;
	private readonly answers = new Allowance(ANSWERS_PER_SECOND);
	private seenVersion = 0;

	/** @param random gives numbers in [0, 1) */
	constructor(
		readonly settings: FleetSettings,
		private readonly random: { unit(): number },
	) {
		this.voice = new FleetSender(settings.delivery);
		this.receiver = new FleetReceiver(settings.fleet, settings.id);
		this.setKeys(settings.keys);
		this.succession = new SuccessionElection({ ...settings.succession, id: settings.id }, this, random);
		this.words = new FleetMessageFactory(settings, this.self, this.succession);
		this.login = new LoginRecordSync(this, random);
	}

	/** Begins: inquires who is there. Called once, and again with other paths when they change. */
	start(now: Millis, paths: readonly Path[], out: FleetOutbox): void {
		this.byeAt = Infinity;
		this.voice.paths = paths;
		if (paths.length === 0) {
			this.announceAt = this.inquireAt = this.nameAt = this.sweepAt = Infinity;
			this.succession.pause();
			this.login.stop();
		} else {
			if (this.self.name === "") this.nameAt = now + NAMING_DELAY;
			this.sweepAt = now + SWEEP;
			if (this.settings.announcements) {
				this.succession.start(now);
				this.toAll({ ...this.announcement(), type: "inquiry", answer: true }, out);
				this.repeat = 0;
				this.announceAt = now;
				if (this.self.representative) this.inquireAt = now + this.inquiryDelay();
			}
		}
		this.finish(out);
	}

	/** This camera's port or addresses have changed: everybody is told at once (IMG-12). */
	update(now: Millis, change: Partial<SelfDescription>, out: FleetOutbox): void {
		Object.assign(this.self, change);
		if (this.self.externalPort !== 0) this.giveName(now, out);
		this.announceSoon(now);
		this.expire(now, out);
	}

	/** The gateway has answered since `check-gateway`. */
	gatewayAnswered(now: Millis, out: FleetOutbox): void {
		this.succession.gatewayAnswered(now);
		this.finish(out);
	}

	/** The gateway says that the representative's port is another camera's: this one steps down. */
	standDown(now: Millis, out: FleetOutbox): void {
		this.succession.standDown(now, this.speaking.at(now, out));
		this.finish(out);
	}

	/**
	 * The keys of the fleet: the first seals what is said, each is good for what is heard. None: the fleet is open.
	 * Takes effect at once.
	 * @param now given: this camera announces itself under the new key
	 */
	setKeys(keys: readonly FleetKey[], now?: Millis): void {
		this.receiver.keys = keys;
		this.voice.key = keys[0];
		if (now === undefined) return;
		this.announceSoon(now);
		this.deadline = Math.min(this.deadline, this.announceAt);
	}

	/**
	 * This camera's record of passwords, before {@link start} and after each change; a sealed fleet gets it.
	 * @param version grows with each change; 0: others are not told
	 * @param text see {@link isLoginText}
	 */
	setLogin(now: Millis, version: number, text: string, out: FleetOutbox): void {
		this.login.set(now, version, text, out);
		this.finish(out);
	}

	/** True: what cameras say to each other is sealed. */
	get sealed(): boolean {
		return this.receiver.keys.length > 0;
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
		const message = { ...this.words.message("rename"), name, target: id };
		// Three times, as the one message that matters to a person must not be lost; it does no harm twice.
		for (let i = 0; i < REPEATS.length; i++) this.voice.send(message, member.path, member.address, member.port, out);
		return true;
	}

	/** The gateway's table was read; `entries` are those of our product (IMG-9, IMG-11, IMG-13). */
	table(now: Millis, entries: readonly TableEntry[], out: FleetOutbox): void {
		const { settings, self, voice, registry } = this;
		if (!settings.table) return;
		const isSelf = (entry: TableEntry) =>
			entry.externalPort === self.externalPort && voice.paths.some((p) => p.address === entry.internalClient);
		const unheard = checkTable(now, registry, entries, voice.paths, self.externalHost, isSelf, settings.announcements);
		for (const { entry, path } of unheard) {
			// Not heard, though the gateway knows it: multicast may not get through, so ask it alone.
			const inquiry: FleetMessage = { ...this.announcement(), type: "inquiry", answer: true };
			if (settings.delivery.unicast) voice.send(inquiry, path, entry.internalClient, FLEET_PORT, out);
		}
		this.finish(out);
	}

	/** Leaves in good order: says bye to all and to the heirs, three times in 30 ms (IMG-20). */
	leave(now: Millis, out: FleetOutbox): void {
		this.announceAt = this.inquireAt = this.nameAt = this.sweepAt = Infinity;
		this.byes = 0;
		this.byeStart = now;
		this.byeAt = this.settings.announcements && this.voice.paths.length > 0 ? now : Infinity;
		// An inquiry between two byes would depose the heir that has just claimed.
		this.succession.stop();
		this.login.stop();
		this.expire(now, out);
	}

	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array, out: FleetOutbox): void {
		if (!this.speaks) return;
		const message = this.receiver.hear(now, path, address, bytes);
		if (message === undefined) return;
		this.registry.touch(now, message.sender);
		switch (message.type) {
			case "announce":
				this.heard(now, message, path, address, port, out);
				break;
			case "inquiry":
				if (message.answer && this.answers.take(now)) this.voice.send(this.announcement(), path, address, port, out);
				if (message.httpPort !== undefined) this.heard(now, message, path, address, port, out);
				break;
			case "bye":
				this.registry.departed(message);
				break;
			case "rename":
				if (message.target === this.settings.id && message.name !== undefined) this.rename(now, message.name, out);
				break;
			case "login":
				this.login.heard(now, message, out);
				break;
		}
		if (message.type !== "rename" && message.type !== "login")
			this.succession.heard(now, message, address, this.speaking.at(now, out, message.sender, path, address, port));
		this.finish(out);
	}

	expire(now: Millis, out: FleetOutbox): void {
		if (this.byeAt <= now) this.sayBye(out);
		if (this.nameAt <= now) this.giveName(now, out);
		if (this.announceAt <= now) this.announce(now, out);
		if (this.inquireAt <= now) this.inquire(now, out);
		if (this.succession.deadline <= now) this.succession.expire(now, this.speaking.at(now, out));
		if (this.sweepAt <= now) this.sweep(now);
		if (this.login.deadline <= now) this.login.expire(now, out);
		this.finish(out);
	}

	// What succession has to know: SuccessionContext

	/** @see SuccessionContext.version */
	get version(): number {
		return this.registry.version;
	}

	get externalPort(): number {
		return this.self.externalPort;
	}

	get holds(): boolean {
		return this.self.holds;
	}

	/** @see SuccessionContext.peers */
	candidates(): Iterable<Candidate> {
		return this.registry.values();
	}

	/** Takes up a role, or lays it down. @internal */
	take(now: Millis, representative: boolean, formers: readonly FormerRepresentative[], out: FleetOutbox): void {
		this.self.representative = representative;
		this.inquireAt = representative ? now + this.inquiryDelay() : Infinity;
		this.announceSoon(now);
		out.emit({ type: "role", representative, formers });
	}

	// What is done in time

	/** Lets those go that have fallen silent. */
	private sweep(now: Millis): void {
		const silent = now - this.settings.announcePeriod * SILENT_PERIODS;
		for (const member of [...this.registry.values()]) {
			if (member.heard <= silent && !isFromTable(member.id)) this.registry.remove(member.id);
		}
		this.sweepAt = now + SWEEP;
	}

	private announceSoon(now: Millis): void {
		if (!this.speaks) return;
		this.repeat = 0;
		this.announceAt = now;
	}

	private announce(now: Millis, out: FleetOutbox): void {
		this.toAll(this.announcement(), out);
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
			if (isFromTable(member.id) || member.heard >= this.lastInquiry) continue;
			if (this.registry.miss(member) >= MISSED_MAX) this.registry.remove(member.id);
		}
		this.lastInquiry = now;
		this.toAll({ ...this.announcement(), type: "inquiry", answer: true }, out);
		this.inquireAt = now + this.inquiryDelay();
	}

	private inquiryDelay(): Millis {
		const { inquiryMin, inquiryMax } = this.settings;
		const scale = Math.max(1, this.registry.size / INQUIRY_CAMERAS);
		return Math.round(scale * (inquiryMin + (inquiryMax - inquiryMin) * this.random.unit()));
	}

	private sayBye(out: FleetOutbox): void {
		const message = this.words.message("bye");
		if (this.self.representative) message.heirs = this.succession.nameHeirs();
		this.toAll(message, out);
		for (const heir of message.heirs ?? []) {
			const member = this.registry.get(heir);
			if (member !== undefined) this.voice.send(message, member.path, member.address, member.port, out);
		}
		this.byes++;
		this.byeAt = this.byes < BYES.length ? this.byeStart + BYES[this.byes] : Infinity;
		if (this.byeAt !== Infinity) return;
		this.voice.paths = [];
		this.succession.stop();
		this.self.representative = this.self.holds = false;
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
		if ((known === undefined || restarted) && message.type === "announce" && this.answers.take(now)) {
			this.voice.send(this.announcement(), path, address, port, out);
		}
		this.login.announced(now, member, message, out);
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
		this.announceSoon(now);
	}

	/** True while this camera takes part in its fleet by words. @internal */
	get speaks(): boolean {
		return this.settings.announcements && this.voice.paths.length > 0 && this.byeAt === Infinity;
	}

	/** Tells all about this camera, apart from the times at which it does so anyway. @internal */
	announceOnce(out: FleetOutbox): void {
		this.toAll(this.announcement(), out);
	}

	private announcement(): FleetMessage {
		return this.login.mark(this.words.announcement());
	}

	/**
	 * Where multicast gets through, only those that matter or that it may not reach are told one by one as well.
	 * @internal
	 */
	toAll(message: FleetMessage, out: FleetOutbox): void {
		const { multicast, broadcast } = this.settings.delivery;
		this.voice.toAll(message, this.registry.alone(!multicast && !broadcast), out);
	}

	private finish(out: FleetOutbox): void {
		this.registry.setRepresentative(this.succession.leader);
		const { announceAt, inquireAt, nameAt, byeAt, sweepAt } = this;
		const machines = Math.min(this.succession.deadline, this.login.deadline);
		this.deadline = Math.ceil(Math.min(announceAt, inquireAt, nameAt, byeAt, sweepAt, machines));
		if (this.registry.version !== this.seenVersion) {
			this.seenVersion = this.registry.version;
			out.emit({ type: "changed" });
		}
	}
}
