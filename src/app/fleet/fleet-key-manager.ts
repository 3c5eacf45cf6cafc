import { hashPassword } from "../../access/login-record";
import { Allowance } from "../../base/allowance";
import type { DatagramOutbox } from "../../core/datagram";
import type { EventSink } from "../../core/event-ring";
import type { Path } from "../../core/path";
import type { DatagramHandle, Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Fleet } from "../../fleet/fleet";
import type { FleetOutbox } from "../../fleet/fleet-contract";
import { FleetJoin, INVITATION, type JoinEvent, type JoinOutbox, joinKey } from "../../fleet/fleet-join";
import { FleetKey } from "../../fleet/fleet-key";
import { StoreError } from "../../ports/store";
import { isFleetKey } from "../../settings/fleet-schema";
import { FLEET_MESSAGES } from "../../web/fleet-messages";
import type { FleetView } from "../../web/fleet-page";
import { fleetMessageType } from "../../wire/fleet-message";
import { drawCode, readJoinCode } from "../../wire/join-code";
import { realmOf } from "../access/first-login";
import type { Node } from "../node";

/** Characters of a generated key: 160 bits. */
const KEY_LENGTH = 32;

/** The replay guard is stored in this many values of this many lines each, enough for all cameras of a fleet. */
const HEARD_PARTS = 3;
const HEARD_LINES = 100;

/** The most messages in one second that are looked at, by which other devices offer to take this one into their fleet; and of one address. */
const ADOPTIONS_PER_SECOND = 6;
const ADOPTIONS_PER_ADDRESS = 2;

/** Learns of the fleet's key. */
export interface FleetKeyListener {
	/**
	 * The fleet has a key now.
	 * @param founded true: the fleet with this key starts with this camera
	 * @param keepsSessions whether sessions go on: the key was made when a device had proved a code, not in answer to a request
	 */
	keyed(founded: boolean, keepsSessions: boolean): void;
	/** @see CredentialStore.drawnSecret */
	readonly drawnSecret: string;
}

/** How long pages say that it went well, and that it went wrong. */
const SHOWN_DONE: Millis = 30_000;
const SHOWN_FAULT: Millis = 600_000;

/** The code by which a device joins whose first password has this hash. */
function codeOf(secret: string): string {
	return `password ${secret}`;
}

/** Manages the fleet's key: generates one, hands it to invited cameras, gets it from another camera. */
export class FleetKeyManager implements JoinOutbox, EventSink<JoinEvent> {
	/** How the last attempt to join, or to add a device, goes or went, as text; empty: there was none of late. */
	outcome = "";
	/** The identity of the device that {@link outcome} is about, which is being added or was; empty: none. */
	subject = "";
	/** Whether {@link outcome} is a failure. */
	hasFailed = false;
	private readonly join: DatagramHandle<FleetJoin, JoinOutbox>;
	/** Takes devices into the fleet; made when the first one is added. */
	private adoption: DatagramHandle<FleetJoin, JoinOutbox> | undefined;
	/** The name of the device that is being added. */
	private adding = "";
	private readonly adoptions = new Allowance(ADOPTIONS_PER_SECOND, ADOPTIONS_PER_ADDRESS);
	private paths: readonly Path[] = [];
	private code = "";
	private remembered = 0;
	private codeUntil: Millis = -Infinity;

	/** @param udp the fleet's socket */
	constructor(
		private readonly node: Node,
		private readonly fleet: Handle<Fleet, FleetOutbox>,
		private readonly udp: Pick<DatagramOutbox, "send">,
		private readonly listener: FleetKeyListener,
	) {
		const { random } = node.host;
		const { settings, receiver } = fleet.machine;
		this.join = node.pump.addDatagram(new FleetJoin(settings, random), this as JoinOutbox);
		if (receiver.keys.length > 0) this.recall();
	}

	/** The network interfaces are these now. */
	setPaths(paths: readonly Path[]): void {
		this.paths = paths;
		this.join.machine.setPaths(paths);
		this.adoption?.machine.setPaths(paths);
	}

