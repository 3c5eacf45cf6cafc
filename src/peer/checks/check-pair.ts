import { ipKind } from "../../core/ip-address";
import type { Millis } from "../../core/time";
import type { CandidateKind } from "../candidate";
import type { PathKind } from "../peer-path";
import { CONSENT_TIME, consentRetryTime, retryTime, TESTS_MAX } from "./check-times";
import { type CheckedPath, VIA_RELAY, type Via } from "./checks-contract";

/** How long the answer to a check may take to be counted: that many later checks may have been sent. */
const OUTSTANDING = TESTS_MAX;

/**
 * What is known about a pair: `waiting` to be tested for the first time, `testing`, `valid` since a check was answered, or `failed`.
 * @see RFC 8445 §6.1.2.6
 */
export type PairState = "waiting" | "testing" | "valid" | "failed";

/** One of our ways out together with one address of the peer (P2P-9): what a check tests. @see RFC 8445 §6.1.2 */
export class CheckPair implements CheckedPath {
	kind: PathKind;
	state: PairState = "waiting";
	roundTrip: Millis = 0;
	/** When it is tested next; `Infinity`: not by itself. */
	nextAt: Millis = Infinity;
	/** Checks since the last one that was answered. */
	attempts = 0;
	/** When the latest answered check was sent. */
	answeredAt: Millis = -Infinity;
	/** The peer's authenticated checks came from there. */
	heard = false;
	/** A check of the peer has triggered one, since it was last begun to be tested: the others leave in their time. */
	wasTriggered = false;
	private readonly counters: number[] = [];
	private readonly times: Millis[] = [];

	constructor(
		readonly via: Via,
		readonly address: string,
		readonly port: number,
		/** How the peer came to have this address; `reflexive` also for what its checks came from. */
		readonly candidate: CandidateKind,
		/** In which order pairs are tested: smaller first. */
		readonly order: number,
	) {
		this.kind = kindOf(via, address, candidate);
	}

	/** How good the way is: a better one takes over. Mapped and punched ones are alike. */
	get rank(): number {
		if (this.kind === "lan") return 4;
		if (this.kind === "ipv6") return 3;
		if (this.kind !== "relayed") return 2;
		return this.via === VIA_RELAY && this.candidate === "relayed" ? 0 : 1;
	}

	/** Returns whether datagrams of this address belong to it. */
	is(via: Via, address: string, port: number): boolean {
		return this.port === port && this.via === via && this.address === address;
	}

	/** A check with this counter is sent now. @param isUsed the pair is the one in use */
	sent(now: Millis, counter: number, isUsed: boolean): void {
		if (this.counters.length >= OUTSTANDING) {
			this.counters.shift();
			this.times.shift();
		}
		this.counters.push(counter);
		this.times.push(now);
		this.attempts++;
		this.nextAt = now + (isUsed ? consentRetryTime(this.attempts, this.roundTrip) : retryTime(this.attempts));
		if (this.state !== "valid") this.state = "testing";
	}

	/** Returns whether datagrams may be sent by this way: a check was answered not too long ago. @see RFC 7675 §5.1 */
	hasConsent(now: Millis): boolean {
		return now - this.answeredAt < CONSENT_TIME;
	}

	/** Tests it at a time, as if it were new. */
	restart(at: Millis): void {
		this.attempts = 0;
		this.nextAt = at;
		this.wasTriggered = false;
		if (this.state !== "valid") this.state = "waiting";
	}

	/** Tests it again, as if nothing were known about it. */
	retest(now: Millis): void {
		this.state = "waiting";
		this.restart(now);
	}

	/** An answer arrived. @returns false: not to an outstanding check of this pair */
	answered(now: Millis, counter: number): boolean {
		const i = this.counters.indexOf(counter);
		if (i < 0) return false;
		this.roundTrip = now - this.times[i];
		this.answeredAt = Math.max(this.answeredAt, this.times[i]);
		this.attempts = 0;
		this.counters.length = 0;
		this.times.length = 0;
		return true;
	}
}

function kindOf(via: Via, address: string, candidate: CandidateKind): PathKind {
	if (via === VIA_RELAY || candidate === "relayed") return "relayed";
	const kind = ipKind(address);
	if (kind === "private" || kind === "link-local" || kind === "loopback") return "lan";
	if (address.includes(":")) return "ipv6";
	return candidate === "mapped" ? "mapped" : "punched";
}
