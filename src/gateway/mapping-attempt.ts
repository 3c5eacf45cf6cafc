import type { Millis, Seconds } from "../core/time";
import type { TransportProtocol } from "../wire/pcp";
import { type SoapAnswer, UNREADABLE_ANSWER } from "../wire/soap";
import type { GatewayOutbox } from "./gateway-events";
import type { Igd } from "./igd";
import type { LeasePolicy } from "./lease-policy";
import { isGarbled } from "./mapping-description";
import { type Holder, holderOf, type Neighbours } from "./mapping-holder";

/** UPnP error codes that change what is done next. @see WANIPConnection:2 §2.5; how gateways use them: quirks 1 to 6 */
const INVALID_ARGS = 402;
const NOT_AUTHORIZED = 606;
const CONFLICT = 718;
const ONLY_PERMANENT = 725;
const NO_PORTS = 728;
const USED_BY_ROUTER = 729;

/** The most requests of one attempt after which another lease is still tried. */
const LEASE_TRIES_MAX = 5;

/** The result of an attempt to map a port. */
export type AttemptOutcome =
	/** It is ours, read back and right. */
	| { readonly result: "held" }
	/** The gateway does not answer. */
	| { readonly result: "silent" }
	/**
	 * Another's, or nobody's and still not available. `lease`: what is left of it, 0 if permanent; `secure`: the gateway
	 * refused to delete it.
	 */
	| { readonly result: "taken"; readonly holder: Holder; readonly lease: Seconds; readonly secure: boolean }
	/** The gateway said that it is ours, and has no entry or a different one. */
	| { readonly result: "lie" }
	| { readonly result: "used-by-router" | "not-authorized" | "table-full" | "refused" };

/** What an attempt asks for, and what it may do. */
export interface AttemptTerms {
	readonly protocol: TransportProtocol;
	readonly internalPort: number;
	readonly description: string;
	/** The lease to ask for, unless the gateway is known to accept no such lease. */
	readonly lease: Seconds;
	/** True to delete and add an entry whose description is out of date. */
	readonly renaming: boolean;
	/** Whether the mapping of a camera that is gone may be deleted; asked when it matters. */
	readonly mayRemove: () => boolean;
}

/** What all attempts on one gateway share. */
export interface AttemptContext {
	readonly leases: LeasePolicy;
	readonly neighbours: Neighbours;
}

/** Asks a gateway for one port, in as many steps as real gateways need. */
export class MappingAttempt {
	private removed = false;
	private removing = false;
	private abandoned = false;
	private cancelled = false;
	private secure = false;
	private vanished = false;
	private leasesAsked = 0;

	constructor(
		private readonly igd: Igd,
		readonly port: number,
		readonly terms: AttemptTerms,
		private readonly context: AttemptContext,
		private readonly done: (now: Millis, outcome: AttemptOutcome, out: GatewayOutbox) => void,
	) {}

	/**
	 * Reads the port's entry and asks for the port unless it is another's: many gateways let a second program of the same
	 * machine overwrite the entry of the first, and some let anyone (quirk 26). `done` is called once, unless the queue of
	 * requests is cleared.
	 */
	start(out: GatewayOutbox): void {
		this.read(
			(now, holder, answer, next) => {
				if (holder === "absent" || holder === "mine" || holder === "unreadable") this.ask(next);
				else this.conflict(now, holder, answer, next);
			},
			out,
			true,
		);
	}

	private get description(): string {
		return this.terms.description.slice(0, this.context.leases.descriptionMax).trimEnd();
	}

	private ask(out: GatewayOutbox): void {
		const { terms, port, description } = this;
		const { protocol, internalPort } = terms;
		const lease = this.context.leases.lease(terms.lease);
		this.leasesAsked++;
		this.igd.add(
			{ protocol, externalPort: port, internalPort, description, lease },
			(now, answer, next) => this.added(now, lease, answer, next),
			out,
		);
	}

	/** Checks that the port is still ours, without asking for it. */
	check(out: GatewayOutbox): void {
		this.read((now, holder, answer, next) => {
			if (this.isRight(holder, answer)) this.done(now, { result: "held" }, next);
			else this.taken(now, holder, answer, next);
		}, out);
	}

	/** Stops: whatever is answered, nothing more is asked, and `done` is not called. */
	cancel(): void {
		this.cancelled = true;
	}

	/** Cancels a deletion that has not been answered yet. */
	abandon(now: Millis, out: GatewayOutbox): void {
		if (!this.removing) return;
		this.abandoned = true;
		this.igd.abandon(now, out);
	}

	private added(now: Millis, lease: Seconds, answer: SoapAnswer | undefined, out: GatewayOutbox): void {
		if (this.cancelled) return;
		switch (answer?.error) {
			case undefined:
				this.done(now, { result: "silent" }, out);
				break;
			case 0:
				this.verify(out);
				break;
			case ONLY_PERMANENT:
			case INVALID_ARGS:
				if (this.leasesAsked < LEASE_TRIES_MAX && this.context.leases.refused(lease, this.terms.lease)) this.ask(out);
				else if (this.context.leases.shorten(this.description)) {
					this.leasesAsked = 0;
					this.ask(out);
				} else this.refused(now, answer.error, out);
				break;
			case CONFLICT:
				this.read((later, holder, entry, next) => this.conflict(later, holder, entry, next), out);
				break;
			case USED_BY_ROUTER:
				this.done(now, { result: "used-by-router" }, out);
				break;
			case NOT_AUTHORIZED:
				this.done(now, { result: "not-authorized" }, out);
				break;
			case NO_PORTS:
				this.done(now, { result: "table-full" }, out);
				break;
			default:
				this.refused(now, answer?.error ?? 0, out);
		}
	}

