import type { Millis } from "../../core/time";
import { Timers } from "../../core/timers";
import type { Random } from "../../ports/random";
import { ROLE_CONFLICT, UNKNOWN_ATTRIBUTE, USE_CANDIDATE, XOR_MAPPED_ADDRESS } from "../../wire/stun";
import type { Candidate } from "../candidate";
import type { Introduction } from "../introduction";
import { CheckCodec } from "./check-codec";
import type { CheckPair } from "./check-pair";
import { CheckRole } from "./check-role";
import { BETTER_EVERY, CHECK_TIME, CONSENT_EVERY, DOUBTS, GUESS_TIME, START_DELAY_MAX, TESTS_MAX } from "./check-times";
import {
	type CheckedPath,
	type CheckOutbox,
	type OwnSide,
	type PathChecks,
	VIA_RELAY,
	VIA_SOCKET,
	type Via,
} from "./checks-contract";
import { PairList } from "./pair-list";
import { PathChoice } from "./path-choice";
import { PortGuesses } from "./port-guesses";

/** Slots of the timers. */
const START = 0;
const PAIRS = 1;
const GUESS = 2;
const BOUND = 3;
const BETTER = 4;
const SLOTS = 5;

/** Finds the best way to one peer and keeps it. @see PathChecks */
export class PathFinder implements PathChecks {
	private readonly timers = new Timers(SLOTS);
	private readonly list = new PairList();
	private codec: CheckCodec | undefined;
	/** The codec of the introduction before: the peer may not have got the new one yet. */
	private previous: CheckCodec | undefined;
	private role = new CheckRole(false);
	private readonly choice = new PathChoice();
	private readonly guesses: PortGuesses;
	private wasChecking = false;
	private readonly findings = { heardPeer: false, symmetric: false, peerSymmetric: false, hadRelay: false };
	private isOver = false;
	/** Where the message came from that is being handled. */
	private readonly from = { via: VIA_SOCKET, address: "", port: 0 };

	constructor(private readonly random: Random) {
		this.guesses = new PortGuesses(random);
	}

	get deadline(): Millis {
		return this.timers.deadline;
	}

	get sessionName(): string {
		return this.codec?.name ?? "";
	}

	get path(): CheckedPath | undefined {
		return this.choice.used;
	}

	introduce(now: Millis, introduction: Introduction, own: OwnSide, out: CheckOutbox): void {
		if (this.isOver) return;
		this.previous = this.codec;
		this.codec = new CheckCodec(introduction.session, introduction.password, this.random);
		this.findings.symmetric = own.symmetric;
		this.findings.peerSymmetric = introduction.symmetric === true;
		this.role = new CheckRole(introduction.controlling);
		this.choice.reintroduced();
		this.list.reset(own, introduction.candidates, this.choice.used);
		const start = now + Math.max(0, Math.min(START_DELAY_MAX, introduction.startDelay));
		this.timers.clearAll();
		this.timers.set(START, start);
		this.timers.set(BOUND, start + CHECK_TIME);
		if (start <= now) this.expire(now, out);
	}

	addCandidates(now: Millis, candidates: readonly Candidate[], out: CheckOutbox): void {
		if (this.codec !== undefined && !this.isOver) this.begin(now, this.list.add(candidates), out);
	}

	relayed(now: Millis, candidate: Candidate, out: CheckOutbox): void {
		if (this.isOver) return;
		this.findings.hadRelay = true;
		this.begin(now, this.list.setRelay(candidate), out);
	}

	relayLost(now: Millis, out: CheckOutbox): void {
		if (this.isOver) return;
		this.list.setRelay(undefined);
		if (this.choice.used?.via === VIA_RELAY) this.endPath(now, out);
		this.plan(now);
	}

	probe(now: Millis, out: CheckOutbox): void {
		const { used } = this.choice;
		// With attempts it is being checked already.
		if (used?.attempts !== 0 || this.isOver) return;
		this.test(now, used, out);
		this.plan(now);
	}

	doubt(now: Millis, out: CheckOutbox): void {
		const { used } = this.choice;
		if (used === undefined || this.isOver) return;
		this.list.retest(now, used);
		this.test(now, used, out);
		this.plan(now);
	}

