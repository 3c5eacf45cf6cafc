import type { Millis } from "../core/time";
import type { Diagnosis } from "./diagnosis";
import type { GatewayOutbox } from "./gateway-events";
import type { Igd } from "./igd";
import { type AttemptContext, type AttemptOutcome, type AttemptTerms, MappingAttempt } from "./mapping-attempt";
import type { Holder } from "./mapping-holder";
import { type OwnMapping, releaseMappings } from "./mapping-release";
import type { LossReason, MappingRequest } from "./wanted-mapping";

/** A new mapping is checked this often, because another may have overwritten it at the same moment (quirk 26) … */
const LOOK: Millis = 2000;
/** … until it is this old, because some gateways drop it at once (quirk 2). */
const SETTLE: Millis = 5000;
/** A mapping is checked this often even if its lease is longer, because some gateways forget at will (quirk 7). */
const CHECK: Millis = 60000;
/** After a refusal everything is tried again. */
const RETRY: Millis = 60000;
/** The same where a port was held: a router that has lost the Internet refuses for a while. Then twice as late each time. */
const RETRY_FIRST: Millis = 5000;
/** After so many ports that the gateway claims to have opened but has not, it is considered a liar (quirk 5). */
const LIES_MAX = 3;
/** After so many ports refused with 606 in a row, this device is considered to lack the permission (quirk 4). */
const UNAUTHORIZED_MAX = 2;
/** After so many ports refused for other reasons, the gateway is considered to refuse all. */
const REFUSALS_MAX = 2;

/** A port held on the gateway. */
export interface HeldPort {
	readonly externalPort: number;
	readonly internalPort: number;
	/** True for the representative's port (IMG-3). */
	readonly representative: boolean;
}

/** What the leases on one gateway share. */
export interface LeaseContext extends AttemptContext {
	/** Whether another lease of ours holds or asks for this port, which the gateway would hand over to `lease`. */
	isUsed(port: number, lease: PortMappingLease): boolean;
}

/** Receives what happens to a lease. */
export interface LeaseOwner {
	/** The port is held, read back and right. Called again only for another port. */
	held(now: Millis, port: HeldPort, out: GatewayOutbox): void;
	/** The port is not ours any more; another is being tried, unless `refused` follows. */
	lost(now: Millis, reason: LossReason, out: GatewayOutbox): void;
	/** No port can be had; all is tried again in a minute, or sooner if one was held. */
	refused(now: Millis, diagnosis: Diagnosis, out: GatewayOutbox): void;
	/** The gateway does not answer; {@link PortMappingLease.begin} has to be called when one is found. */
	silent(now: Millis, out: GatewayOutbox): void;
}

/**
 * Keeps one port mapping alive on an Internet gateway.
 *
 * Asks for the candidates in order, reads back what it got because gateways lie (quirk 5), renews it at a third of
 * its lease, and falls back to permanent leases (quirks 1, 2). Where another holds a port it takes the next one.
 * Deletes nothing but its own mapping, after reading it.
 * @see WANIPConnection:1 §2.4.16, IMG-3, IMG-4
 */
export class PortMappingLease {
	/** When {@link expire} has to be called next; `Infinity` while nothing is pending or a request is under way. */
	deadline: Millis = Infinity;
	/** The port that is held. */
	port: HeldPort | undefined;
	/** What the gateway's table is to say about the mapping; set before {@link begin} and {@link refresh}. */
	description = "";
	/** The gateway, while one is known. */
	protected igd: Igd | undefined;
	/** The last gateway; it may still have the mapping while it is lost, because it restarts for example. */
	private lastIgd: Igd | undefined;
	/** The ports still to be tried in the present round. */
	protected wanted: number[] = [];
	protected current: MappingAttempt | undefined;
	/** True while an attempt or a release is under way. */
	protected busy = false;
	/** True after the mapping was found intact once {@link SETTLE} had passed. */
	protected settled = false;
	/** When the mapping was made. */
	private since: Millis = 0;
	/** True when the mapping's description is out of date. */
	protected stale = false;
	private renewAt: Millis = Infinity;
	/** How long after the next refusal all is tried again. */
	private retry: Millis = RETRY;
	private refusals = 0;
	private lies = 0;
	private unauthorized = 0;

	constructor(
		readonly request: MappingRequest,
		protected readonly context: LeaseContext,
		protected readonly owner: LeaseOwner,
	) {}

	/** The port that is being asked for; 0 for none. */
	get asking(): number {
		return this.busy ? (this.current?.port ?? 0) : 0;
	}

