import type { Millis } from "../core/time";
import { type FleetMessage, HEIRS_MAX } from "../wire/fleet-message";
import { contentionDelay, heirDelay, siftDelay } from "./claim-delay";
import { FailureDetector } from "./failure-detector";
import type {
	Candidate,
	FormerRepresentative,
	SuccessionContext,
	SuccessionMessage,
	SuccessionOutbox,
} from "./succession-contract";
import { compareClaims, fittestFirst, heirsFirst, isAfter, portPosition } from "./succession-order";
import { type SuccessionSettings, writeOut } from "./succession-settings";
import type { SuspicionOutbox } from "./suspicion";

/**
 * The state of this camera in the election.
 *
 * - `off`: not taking part
 * - `listening`: after a start or after stepping down, it waits whether a representative is heard
 * - `managed`: it follows a representative
 * - `waiting`: the representative is gone, and this camera claims when its delay is over
 * - `claiming`: it has claimed the role, and the claim does not stand yet
 * - `representative`: it is the representative
 */
export type Phase = "off" | "listening" | "managed" | "waiting" | "claiming" | "representative";

/** A camera listens for this many heartbeats, and a random time on top, so that cameras that start together don't claim together. */
const LISTEN_PERIODS = 2.5;
const LISTEN_DRAW: Millis = 100;
/** The times of a claim's copies, because datagrams get lost; after the last time the claim stands. */
const CLAIM_TIMES: readonly Millis[] = Object.freeze([0, 15, 40, 60]);
/** The least time between two answers of a live representative to claims. */
const REASSERT_SPACING: Millis = 10;
/** Contentions after which the total order decides: where messages are delayed, drawing again need not end. */
const CONTENTIONS_MAX = 4;
/** The most former representatives remembered. */
const FORMERS_MAX = 4;
/** A camera whose probes found the representative absent leaves the others this time to find out as well. */
const PROMPT_TIME: Millis = 250;
/** A camera that hears a fitter one listen waits for its claim, up to this many times its own listening. */
const DEFER_MAX = 3;

/**
 * Elects the one representative among the cameras, and a new one when it leaves or falls silent (IMG-20, IMG-21,
 * IMG-23 … IMG-25). It decides which camera may ask the gateway for the representative's port; it never uses the
 * gateway itself.
 *
 * Conflicts end by a total order, (term, priority, identity): terms grow with each succession, a live representative
 * answers a claim with a term above it, and the larger one wins. The owner calls {@link start}, passes messages to
 * {@link heard}, and calls {@link expire} at {@link deadline}.
 */
export class SuccessionElection {
	deadline: Millis = Infinity;
	phase: Phase = "off";
	/** The largest term known. */
	term = 0;
	/** The representative, or the camera that claims to be it, this one included; empty for none. */
	leader = "";
	/** The successors, as the representative named them last. */
	heirs: readonly string[] = [];
	/** Claims made so far. */
	claims = 0;

	readonly settings: SuccessionSettings;
	private leaderPriority = 0;
	private leaderAddress = "";
	/** Boot counter and sequence number of its last message. */
	private leaderBoot = 0;
	private leaderSequence = 0;
	/** False: the leader has only claimed, and is not known to be the representative. */
	private leaderIsEstablished = false;
	private heirsVersion = -1;
	private readonly formers = new FormerRepresentatives();
	/** True: the last former representative said bye. */
	private saidBye = false;
	private at: Millis = Infinity;
	/** While it listens: a claim is deferred no longer. */
	private deferUntil: Millis = -Infinity;
	/** True: another camera has found the representative absent, and this one looks. */
	private wasPrompted = false;
	private copies = 0;
	private claimedAt: Millis = -Infinity;
	private contentions = 0;
	/** The role that the owner was told of last. */
	private role: "representative" | "managed" | undefined;
	private reassertedAt: Millis = -Infinity;
	private readonly failureDetector: FailureDetector;