	expire(now: Millis, out: CheckOutbox): void {
		for (let slot = this.timers.due(now); slot >= 0; slot = this.timers.due(now)) {
			if (slot === START) this.start(now, out);
			else if (slot === PAIRS) this.testDue(now, out);
			else if (slot === GUESS) this.guess(now, out);
			else if (slot === BOUND) this.fail(out);
			else this.tryBetter(now);
		}
		this.plan(now);
	}

	receive(
		now: Millis,
		via: Via,
		address: string,
		port: number,
		bytes: Uint8Array,
		start: number,
		end: number,
		out: CheckOutbox,
	): boolean {
		if (this.codec === undefined || this.isOver) return false;
		this.from.via = via;
		this.from.address = address;
		this.from.port = port;
		const kind = this.codec.read(bytes, start, end);
		if (kind === "none") return this.receiveOld(bytes, start, end, out);
		if (kind === "request") this.checked(now, this.codec, out);
		else if (kind !== "replay") this.answered(now, this.codec, kind === "success", out);
		this.plan(now);
		return true;
	}

	isPeer(via: Via, address: string, port: number): boolean {
		const pair = this.list.find(via, address, port);
		return pair !== undefined && (pair.heard || pair.state === "valid");
	}

	close(): void {
		this.isOver = true;
		this.choice.used = undefined;
		this.timers.clearAll();
	}

	/** The delay is over: all pairs are tested. */
	private start(now: Millis, out: CheckOutbox): void {
		this.timers.clear(START);
		this.list.begin(now);
		if (this.choice.used !== undefined) this.test(now, this.choice.used, out);
		const { symmetric, peerSymmetric } = this.findings;
		if (symmetric !== peerSymmetric) {
			this.guesses.begin(now, this.list.reflexiveCandidates, symmetric);
			this.timers.set(GUESS, this.guesses.deadline);
			if (this.choice.used === undefined) this.timers.set(BOUND, now + GUESS_TIME);
		}
		if (!this.wasChecking) {
			this.wasChecking = true;
			out.emit({ type: "checking", pairs: this.list.pairs.length });
		}
		this.testDue(now, out);
	}

	/** New pairs are tested, unless the delay still runs. */
	private begin(now: Millis, made: readonly CheckPair[], out: CheckOutbox): void {
		if (this.codec === undefined || this.timers.isSet(START)) return;
		for (const pair of made) pair.restart(now);
		this.testDue(now, out);
		this.plan(now);
	}

	private testDue(now: Millis, out: CheckOutbox): void {
		const pair = this.list.due(now);
		if (pair !== undefined) this.test(now, pair, out);
	}

	private test(now: Millis, pair: CheckPair, out: CheckOutbox): void {
		if (this.codec === undefined) return;
		const isUsed = pair === this.choice.used;
		if (isUsed) {
			if (pair.attempts >= DOUBTS && this.choice.doubt(out)) this.list.retest(now, pair);
			if (!pair.hasConsent(now)) {
				this.endPath(now, out);
				return;
			}
		} else if (pair.attempts >= TESTS_MAX) {
			pair.state = "failed";
			pair.nextAt = Infinity;
			return;
		}
		const { controlling } = this.role;
		pair.sent(now, this.codec.request(controlling, controlling && isUsed, pair.via === VIA_RELAY), isUsed);
		this.send(pair.via, pair.address, pair.port, this.codec, out);
	}

	/** A check of the peer arrived (P2P-10). */
	private checked(now: Millis, codec: CheckCodec, out: CheckOutbox): void {
		const { via, address, port } = this.from;
		const isUnknown = codec.reader.unknownCount > 0;
		const role = isUnknown ? "conflict" : this.role.settle(codec);
		if (role === "own") return;
		if (role === "conflict") {
			codec.refusal(isUnknown ? UNKNOWN_ATTRIBUTE : ROLE_CONFLICT);
			this.send(via, address, port, codec, out);
			return;
		}
		const nominates = !this.role.controlling && codec.reader.has(USE_CANDIDATE);
		codec.success(address, port);
		this.send(via, address, port, codec, out);
		this.findings.heardPeer = true;
		const pair = this.list.heardFrom(via, address, port, codec.isRelayed ? "relayed" : "reflexive");
		if (pair === undefined) return;
		pair.heard = true;
		// A side that has heard the other one needs no delay: both NATs are open now.
		if (this.timers.isSet(START)) this.start(now, out);
		if (nominates) this.choice.nominated = pair === this.choice.used ? undefined : pair;
		if (pair.state === "valid" && pair.hasConsent(now)) {
			if (nominates && pair !== this.choice.used) this.use(now, pair, out);
		} else if (!pair.wasTriggered || pair.state === "failed" || pair.state === "valid") {
			pair.restart(now);
			pair.wasTriggered = true;
			this.test(now, pair, out);
		}
	}

