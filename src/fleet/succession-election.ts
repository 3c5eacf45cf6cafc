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
import { compareClaims, fittestFirst, heirsFirst, isAfter, portPlace } from "./succession-order";
import type { SuccessionSettings } from "./succession-settings";
import type { SuspicionOutbox } from "./suspicion";

/**
 * `listening`: a newcomer, or one that stepped down, waits whether a representative is heard; `managed`: follows one;
 * `waiting`: it is gone, and this camera's turn comes; `claiming`, `representative`: what the words say.
 */
export type Phase = "off" | "listening" | "managed" | "waiting" | "claiming" | "representative";

/** A newcomer listens this many periods, and a little at random so that those that start together don't claim together. */
const LISTEN_PERIODS = 2.5;
const LISTEN_DRAW: Millis = 100;
/** Copies of a claim, as datagrams get lost; after the last time the claim stands. */
const CLAIM_TIMES: readonly Millis[] = Object.freeze([0, 15, 40, 60]);
/** A live representative answers claims at most this often. */
const REASSERT_SPACING: Millis = 10;
/** Contentions after which the fixed rule decides: drawing again alone need not end where messages are held back. */
const CONTENTIONS_MAX = 4;
/** The most former representatives remembered. */
const FORMERS_MAX = 4;
/** After a silence an heir gives each heir before it this long. */
const HEIR_TURN: Millis = 120;

/**
 * Finds the one representative among the cameras, and a new one when it leaves or falls silent (IMG-20, IMG-21,
 * IMG-23 … IMG-25). It decides who may ask the gateway for the representative's port; it never touches the gateway.
 *
 * Conflicts end by a total order, (term, priority, identity): terms grow with each succession, a live representative
 * answers a claim with a term above it, and the larger wins. The owner calls {@link start}, hands in what is
 * {@link heard}, and calls {@link expire} at {@link deadline}.
 */
export class SuccessionElection {
	deadline: Millis = Infinity;
	phase: Phase = "off";
	/** The largest term heard of. */
	term = 0;
	/** The representative, or whoever claims to be, this camera included; empty for none. */
	leader = "";
	/** Who succeeds, as the representative named them last. */
	heirs: readonly string[] = [];
	/** Claims made so far. */
	claims = 0;

	private leaderPriority = 0;
	private leaderAddress = "";
	/** Boot counter and sequence number of its last message. */
	private leaderBoot = 0;
	private leaderSequence = 0;
	/** False: the leader has claimed only, and is not known to be the representative. */
	private leaderStands = false;
	private heirsVersion = -1;
	private readonly formers = new FormerRepresentatives();
	/** True: the last predecessor said bye. */
	private farewell = false;
	private at: Millis = Infinity;
	private copies = 0;
	private claimedAt: Millis = -Infinity;
	private contentions = 0;
	/** Which role the app was told of. */
	private told: "representative" | "managed" | undefined;
	private reassertedAt: Millis = -Infinity;
	private readonly failureDetector: FailureDetector;

	/** @param random numbers in [0, 1) */
	constructor(
		readonly settings: SuccessionSettings,
		/** This camera: 16 hexadecimal digits. */
		private readonly id: string,
		private readonly context: SuccessionContext,
		private readonly random: { unit(): number },
	) {
		this.failureDetector = new FailureDetector(settings, random);
	}

	/** Begins to listen. Harmless when it has begun. */
	start(now: Millis): void {
		if (this.phase === "off") this.listen(now);
	}

	/** The network is gone. What this camera was it may still be when {@link start} finds nobody else in the place. */
	pause(): void {
		this.vacate();
		this.phase = "off";
		this.deadline = Infinity;
	}

	/** Ends without a word: the owner says bye, and names {@link nameHeirs}. */
	stop(): void {
		this.pause();
		this.told = undefined;
	}

	/** Steps down: the gateway says that another camera has the representative's port. */
	standDown(now: Millis, out: SuccessionOutbox): void {
		if (this.phase === "off") return;
		this.listen(now);
		this.resign(out);
	}

	/** The gateway has answered since {@link SuccessionOutbox.checkGateway}. */
	gatewayAnswered(now: Millis): void {
		this.failureDetector.gatewayAnswered(now);
	}

	/** Takes a message in; the caller has checked that it is authentic, new, and another's. */
	heard(now: Millis, message: FleetMessage, address: string, out: SuccessionOutbox): void {
		if (this.phase === "off" || this.formers.isOvertaken(message)) return;
		if (message.sender === this.leader) this.noteLeaderMessage(message);
		switch (message.type) {
			case "claim":
				this.heardClaim(now, message, address, out);
				break;
			case "probe":
				this.answerProbe(now, message, out);
				break;
			case "bye":
				if (message.sender === this.leader) this.vacant(now, message.heirs ?? this.heirs);
				break;
			default:
				if (message.type === "alive") this.failureDetector.alive(now, message);
				if (message.representative) this.heardRepresentative(now, message, address, out);
				// It was restarted, or stepped down.
				else if (message.sender === this.leader && this.leaderStands) this.vacant(now, this.heirs);
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
				this.claimOn(now, out);
				break;
			case "representative":
				this.inquire(out);
				this.at = this.nextInquiry(now);
				break;
			case "managed":
				this.watch(now, out);
				break;
		}
		this.plan();
	}

