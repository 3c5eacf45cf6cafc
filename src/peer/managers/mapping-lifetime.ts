import type { Machine, Outlet } from "../../core/machine";
import type { Millis } from "../../core/time";
import { Timers } from "../../core/timers";
import type { ProvenAddress } from "../rendezvous/peer-message";

/** The times that are tried, in which a NAT may forget a mapping. The longest is what a server's proof of an address lasts at least. */
const GAPS: readonly Millis[] = Object.freeze([14_000, 20_000, 30_000, 45_000, 60_000]);
/** The one that is tried first: many NATs forget after 30 s. */
const FIRST = 2;
/** How long an echo may take, and how often one is asked for. */
const ECHO_TIME: Millis = 1000;
const ECHOES = 3;
/** How often the server is asked for the proof of the address, and when again. */
const PROOFS = 4;
const PROOF_TIME: Millis = 500;

const NEXT = 0;

/** What a {@link MappingLifetime} reports. */
export type LifetimeEvent =
	/** A mapping that nothing used for this long was still there, or was gone. */
	| { readonly type: "survived" | "lapsed"; readonly gap: Millis }
	/** The last event: all is known, or the server does not help. */
	| { readonly type: "done" };

/** What a {@link MappingLifetime} does. */
export interface LifetimeOutbox extends Outlet<LifetimeEvent> {
	/** Asks the server, by a socket of its own, for the proof of that socket's address; {@link MappingLifetime.proved} follows. */
	askProof(): void;
	/** Asks the server, by the socket of all peer traffic, for an echo to that address; `answered` and `echoed` follow. */
	askEcho(proof: ProvenAddress): void;
}

/**
 * Finds out how long a NAT keeps a mapping that nothing uses, so that keep-alives are as rare as possible (P2P-8): a second socket is
 * mapped and falls silent, then the server sends something there.
 * @see RFC 5780 §4.6
 */
export class MappingLifetime implements Machine<LifetimeOutbox> {
	private readonly timers = new Timers(1);
	private state: "idle" | "proving" | "silent" | "echoing" | "over" = "idle";
	private proof: ProvenAddress | undefined;
	private step = FIRST;
	private tries = 0;
	private hasEcho = false;
	private hasAnswer = false;
	private rose = false;
	private fell = false;

	get deadline(): Millis {
		return this.timers.deadline;
	}

	/** Begins; the sockets are open. */
	start(now: Millis, out: LifetimeOutbox): void {
		if (this.state !== "idle") return;
		this.begin(now, out);
	}

	/** The server has told and proved the address of the second socket. */
	proved(now: Millis, proof: ProvenAddress): void {
		if (this.state !== "proving") return;
		this.proof = proof;
		this.state = "silent";
		this.timers.set(NEXT, now + GAPS[this.step]);
	}

	/** The server has answered the request for an echo. @param isSent false: it does not help */
	answered(now: Millis, isSent: boolean, out: LifetimeOutbox): void {
		if (this.state !== "echoing") return;
		if (!isSent) this.end(out);
		else {
			this.hasAnswer = true;
			if (this.hasEcho) this.survived(now, out);
		}
	}

	/** The echo has arrived at the second socket. */
	echoed(now: Millis, out: LifetimeOutbox): void {
		if (this.state !== "echoing") return;
		this.hasEcho = true;
		if (this.hasAnswer) this.survived(now, out);
	}

	expire(now: Millis, out: LifetimeOutbox): void {
		if (this.timers.due(now) !== NEXT) return;
		if (this.state === "proving") this.prove(now, out);
		else if (this.state === "silent") {
			this.state = "echoing";
			this.tries = 0;
			this.hasEcho = this.hasAnswer = false;
			this.echo(now, out);
		} else if (this.state === "echoing") this.echo(now, out);
	}

	private begin(now: Millis, out: LifetimeOutbox): void {
		this.state = "proving";
		this.tries = 0;
		this.prove(now, out);
	}

	private prove(now: Millis, out: LifetimeOutbox): void {
		if (this.tries++ >= PROOFS) return this.end(out);
		this.timers.set(NEXT, now + PROOF_TIME);
		out.askProof();
	}

	private echo(now: Millis, out: LifetimeOutbox): void {
		const { proof } = this;
		if (proof === undefined) return this.end(out);
		if (this.tries++ < ECHOES) {
			this.timers.set(NEXT, now + ECHO_TIME);
			out.askEcho(proof);
		} else if (this.hasEcho) this.survived(now, out);
		else if (this.hasAnswer) this.lapsed(now, out);
		else this.end(out);
	}

	private survived(now: Millis, out: LifetimeOutbox): void {
		out.emit({ type: "survived", gap: GAPS[this.step] });
		this.rose = true;
		if (this.fell || this.step === GAPS.length - 1) this.end(out);
		else {
			this.step++;
			this.begin(now, out);
		}
	}

	private lapsed(now: Millis, out: LifetimeOutbox): void {
		out.emit({ type: "lapsed", gap: GAPS[this.step] });
		this.fell = true;
		if (this.rose || this.step === 0) this.end(out);
		else {
			this.step--;
			this.begin(now, out);
		}
	}

	private end(out: LifetimeOutbox): void {
		this.state = "over";
		this.timers.clearAll();
		out.emit({ type: "done" });
	}
}