	/** @param random numbers in [0, 1) */
	constructor(
		settings: SuccessionSettings,
		/** This camera: 16 hexadecimal digits. */
		private readonly id: string,
		private readonly context: SuccessionContext,
		private readonly random: { unit(): number },
	) {
		this.settings = writeOut(settings);
		this.failureDetector = new FailureDetector(this.settings, random);
	}

	/** Begins to listen; harmless when it has begun. */
	start(now: Millis): void {
		if (this.phase === "off") this.listen(now);
	}

	/** The network is gone. This camera keeps its role if {@link start} finds that no other has taken it. */
	pause(): void {
		this.clearLeader();
		this.phase = "off";
		this.deadline = Infinity;
	}

	/** Ends without a message: the owner says bye, and names {@link nameHeirs} in it. */
	stop(): void {
		this.pause();
		this.role = undefined;
	}

	/** Forgets what others said, and listens again. This camera keeps its role if no other has taken it. */
	forget(now: Millis): void {
		this.term = 0;
		this.heirs = [];
		if (this.phase !== "off") this.listen(now);
	}

	/** Steps down: the gateway says that another camera has the representative's port. */
	standDown(now: Millis, out: SuccessionOutbox): void {
		if (this.phase === "off") return;
		this.listen(now);
		this.giveUpRole(out);
	}

	/** The gateway has answered since {@link SuccessionOutbox.checkGateway}. */
	gatewayAnswered(now: Millis): void {
		this.failureDetector.gatewayAnswered(now);
	}

	/** Handles a message; the caller has checked that it is authentic, new, and from another camera. */
	heard(now: Millis, message: FleetMessage, address: string, out: SuccessionOutbox): void {
		if (this.phase === "off" || this.formers.isOvertaken(message)) return;
		if (message.sender === this.leader) this.noteLeaderMessage(message);
		switch (message.type) {
			case "claim":
				this.handleClaim(now, message, address, out);
				break;
			case "probe":
				this.answerProbe(now, message, out);
				break;
			case "bye":
				if (message.sender === this.leader && this.settings.detection.bye)
					this.representativeLeft(now, message.heirs ?? this.heirs);
				break;
			default:
				if (message.type === "alive") this.handleAlive(now, message);
				if (this.phase === "listening") this.defer(now, message);
				if (message.representative) this.handleRepresentative(now, message, address, out);
				// The representative was restarted, or stepped down.
				else if (message.sender === this.leader && this.leaderIsEstablished) this.representativeLeft(now, this.heirs);
		}
		this.plan();
	}

	expire(now: Millis, out: SuccessionOutbox): void {
		if (now < this.deadline) return;
		switch (this.phase) {
			case "listening":
			case "waiting":
				this.claim(now, out);
				break;
			case "claiming":
				this.continueClaim(now, out);
				break;
			case "representative":
				this.sendInquiry(out);
				this.at = this.nextInquiry(now);
				break;
			case "managed":
				this.watch(now, out);
				break;
		}
		this.plan();
	}

	/** Names the successors: cameras that answer before others, the fittest first, then by external port. */
	nameHeirs(): readonly string[] {
		if (this.heirsVersion !== this.context.version) {
			this.heirsVersion = this.context.version;
			this.heirs = fittestFirst(this.remaining()).slice(0, HEIRS_MAX);
		}
		return this.heirs;
	}

	private handleRepresentative(now: Millis, message: FleetMessage, address: string, out: SuccessionOutbox): void {
		if (this.phase === "representative" && this.beats(message)) this.reassert(now, message, out);
		else if (this.phase === "representative" || this.phase === "claiming" || this.outranks(message))
			this.follow(now, message, address, out);
	}

