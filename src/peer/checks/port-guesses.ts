import type { Millis } from "../../core/time";
import type { Random } from "../../ports/random";
import type { Candidate } from "../candidate";
import { GUESS_AFTER } from "./check-times";
import { type CheckOutbox, VIA_SOCKET, VIA_SPREAD, type Via } from "./checks-contract";

/** How many sockets the side behind the symmetric NAT opens, where its host has them. */
export const SPREAD_SOCKETS = 256;
/** How many ports the other side tries: with {@link SPREAD_SOCKETS} mappings one of them is right in 98 of 100 cases. */
const GUESSES_MAX = 1024;
/** The time between two guesses. */
const GUESS_EVERY: Millis = 20;
/** The time between the first checks of the additional sockets, and until they are repeated before a NAT forgets them. */
const SPREAD_EVERY: Millis = 5;
const SPREAD_AGAIN: Millis = 15_000;
/** How long after a path was found both sides have surely settled on one. */
const GATHER_AFTER: Millis = 3000;
/** The ports that a NAT draws from. */
const FIRST_PORT = 1024;
const PORT_COUNT = 0x10000 - FIRST_PORT;

/** Where a check goes that is not one of a pair. */
export interface GuessTarget {
	via: Via;
	address: string;
	port: number;
}

/**
 * Birthday probing, where one NAT maps ports per destination and lets in only what it was sent to, and the other one doesn't map so:
 * the side behind the first one sends from many sockets to the one right address of the other, which sends to random ports of the
 * first one's address. When both have hit the same mapping, the check arrives (P2P-12). Rate and number are bounded.
 */
export class PortGuesses {
	/** When {@link next} is to be called; `Infinity` when nothing is to be done. */
	deadline: Millis = Infinity;
	private phase: "idle" | "planned" | "guessing" | "found" = "idle";
	private candidates: readonly Candidate[] = [];
	private isSymmetric = false;
	private sockets = 0;
	private sent = 0;
	private port = 0;
	private step = 1;
	private readonly target: GuessTarget = { via: VIA_SOCKET, address: "", port: 0 };

	constructor(private readonly random: Random) {}

	/**
	 * Begins in a while, if no path is {@link found} before.
	 * @param candidates the peer's reflexive candidates
	 * @param isSymmetric our NAT is the one that maps ports per destination; else the peer's is
	 */
	begin(now: Millis, candidates: readonly Candidate[], isSymmetric: boolean): void {
		this.candidates = candidates;
		this.isSymmetric = isSymmetric;
		this.sent = 0;
		this.port = Math.floor(this.random.unit() * PORT_COUNT);
		// Without a common factor with 64,512 = 2^10 · 3^2 · 7: each port is tried once.
		this.step = 42 * Math.floor(1 + this.random.unit() * 1500) + 1;
		this.phase = "planned";
		this.deadline = candidates.length > 0 ? now + GUESS_AFTER : Infinity;
	}

	/** A direct path was found: no more guesses; after a while the additional sockets are closed but the one in use. Harmless when repeated. */
	found(now: Millis): void {
		if (this.phase === "idle" || this.phase === "found") return;
		const isSpread = this.phase === "guessing" && this.sockets > 0;
		this.phase = isSpread ? "found" : "idle";
		this.deadline = isSpread ? now + GATHER_AFTER : Infinity;
	}

	/**
	 * Does what is due.
	 * @param used the way of the path in use
	 * @returns where the next check goes, valid until the next call; `undefined`: none is to be sent
	 */
	next(now: Millis, used: Via, out: CheckOutbox): GuessTarget | undefined {
		this.deadline = Infinity;
		if (this.phase === "planned") {
			this.sockets = this.isSymmetric ? out.spread(SPREAD_SOCKETS) : 0;
			this.phase = this.isSymmetric && this.sockets === 0 ? "idle" : "guessing";
		} else if (this.phase === "found") {
			out.gather(used >= VIA_SPREAD ? used : VIA_SOCKET);
			this.phase = "idle";
		}
		if (this.phase !== "guessing") return undefined;
		const candidate = this.candidates[this.sent % this.candidates.length];
		this.target.address = candidate.address;
		if (this.isSymmetric) this.fromNextSocket(now, candidate.port);
		else this.toNextPort(now);
		return this.target;
	}

	private toNextPort(now: Millis): void {
		this.port = (this.port + this.step) % PORT_COUNT;
		this.target.via = VIA_SOCKET;
		this.target.port = FIRST_PORT + this.port;
		if (++this.sent < GUESSES_MAX) this.deadline = now + GUESS_EVERY;
	}

	private fromNextSocket(now: Millis, port: number): void {
		this.target.via = VIA_SPREAD + (this.sent % this.sockets);
		this.target.port = port;
		const isRound = ++this.sent % this.sockets === 0;
		if (this.sent < 2 * this.sockets) this.deadline = now + (isRound ? SPREAD_AGAIN : SPREAD_EVERY);
	}
}