	/** Names who succeeds: those that answer before others, the fittest first, then in the order of external ports. */
	nameHeirs(): readonly string[] {
		if (this.heirsVersion !== this.context.version) {
			this.heirsVersion = this.context.version;
			this.heirs = fittestFirst(this.others()).slice(0, HEIRS_MAX);
		}
		return this.heirs;
	}

	private heardRepresentative(now: Millis, message: FleetMessage, address: string, out: SuccessionOutbox): void {
		if (this.phase === "representative" && this.beats(message)) this.reassert(now, message, out);
		else if (this.phase === "representative" || this.phase === "claiming" || this.outranks(message))
			this.follow(now, message, address, out);
	}

	private heardClaim(now: Millis, message: FleetMessage, address: string, out: SuccessionOutbox): void {
		if (this.phase === "representative") {
			this.reassert(now, message, out);
		} else if (this.contends(now, message)) {
			this.contentions++;
			this.wait(now, contentionDelay(this.settings, this.id, this.random.unit()));
		} else if (this.contentions > 0 && this.phase === "waiting" && !isAfter(message.term, this.term)) {
			// A late copy of a claim that has been withdrawn.
			return;
		} else if (this.phase === "claiming" && this.beats(message)) {
			if (now - this.reassertedAt < REASSERT_SPACING) return;
			this.reassertedAt = now;
			out.tell(message.sender, this.claimWord());
		} else if (this.phase === "claiming" || this.outranks(message)) {
			this.follow(now, message, address, out);
		}
	}

	/** True when a claim makes a contention, in the sequence where that means another draw (IMG-20). */
	private contends(now: Millis, message: FleetMessage): boolean {
		const { mode, delay, redraw, window } = this.settings;
		if (mode !== "contention" || delay === "identity" || this.contentions >= CONTENTIONS_MAX) return false;
		if (message.term !== this.term || now - this.claimedAt >= window) return false;
		return (
			this.phase === "claiming" || (redraw === "all" && this.phase === "managed" && message.sender !== this.leader)
		);
	}

	private answerProbe(now: Millis, message: FleetMessage, out: SuccessionOutbox): void {
		if (message.target !== this.id) return;
		const word: SuccessionMessage = { type: "alive", nonce: message.nonce ?? 0, priority: this.settings.priority };
		if (this.phase === "managed") {
			word.target = this.leader;
			word.age = Math.min(65535, Math.max(0, Math.floor(now - this.failureDetector.heardAt)));
		}
		out.tell(message.sender, word);
	}

	private follow(now: Millis, message: FleetMessage, address: string, out: SuccessionOutbox): void {
		const claims = message.type === "claim";
		if (message.sender !== this.leader) {
			if (claims) this.claimedAt = now;
			// Whoever claims its place has found out that it is gone.
			if (this.phase === "managed" && this.failureDetector.isSilent(now)) out.memberFailed(this.leader);
		}
		this.phase = "managed";
		this.at = Infinity;
		this.leaderStands = !claims || (message.sender === this.leader && this.leaderStands);
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
		this.resign(out);
	}

	private noteLeaderMessage(message: FleetMessage): void {
		this.leaderBoot = message.boot;
		this.leaderSequence = message.sequence;
	}

	/** The fixed rule, for this camera against another that claims or represents. */
	private beats(message: FleetMessage): boolean {
		if (message.type !== "claim" && this.phase === "claiming") return false;
		if (this.context.holds !== message.holds) return this.context.holds;
		return compareClaims(this.term, this.settings.priority, this.id, message) > 0;
	}

	/** The fixed rule, for another against the one that this camera follows; the latter itself may always speak. */
	private outranks(message: FleetMessage): boolean {
		if (this.leader === "" || message.sender === this.leader) return true;
		return compareClaims(this.term, this.leaderPriority, this.leader, message) < 0;
	}

	/** A live representative answers a claim, or another representative, with a term above its. */
	private reassert(now: Millis, message: FleetMessage, out: SuccessionOutbox): void {
		if (!isAfter(this.term, message.term)) this.term = (message.term + 1) >>> 0;
		if (now - this.reassertedAt < REASSERT_SPACING) return;
		this.reassertedAt = now;
		this.inquire(out);
		out.tell(message.sender, this.inquiry());
	}

	/** The representative is gone, and has said so; each camera waits for its turn. */
	private vacant(now: Millis, heirs: readonly string[]): void {
		const { id } = this;
		const { mode, turn } = this.settings;
		if (this.leader === id) return;
		this.farewell = true;
		this.contentions = 0;
		const unit = this.random.unit();
		if (mode === "heirs") this.wait(now, heirDelay(heirs.indexOf(id), unit));
		else this.wait(now, mode === "contention" ? contentionDelay(this.settings, this.id, unit) : this.place() * turn);
	}

