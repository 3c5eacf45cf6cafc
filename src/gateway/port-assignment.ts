import type { Millis, Seconds } from "../core/time";
import type { SoapAnswer } from "../wire/soap";
import type { Diagnosis } from "./diagnosis";
import type { GatewayOutbox } from "./gateway-events";
import type { GatewaySettings } from "./gateway-settings";
import type { Igd } from "./igd";
import { LeasePolicy } from "./lease-policy";
import { buildMappingDescription, parseMappingDescription } from "./mapping-description";

/** UPnP error codes that decide something. @see WANIPConnection:2 §2.5; what gateways make of them: quirks 1 to 6 */
const INVALID_ARGS = 402;
const ACTION_FAILED = 501;
const NOT_AUTHORIZED = 606;
const NO_SUCH_ENTRY = 714;
const CONFLICT = 718;
const ONLY_PERMANENT = 725;
const NO_PORTS = 728;
const USED_BY_ROUTER = 729;

/** A mapping is looked at again this long after it was made: some gateways drop it at once (quirk 2). */
const SETTLE: Millis = 5000;
/** A mapping is looked at this often even if its lease is longer, as some gateways forget at will (quirk 7). */
const CHECK: Millis = 60000;
/** After a refusal everything is tried again. */
const RETRY: Millis = 60000;
/** Ports that the gateway says it opened but did not, after which it is taken for a liar. */
const LIES_MAX = 3;

/** The port that this camera holds on the gateway. */
export interface HeldPort {
	readonly externalPort: number;
	readonly internalPort: number;
	readonly representative: boolean;
}

/** Who an assignment belongs to. */
export interface AssignmentOwner {
	/** The port is held, read back and right. Called again only for another port. */
	held(now: Millis, port: HeldPort, out: GatewayOutbox): void;
	/** The port is not ours any more, or never was; another is being tried. */
	lost(now: Millis, why: string, out: GatewayOutbox): void;
	/** The gateway does not answer. */
	silent(now: Millis, out: GatewayOutbox): void;
	/** What is known of trouble has changed. */
	diagnose(diagnosis: Diagnosis, holds: boolean, out: GatewayOutbox): void;
}

/**
 * Gets one external port from a gateway and keeps it.
 *
 * Asks for the representative's port, then for its own ones (IMG-3, IMG-4); reads back what it got, because gateways
 * lie (quirk 5); renews it at a third of its lease; falls back to permanent leases (quirks 1, 2). Never touches
 * another's mapping.
 */
export class PortAssignment {
	deadline: Millis = Infinity;
	port: HeldPort | undefined;
	/** External ports that other cameras of the fleet say they hold: a guide where descriptions are garbled. */
	peerPorts: readonly number[] = [];
	name = "";
	private igd: Igd | undefined;
	/** Which of the representative ports is in use: those before it can't be had by anybody. */
	private base = 0;
	private readonly leases: LeasePolicy;
	private settled = false;
	private wanted: number[] = [];
	private refusals = 0;
	private lies = 0;
	private refused606 = 0;
	private busy = false;
	/** True: the mapping's description is not what it should be. */
	private stale = false;
	private renewAt: Millis = Infinity;
	/** True: the next reading back looks whether the description was taken. */
	private renaming = false;

	/** @param remembered the external port that this camera had before, kept by the app; 0 for none */
	constructor(
		private readonly settings: GatewaySettings,
		private readonly owner: AssignmentOwner,
		private remembered: number,
	) {
		this.leases = new LeasePolicy(settings);
	}

	private get description(): string {
		return buildMappingDescription(this.settings.model, this.settings.id, this.name);
	}

	/** Begins with a gateway: asks first for the port that is held or was, so that a reboot changes nothing. */
	begin(now: Millis, igd: Igd, out: GatewayOutbox): void {
		this.igd = igd;
		this.busy = false;
		this.leases.reset();
		this.lies = this.refused606 = 0;
		if (this.port === undefined) this.base = 0;
		this.plan();
		this.next(now, out);
	}

	/** Stops; nothing is deleted. */
	stop(): void {
		this.igd = undefined;
		this.deadline = Infinity;
		this.busy = false;
	}

	/** Deletes the mapping, and stops; `done` is called in any case. */
	release(now: Millis, done: (now: Millis, out: GatewayOutbox) => void, out: GatewayOutbox): void {
		const { igd, port } = this;
		this.stop();
		this.port = undefined;
		if (igd === undefined || port === undefined) done(now, out);
		else igd.delete(port.externalPort, (later, _answer, next) => done(later, next), out);
	}

	/** Renews at once, with the present {@link name}. */
	refresh(now: Millis, out: GatewayOutbox): void {
		this.stale = this.renaming = true;
		if (this.port === undefined || this.busy) return;
		this.deadline = now;
		this.expire(now, out);
	}

