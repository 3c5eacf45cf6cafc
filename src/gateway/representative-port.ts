import type { Millis, Seconds } from "../core/time";
import type { Diagnosis } from "./diagnosis";
import type { GatewayOutbox } from "./gateway-events";
import type { GatewaySettings } from "./gateway-settings";
import type { Igd } from "./igd";
import type { AttemptOutcome, AttemptTerms } from "./mapping-attempt";
import type { Holder } from "./mapping-holder";
import { type OwnMapping, releaseMappings } from "./mapping-release";
import { type LeaseContext, type LeaseOwner, PortMappingLease } from "./port-mapping-lease";

/**
 * Which port a camera is to have. `representative`: the representative's, and its own until that is free; `own`: any
 * other; `first-come`: the representative's if it is free, so that the gateway decides who is the representative
 * (IMG-3, IMG-4).
 */
export type PortAim = "representative" | "own" | "first-come";

/**
 * Lists the external ports to ask for, in order.
 * @param base the representative's port
 * @param favourite the port that was held before; 0 for none
 */
export function planPorts(settings: GatewaySettings, aim: PortAim, base: number, favourite: number): number[] {
	const own: number[] = [];
	for (let port = base + 1; port <= Math.min(65535, base + settings.ownPorts); port++) {
		if (!settings.representativePorts.includes(port)) own.push(port);
	}
	const first = aim === "own" ? [] : [base];
	return [...new Set([...first, ...(own.includes(favourite) ? [favourite] : []), ...own])];
}

/** A camera that is alive releases the port in a moment, because it is not the representative any more. */
const LIVE_WAIT: Millis = 300;
/** A camera that is gone or withdraws its claim may delete its mapping this long after this one got its aim. */
const GONE_WAIT: Millis = 2500;
/** An unknown camera may release the port at any time: it is looked at this often. */
const CAMERA_WAIT: Millis = 5000;
/** Near the end of a lease, which a gateway tells in whole seconds, the port is asked for this often. */
const END_WAIT: Millis = 250;
/** A rest of 0 may mean that the lease is permanent or that it is just ending: asking again after this time tells. */
const PERMANENT_WAIT: Millis = 2000;

/**
 * Computes how long to wait before the representative's port is asked for again.
 * @param lease what is left of the lease as the gateway tells it; 0: permanent, or less than a second
 * @param before what was left when it was asked last; -1 for never
 */
export function nextAsk(holder: Holder, lease: Seconds, before: Seconds): Millis {
	if (holder === "live") return LIVE_WAIT;
	if (lease === 0) return before > 0 && before <= 2 ? END_WAIT : PERMANENT_WAIT;
	const end = Math.max(END_WAIT, (lease - 1) * 1000);
	return holder === "camera" ? Math.min(CAMERA_WAIT, end) : end;
}

/** Receives what happens to the port of the camera's pages. */
export interface RepresentativeOwner extends LeaseOwner {
	/** The representative's port, which was ours, is now a live camera's (IMG-25). */
	beaten(now: Millis, out: GatewayOutbox): void;
	/** A problem has appeared, or has been disproved. */
	diagnose(diagnosis: Diagnosis, holds: boolean, out: GatewayOutbox): void;
}

/** The diagnoses that a granted port disproves. */
const DISPROVED: readonly Diagnosis[] = Object.freeze([
	"gateway-silent",
	"permission",
	"table-full",
	"gateway-lies",
	"refused",
	"no-port",
]);

/**
 * Decides which port the camera's pages get: the representative's or its own (IMG-3, IMG-4, IMG-22).
 *
 * It asks for what its aim says. While it waits for the representative's port it keeps its own, and releases that
 * when it has the better one. When it stops being the representative it releases the representative's port first. It
 * deletes the mappings of cameras that are known to be gone, each after reading it. The port may lead to a floating
 * address.
 */
export class RepresentativePort extends PortMappingLease {
	private aim: PortAim | undefined;
	/** When this camera got its aim. */
	private aimedAt: Millis = 0;
	/** True when the aim has changed since the ports were planned. */
	private aimed = false;
	/** Which of the representative ports is in use: those before it are not available to any camera. */
	private base = 0;
	/** When the representative's port is asked for again, while another has it. */
	private askAt: Millis = Infinity;
	/** What was left of its lease then; -1: not asked yet. */
	private leaseLeft: Seconds = -1;
	/** Representative ports that may lead here as far as is known, also from before a restart. */
	private readonly mayHave: Set<number>;
	/** Ports that were given up for a better one, until the gateway has confirmed that they are gone. */
	private readonly spare = new Set<number>();
	/** True when this gateway refuses to delete another's mapping. */
	private secure = false;