	/** An answer to one of our checks arrived. */
	private answered(now: Millis, codec: CheckCodec, isSuccess: boolean, out: CheckOutbox): void {
		const { via, address, port } = this.from;
		// Only from where the check went to. @see RFC 8445 §7.2.5.2.1
		const pair = this.list.find(via, address, port);
		if (pair === undefined || !pair.answered(now, codec.counter)) return;
		this.findings.heardPeer = true;
		if (!isSuccess) {
			if (codec.reader.errorCode() === ROLE_CONFLICT && this.role.refused(codec)) pair.restart(now);
			return;
		}
		this.list.noteMapped(pair, codec.reader.address(XOR_MAPPED_ADDRESS));
		pair.state = "valid";
		pair.nextAt = Infinity;
		if (pair === this.choice.used) {
			pair.nextAt = this.nextConsent(now);
			this.choice.proved(now, pair, out);
			this.endGuesses(now, pair);
		} else if (this.choice.wants(pair, this.role.controlling)) {
			this.use(now, pair, out);
		}
	}

	private use(now: Millis, pair: CheckPair, out: CheckOutbox): void {
		this.choice.use(now, pair, out);
		pair.attempts = 0;
		pair.nextAt = this.nextConsent(now);
		this.timers.clear(BOUND);
		this.timers.set(BETTER, now + BETTER_EVERY);
		this.endGuesses(now, pair);
		// The controlling side tells the other one at once which it has chosen.
		if (this.role.controlling) this.test(now, pair, out);
	}

	/** Nothing may be sent on the path in use any more. */
	private endPath(now: Millis, out: CheckOutbox): void {
		this.choice.doubt(out);
		this.choice.end();
		this.list.retest(now, undefined);
		this.timers.set(BOUND, now + CHECK_TIME);
	}

	private tryBetter(now: Millis): void {
		this.list.retestBetter(now, this.choice.used);
		this.timers.set(BETTER, now + BETTER_EVERY);
	}

	private guess(now: Millis, out: CheckOutbox): void {
		if (this.codec === undefined) return;
		const used = this.choice.used?.via ?? VIA_SOCKET;
		const target = this.guesses.next(now, used, out);
		this.timers.set(GUESS, this.guesses.deadline);
		if (target === undefined) {
			this.list.forgetSpread(used);
			return;
		}
		this.codec.request(this.role.controlling, false, false);
		this.send(target.via, target.address, target.port, this.codec, out);
	}

	private endGuesses(now: Millis, used: CheckPair): void {
		if (used.kind === "relayed") return;
		this.guesses.found(now);
		this.timers.set(GUESS, this.guesses.deadline);
	}

	private fail(out: CheckOutbox): void {
		// The end of its consent sets the bound again.
		if (this.choice.used !== undefined) return;
		const { symmetric, peerSymmetric, hadRelay } = this.findings;
		const isNat = (symmetric || peerSymmetric) && !hadRelay;
		const why = this.choice.wasConnected ? "lost" : isNat ? "symmetric" : "no-answer";
		out.emit({ type: "failed", why, findings: { ...this.findings } });
		this.close();
	}

	/** Answers a check of the introduction before, from where the peer is known to be. */
	private receiveOld(bytes: Uint8Array, start: number, end: number, out: CheckOutbox): boolean {
		const { previous } = this;
		const { via, address, port } = this.from;
		if (previous?.read(bytes, start, end) !== "request") return false;
		if (this.choice.used?.is(via, address, port) === true) {
			previous.success(address, port);
			this.send(via, address, port, previous, out);
		}
		return true;
	}

	private nextConsent(now: Millis): Millis {
		return now + Math.round(CONSENT_EVERY * (0.8 + 0.4 * this.random.unit()));
	}

	private send(via: Via, address: string, port: number, codec: CheckCodec, out: CheckOutbox): void {
		const { bytes, start, end } = codec.writer;
		out.send(via, address, port, bytes, start, end);
	}

	private plan(now: Millis): void {
		if (!this.isOver && !this.timers.isSet(START)) this.timers.set(PAIRS, this.list.nextAt(now));
	}
}