	/**
	 * Stores what was heard last of each camera, so that a recorded message is refused after a restart as well: when a
	 * camera is new or was restarted, and when this one leaves.
	 */
	remember(always = false): void {
		const { memory } = this.node;
		const { receiver, sealed } = this.fleet.machine;
		const { guard } = receiver;
		if (!sealed || (guard.version === this.remembered && !always)) return;
		this.remembered = guard.version;
		const lines = guard.save();
		for (let part = 0; part < HEARD_PARTS; part++) {
			const text = lines.slice(part * HEARD_LINES, (part + 1) * HEARD_LINES).join("\n");
			if (text !== (memory.read(`heard.${part}`) ?? "")) memory.write(`heard.${part}`, text);
		}
	}

	/** Reads what {@link remember} stored. Only a sealed fleet does so: an open one hears forged messages. */
	private recall(): void {
		const { guard } = this.fleet.machine.receiver;
		for (let part = 0; part < HEARD_PARTS; part++)
			guard.load((this.node.memory.read(`heard.${part}`) ?? "").split("\n"));
		this.remembered = guard.version;
	}

	/** Takes a datagram of the fleet's sockets. */
	receive(path: Path, address: string, port: number, bytes: Uint8Array): void {
		this.join.receive(path, address, port, bytes);
		this.adoption?.receive(path, address, port, bytes);
		if (fleetMessageType(bytes) === "adopt") this.hearAdoption(path, address, bytes);
	}

	/** What the page shows. */
	get view(): FleetView {
		const code = this.node.now < this.codeUntil ? this.code : "";
		const { sealed, receiver } = this.fleet.machine;
		return {
			sealed,
			code,
			outcome: this.outcome,
			outside: receiver.outside(this.node.now).map(({ address }) => address),
		};
	}

	/** Gives an open fleet a key, and shows a join code. @returns false when the fleet has a key already */
	makeKey(): boolean {
		if (this.fleet.machine.sealed) return false;
		this.use(drawCode(this.node.host.random, KEY_LENGTH), true);
		return this.invite();
	}

	/** Shows a code by which cameras can join. @returns false when the fleet has no key */
	invite(): boolean {
		const { key } = this;
		if (key === "") return false;
		this.code = drawCode(this.node.host.random);
		this.codeUntil = this.node.now + INVITATION;
		this.join.call((join, now) => join.invite(now, readJoinCode(this.code) ?? "", key));
		// The portal shows the code, and no longer when it has ended.
		this.node.changed();
		this.node.pump.after(INVITATION, () => this.node.changed());
		return true;
	}

	/** Asks for the key of the fleet that shows a code. @returns false when it is not a code, or the fleet has a key already */
	joinBy(text: string): boolean {
		const code = readJoinCode(text);
		if (code === undefined || this.fleet.machine.sealed) return false;
		this.ask(code);
		return true;
	}

	/**
	 * Takes a device into this fleet that still has the password which it has drawn at its first start. An open fleet gets a key when
	 * the device has proved that password: a wrong one changes nothing.
	 * @param name for people
	 * @param password of its owner, one that can be drawn; only that device can tell whether it is right. @see readDrawnPassword
	 */
	add(id: string, name: string, password: string): void {
		const { sha256 } = hashPassword("owner", realmOf(id), password, false);
		this.adding = name;
		this.begin(FLEET_MESSAGES.outcome.adding(name), id);
		this.adoption ??= this.makeJoin((event) => this.added(event));
		this.adoption.call((join, now, out) => {
			join.setPaths(this.paths);
			join.adopt(now, codeOf(sha256), this.key, id, out);
		});
	}

	private added({ type }: JoinEvent): void {
		const { added, notAdded } = FLEET_MESSAGES.outcome;
		if (type === "proved") this.hand();
		else if (type === "adopted") this.tell(added(this.adding), SHOWN_DONE);
		else this.tell(notAdded(this.adding), SHOWN_FAULT, true);
	}

	/** The fleet's key; empty: it has none. */
	private get key(): string {
		return this.fleet.machine.receiver.keys[0]?.text ?? "";
	}