	/** @param remembered the external port that this camera had before, kept by the app; 0 for none */
	constructor(
		private readonly settings: GatewaySettings,
		context: LeaseContext,
		protected override readonly owner: RepresentativeOwner,
		private remembered: number,
	) {
		super({ protocol: "TCP", internalPort: settings.internalPort, candidates: [] }, context, owner);
		this.mayHave = new Set(settings.representativePorts);
	}

	/** The representative's port. */
	get representativePort(): number {
		return this.settings.representativePorts[this.base];
	}

	override begin(now: Millis, igd: Igd, out: GatewayOutbox): void {
		this.secure = false;
		this.askAt = Infinity;
		if (this.port === undefined) this.base = 0;
		this.aimed = true;
		super.begin(now, igd, out);
	}

	/** Sets which port this camera is to have from now on; before the first call it asks for none. */
	setAim(now: Millis, aim: PortAim, out: GatewayOutbox): void {
		if (aim === this.aim && aim !== "representative") return;
		if (aim !== this.aim) this.aimedAt = now;
		this.aim = aim;
		if (!this.port?.representative) this.base = 0;
		this.leaseLeft = -1;
		this.askAt = Infinity;
		this.aimed = true;
		if (!this.busy) this.replan(now, out);
		// What was right to delete is not so any more, and the request may still be on its way.
		else if (aim !== "representative") this.current?.abandon(now, out);
	}

	override expire(now: Millis, out: GatewayOutbox): void {
		if (now < this.deadline || this.busy || this.aim === undefined) return;
		if (this.aimed) {
			this.deadline = Infinity;
			this.replan(now, out);
		} else if (this.port !== undefined && this.askAt <= now) {
			this.deadline = this.askAt = Infinity;
			this.wanted = [this.representativePort];
			this.next(now, out);
		} else {
			super.expire(now, out);
		}
	}

	protected override gatewayFor(port: number): Igd | undefined {
		const { floating } = this.context.neighbours;
		return floating !== "" && port === this.representativePort ? this.igd?.from(floating) : this.igd;
	}

	protected override plan(): number[] {
		const { settings, port, aim = "own", representativePort } = this;
		if (port === undefined) return planPorts(settings, aim, representativePort, this.remembered);
		const held = port.externalPort;
		// A camera that has a port of its own keeps it until it has the better one.
		if (port.representative || aim === "own") return [held, ...planPorts(settings, "own", representativePort, held)];
		if (aim === "representative") return [representativePort];
		return [held, ...planPorts(settings, aim, representativePort, held)];
	}

	protected override terms(port: number): AttemptTerms {
		const representative = port === this.representativePort;
		if (representative) this.mayHave.add(port);
		const { representativeLease, ownLease } = this.settings;
		return {
			...super.terms(port),
			lease: representative ? representativeLease : ownLease,
			mayRemove: () => representative && this.aim === "representative" && !this.secure,
		};
	}

	protected override restart(now: Millis, out: GatewayOutbox): void {
		if (this.aimed) this.replan(now, out);
		else super.restart(now, out);
	}

	protected override next(now: Millis, out: GatewayOutbox): void {
		if (this.aimed) this.replan(now, out);
		else super.next(now, out);
	}

	protected override checked(now: Millis): void {
		this.aimed ||= this.aim === "own" && this.mayHave.size > 0;
		super.checked(now);
	}

	protected override usedByRouter(now: Millis, port: number, out: GatewayOutbox): void {
		if (port === this.representativePort) this.nextBase(now, "port-used-by-router", out);
		else this.skip(now, out);
	}

	protected override tableFull(now: Millis, port: number, out: GatewayOutbox): void {
		const held = this.port?.externalPort;
		if (held !== undefined && port === this.representativePort && held !== port) this.swap(now, held, out);
		else super.tableFull(now, port, out);
	}

