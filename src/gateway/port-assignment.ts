import type { Millis } from "../core/time";
import type { AssignmentOwner, HeldPort } from "./assignment-owner";
import type { Diagnosis } from "./diagnosis";
import type { GatewayOutbox } from "./gateway-events";
import type { GatewaySettings } from "./gateway-settings";
import type { Igd } from "./igd";
import { LeasePolicy } from "./lease-policy";
import { type AttemptOutcome, MappingAttempt } from "./mapping-attempt";
import { buildMappingDescription } from "./mapping-description";
import { type Neighbours, nextAsk } from "./mapping-holder";
import { releaseMapping, releaseMappings } from "./mapping-release";
import { type PortAim, planPorts } from "./representative-port";

/** A mapping is looked at again this long after it was made: some gateways drop it at once (quirk 2). */
const SETTLE: Millis = 5000;
/** A mapping is looked at this often even if its lease is longer, as some gateways forget at will (quirk 7). */
const CHECK: Millis = 60000;
/** After a refusal everything is tried again. */
const RETRY: Millis = 60000;
/** Ports that the gateway says it opened but did not, after which it is taken for a liar. */
const LIES_MAX = 3;
/** Ports refused with 606 in a row, after which this device is taken for one that may open none (quirk 4). */
const UNAUTHORIZED_MAX = 2;

/**
 * Gets one external port from a gateway and keeps it.
 *
 * Asks for the representative's port or for an own one, as it is told (IMG-3, IMG-4, IMG-22); reads back what it got,
 * because gateways lie (quirk 5); renews it at a third of its lease; falls back to permanent leases (quirks 1, 2).
 * Deletes nothing but its own mappings, and those of cameras that are known to be gone, each after a look at it.
 */
export class PortAssignment {
	deadline: Millis = Infinity;
	port: HeldPort | undefined;
	neighbours: Neighbours;
	name = "";
	/** The address that the representative's port leads to, if it is not the camera's own. */
	floating = "";
	private igd: Igd | undefined;
	private aim: PortAim | undefined;
	/** True: the aim has changed since the ports were planned. */
	private aimed = false;
	/** Which of the representative ports is in use: those before it can't be had by anybody. */
	private base = 0;
	private readonly leases: LeasePolicy;
	private settled = false;
	private wanted: number[] = [];
	private refusals = 0;
	private lies = 0;
	private unauthorized = 0;
	private busy = false;
	private current: MappingAttempt | undefined;
	/** True: the mapping's description is not what it should be. */
	private stale = false;
	private renewAt: Millis = Infinity;
	/** When the representative's port is asked for again, while another has it. */
	private askAt: Millis = Infinity;
	/** What was left of its lease then; -1: not asked yet. */
	private leaseLeft = -1;
	/** Representative ports that may lead here, for all that is known: a former life's too. */
	private readonly mayHave: Set<number>;
	/** Ports that were given up for a better one, until the gateway has said that they are gone. */
	private readonly spare = new Set<number>();
	/** True: this gateway lets nobody delete another's mapping. */
	private secure = false;

	/** @param remembered the external port that this camera had before, kept by the app; 0 for none */
	constructor(
		private readonly settings: GatewaySettings,
		private readonly owner: AssignmentOwner,
		private remembered: number,
	) {
		this.leases = new LeasePolicy(settings);
		this.mayHave = new Set(settings.representativePorts);
		const { id, internalPort } = settings;
		this.neighbours = { id, internalPort, ports: [], addresses: [], gone: [] };
	}

	/** Begins with a gateway: asks first for the port that is held or was, so that a reboot changes nothing. */
	begin(now: Millis, igd: Igd, out: GatewayOutbox): void {
		this.igd = igd;
		this.busy = this.secure = false;
		this.leases.reset();
		this.lies = this.unauthorized = 0;
		this.askAt = Infinity;
		if (this.port === undefined) this.base = 0;
		this.aimed = true;
		this.replan(now, out);
	}