	expire(now: Millis, out: GatewayOutbox): void {
		if (now < this.deadline || this.busy) return;
		this.deadline = Infinity;
		const { port } = this;
		if (port === undefined) {
			this.plan();
			this.next(now, out);
		} else if (!this.stale && (!this.settled || now < this.renewAt)) {
			this.check(port, out);
		} else {
			this.add(port.externalPort, out);
		}
	}

	private plan(): void {
		const { representativePorts, ownPorts } = this.settings;
		const first = representativePorts[this.base];
		const own: number[] = [];
		for (let port = first + 1; port <= Math.min(65535, first + ownPorts); port++) {
			if (!representativePorts.includes(port)) own.push(port);
		}
		const last = this.port?.externalPort ?? this.remembered;
		const favourite = own.includes(last) || (this.port !== undefined && last === first) ? [last] : [];
		const start = this.port === undefined ? [first, ...favourite] : [...favourite, first];
		this.wanted = [...new Set([...start, ...own])];
	}

	private next(now: Millis, out: GatewayOutbox): void {
		const port = this.wanted[0];
		if (port === undefined) this.giveUp(now, "no-port", out);
		else this.add(port, out);
	}

	private skip(now: Millis, out: GatewayOutbox): void {
		const skipped = this.wanted.shift();
		if (this.port !== undefined && skipped === this.port.externalPort)
			this.drop(now, "the gateway gave it to another", out);
		this.next(now, out);
	}

	private drop(now: Millis, why: string, out: GatewayOutbox): void {
		if (this.port === undefined) return;
		this.port = undefined;
		this.owner.lost(now, why, out);
	}

	private isRepresentative(externalPort: number): boolean {
		return externalPort === this.settings.representativePorts[this.base];
	}

	private add(externalPort: number, out: GatewayOutbox): void {
		const { igd, settings } = this;
		if (igd === undefined) return;
		this.busy = true;
		this.stale = false;
		const internalPort = settings.internalPort || externalPort;
		const lease = this.leases.lease(this.isRepresentative(externalPort));
		const { description } = this;
		igd.add(
			{ externalPort, internalPort, description, lease },
			(now, answer, next) => {
				if (this.igd !== igd) return;
				this.busy = false;
				this.added(now, externalPort, lease, answer, next);
			},
			out,
		);
	}

	private added(now: Millis, port: number, lease: Seconds, answer: SoapAnswer | undefined, out: GatewayOutbox): void {
		if (answer === undefined) {
			this.owner.silent(now, out);
			return;
		}
		switch (answer.error) {
			case 0:
				this.refused606 = 0;
				this.verify(port, out);
				return;
			case ONLY_PERMANENT:
			case INVALID_ARGS:
				if (this.leases.refused(lease)) this.add(port, out);
				else this.giveUp(now, "refused", out);
				return;
			case CONFLICT:
				this.examine(port, out);
				return;
			case USED_BY_ROUTER:
				if (this.isRepresentative(port)) this.nextBase(now, "port-used-by-router", out);
				else this.skip(now, out);
				return;
			case NOT_AUTHORIZED:
				// The port may be another's, or forbidden; if none is allowed, this device may not open ports (quirk 4).
				if (++this.refused606 > 2) this.giveUp(now, "permission", out);
				else this.skip(now, out);
				return;
			case NO_PORTS:
				this.giveUp(now, "table-full", out);
				return;
			default:
				if (answer.error === ACTION_FAILED && ++this.refusals < 2) this.skip(now, out);
				else this.giveUp(now, "refused", out);
		}
	}

	/** A conflict: with another camera, with ourselves, with a stranger, or with nothing at all (quirk 3). */
	private examine(port: number, out: GatewayOutbox): void {
		const { igd } = this;
		if (igd === undefined) return;
		if (this.port === undefined && !this.isRepresentative(port) && port !== this.remembered) {
			// Whoever has an own port, there are others.
			this.wanted.shift();
			if (this.wanted.length > 0) this.add(this.wanted[0], out);
			else this.owner.diagnose("no-port", true, out);
			return;
		}
		this.busy = true;
		igd.read(
			port,
			(now, answer, next) => {
				if (this.igd !== igd) return;
				this.busy = false;
				if (answer === undefined) return this.owner.silent(now, next);
				const client = answer.values.get("NewInternalClient");
				if (answer.error === 0 && client === igd.path.address) return this.replaceOwn(now, port, next);
				const description = answer.values.get("NewPortMappingDescription") ?? "";
				const ours = parseMappingDescription(description) !== undefined || this.peerPorts.includes(port);
				if (this.isRepresentative(port) && this.port?.externalPort !== port && !ours)
					this.nextBase(now, "port-stuck", next);
				else this.skip(now, next);
			},
			out,
		);
	}