	/** The device has proved its password. Only now an open fleet gets a key, which is stored before it is given away. */
	private hand(): void {
		const fault = this.key === "" ? this.take(drawCode(this.node.host.random, KEY_LENGTH), true) : undefined;
		if (fault === undefined) {
			this.adoption?.call((join, now, out) => join.hand(now, this.key, out));
			return;
		}
		this.adoption?.call((join) => join.stop());
		this.failed(FLEET_MESSAGES.outcome.notHanded(this.adding, fault));
	}

	/** Asks for the key of the fleet that knows a code. @see FleetJoin.join */
	private ask(code: string, offer?: number): void {
		this.begin(FLEET_MESSAGES.outcome.waiting, "");
		this.join.call((join, now, out) => join.join(now, code, out, offer));
	}

	/** Another device may take this one into its fleet if its user knows this one's first password. */
	private hearAdoption(path: Path, address: string, bytes: Uint8Array): void {
		const { now } = this.node;
		if (this.fleet.machine.sealed || this.join.machine.isAsking(now) || !this.adoptions.take(now, address)) return;
		// It is read from the store: not for each datagram of a flood.
		const { drawnSecret } = this.listener;
		if (drawnSecret === "") return;
		const code = codeOf(drawnSecret);
		const offer = this.join.machine.offerIn(path, address, bytes, joinKey(code));
		if (offer !== undefined && !this.join.machine.isAnswering(now, offer)) this.ask(code, offer);
	}

	private makeJoin(heard: (event: JoinEvent) => void): DatagramHandle<FleetJoin, JoinOutbox> {
		const { pump, host } = this.node;
		const sink: EventSink<JoinEvent> = { on: heard };
		const out: JoinOutbox = {
			send: (path, address, port, bytes, start, end) => this.udp.send(path, address, port, bytes, start, end),
			emit: (event) => pump.post(sink, event),
		};
		return pump.addDatagram(new FleetJoin(this.fleet.machine.settings, host.random), out);
	}

	/** @see JoinOutbox */
	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.udp.send(path, address, port, bytes, start, end);
	}

	/** @see JoinOutbox */
	emit(event: JoinEvent): void {
		this.node.pump.post(this, event);
	}

	/** @see EventSink */
	on(event: JoinEvent): void {
		let reason: string | undefined;
		if (event.type !== "joined") reason = FLEET_MESSAGES.outcome.unanswered;
		else reason = isFleetKey(event.key) ? this.take(event.key, false) : FLEET_MESSAGES.outcome.noKey;
		if (reason === undefined) return this.tell(FLEET_MESSAGES.outcome.joined, SHOWN_DONE);
		this.failed(FLEET_MESSAGES.outcome.failed(reason));
	}

	private failed(outcome: string): void {
		this.tell(outcome, SHOWN_FAULT, true);
		this.node.host.log.write("warn", "fleet", outcome);
	}

	/** An attempt begins. @param subject the device that is added; empty: this one joins */
	private begin(outcome: string, subject: string): void {
		this.outcome = outcome;
		this.subject = subject;
		this.hasFailed = false;
		this.node.changed();
	}

	/** Tells how it went, for a while. */
	private tell(outcome: string, time: Millis, hasFailed = false): void {
		this.outcome = outcome;
		this.hasFailed = hasFailed;
		this.node.changed();
		this.node.pump.after(time, () => {
			if (this.outcome !== outcome) return;
			this.outcome = "";
			this.node.changed();
		});
	}

	/** @returns why the key was not taken */
	private take(key: string, founded: boolean): string | undefined {
		try {
			this.use(key, founded, founded);
			return undefined;
		} catch (error) {
			if (error instanceof StoreError) return FLEET_MESSAGES.outcome.notStored(error.message);
			throw error;
		}
	}

	private use(key: string, founded: boolean, keepsSessions = false): void {
		this.node.host.store.write("fleet-key", key);
		this.fleet.call((fleet, now) => fleet.setKeys([new FleetKey(key)], now));
		this.recall();
		const words = founded ? "has drawn a key for its fleet" : "has joined the fleet";
		this.node.host.log.write("info", "fleet", `this ${this.node.noun} ${words}`);
		this.listener.keyed(founded, keepsSessions);
		this.node.changed();
	}
}