	/** Says which port this camera is to have from now on; until it is told it asks for none. */
	setAim(now: Millis, aim: PortAim, out: GatewayOutbox): void {
		if (aim === this.aim && aim !== "representative") return;
		this.aim = aim;
		if (!this.port?.representative) this.base = 0;
		this.leaseLeft = -1;
		this.askAt = Infinity;
		this.aimed = true;
		if (!this.busy) this.replan(now, out);
		// What was right to delete is not so any more, and the request may still be on its way.
		else if (aim !== "representative") this.current?.abandon(now, out);
	}

	/** Stops; nothing is deleted. */
	stop(): void {
		this.igd = undefined;
		this.deadline = Infinity;
		this.busy = false;
	}

	/** Deletes the mapping, and stops; `done` is called in any case. */
	release(now: Millis, done: (now: Millis, out: GatewayOutbox) => void, out: GatewayOutbox): void {
		const { igd, port, neighbours } = this;
		const held = port?.externalPort ?? 0;
		const others = new Set(this.spare);
		// What is just being asked for may be granted yet.
		if (this.busy && this.current !== undefined) others.add(this.current.port);
		this.current?.cancel();
		others.delete(held);
		const rest = (later: Millis, next: GatewayOutbox): void => {
			if (igd === undefined || others.size === 0) done(later, next);
			else releaseMappings(igd, [...others], 0, neighbours, () => {}, done, next);
		};
		if (igd === undefined || held === 0) rest(now, out);
		else this.releaseMapping(held, true, rest, out);
		this.stop();
		this.port = undefined;
	}

	/** Renews at once, with the present {@link name}. */
	refresh(now: Millis, out: GatewayOutbox): void {
		this.stale = true;
		if (this.port === undefined || this.busy) return;
		this.deadline = now;
		this.expire(now, out);
	}

	expire(now: Millis, out: GatewayOutbox): void {
		if (now < this.deadline || this.busy || this.aim === undefined) return;
		this.deadline = Infinity;
		const { port } = this;
		if (this.aimed) {
			this.replan(now, out);
		} else if (port === undefined) {
			this.wanted = this.plan();
			this.next(now, out);
		} else if (this.askAt <= now) {
			this.askAt = Infinity;
			this.wanted = [this.first];
			this.next(now, out);
		} else if (!this.stale && (!this.settled || now < this.renewAt)) {
			this.attempt(port.externalPort, false)?.check(out);
		} else {
			this.wanted = [port.externalPort];
			this.next(now, out);
		}
	}

	/** The representative's port. */
	private get first(): number {
		return this.settings.representativePorts[this.base];
	}

	/** The gateway, spoken to from the address that a port leads to. */
	private igdFor(externalPort: number): Igd | undefined {
		return this.floating !== "" && externalPort === this.first ? this.igd?.from(this.floating) : this.igd;
	}

	private plan(): number[] {
		const { settings, port, aim = "own", first } = this;
		if (port === undefined) return planPorts(settings, aim, first, this.remembered);
		const held = port.externalPort;
		// Who has a port of its own keeps it until it has the better one.
		if (port.representative || aim === "own") return [held, ...planPorts(settings, "own", first, held)];
		return aim === "representative" ? [first] : [held, ...planPorts(settings, aim, first, held)];
	}

	/** Follows a new aim. Whoever is not the representative lets go of its port first, be it a former life's. */
	private replan(now: Millis, out: GatewayOutbox): void {
		if (this.aim === undefined || this.igd === undefined) return;
		this.aimed = false;
		const held = this.port?.representative ? this.port.externalPort : 0;
		if (this.aim === "own" && held !== 0) this.drop(now, "another camera is the representative", out);
		const { igd } = this;
		const go = (later: Millis, next: GatewayOutbox): void => {
			if (this.igd !== igd) return;
			this.busy = false;
			this.wanted = this.plan();
			this.next(later, next);
		};
		if (this.aim === "own" && this.mayHave.size > 0) {
			this.busy = true;
			this.deadline = Infinity;
			const freed = (port: number) => this.mayHave.delete(port);
			releaseMappings(igd, [...this.mayHave], held, this.neighbours, freed, go, out);
		} else {
			go(now, out);
		}
	}

