import type { Millis } from "../core/time";
import type { FleetMessage } from "../wire/fleet-message";
import type { SuccessionSettings } from "./succession-settings";
import { LONELY_PERIODS, Suspicion, type SuspicionOutbox } from "./suspicion";

/** A camera that was suspended for this many periods gives the representative time to be heard. */
const SUSPENDED_PERIODS = 2;

/** Inquiries over which their loss is averaged. */
const LOSS_PERIODS = 40;
/** A longer silence tells nothing of loss. */
const SAMPLE_MAX = 10;
/** The last probe has this long to be answered. */
const ANSWER_TIME: Millis = 300;

/**
 * Watches the representative and tells when it is gone: inquiries fail to arrive (IMG-23), or it leaves probes
 * unanswered (IMG-24), and it gives no answer to a round of probes, nor has another camera heard it.
 */
export class FailureDetector {
	deadline: Millis = Infinity;
	/** When the representative was heard last. */
	heardAt: Millis = -Infinity;
	/** Number in the last probe, which its answer returns. */
	nonce = 0;
	private leader = "";
	private heir = false;
	private probeAt: Millis = Infinity;
	private unanswered = 0;
	private suspectedAt: Millis = Infinity;
	/** Part of the inquiries that were missed of late. */
	private loss = 0;
	private readonly suspicion: Suspicion;

	/** @param random numbers in [0, 1) */
	constructor(
		private readonly settings: SuccessionSettings,
		private readonly random: { unit(): number },
	) {
		this.suspicion = new Suspicion(settings.heartbeat);
	}

	/** Watches `leader` from now on. @param heir true: this camera is to be among the first to miss it */
	begin(now: Millis, leader: string, heir: boolean): void {
		if (leader !== this.leader) {
			this.leader = leader;
			this.unanswered = 0;
			this.probeAt = now + this.interval();
		}
		this.heir = heir;
		this.heard(now);
	}

	end(): void {
		this.leader = "";
		this.deadline = Infinity;
		this.suspicion.end();
	}

	/** The representative was heard. */
	heard(now: Millis): void {
		const { mode, heartbeat } = this.settings;
		const periods = mode === "probing" ? 1 : Math.max(1, Math.round((now - this.heardAt) / heartbeat));
		if (periods <= SAMPLE_MAX) this.loss += ((periods - 1) / periods - this.loss) * (periods / LOSS_PERIODS);
		this.heardAt = now;
		this.unanswered = 0;
		this.suspicion.end();
		this.plan();
	}

	/** Somebody has answered a probe. */
	alive(now: Millis, message: FleetMessage): void {
		if (this.leader === "") return;
		if (message.sender === this.leader) {
			if (message.nonce === this.nonce) this.heard(now);
		} else if (this.suspicion.active && message.target === this.leader && message.age !== undefined) {
			this.heardAt = Math.max(this.heardAt, now - message.age);
			const lives = this.settings.mode === "probing" ? this.heardAt >= this.suspectedAt : now < this.absentAt();
			if (lives) this.heard(this.heardAt);
			else this.suspicion.witness();
			this.plan();
		}
	}

	/** True: the representative has not been heard for so long that another camera may have given it up. */
	isSilent(now: Millis): boolean {
		const { mode, missed, heartbeat, probe } = this.settings;
		return now - this.heardAt >= (mode === "probing" ? 1.5 * probe[1] : missed * heartbeat);
	}

	/** The gateway has answered: this camera is not deaf. */
	gatewayAnswered(now: Millis): void {
		this.suspicion.gatewayAnswered(now);
	}

	/**
	 * Goes on.
	 * @param witnesses cameras that may have heard the representative, best first
	 * @returns true: it is gone
	 */
	expire(now: Millis, witnesses: () => readonly string[], out: SuspicionOutbox): boolean {
		if (now < this.deadline) return false;
		let gone = false;
		if (now - this.deadline >= SUSPENDED_PERIODS * this.settings.heartbeat) {
			// It was not the representative that was silent: this camera was asleep.
			this.probeAt = now + this.interval();
			this.heard(now);
		} else if (this.settings.mode === "probing" && !this.suspicion.active && this.unanswered < this.settings.missed) {
			this.ask(now, out);
		} else {
			if (!this.suspicion.active) {
				this.suspicion.begin(now, this.loss);
				this.suspectedAt = now;
			}
			gone = this.suspicion.expire(now, this.heardAt, this.leader, witnesses(), out);
		}
		this.plan();
		return gone;
	}

	private ask(now: Millis, out: SuspicionOutbox): void {
		if (this.unanswered > 0) this.loss += (1 - this.loss) / LOSS_PERIODS;
		this.unanswered++;
		out.probe(this.leader);
		this.probeAt = now + (this.unanswered < this.settings.missed ? this.interval() : ANSWER_TIME);
	}

	private interval(): Millis {
		const [least, most] = this.settings.probe;
		return Math.round(least + (most - least) * this.random.unit());
	}

	private absentAt(): Millis {
		const { mode, missed, heartbeat } = this.settings;
		const periods = mode === "heirs" && !this.heir ? Math.max(LONELY_PERIODS, missed + 1) : missed + 0.5;
		return this.heardAt + Math.ceil(periods * heartbeat);
	}

	private plan(): void {
		if (this.leader === "") this.deadline = Infinity;
		else if (this.suspicion.active) this.deadline = this.suspicion.deadline;
		else this.deadline = this.settings.mode === "probing" ? this.probeAt : this.absentAt();
	}
}
