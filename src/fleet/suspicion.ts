import type { Millis } from "../core/time";

/** The least and the most probes in one round; a network with heavy loss needs more. */
const PROBES_MIN = 3;
const PROBES_MAX = 30;
/** The accepted probability that all probes of a round are lost though the representative is alive. */
const ERROR = 1e-5;
/** How many other cameras are asked for a second opinion in one round. */
const WITNESSES = 2;

/** Periods without an inquiry after which a camera that hears no other camera may decide alone, if the gateway answers it. */
export const LONELY_PERIODS = 5.6;
/** Periods without an inquiry after which a camera that hears nothing at all claims. */
const DESERTED_PERIODS = 20;
/** How many periods the representative has to be heard after the gateway has answered. */
const RECOVERY_PERIODS = 1.2;

/** What a suspicion may do. */
export interface SuspicionOutbox {
	/** Sends a probe to a camera. */
	probe(id: string): void;
	/** Asks the gateway for a sign of life, which {@link Suspicion.gatewayAnswered} reports. */
	checkGateway(): void;
}

/**
 * Finds out whether a silent representative has failed, or this camera does not receive datagrams.
 *
 * Three or more unicast probes go to the representative, and to other cameras for a second opinion: when did they last
 * hear it? If nothing at all answers, this camera's own radio may be the cause, and it does not claim before the gateway
 * has answered it.
 */
export class Suspicion {
	deadline: Millis = Infinity;
	private probes = 0;
	private count = PROBES_MIN;
	private probeAt: Millis = Infinity;
	private decideAt: Millis = Infinity;
	private witnessed = false;
	/** When the gateway first and last answered. */
	private provenAt: Millis = Infinity;
	private provenLast: Millis = -Infinity;

	/** @param period the representative's, in milliseconds */
	constructor(private readonly period: Millis) {}

	get active(): boolean {
		return this.deadline !== Infinity;
	}

	/** Time between probes. */
	get spacing(): Millis {
		return Math.max(40, Math.min(60, Math.floor(this.period / 4)));
	}

	/** Begins a round of probes. @param loss the share of messages that get lost, 0 … 1; more loss takes more probes */
	begin(now: Millis, loss: number): void {
		const roundTrip = 1 - (1 - loss) ** 2;
		const needed = roundTrip <= 0 ? 0 : Math.ceil(Math.log(ERROR) / Math.log(Math.min(0.9, roundTrip)));
		this.count = Math.max(PROBES_MIN, Math.min(PROBES_MAX, needed));
		this.witnessed = false;
		this.provenAt = Infinity;
		this.round(now);
	}

	end(): void {
		this.deadline = Infinity;
	}

	/** Another camera does not hear the representative either. */
	witness(): void {
		this.witnessed = true;
	}

	/** The gateway has answered: this camera receives datagrams. */
	gatewayAnswered(now: Millis): void {
		if (this.provenAt === Infinity) this.provenAt = now;
		this.provenLast = now;
	}

	/**
	 * Continues at {@link deadline}.
	 * @param heardAt when the representative was last heard
	 * @param suspect the representative
	 * @param others the cameras to ask for a second opinion, the best first
	 * @returns true: the representative has failed
	 */
	expire(now: Millis, heardAt: Millis, suspect: string, others: readonly string[], out: SuspicionOutbox): boolean {
		if (now >= this.probeAt) {
			out.probe(suspect);
			for (let i = 0; i < Math.min(WITNESSES, others.length); i++) out.probe(others[i]);
			this.probeAt = ++this.probes < this.count ? now + this.spacing : Infinity;
		}
		if (now >= this.decideAt) {
			if (this.witnessed || others.length === 0 || this.isOver(now, heardAt)) {
				this.end();
				return true;
			}
			out.checkGateway();
			this.round(now);
		}
		this.deadline = Math.min(this.probeAt, this.decideAt);
		return false;
	}

	private isOver(now: Millis, heardAt: Millis): boolean {
		const { period } = this;
		if (now >= heardAt + DESERTED_PERIODS * period) return true;
		// The gateway answered, then the representative had time to be heard, and the gateway answered again.
		return now >= heardAt + LONELY_PERIODS * period && this.provenLast >= this.provenAt + RECOVERY_PERIODS * period;
	}

	private round(now: Millis): void {
		this.probes = 0;
		this.probeAt = now;
		this.decideAt = now + this.count * this.spacing;
		this.deadline = now;
	}
}