	private handleClaim(now: Millis, message: FleetMessage, address: string, out: SuccessionOutbox): void {
		if (this.phase === "representative") {
			this.reassert(now, message, out);
		} else if (this.phase === "listening" && this.context.holds && !message.holds) {
			// The gateway gave this camera the port, so this camera claims.
			this.claim(now, out);
		} else if (this.contends(now, message)) {
			this.contentions++;
			this.wait(now, this.claimDelay(this.heirs));
		} else if (this.contentions > 0 && this.phase === "waiting" && !isAfter(message.term, this.term)) {
			// A late copy of a claim that has been withdrawn.
			return;
		} else if (this.phase === "claiming" && this.beats(message)) {
			if (now - this.reassertedAt < REASSERT_SPACING) return;
			this.reassertedAt = now;
			out.send(message.sender, this.claimMessage());
		} else if (this.phase === "claiming" || this.outranks(message)) {
			this.follow(now, message, address, out);
		}
	}

	/** True when a claim is a contention in the mode where that means drawing the delay again (IMG-20). */
	private contends(now: Millis, message: FleetMessage): boolean {
		const { mode, delay, redraw, window } = this.settings;
		if (mode !== "contention" || delay === "identity" || this.contentions >= CONTENTIONS_MAX) return false;
		if (message.term !== this.term || now - this.claimedAt >= window) return false;
		return (
			this.phase === "claiming" || (redraw === "all" && this.phase === "managed" && message.sender !== this.leader)
		);
	}

	private handleAlive(now: Millis, message: FleetMessage): void {
		if (message.nonce !== undefined) this.failureDetector.alive(now, message);
		else if (message.target === this.leader && this.failureDetector.prompt(now)) this.wasPrompted = true;
	}

	private answerProbe(now: Millis, message: FleetMessage, out: SuccessionOutbox): void {
		if (message.target !== this.id) return;
		const answer: SuccessionMessage = { type: "alive", nonce: message.nonce ?? 0, priority: this.settings.priority };
		if (this.phase === "representative") {
			// Where it sends no inquiries, this is how its heirs are known.
			answer.heirs = this.nameHeirs();
		} else if (this.phase === "managed") {
			answer.target = this.leader;
			answer.age = Math.min(65535, Math.max(0, Math.floor(now - this.failureDetector.heardAt)));
		}
		out.send(message.sender, answer);
	}

	private follow(now: Millis, message: FleetMessage, address: string, out: SuccessionOutbox): void {
		const claims = message.type === "claim";
		if (message.sender !== this.leader) {
			if (claims) this.claimedAt = now;
			// The camera that claims the role has found out that the representative is gone.
			if (this.phase === "managed" && this.failureDetector.isSilent(now)) out.memberFailed(this.leader);
		}
		this.phase = "managed";
		this.wasPrompted = false;
		this.at = Infinity;
		this.leaderIsEstablished = !claims || (message.sender === this.leader && this.leaderIsEstablished);
		this.leader = message.sender;
		this.noteLeaderMessage(message);
		this.leaderAddress = address;
		this.leaderPriority = message.priority ?? 0;
		if (isAfter(message.term, this.term)) this.term = message.term;
		if (message.heirs !== undefined) this.heirs = message.heirs;
		this.heirsVersion = -1;
		if (!claims) {
			this.contentions = 0;
			this.formers.clear();
		}
		this.failureDetector.begin(now, this.leader, this.heirs.includes(this.id));
		this.giveUpRole(out);
	}

	private noteLeaderMessage(message: FleetMessage): void {
		this.leaderBoot = message.boot;
		this.leaderSequence = message.sequence;
	}

	/** The total order, for this camera against another that claims or is the representative. */
	private beats(message: FleetMessage): boolean {
		if (message.type !== "claim" && this.phase === "claiming") return false;
		if (this.context.holds !== message.holds) return this.context.holds;
		return compareClaims(this.term, this.settings.priority, this.id, message) > 0;
	}

	/** The total order, for another camera against the leader; messages of the leader itself always count. */
	private outranks(message: FleetMessage): boolean {
		if (this.leader === "" || message.sender === this.leader) return true;
		const { silence, probe } = this.settings.detection;
		// Where only byes count, the leader may have been dead for long. The gateway knows better.
		if (!silence && !probe && message.holds && message.type !== "claim") return true;
		return compareClaims(this.term, this.leaderPriority, this.leader, message) < 0;
	}