	/** Starts with a gateway, first with the port that is held, so that a reboot changes nothing. */
	begin(now: Millis, igd: Igd, out: GatewayOutbox): void {
		this.igd = this.lastIgd = igd;
		this.busy = false;
		this.lies = this.unauthorized = 0;
		this.restart(now, out);
	}

	/** Stops without deleting anything; {@link begin} resumes. */
	stop(): void {
		this.igd = undefined;
		this.deadline = Infinity;
		this.busy = false;
	}

	/** Deletes the mapping, also on a gateway that is lost at the moment, and stops; `done` is called in any case. */
	release(now: Millis, done: (now: Millis, out: GatewayOutbox) => void, out: GatewayOutbox): void {
		this.igd ??= this.lastIgd;
		const mappings = this.own();
		this.lastIgd = undefined;
		this.current?.cancel();
		this.current = undefined;
		this.stop();
		this.port = undefined;
		releaseMappings(mappings, this.context.neighbours, () => {}, done, now, out);
	}

	/** Renews at once, because the description has changed (IMG-15). */
	refresh(now: Millis, out: GatewayOutbox): void {
		this.stale = true;
		if (this.port === undefined || this.busy) return;
		this.deadline = now;
		this.expire(now, out);
	}

	/** Checks the mapping at the next {@link expire}: the gateway has said that its table has changed. */
	checkSoon(now: Millis): void {
		if (this.port !== undefined && !this.busy && this.igd !== undefined) this.deadline = Math.min(this.deadline, now);
	}

	/** Asks at the next {@link expire} for a port that was refused: the gateway has an address on the Internet again. */
	retrySoon(now: Millis): void {
		if (this.port === undefined && this.deadline !== Infinity) this.deadline = Math.min(this.deadline, now);
	}

	/** Does what is due. */
	expire(now: Millis, out: GatewayOutbox): void {
		if (now < this.deadline || this.busy) return;
		this.deadline = Infinity;
		const held = this.port?.externalPort;
		if (held === undefined) {
			this.restart(now, out);
		} else if (!this.stale && (!this.settled || now < this.renewAt)) {
			this.attempt(held, false)?.check(out);
		} else {
			this.wanted = [held];
			this.next(now, out);
		}
	}

	/** The external ports to ask for, best first. */
	protected plan(): number[] {
		const { candidates } = this.request;
		const held = this.port?.externalPort;
		if (held === undefined) return [...candidates];
		return [held, ...candidates.filter((port) => port !== held)];
	}

	/** The gateway, addressed from the address that the mapping of a port leads to. */
	protected gatewayFor(_port: number): Igd | undefined {
		return this.igd;
	}

	/** The terms for asking for a port. */
	protected terms(port: number): AttemptTerms {
		const { protocol, internalPort, lease = 0 } = this.request;
		return {
			protocol,
			internalPort: internalPort || port,
			description: this.description,
			lease,
			renaming: this.stale,
			mayRemove: () => false,
		};
	}

	/** Asks for all ports of the plan again. */
	protected restart(now: Millis, out: GatewayOutbox): void {
		this.wanted = this.plan();
		this.next(now, out);
	}

	/** Asks for the next port of the round. */
	protected next(now: Millis, out: GatewayOutbox): void {
		while (this.wanted.length > 0 && this.context.isUsed(this.wanted[0], this)) this.wanted.shift();
		const port = this.wanted[0];
		if (port !== undefined) this.attempt(port, true)?.start(out);
		else if (this.port !== undefined) this.schedule(now);
		else if (this.lies > 0) this.giveUp(now, "gateway-lies", out);
		else this.giveUp(now, this.unauthorized > 0 ? "permission" : this.refusals > 0 ? "refused" : "no-port", out);
	}

	/** Asks for the port after the present one. */
	protected skip(now: Millis, out: GatewayOutbox): void {
		this.wanted.shift();
		this.next(now, out);
	}

	/** The port is another's. @param asked false when it was only checked */
	protected taken(
		now: Millis,
		port: number,
		asked: boolean,
		{ holder }: AttemptOutcome & { result: "taken" },
		out: GatewayOutbox,
	): void {
		if (this.port?.externalPort !== port) {
			this.skip(now, out);
		} else if (holder === "absent" && !asked) {
			// Gone before its lease ended: the gateway keeps permanent mappings only (quirk 2), or has restarted.
			if (!this.settled) this.context.leases.vanished();
			this.wanted = [port];
			this.next(now, out);
		} else {
			this.drop(now, "reassigned", out);
			this.displaced(now, port, holder, out);
			this.wanted = this.plan().filter((each) => each !== port);
			this.next(now, out);
		}
	}

	/** The port that was held now belongs to `holder`. */
	protected displaced(_now: Millis, _port: number, _holder: Holder, _out: GatewayOutbox): void {}

