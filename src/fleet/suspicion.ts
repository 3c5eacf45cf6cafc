import type { Millis } from "../core/time";

/** Probes in one round: the least, and the most, which a network with heavy loss needs. */
const PROBES_MIN = 3;
const PROBES_MAX = 30;
/** Chance that all probes of a round are lost though the representative lives. */
const ERROR = 1e-5;
/** Other cameras asked for a second opinion in one round. */
const WITNESSES = 2;

/** Periods without an inquiry after which even a camera that hears nobody may believe it, if the gateway answers it. */
export const LONELY_PERIODS = 5.6;
/** Periods without an inquiry after which a camera that hears nobody at all claims. */
const DESERTED_PERIODS = 20;
/** After the gateway has answered, the representative still has this many periods to be heard. */
const RECOVERY_PERIODS = 1.2;

/** What a suspicion asks for. */
export interface SuspicionOutbox {
	/** Sends a probe to a camera. */
	probe(id: string): void;
	/** Asks the gateway for a sign, which {@link Suspicion.gatewayAnswered} reports. */
	checkGateway(): void;
}

/**
 * Finds out whether a silent representative is gone, or this camera deaf.
 *
 * Unicast probes, three or more, go to the representative, and to other cameras for a second opinion: who heard it last, and
 * when. Nobody at all answers: then it may well be this camera whose radio is deaf, and it does not claim before the
 * gateway has answered it.
 */
export class Suspicion {
	deadline: Millis = Infinity;
	private probes = 0;
	private count = PROBES_MIN;
	private probeAt: Millis = Infinity;
	private decideAt: Millis = Infinity;
	private witnessed = false;
	/** When the gateway answered first, and last. */
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

	/** @param loss part of the messages that get lost, 0 … 1: the more, the more often is asked before a camera is given up */
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

	/** Another camera has said that it does not hear the representative either. */
	witness(): void {
		this.witnessed = true;
	}

	/** The gateway has answered: this camera can hear. */
	gatewayAnswered(now: Millis): void {
		if (this.provenAt === Infinity) this.provenAt = now;
		this.provenLast = now;
	}

	/**
	 * Goes on.
	 * @param heardAt when the representative was heard last
	 * @param suspect the representative
	 * @param others cameras that may know better, best first
	 * @returns true: it is gone
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
		// It heard the gateway, then had time to hear the representative, and heard the gateway again.
		return now >= heardAt + LONELY_PERIODS * period && this.provenLast >= this.provenAt + RECOVERY_PERIODS * period;
	}

	private round(now: Millis): void {
		this.probes = 0;
		this.probeAt = now;
		this.decideAt = now + this.count * this.spacing;
		this.deadline = now;
	}
}
