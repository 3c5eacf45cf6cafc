import type { Path } from "../core/path";
import type { Pump } from "../core/pump";
import type { Millis } from "../core/time";
import type { Fleet } from "../fleet/fleet";
import { FleetJoin, INVITATION, type JoinEvent, type JoinOutbox } from "../fleet/fleet-join";
import { FleetKey } from "../fleet/fleet-key";
import type { Log } from "../ports/log";
import type { Random } from "../ports/random";
import type { Store } from "../ports/store";
import { isFleetKey } from "../settings/fleet-schema";
import type { FleetView } from "../web/fleet-page";
import { MESSAGES } from "../web/messages";
import { drawCode, readJoinCode } from "../wire/join-code";
import type { UdpBinding } from "./udp-binding";

/** Letters of a key that a camera draws: 160 bits. */
const KEY_LENGTH = 32;

/** What was heard last is kept in so many values, of so many lines each, that all cameras of a fleet fit. */
const HEARD_PARTS = 3;
const HEARD_LINES = 100;

/** Keeps the fleet's key: makes one, hands it to cameras that a person invites, gets it from another. */
export class FleetKeyManager implements JoinOutbox {
	/** What became of the last attempt to join, in words. */
	outcome = "";
	private readonly join: FleetJoin;
	private code = "";
	private remembered = 0;
	private codeUntil: Millis = -Infinity;

	/**
	 * @param udp the fleet's socket; set by the camera before anything is asked
	 * @param changed what the page shows has changed
	 * @param keyed the fleet has a key now; true: it begins with this camera
	 */
	constructor(
		private readonly host: { readonly store: Store; readonly random: Random; readonly log: Log },
		private readonly pump: Pump,
		private readonly fleet: Fleet,
		private readonly udp: () => UdpBinding,
		private readonly changed: () => void,
		private readonly keyed: (founded: boolean) => void,
	) {
		this.join = new FleetJoin(fleet.settings, host.random);
		for (let part = 0; part < HEARD_PARTS; part++)
			fleet.receiver.guard.load((host.store.read(`heard.${part}`) ?? "").split("\n"));
		this.remembered = fleet.receiver.guard.version;
		pump.add(this.join, this);
	}

	/** Our interfaces are these. */
	setPaths(paths: readonly Path[]): void {
		this.join.setPaths(paths);
	}

	/**
	 * Keeps what was heard last of each camera, so that a message that was recorded is refused after a restart as well:
	 * when a camera is new or was restarted, and when this one leaves.
	 */
	remember(always = false): void {
		const { guard } = this.fleet.receiver;
		if (!this.fleet.sealed || (guard.version === this.remembered && !always)) return;
		this.remembered = guard.version;
		const lines = guard.save();
		for (let part = 0; part < HEARD_PARTS; part++) {
			const text = lines.slice(part * HEARD_LINES, (part + 1) * HEARD_LINES).join("\n");
			if (text !== (this.host.store.read(`heard.${part}`) ?? "")) this.host.store.write(`heard.${part}`, text);
		}
	}

	/** Feeds a datagram of the fleet's sockets in. */
	receive(path: Path, address: string, port: number, bytes: Uint8Array): void {
		this.join.receive(this.pump.now(), path, address, port, bytes, this);
		this.pump.ran(this.join);
	}

	/** What the page shows. */
	get view(): FleetView {
		const now = this.pump.now();
		const code = now < this.codeUntil ? this.code : "";
		return { sealed: this.fleet.sealed, code, outcome: this.outcome };
	}

	/** Gives an open fleet a key, and shows a code. @returns false when that is not allowed now */
	makeKey(): boolean {
		if (this.fleet.sealed) return false;
		this.use(drawCode(this.host.random, KEY_LENGTH), true);
		return this.invite();
	}

	/** Shows a code by which cameras can join. @returns false when that is not allowed now */
	invite(): boolean {
		const key = this.fleet.receiver.keys[0];
		if (key === undefined) return false;
		const now = this.pump.now();
		this.code = drawCode(this.host.random);
		this.codeUntil = now + INVITATION;
		this.join.invite(now, readJoinCode(this.code) ?? "", key.text);
		this.pump.ran(this.join);
		return true;
	}

	/** Asks for the key of the fleet that shows a code. @returns false when it is no code, or this fleet has a key already */
	joinBy(text: string): boolean {
		const code = readJoinCode(text);
		if (code === undefined || this.fleet.sealed) return false;
		this.outcome = MESSAGES.join.waiting;
		this.join.join(this.pump.now(), code, this);
		this.pump.ran(this.join);
		return true;
	}

	/** @see JoinOutbox */
	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.udp().send(path, address, port, bytes, start, end);
	}

	/** @see JoinOutbox */
	emit(event: JoinEvent): void {
		this.pump.post({ on: (e: JoinEvent) => this.on(e) }, event);
	}

	private on(event: JoinEvent): void {
		if (event.type === "joined" && isFleetKey(event.key)) {
			this.use(event.key, false);
			this.outcome = MESSAGES.join.joined;
		} else {
			this.outcome = MESSAGES.join.failed(event.type === "failed" ? event.words : MESSAGES.join.noKey);
			this.host.log.write("warn", "fleet", this.outcome);
		}
		this.changed();
	}

	private use(key: string, founded: boolean): void {
		this.host.store.write("fleet-key", key);
		this.fleet.setKeys([new FleetKey(key)], this.pump.now());
		this.pump.ran(this.fleet);
		const words = founded ? "has drawn a key for its fleet" : "has joined the fleet";
		this.host.log.write("info", "fleet", `this camera ${words}`);
		this.keyed(founded);
		this.changed();
	}
}