	private watch(now: Millis, out: SuccessionOutbox): void {
		const asking: SuspicionOutbox = { probe: (id) => this.probe(id, out), checkGateway: () => out.checkGateway() };
		if (!this.failureDetector.expire(now, () => heirsFirst(this.heirs, this.others()), asking)) return;
		out.memberFailed(this.leader);
		this.farewell = false;
		this.contentions = 0;
		const { id } = this;
		const { mode, turn } = this.settings;
		const place = this.heirs.indexOf(id);
		if (mode !== "heirs") this.wait(now, this.place() * turn);
		else this.wait(now, place >= 0 ? place * HEIR_TURN : siftDelay(this.random.unit()));
	}

	private probe(to: string, out: SuccessionOutbox): void {
		const nonce = Math.floor(this.random.unit() * 0x100000000);
		if (to === this.leader) this.failureDetector.nonce = nonce;
		out.tell(to, { type: "probe", target: to, nonce });
	}

	private wait(now: Millis, delay: Millis): void {
		if (this.leader !== "" && this.leader !== this.id) {
			const former = { id: this.leader, address: this.leaderAddress };
			this.formers.add(former, this.leaderBoot, this.leaderSequence);
		}
		this.vacate();
		this.phase = "waiting";
		this.at = now + Math.round(delay);
	}

	private listen(now: Millis): void {
		this.vacate();
		this.formers.clear();
		this.phase = "listening";
		this.at =
			now +
			Math.round(
				LISTEN_PERIODS * Math.max(100, Math.min(250, this.settings.heartbeat)) + LISTEN_DRAW * this.random.unit(),
			);
		this.plan();
	}

	private claim(now: Millis, out: SuccessionOutbox): void {
		this.term = (this.term + 1) >>> 0;
		this.phase = "claiming";
		this.leader = this.id;
		this.heirsVersion = -1;
		this.claimedAt = this.reassertedAt = now;
		this.copies = 0;
		this.claims++;
		this.sayClaim(out);
		this.at = now + CLAIM_TIMES[1];
		// The gateway, and a floating address, may be asked for at once: they are locks of their own. To delete what one who
		// fell silent has left there, and where contentions are drawn again, the claim has to stand first.
		if (this.settings.mode !== "contention") this.accede(this.farewell ? this.formers.list : [], out);
	}

	private claimOn(now: Millis, out: SuccessionOutbox): void {
		this.copies++;
		if (this.copies < CLAIM_TIMES.length - 1) {
			this.sayClaim(out);
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
		if (this.told !== "representative" || (list.length > 0 && !this.farewell)) this.accede(list, out);
		this.formers.clear();
		this.inquire(out);
		this.at = this.nextInquiry(now);
	}

	private accede(formers: readonly FormerRepresentative[], out: SuccessionOutbox): void {
		this.told = "representative";
		out.role(true, formers);
	}

	private resign(out: SuccessionOutbox): void {
		if (this.told === "managed") return;
		this.told = "managed";
		out.role(false, []);
	}

	private vacate(): void {
		this.leader = this.leaderAddress = "";
		this.leaderStands = false;
		this.at = Infinity;
		this.failureDetector.end();
	}

	private inquire(out: SuccessionOutbox): void {
		out.tell(undefined, this.inquiry());
	}

	private inquiry(): SuccessionMessage {
		return { type: "inquiry", priority: this.settings.priority, heirs: this.nameHeirs(), representative: true };
	}

	private claimWord(): SuccessionMessage {
		return { type: "claim", priority: this.settings.priority, representative: true };
	}

	private sayClaim(out: SuccessionOutbox): void {
		out.tell(undefined, this.claimWord());
		for (const heir of this.heirs) if (heir !== this.id) out.tell(heir, this.claimWord());
	}

	/** Where probing shows who is there, the representative is silent until it is asked. */
	private nextInquiry(now: Millis): Millis {
		return this.settings.mode === "probing" ? Infinity : now + this.settings.heartbeat;
	}

	/** The cameras that are left. */
	private others(): Candidate[] {
		const left: Candidate[] = [];
		for (const peer of this.context.candidates()) {
			if (peer.id !== this.leader && !this.formers.has(peer.id)) left.push(peer);
		}
		return left;
	}

	/** This camera's place in the order of external ports. */
	private place(): number {
		return portPlace(this.others(), { id: this.id, externalPort: this.context.externalPort });
	}

	private plan(): void {
		this.deadline = this.phase === "managed" ? this.failureDetector.deadline : this.at;
	}
}

/** Remembers the cameras that were the representative, or had claimed to be, and are gone. */
class FormerRepresentatives {
	/** The last one last; at most {@link FORMERS_MAX}. */
	list: readonly FormerRepresentative[] = [];
	private lastId = "";
	private lastBoot = 0;
	private lastSequence = 0;

	/** @param boot and `sequence` of the last message that was heard of it */
	add(former: FormerRepresentative, boot: number, sequence: number): void {
		this.list = [...this.list, former].slice(-FORMERS_MAX);
		this.lastId = former.id;
		this.lastBoot = boot;
		this.lastSequence = sequence;
	}

	/** There is a representative: they matter no more. */
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