	/** As the live representative, answers a claim, or another representative, with a term above its own. */
	private reassert(now: Millis, message: FleetMessage, out: SuccessionOutbox): void {
		if (!isAfter(this.term, message.term)) this.term = (message.term + 1) >>> 0;
		if (now - this.reassertedAt < REASSERT_SPACING) return;
		this.reassertedAt = now;
		this.sendInquiry(out);
		out.send(message.sender, this.inquiry());
	}

	/** The representative has said bye, or stepped down: each camera waits for its turn to claim. */
	private representativeLeft(now: Millis, heirs: readonly string[]): void {
		if (this.leader === this.id) return;
		this.saidBye = true;
		this.contentions = 0;
		this.wait(now, this.claimDelay(heirs));
	}

	/** How long this camera waits before it claims, now that the representative is gone. */
	private claimDelay(heirs: readonly string[]): Millis {
		const { settings, id } = this;
		const unit = this.random.unit();
		if (settings.mode === "contention") return contentionDelay(settings, this.context.value ?? id, unit);
		if (settings.mode !== "heirs") return this.portPosition() * settings.turn;
		const position = heirs.indexOf(id);
		if (this.saidBye) return heirDelay(position, unit, settings.heirTurn);
		// Cameras that are not heirs wait for longer before they suspect a silent representative.
		if (position < 0 && settings.detection.silence) return siftDelay(unit);
		return heirDelay(position, unit, 2 * settings.heirTurn);
	}

	private watch(now: Millis, out: SuccessionOutbox): void {
		const probes: SuspicionOutbox = { probe: (id) => this.probe(id, out), checkGateway: () => out.checkGateway() };
		if (!this.failureDetector.expire(now, () => heirsFirst(this.heirs, this.remaining()), probes)) return;
		out.memberFailed(this.leader);
		this.saidBye = false;
		this.contentions = 0;
		let delay = this.claimDelay(this.heirs);
		if (!this.settings.detection.silence && !this.wasPrompted) {
			// Each camera probes at times of its own: the first to find out lets the others look too, and then have their turns.
			out.send(undefined, { type: "alive", target: this.leader, age: 65535 });
			if (delay > 0) delay += PROMPT_TIME;
		}
		this.wait(now, delay);
	}

	private probe(to: string, out: SuccessionOutbox): void {
		let nonce = Math.floor(this.random.unit() * 0x100000000);
		if (to === this.leader) nonce = this.failureDetector.takeNonce(nonce);
		out.send(to, { type: "probe", target: to, nonce });
	}

	private wait(now: Millis, delay: Millis): void {
		if (this.leader !== "" && this.leader !== this.id) {
			const former = { id: this.leader, address: this.leaderAddress };
			this.formers.add(former, this.leaderBoot, this.leaderSequence);
		}
		this.clearLeader();
		this.phase = "waiting";
		this.at = now + Math.round(delay);
	}

	private listen(now: Millis): void {
		this.clearLeader();
		this.formers.clear();
		this.phase = "listening";
		this.at = now + Math.round(this.listenTime() + LISTEN_DRAW * this.random.unit());
		this.deferUntil = now + DEFER_MAX * this.listenTime();
		this.plan();
	}

	private listenTime(): Millis {
		return LISTEN_PERIODS * Math.max(100, Math.min(250, this.settings.heartbeat));
	}

	/** A fitter camera listens as well, or has begun to: it is to claim first (IMG-3). */
	private defer(now: Millis, { priority = 0, representative }: FleetMessage): void {
		if (representative || priority <= this.settings.priority) return;
		const claimed = now + this.listenTime() + 2 * LISTEN_DRAW;
		this.at = Math.max(this.at, Math.min(claimed, this.deferUntil));
	}

	private claim(now: Millis, out: SuccessionOutbox): void {
		this.term = (this.term + 1) >>> 0;
		this.phase = "claiming";
		this.leader = this.id;
		this.heirsVersion = -1;
		this.claimedAt = this.reassertedAt = now;
		this.copies = 0;
		this.claims++;
		this.sendClaim(out);
		this.at = now + CLAIM_TIMES[1];
		// The role is taken at once where that is safe: the gateway's port and a floating address are locks themselves. Only
		// deleting the mapping of a silent representative, and the contention mode, need a claim that stands.
		if (this.settings.mode !== "contention") this.takeRole(this.saidBye ? this.formers.list : [], out);
	}