	protected override taken(
		now: Millis,
		port: number,
		asked: boolean,
		outcome: AttemptOutcome & { result: "taken" },
		out: GatewayOutbox,
	): void {
		const { holder, lease } = outcome;
		const leaves = (holder === "gone" || holder === "camera") && now < this.aimedAt + GONE_WAIT;
		this.secure ||= outcome.secure;
		if (this.port?.externalPort === port || port !== this.representativePort) {
			super.taken(now, port, asked, outcome, out);
		} else if (holder === "stranger" || holder === "absent" || holder === "unreadable" || holder === "mine") {
			this.nextBase(now, "port-stuck", out);
		} else if (holder !== "live" && !leaves && lease === 0 && this.leaseLeft === 0) {
			// It is permanent, as two answers have shown, and this camera may not delete it.
			this.nextBase(now, "port-stuck", out);
		} else {
			// It becomes free when its holder releases it or when its lease ends (IMG-22).
			if (this.aim === "representative")
				this.askAt = now + (leaves ? LIVE_WAIT : nextAsk(holder, lease, this.leaseLeft));
			this.leaseLeft = lease;
			this.skip(now, out);
		}
	}

	protected override displaced(now: Millis, port: number, holder: Holder, out: GatewayOutbox): void {
		if (holder === "live" && port === this.representativePort) this.owner.beaten(now, out);
	}

	protected override granted(now: Millis, externalPort: number, terms: AttemptTerms, out: GatewayOutbox): void {
		const before = this.port;
		const representative = externalPort === this.representativePort;
		if (!representative) this.remembered = externalPort;
		else this.askAt = Infinity;
		const fresh = this.hold(now, externalPort, terms, representative);
		for (const diagnosis of DISPROVED) this.owner.diagnose(diagnosis, false, out);
		this.owner.diagnose("permanent-leases", this.context.leases.permanent, out);
		this.owner.diagnose("unconfirmed", this.context.leases.readable === false, out);
		if (this.base === 0) {
			this.owner.diagnose("port-stuck", false, out);
			this.owner.diagnose("port-used-by-router", false, out);
		}
		if (fresh && this.port !== undefined) this.owner.held(now, this.port, out);
		// Its own port is not needed any more (IMG-22).
		if (!fresh || before === undefined) return;
		const { externalPort: spare } = before;
		this.spare.add(spare);
		this.releaseOne(
			now,
			spare,
			() => void this.spare.delete(spare),
			() => {},
			out,
		);
	}

	protected override schedule(now: Millis): void {
		super.schedule(now);
		this.deadline = this.aimed ? now : Math.min(this.deadline, this.askAt);
	}

	protected override giveUp(now: Millis, diagnosis: Diagnosis, out: GatewayOutbox): void {
		super.giveUp(now, diagnosis, out);
		if (this.aimed) this.deadline = now;
	}

	protected override own(): OwnMapping[] {
		const mappings = super.own();
		for (const port of this.spare) {
			if (mappings.every((mapping) => mapping.externalPort !== port)) this.addOwn(mappings, this.igd, port, false);
		}
		return mappings;
	}

	/** Follows a new aim. A camera that is not the representative first releases the representative's ports. */
	private replan(now: Millis, out: GatewayOutbox): void {
		if (this.aim === undefined || this.igd === undefined) return;
		this.aimed = false;
		const held = this.port?.representative ? this.port.externalPort : 0;
		if (this.aim === "own" && held !== 0) this.drop(now, "not-representative", out);
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
			const mappings: OwnMapping[] = [];
			for (const port of this.mayHave) this.addOwn(mappings, igd, port, port === held);
			const freed = ({ externalPort }: OwnMapping) => void this.mayHave.delete(externalPort);
			releaseMappings(mappings, this.context.neighbours, freed, go, now, out);
		} else {
			go(now, out);
		}
	}

	/** Releases a port that is ours. @param freed called when it does not lead here any more @param done called in any case */
	private releaseOne(
		now: Millis,
		port: number,
		freed: () => void,
		done: (now: Millis, out: GatewayOutbox) => void,
		out: GatewayOutbox,
	): void {
		const mappings: OwnMapping[] = [];
		this.addOwn(mappings, this.gatewayFor(port), port, true);
		releaseMappings(mappings, this.context.neighbours, freed, done, now, out);
	}

	/** The table has no room for two: the own port is released first, then the representative's is asked for. */
	private swap(now: Millis, own: number, out: GatewayOutbox): void {
		this.drop(now, "table-full", out);
		this.wanted = this.plan();
		this.releaseOne(
			now,
			own,
			() => {},
			(later, next) => this.next(later, next),
			out,
		);
	}

	/** No camera can have this representative port: all cameras continue with the next one of the list. */
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
}