	private next(now: Millis, out: GatewayOutbox): void {
		const port = this.wanted[0];
		if (this.aimed) this.replan(now, out);
		else if (port !== undefined) this.attempt(port, true)?.start(out);
		else if (this.port !== undefined) this.schedule(now);
		else this.giveUp(now, "no-port", out);
	}

	private attempt(port: number, asks: boolean): MappingAttempt | undefined {
		const { igd, settings, leases, stale } = this;
		const asked = this.igdFor(port);
		if (igd === undefined || asked === undefined) return undefined;
		this.busy = true;
		this.deadline = Infinity;
		if (asks) this.stale = false;
		const representative = port === this.first;
		if (representative) this.mayHave.add(port);
		const terms = {
			internalPort: settings.internalPort || port,
			description: buildMappingDescription(settings.model, settings.id, this.name),
			leases,
			representative,
			neighbours: () => this.neighbours,
			mayRemove: () => representative && this.aim === "representative" && !this.secure,
			renaming: stale,
			// Whoever has an own port, there are others.
			look: representative || port === this.remembered || port === this.port?.externalPort,
		};
		this.current = new MappingAttempt(asked, port, terms, (now, outcome, next) => {
			if (this.igd !== igd) return;
			this.busy = false;
			this.attempted(now, port, asks, outcome, next);
		});
		return this.current;
	}

	private attempted(now: Millis, port: number, asked: boolean, outcome: AttemptOutcome, out: GatewayOutbox): void {
		const first = port === this.first;
		if (outcome.result !== "not-authorized") this.unauthorized = 0;
		switch (outcome.result) {
			case "held":
				if (asked) this.hold(now, port, out);
				else {
					this.settled = true;
					this.aimed ||= this.aim === "own" && this.mayHave.size > 0;
					this.schedule(now);
				}
				break;
			case "silent":
				this.owner.silent(now, out);
				break;
			case "taken":
				this.taken(now, port, asked, outcome, out);
				break;
			case "lie":
				if (++this.lies >= LIES_MAX) this.giveUp(now, "gateway-lies", out);
				else this.skip(now, out);
				break;
			case "used-by-router":
				if (first) this.nextBase(now, "port-used-by-router", out);
				else this.skip(now, out);
				break;
			case "not-authorized":
				if (++this.unauthorized > UNAUTHORIZED_MAX) this.giveUp(now, "permission", out);
				else this.skip(now, out);
				break;
			case "table-full":
				if (this.port !== undefined && first && this.port.externalPort !== port) this.swap(now, out);
				else this.giveUp(now, "table-full", out);
				break;
			case "refused":
				if (++this.refusals < 2) this.skip(now, out);
				else this.giveUp(now, "refused", out);
				break;
		}
	}

	private taken(
		now: Millis,
		port: number,
		asked: boolean,
		{ holder, lease, secure }: AttemptOutcome & { result: "taken" },
		out: GatewayOutbox,
	): void {
		const held = this.port?.externalPort === port;
		this.secure ||= secure;
		if (held && holder === "absent" && !asked) {
			// Gone although its lease has not run out: the gateway keeps only what is for ever (quirk 2), or rebooted.
			if (!this.settled) this.leases.vanished();
			this.wanted = [port];
			this.next(now, out);
		} else if (held) {
			const beaten = holder === "live" && port === this.first;
			this.drop(now, "the gateway gave it to another", out);
			if (beaten) this.owner.beaten(now, out);
			this.wanted = this.plan().filter((each) => each !== port);
			this.next(now, out);
		} else if (port !== this.first) {
			this.skip(now, out);
		} else if (holder === "stranger" || holder === "absent" || holder === "unreadable" || holder === "mine") {
			this.nextBase(now, "port-stuck", out);
		} else if (holder !== "live" && lease === 0 && this.leaseLeft === 0) {
			// It has no end, as two looks have shown, and this camera may not delete it.
			this.nextBase(now, "port-stuck", out);
		} else {
			// By whoever lets go of it, or until its lease ends (IMG-22).
			if (this.aim === "representative") this.askAt = now + nextAsk(holder, lease, this.leaseLeft);
			this.leaseLeft = lease;
			this.skip(now, out);
		}
	}

