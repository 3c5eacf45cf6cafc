import type { DatagramOutbox } from "../../core/datagram";
import type { EventSink } from "../../core/event-ring";
import type { Path } from "../../core/path";
import type { DatagramHandle, Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Fleet } from "../../fleet/fleet";
import type { FleetOutbox } from "../../fleet/fleet-contract";
import { FleetJoin, INVITATION, type JoinEvent, type JoinOutbox } from "../../fleet/fleet-join";
import { FleetKey } from "../../fleet/fleet-key";
import { StoreError } from "../../ports/store";
import { isFleetKey } from "../../settings/fleet-schema";
import type { FleetView } from "../../web/fleet-page";
import { MESSAGES } from "../../web/messages";
import { drawCode, readJoinCode } from "../../wire/join-code";
import type { Node } from "../node";

/** Characters of a generated key: 160 bits. */
const KEY_LENGTH = 32;

/** The replay guard is stored in this many values of this many lines each, enough for all cameras of a fleet. */
const HEARD_PARTS = 3;
const HEARD_LINES = 100;

/** Learns of the fleet's key. */
export interface FleetKeyListener {
	/** The fleet has a key now. @param founded true: the fleet with this key starts with this camera */
	keyed(founded: boolean): void;
}

/** Manages the fleet's key: generates one, hands it to invited cameras, gets it from another camera. */
export class FleetKeyManager implements JoinOutbox, EventSink<JoinEvent> {
	/** The outcome of the last attempt to join, as text. */
	outcome = "";
	private readonly join: DatagramHandle<FleetJoin, JoinOutbox>;
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
		this.join.machine.setPaths(paths);
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
	}

	/** What the page shows. */
	get view(): FleetView {
		const code = this.node.now < this.codeUntil ? this.code : "";
		const { sealed, receiver } = this.fleet.machine;
		return { sealed, code, outcome: this.outcome, outside: receiver.outside(this.node.now) };
	}

	/** Gives an open fleet a key, and shows a join code. @returns false when the fleet has a key already */
	makeKey(): boolean {
		if (this.fleet.machine.sealed) return false;
		this.use(drawCode(this.node.host.random, KEY_LENGTH), true);
		return this.invite();
	}

	/** Shows a code by which cameras can join. @returns false when the fleet has no key */
	invite(): boolean {
		const key = this.fleet.machine.receiver.keys[0];
		if (key === undefined) return false;
		this.code = drawCode(this.node.host.random);
		this.codeUntil = this.node.now + INVITATION;
		this.join.call((join, now) => join.invite(now, readJoinCode(this.code) ?? "", key.text));
		return true;
	}

	/** Asks for the key of the fleet that shows a code. @returns false when it is not a code, or the fleet has a key already */
	joinBy(text: string): boolean {
		const code = readJoinCode(text);
		if (code === undefined || this.fleet.machine.sealed) return false;
		this.outcome = MESSAGES.join.waiting;
		this.join.call((join, now) => join.join(now, code, this));
		return true;
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
		if (event.type !== "joined") reason = MESSAGES.join.unanswered;
		else reason = isFleetKey(event.key) ? this.take(event.key) : MESSAGES.join.noKey;
		if (reason === undefined) this.outcome = MESSAGES.join.joined;
		else {
			this.outcome = MESSAGES.join.failed(reason);
			this.node.host.log.write("warn", "fleet", this.outcome);
		}
		this.node.changed();
	}

	/** @returns why the key was not taken */
	private take(key: string): string | undefined {
		try {
			this.use(key, false);
			return undefined;
		} catch (error) {
			if (error instanceof StoreError) return MESSAGES.join.notStored(error.message);
			throw error;
		}
	}

	private use(key: string, founded: boolean): void {
		this.node.host.store.write("fleet-key", key);
		this.fleet.call((fleet, now) => fleet.setKeys([new FleetKey(key)], now));
		this.recall();
		const words = founded ? "has drawn a key for its fleet" : "has joined the fleet";
		this.node.host.log.write("info", "fleet", `this camera ${words}`);
		this.listener.keyed(founded);
		this.node.changed();
	}
}