	private continueClaim(now: Millis, out: SuccessionOutbox): void {
		this.copies++;
		if (this.copies < CLAIM_TIMES.length - 1) {
			this.sendClaim(out);
			this.at = this.claimedAt + CLAIM_TIMES[this.copies + 1];
			return;
		}
		const end = this.claimedAt + (this.settings.mode === "contention" ? this.settings.window : 0);
		if (now < end) {
			this.at = end;
			return;
		}
		this.phase = "representative";
		const { list } = this.formers;
		if (this.role !== "representative" || (list.length > 0 && !this.saidBye)) this.takeRole(list, out);
		this.formers.clear();
		this.sendInquiry(out);
		this.at = this.nextInquiry(now);
	}

	private takeRole(formers: readonly FormerRepresentative[], out: SuccessionOutbox): void {
		this.role = "representative";
		out.role(true, formers);
	}

	private giveUpRole(out: SuccessionOutbox): void {
		if (this.role === "managed") return;
		this.role = "managed";
		out.role(false, []);
	}

	private clearLeader(): void {
		this.leader = this.leaderAddress = "";
		this.leaderIsEstablished = false;
		this.at = Infinity;
		this.failureDetector.end();
	}

	private sendInquiry(out: SuccessionOutbox): void {
		out.send(undefined, this.inquiry());
	}

	private inquiry(): SuccessionMessage {
		return { type: "inquiry", priority: this.settings.priority, heirs: this.nameHeirs(), representative: true };
	}

	private claimMessage(): SuccessionMessage {
		return { type: "claim", priority: this.settings.priority, representative: true };
	}

	private sendClaim(out: SuccessionOutbox): void {
		out.send(undefined, this.claimMessage());
		for (const heir of this.heirs) if (heir !== this.id) out.send(heir, this.claimMessage());
	}

	/** Where its silence says nothing, the representative sends nothing until it is probed. */
	private nextInquiry(now: Millis): Millis {
		return this.settings.detection.silence ? now + this.settings.heartbeat : Infinity;
	}

	/** The other cameras, without the leader and the former representatives. */
	private remaining(): Candidate[] {
		const remaining: Candidate[] = [];
		for (const candidate of this.context.candidates()) {
			if (candidate.id !== this.leader && !this.formers.has(candidate.id)) remaining.push(candidate);
		}
		return remaining;
	}

	/** This camera's position in the order of external ports. */
	private portPosition(): number {
		return (
			this.context.place ?? portPosition(this.remaining(), { id: this.id, externalPort: this.context.externalPort })
		);
	}

	private plan(): void {
		this.deadline = this.phase === "managed" ? this.failureDetector.deadline : this.at;
	}
}

/** Remembers cameras that were the representative, or had claimed to be it, and are gone. */
class FormerRepresentatives {
	/** The last one last; at most {@link FORMERS_MAX}. */
	list: readonly FormerRepresentative[] = [];
	private lastId = "";
	private lastBoot = 0;
	private lastSequence = 0;

	/** @param boot and `sequence` of the last message that was heard from it */
	add(former: FormerRepresentative, boot: number, sequence: number): void {
		this.list = [...this.list, former].slice(-FORMERS_MAX);
		this.lastId = former.id;
		this.lastBoot = boot;
		this.lastSequence = sequence;
	}

	/** There is a representative again: they no longer matter. */
	clear(): void {
		this.list = [];
	}

	has(id: string): boolean {
		return this.list.some((former) => former.id === id);
	}

	/** True for a message that the last one sent before its last message, and that arrives later: it changes nothing. */
	isOvertaken(message: FleetMessage): boolean {
		return message.sender === this.lastId && message.boot === this.lastBoot && message.sequence <= this.lastSequence;
	}
}