	private refused(now: Millis, error: number, out: GatewayOutbox): void {
		out.emit({ type: "refusal", by: "UPnP", error });
		this.done(now, { result: "refused" }, out);
	}

	/** A conflict may be with another camera, with ourselves, with a stranger, or with nothing at all (quirk 3). */
	private conflict(now: Millis, holder: Holder, answer: SoapAnswer, out: GatewayOutbox): void {
		const ours = holder === "mine" || (holder === "gone" && this.terms.mayRemove());
		if (ours && !this.removed) this.remove(out);
		// It was there a moment ago, so its holder has deleted it since.
		else if (holder === "absent" && !this.removed) {
			this.removed = true;
			this.ask(out);
		} else this.taken(now, holder, answer, out);
	}

	/** Deletes an entry that was just read, and asks again. */
	private remove(out: GatewayOutbox): void {
		this.removed = this.removing = true;
		this.igd.delete(
			this.terms.protocol,
			this.port,
			(now, answer, next) => {
				this.removing = false;
				if (this.cancelled) return;
				if (this.abandoned) {
					this.done(now, { result: "taken", holder: "camera", lease: 0, secure: false }, next);
				} else if (answer === undefined) {
					this.done(now, { result: "silent" }, next);
				} else if (answer.error === 0) {
					this.ask(next);
				} else {
					// Its holder has deleted it since; or it is not authorized, whatever the code (606, 714), and the lease has to run
					// out. Reading the entry tells when that is.
					this.read((later, holder, entry, last) => {
						if (holder === "absent") return this.ask(last);
						this.secure = true;
						this.taken(later, holder, entry, last);
					}, next);
				}
			},
			out,
		);
	}

	private verify(out: GatewayOutbox): void {
		const { terms } = this;
		this.read(
			(now, holder, answer, next) => {
				const description = answer.values.get("NewPortMappingDescription") ?? "";
				// Some gateways renew an entry but keep its description; only a new entry gets the new one (IMG-15).
				const garbled = description !== "" && isGarbled(description);
				const old = description !== "" && !garbled && description !== this.description;
				if (holder === "unreadable" && this.context.leases.unread()) {
					this.ask(next);
				} else if (garbled && holder === "mine" && this.context.leases.shorten(this.description)) {
					this.ask(next);
				} else if (this.isRight(holder, answer)) {
					if (terms.renaming && old && !this.removed) this.remove(next);
					else this.done(now, { result: "held" }, next);
				} else if (holder === "absent" && !this.vanished && this.context.leases.vanished()) {
					this.vanished = true;
					this.ask(next);
				} else if (holder === "live" || holder === "camera") {
					// Another camera has read the entry before it was ours, and was given the port after us.
					this.taken(now, holder, answer, next);
				} else {
					this.done(now, { result: "lie" }, next);
				}
			},
			out,
			true,
		);
	}

	private taken(now: Millis, holder: Holder, answer: SoapAnswer, out: GatewayOutbox): void {
		const lease = Number(answer.values.get("NewLeaseDuration") ?? "0") || 0;
		this.done(now, { result: "taken", holder, lease, secure: this.secure }, out);
	}

	/** Whether an entry is as it should be. A gateway that cannot read it back has to be believed. */
	private isRight(holder: Holder, answer: SoapAnswer): boolean {
		if (holder === "unreadable") return true;
		const inside = answer.values.get("NewInternalPort") === `${this.terms.internalPort}`;
		return holder === "mine" && inside && answer.values.get("NewEnabled") !== "0";
	}

	/**
	 * Reads the entry.
	 * @param blindly true: until the gateway has read one back, no answer means only that it cannot
	 */
	private read(
		then: (now: Millis, holder: Holder, answer: SoapAnswer, out: GatewayOutbox) => void,
		out: GatewayOutbox,
		blindly = false,
	): void {
		const { igd, port, terms, context } = this;
		const { leases, neighbours } = context;
		igd.read(
			terms.protocol,
			port,
			(now, answer, next) => {
				if (this.cancelled) return;
				const silent = answer === undefined && !(leases.readable === false || (blindly && !leases.readable));
				if (silent) return this.done(now, { result: "silent" }, next);
				const entry = answer ?? UNREADABLE_ANSWER;
				if (entry.error === 0) leases.readable = true;
				const holder = holderOf(entry, port, terms.internalPort, igd.path.address, neighbours);
				// What it could read once and cannot now is lost, whatever the error (quirk 27). Asking again does no harm.
				then(now, holder === "unreadable" && leases.readable ? "absent" : holder, entry, next);
			},
			out,
		);
	}
}
