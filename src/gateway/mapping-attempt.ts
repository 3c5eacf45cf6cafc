import type { Millis, Seconds } from "../core/time";
import type { SoapAnswer } from "../wire/soap";
import type { GatewayOutbox } from "./gateway-events";
import type { Igd } from "./igd";
import type { LeasePolicy } from "./lease-policy";
import { parseMappingDescription } from "./mapping-description";
import { type Holder, holderOf, type Neighbours } from "./mapping-holder";

/** UPnP error codes that decide something. @see WANIPConnection:2 §2.5; what gateways make of them: quirks 1 to 6 */
const INVALID_ARGS = 402;
const NOT_AUTHORIZED = 606;
const CONFLICT = 718;
const ONLY_PERMANENT = 725;
const NO_PORTS = 728;
const USED_BY_ROUTER = 729;

/** What became of an attempt to get a port. */
export type AttemptOutcome =
	/** It is ours, read back and right. */
	| { readonly result: "held" }
	/** The gateway does not answer. */
	| { readonly result: "silent" }
	/**
	 * Another's, or nobody's and yet not to be had. `lease`: what is left of it, 0 for ever; `secure`: the gateway let us
	 * not delete it.
	 */
	| { readonly result: "taken"; readonly holder: Holder; readonly lease: Seconds; readonly secure: boolean }
	/** The gateway said that it is ours, and has no or another entry. */
	| { readonly result: "lie" }
	| { readonly result: "used-by-router" | "not-authorized" | "table-full" | "refused" };

/** What is asked for, and what may be done for it. */
export interface AttemptTerms {
	readonly internalPort: number;
	readonly description: string;
	readonly leases: LeasePolicy;
	readonly representative: boolean;
	readonly neighbours: () => Neighbours;
	/** True: the mapping of a camera that is gone may be deleted. */
	readonly mayRemove: () => boolean;
	/** True: an entry that kept an old description is made anew. */
	readonly renaming: boolean;
	/** True: a look whether an entry that is refused is ours, or whose it is; else it is another's without a look. */
	readonly look: boolean;
}

/** Asks a gateway for one port, in as many steps as it takes with real gateways, and tells what became of it. */
export class MappingAttempt {
	private removed = false;
	private removing = false;
	private abandoned = false;
	private cancelled = false;
	private secure = false;
	private vanished = false;

	constructor(
		private readonly igd: Igd,
		readonly port: number,
		private readonly terms: AttemptTerms,
		private readonly done: (now: Millis, outcome: AttemptOutcome, out: GatewayOutbox) => void,
	) {}

	/** Begins; `done` is called once, unless the queue of requests is cleared. */
	start(out: GatewayOutbox): void {
		const { terms, port } = this;
		const lease = terms.leases.lease(terms.representative);
		this.igd.add(
			{ externalPort: port, internalPort: terms.internalPort, description: terms.description, lease },
			(now, answer, next) => this.added(now, lease, answer, next),
			out,
		);
	}

	/** Looks whether the port is ours, without asking for it. */
	check(out: GatewayOutbox): void {
		this.read((now, holder, answer, next) => {
			if (this.isRight(holder, answer)) this.done(now, { result: "held" }, next);
			else this.taken(now, holder, answer, next);
		}, out);
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
				if (this.terms.leases.refused(lease)) this.start(out);
				else this.done(now, { result: "refused" }, out);
				break;
			case CONFLICT:
				if (this.terms.look) this.examine(out);
				else this.done(now, { result: "taken", holder: "camera", lease: 0, secure: false }, out);
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
				this.done(now, { result: "refused" }, out);
		}
	}

	/** A conflict: with another camera, with ourselves, with a stranger, or with nothing at all (quirk 3). */
	private examine(out: GatewayOutbox): void {
		this.read((now, holder, answer, next) => {
			const ours = holder === "mine" || (holder === "gone" && this.terms.mayRemove());
			if (ours && !this.removed) this.remove(next);
			// It was there a moment ago: who had it has let it go.
			else if (holder === "absent" && !this.removed) {
				this.removed = true;
				this.start(next);
			} else this.taken(now, holder, answer, next);
		}, out);
	}

	/** Does nothing more, whatever is answered. */
	cancel(): void {
		this.cancelled = true;
	}

	/** Takes a deletion back that has not been answered yet. */
	abandon(now: Millis, out: GatewayOutbox): void {
		if (!this.removing) return;
		this.abandoned = true;
		this.igd.abandon(now, out);
	}

	/** Deletes an entry that was just looked at, and asks again. */
	private remove(out: GatewayOutbox): void {
		this.removed = this.removing = true;
		this.igd.delete(
			this.port,
			(now, answer, next) => {
				this.removing = false;
				if (this.cancelled) return;
				if (this.abandoned) {
					this.done(now, { result: "taken", holder: "camera", lease: 0, secure: false }, next);
				} else if (answer === undefined) {
					this.done(now, { result: "silent" }, next);
				} else if (answer.error === 0) {
					this.start(next);
				} else {
					// Not authorised, in whatever words (606, 714): the lease has to run out. A look tells how long that is.
					this.secure = true;
					this.read((later, holder, entry, last) => this.taken(later, holder, entry, last), next);
				}
			},
			out,
		);
	}

	private verify(out: GatewayOutbox): void {
		const { terms } = this;
		this.read((now, holder, answer, next) => {
			const description = answer.values.get("NewPortMappingDescription") ?? "";
			// Some gateways renew an entry but keep its old description; only a new entry has the new one (IMG-15).
			const old = description !== terms.description && parseMappingDescription(description) !== undefined;
			if (this.isRight(holder, answer)) {
				if (terms.renaming && old && !this.removed) this.remove(next);
				else this.done(now, { result: "held" }, next);
			} else if (holder === "absent" && !this.vanished && terms.leases.vanished()) {
				this.vanished = true;
				this.start(next);
			} else {
				this.done(now, { result: "lie" }, next);
			}
		}, out);
	}

	private taken(now: Millis, holder: Holder, answer: SoapAnswer, out: GatewayOutbox): void {
		const lease = Number(answer.values.get("NewLeaseDuration") ?? "0") || 0;
		this.done(now, { result: "taken", holder, lease, secure: this.secure }, out);
	}

	/** True for an entry that is as it should be; a gateway that can't read back has to be believed. */
	private isRight(holder: Holder, answer: SoapAnswer): boolean {
		if (holder === "unreadable") return true;
		const inside = answer.values.get("NewInternalPort") === `${this.terms.internalPort}`;
		return holder === "mine" && inside && answer.values.get("NewEnabled") !== "0";
	}

	private read(
		then: (now: Millis, holder: Holder, answer: SoapAnswer, out: GatewayOutbox) => void,
		out: GatewayOutbox,
	): void {
		const { igd, port, terms } = this;
		igd.read(
			port,
			(now, answer, next) => {
				if (this.cancelled) return;
				if (answer === undefined) this.done(now, { result: "silent" }, next);
				else then(now, holderOf(answer, port, igd.path.address, terms.neighbours()), answer, next);
			},
			out,
		);
	}
}