	private skip(now: Millis, out: GatewayOutbox): void {
		this.wanted.shift();
		this.next(now, out);
	}

	private releaseMapping(
		port: number,
		held: boolean,
		done: (now: Millis, out: GatewayOutbox, sure: boolean) => void,
		out: GatewayOutbox,
	): void {
		const igd = this.igdFor(port);
		if (igd !== undefined) releaseMapping(igd, port, held, this.neighbours, done, out);
	}

	/** The table has no room for two: the own port goes first, then comes the representative's. */
	private swap(now: Millis, out: GatewayOutbox): void {
		const own = this.port?.externalPort ?? 0;
		this.drop(now, "the gateway's table is full", out);
		this.wanted = this.plan();
		this.releaseMapping(own, true, (later, next) => this.next(later, next), out);
	}

	/** This representative port can't be had by anybody: all cameras go on to the next of the list. */
	private nextBase(now: Millis, diagnosis: Diagnosis, out: GatewayOutbox): void {
		this.owner.diagnose(diagnosis, true, out);
		if (this.base + 1 < this.settings.representativePorts.length) {
			this.base++;
			this.leaseLeft = -1;
			this.wanted = this.plan();
			this.next(now, out);
		} else {
			this.skip(now, out);
		}
	}

	private drop(now: Millis, why: string, out: GatewayOutbox): void {
		if (this.port === undefined) return;
		this.port = undefined;
		this.owner.lost(now, why, out);
	}

	private hold(now: Millis, externalPort: number, out: GatewayOutbox): void {
		const before = this.port;
		const fresh = before?.externalPort !== externalPort;
		const representative = externalPort === this.first;
		const port = { externalPort, internalPort: this.settings.internalPort || externalPort, representative };
		this.settled = !fresh && this.settled;
		this.port = port;
		if (!representative) this.remembered = externalPort;
		this.refusals = this.lies = 0;
		for (const trouble of ["permission", "table-full", "gateway-lies", "refused", "no-port"] as const)
			this.owner.diagnose(trouble, false, out);
		this.owner.diagnose("permanent-leases", this.leases.permanent, out);
		if (this.base === 0) {
			this.owner.diagnose("port-stuck", false, out);
			this.owner.diagnose("port-used-by-router", false, out);
		}
		const lease = this.leases.lease(representative) * 1000;
		this.renewAt = lease === 0 ? Infinity : now + Math.floor(lease / 3);
		if (representative) this.askAt = Infinity;
		this.schedule(now);
		if (fresh) this.owner.held(now, port, out);
		// The port of its own is not needed any more (IMG-22).
		if (!fresh || before === undefined) return;
		this.spare.add(before.externalPort);
		this.releaseMapping(
			before.externalPort,
			true,
			(_now, _out, sure) => sure && this.spare.delete(before.externalPort),
			out,
		);
	}

	private schedule(now: Millis): void {
		const due = this.stale || this.aimed ? now : Math.min(this.renewAt, now + (this.settled ? CHECK : SETTLE));
		this.deadline = Math.min(due, this.askAt);
	}

	private giveUp(now: Millis, diagnosis: Diagnosis, out: GatewayOutbox): void {
		this.drop(now, diagnosis, out);
		this.lies = this.unauthorized = this.refusals = 0;
		this.owner.diagnose(diagnosis, true, out);
		this.deadline = this.aimed ? now : now + RETRY;
	}
}
