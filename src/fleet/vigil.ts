import type { Millis } from "../core/time";
import type { FleetMessage } from "../wire/fleet-message";
import type { SuccessionSettings } from "./succession-settings";
import { LONELY_PERIODS, Suspicion, type SuspicionOutbox } from "./suspicion";

/** A camera that was suspended for this many periods gives the representative time to be heard. */
const SUSPENDED_PERIODS = 2;

/** The last probe has this long to be answered. */
const ANSWER_TIME: Millis = 300;

/**
 * Watches the representative and tells when it is gone: by inquiries that fail to arrive, checked by probes and a
 * second opinion (`heirs`) or not (IMG-23), or by probes that it leaves unanswered (IMG-24).
 */
export class Vigil {
	deadline: Millis = Infinity;
	/** When the representative was heard last. */
	heardAt: Millis = -Infinity;
	/** Number in the last probe, which its answer returns. */
	nonce = 0;
	private leader = "";
	private heir = false;
	private probeAt: Millis = Infinity;
	private unanswered = 0;
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
			if (now < this.absentAt()) this.suspicion.end();
			else this.suspicion.witness();
			this.plan();
		}
	}

	/** The gateway has answered: this camera is not deaf. */
	proven(now: Millis): void {
		this.suspicion.proven(now);
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
			this.heard(now);
		} else if (this.settings.mode === "probing") {
			gone = this.unanswered >= this.settings.missed;
			if (!gone) this.ask(now, out);
		} else if (this.settings.mode === "heirs") {
			if (!this.suspicion.active) this.suspicion.begin(now);
			gone = this.suspicion.expire(now, this.heardAt, this.leader, witnesses(), out);
		} else {
			gone = true;
		}
		this.plan();
		return gone;
	}

	private ask(now: Millis, out: SuspicionOutbox): void {
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
		else if (this.settings.mode === "probing") this.deadline = this.probeAt;
		else this.deadline = this.suspicion.active ? this.suspicion.deadline : this.absentAt();
	}
}