	/** The entry is our own, but can't be renewed: delete it and make it anew. */
	private replaceOwn(now: Millis, port: number, out: GatewayOutbox): void {
		const { igd } = this;
		if (igd === undefined) return;
		this.busy = true;
		igd.delete(
			port,
			(_, answer, next) => {
				if (this.igd !== igd) return;
				this.busy = false;
				if (answer?.error === 0) this.add(port, next);
				else this.skip(now, next);
			},
			out,
		);
	}

	/** This representative port can't be had by anybody: all cameras go on to the next of the list. */
	private nextBase(now: Millis, diagnosis: Diagnosis, out: GatewayOutbox): void {
		this.owner.diagnose(diagnosis, true, out);
		if (this.base + 1 < this.settings.representativePorts.length) {
			this.base++;
			this.drop(now, "the representative's port can't be had", out);
			this.plan();
			this.next(now, out);
		} else {
			this.skip(now, out);
		}
	}

	private verify(port: number, out: GatewayOutbox): void {
		this.readBack(
			port,
			(now, state, next, description) => {
				const renaming = this.renaming;
				this.renaming = false;
				// Some gateways renew an entry but keep its old description; only a new entry has the new one (IMG-15).
				const old = renaming && description !== this.description && parseMappingDescription(description) !== undefined;
				if (state === "right" && old) this.replaceOwn(now, port, next);
				else if (state === "right") this.hold(now, port, next);
				else if (state === "absent" && this.lies === 0 && this.leases.vanished()) {
					this.lies++;
					this.add(port, next);
				} else if (++this.lies >= LIES_MAX) this.giveUp(now, "gateway-lies", next);
				else this.skip(now, next);
			},
			out,
		);
	}

	private check(port: HeldPort, out: GatewayOutbox): void {
		this.readBack(
			port.externalPort,
			(now, state, next) => {
				if (state === "right") {
					this.settled = true;
					this.schedule(now);
				} else if (state === "absent") {
					// Gone although its lease has not run out: the gateway keeps only what is for ever (quirk 2), or rebooted.
					if (!this.settled) this.leases.vanished();
					this.add(port.externalPort, next);
				} else {
					this.drop(now, "the gateway gave it to another", next);
					this.plan();
					this.next(now, next);
				}
			},
			out,
		);
	}

	private readBack(
		port: number,
		then: (now: Millis, state: "right" | "absent" | "other", out: GatewayOutbox, description: string) => void,
		out: GatewayOutbox,
	): void {
		const { igd, settings } = this;
		if (igd === undefined) return;
		this.busy = true;
		igd.read(
			port,
			(now, answer, next) => {
				if (this.igd !== igd) return;
				this.busy = false;
				if (answer === undefined) return this.owner.silent(now, next);
				if (answer.error === NO_SUCH_ENTRY) return then(now, "absent", next, "");
				// A gateway that can't read back has to be believed.
				if (answer.error !== 0) return then(now, "right", next, "");
				const mine =
					answer.values.get("NewInternalClient") === igd.path.address &&
					answer.values.get("NewInternalPort") === `${settings.internalPort || port}` &&
					answer.values.get("NewEnabled") !== "0";
				then(now, mine ? "right" : "other", next, answer.values.get("NewPortMappingDescription") ?? "");
			},
			out,
		);
	}

	private hold(now: Millis, externalPort: number, out: GatewayOutbox): void {
		const port = {
			externalPort,
			internalPort: this.settings.internalPort || externalPort,
			representative: this.isRepresentative(externalPort),
		};
		const fresh = this.port?.externalPort !== externalPort;
		this.settled = !fresh && this.settled;
		this.port = port;
		this.remembered = externalPort;
		this.refusals = 0;
		for (const trouble of ["permission", "table-full", "gateway-lies", "refused", "no-port"] as const)
			this.owner.diagnose(trouble, false, out);
		this.owner.diagnose("permanent-leases", this.leases.permanent, out);
		if (this.base === 0) {
			this.owner.diagnose("port-stuck", false, out);
			this.owner.diagnose("port-used-by-router", false, out);
		}
		const lease = this.leases.lease(port.representative) * 1000;
		this.renewAt = lease === 0 ? Infinity : now + Math.floor(lease / 3);
		this.schedule(now);
		if (fresh) this.owner.held(now, port, out);
	}

	private schedule(now: Millis): void {
		this.deadline = this.stale ? now : Math.min(this.renewAt, now + (this.settled ? CHECK : SETTLE));
	}

	private giveUp(now: Millis, diagnosis: Diagnosis, out: GatewayOutbox): void {
		this.drop(now, diagnosis, out);
		this.lies = this.refused606 = this.refusals = 0;
		this.owner.diagnose(diagnosis, true, out);
		this.deadline = now + RETRY;
	}
}
