import type { Millis } from "../core/time";
import type { FleetMessage } from "../wire/fleet-message";
import type { SuccessionSettings } from "./succession-settings";
import { LONELY_PERIODS, Suspicion, type SuspicionOutbox } from "./suspicion";

/** A camera that was itself suspended for this many periods gives the representative time to be heard again. */
const SUSPENDED_PERIODS = 2;

/** The number of inquiries over which their loss is averaged. */
const LOSS_PERIODS = 40;
/** A silence of more periods than this says nothing about loss. */
const SAMPLE_MAX = 10;
/** How long the last probe may take to be answered. */
const ANSWER_TIME: Millis = 300;

/**
 * Watches the representative and decides when it has failed: its inquiries are missing (IMG-23), or it does not answer
 * probes (IMG-24), or either; then it does not answer a round of probes either, and no other camera has heard it.
 */
export class FailureDetector {
	deadline: Millis = Infinity;
	/** When the representative was last heard. */
	heardAt: Millis = -Infinity;
	/** The number in the last probe, which its answer returns; the same in all probes that wait for an answer. */
	private nonce = 0;
	private awaits = false;
	private leader = "";
	private heir = false;
	private probeAt: Millis = Infinity;
	private unanswered = 0;
	private suspectedAt: Millis = Infinity;
	/** The recent share of inquiries that were missed, 0 … 1. */
	private loss = 0;
	private readonly suspicion: Suspicion;

	/** @param random numbers in [0, 1) */
	constructor(
		private readonly settings: SuccessionSettings,
		private readonly random: { unit(): number },
	) {
		this.suspicion = new Suspicion(settings.heartbeat);
	}

	/** Watches `leader` from now on. @param heir true: this camera is among the first to suspect it */
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
		const { detection, heartbeat } = this.settings;
		const periods = detection.silence ? Math.max(1, Math.round((now - this.heardAt) / heartbeat)) : 1;
		if (periods <= SAMPLE_MAX) this.loss += ((periods - 1) / periods - this.loss) * (periods / LOSS_PERIODS);
		this.heardAt = now;
		this.awaits = false;
		this.unanswered = 0;
		this.suspicion.end();
		this.plan();
	}

	/** Returns the number of a probe of the representative. @param drawn used unless an earlier probe still waits */
	takeNonce(drawn: number): number {
		if (!this.awaits) this.nonce = drawn;
		this.awaits = true;
		return this.nonce;
	}

	/** A camera has answered a probe. */
	alive(now: Millis, message: FleetMessage): void {
		if (this.leader === "") return;
		if (message.sender === this.leader) {
			if (message.nonce === this.nonce) this.heard(now);
		} else if (this.suspicion.active && message.target === this.leader && message.age !== undefined) {
			this.heardAt = Math.max(this.heardAt, now - message.age);
			const lives = this.settings.detection.silence ? now < this.absentAt() : this.heardAt >= this.suspectedAt;
			if (lives) this.heard(this.heardAt);
			else this.suspicion.witness();
			this.plan();
		}
	}

	/** Another camera's probes have found the representative absent: this one looks too, at once. @returns whether it does */
	prompt(now: Millis): boolean {
		const { silence, probe } = this.settings.detection;
		if (this.leader === "" || silence || !probe || this.suspicion.active) return false;
		this.unanswered = this.settings.missed;
		this.probeAt = now;
		this.plan();
		return true;
	}

	/** True: the representative has been silent for so long that another camera may have declared it failed. */
	isSilent(now: Millis): boolean {
		const { detection, missed, heartbeat, probe } = this.settings;
		return now - this.heardAt >= (detection.silence ? missed * heartbeat : 1.5 * probe[1]);
	}

	/** The gateway has answered: this camera receives datagrams. */
	gatewayAnswered(now: Millis): void {
		this.suspicion.gatewayAnswered(now);
	}

	/**
	 * Continues at {@link deadline}.
	 * @param witnesses gives the cameras that may have heard the representative, the best first
	 * @returns true: it has failed
	 */
	expire(now: Millis, witnesses: () => readonly string[], out: SuspicionOutbox): boolean {
		if (now < this.deadline) return false;
		let failed = false;
		if (now - this.deadline >= SUSPENDED_PERIODS * this.settings.heartbeat) {
			// The representative was not silent: this camera was suspended.
			this.probeAt = now + this.interval();
			this.heard(now);
		} else if (!this.suspicion.active && !this.isAbsent(now)) {
			this.ask(now, out);
		} else {
			if (!this.suspicion.active) {
				this.suspicion.begin(now, this.loss);
				this.suspectedAt = now;
			}
			failed = this.suspicion.expire(now, this.heardAt, this.leader, witnesses(), out);
		}
		this.plan();
		return failed;
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

	/** True: too many inquiries, or answers to probes, are missing. */
	private isAbsent(now: Millis): boolean {
		const { detection, missed } = this.settings;
		return (detection.silence && now >= this.absentAt()) || this.unanswered >= missed;
	}

	private absentAt(): Millis {
		const { mode, missed, heartbeat } = this.settings;
		const periods = mode === "heirs" && !this.heir ? Math.max(LONELY_PERIODS, missed + 1) : missed + 0.5;
		return this.heardAt + Math.ceil(periods * heartbeat);
	}

	private plan(): void {
		const { silence, probe } = this.settings.detection;
		if (this.leader === "") this.deadline = Infinity;
		else if (this.suspicion.active) this.deadline = this.suspicion.deadline;
		else this.deadline = Math.min(silence ? this.absentAt() : Infinity, probe ? this.probeAt : Infinity);
	}
}