	/** The router uses the port itself. */
	protected usedByRouter(now: Millis, _port: number, out: GatewayOutbox): void {
		this.skip(now, out);
	}

	/** The gateway's table is full. */
	protected tableFull(now: Millis, _port: number, out: GatewayOutbox): void {
		this.giveUp(now, "table-full", out);
	}

	/** The port was found intact. */
	protected checked(now: Millis): void {
		this.settled ||= now - this.since >= SETTLE;
		this.schedule(now);
	}

	/** The port is ours. */
	protected hold(now: Millis, externalPort: number, terms: AttemptTerms, representative: boolean): boolean {
		const fresh = this.port?.externalPort !== externalPort;
		this.settled = !fresh && this.settled;
		if (fresh) this.since = now;
		this.port = { externalPort, internalPort: terms.internalPort, representative };
		this.refusals = this.lies = 0;
		this.retry = RETRY_FIRST;
		const lease = this.context.leases.lease(terms.lease) * 1000;
		this.renewAt = lease === 0 ? Infinity : now + Math.floor(lease / 3);
		this.schedule(now);
		return fresh;
	}

	/** Follows a successful attempt. */
	protected granted(now: Millis, externalPort: number, terms: AttemptTerms, out: GatewayOutbox): void {
		const fresh = this.hold(now, externalPort, terms, false);
		if (fresh && this.port !== undefined) this.owner.held(now, this.port, out);
	}

	/** Sets {@link deadline} while a port is held and nothing is under way. */
	protected schedule(now: Millis): void {
		this.deadline = this.stale ? now : Math.min(this.renewAt, now + (this.settled ? CHECK : LOOK));
	}

	/** The port is not ours any more. */
	protected drop(now: Millis, reason: LossReason, out: GatewayOutbox): void {
		if (this.port === undefined) return;
		this.port = undefined;
		this.owner.lost(now, reason, out);
	}

	/** No port can be had for now. */
	protected giveUp(now: Millis, diagnosis: Diagnosis, out: GatewayOutbox): void {
		this.drop(now, diagnosis, out);
		this.lies = this.unauthorized = this.refusals = 0;
		this.owner.refused(now, diagnosis, out);
		this.deadline = now + this.retry;
		this.retry = Math.min(RETRY, this.retry * 2);
	}

	/** The mappings that may be ours: the held one first, then the one being asked for, which may yet be granted. */
	protected own(): OwnMapping[] {
		const held = this.port?.externalPort ?? 0;
		const mappings: OwnMapping[] = [];
		if (held !== 0) this.addOwn(mappings, this.gatewayFor(held), held, true);
		if (this.asking !== 0 && this.asking !== held) this.addOwn(mappings, this.igd, this.asking, false);
		return mappings;
	}

	/** Adds a port to a list of mappings to release, if the gateway is known. @see OwnMapping */
	protected addOwn(mappings: OwnMapping[], igd: Igd | undefined, externalPort: number, held: boolean): void {
		const { protocol, internalPort } = this.request;
		if (igd === undefined) return;
		const blind = this.context.leases.readable === false;
		mappings.push({ igd, protocol, externalPort, internalPort: internalPort || externalPort, held, blind });
	}

	private attempt(port: number, asks: boolean): MappingAttempt | undefined {
		const { igd } = this;
		const addressed = this.gatewayFor(port);
		if (igd === undefined || addressed === undefined) return undefined;
		const terms = this.terms(port);
		this.busy = true;
		this.deadline = Infinity;
		if (asks) this.stale = false;
		this.current = new MappingAttempt(addressed, port, terms, this.context, (now, outcome, next) => {
			if (this.igd !== igd) return;
			this.busy = false;
			this.attempted(now, port, asks, terms, outcome, next);
		});
		return this.current;
	}

	private attempted(
		now: Millis,
		port: number,
		asked: boolean,
		terms: AttemptTerms,
		outcome: AttemptOutcome,
		out: GatewayOutbox,
	): void {
		if (outcome.result !== "not-authorized") this.unauthorized = 0;
		switch (outcome.result) {
			case "held":
				if (asked) this.granted(now, port, terms, out);
				else this.checked(now);
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
				this.usedByRouter(now, port, out);
				break;
			case "not-authorized":
				if (++this.unauthorized > UNAUTHORIZED_MAX) this.giveUp(now, "permission", out);
				else this.skip(now, out);
				break;
			case "table-full":
				this.tableFull(now, port, out);
				break;
			case "refused":
				if (++this.refusals < REFUSALS_MAX) this.skip(now, out);
				else this.giveUp(now, "refused", out);
				break;
		}
	}
}
