import type { Endpoint } from "../../core/endpoint-table";
import { ipKind } from "../../core/ip-address";
import type { Millis } from "../../core/time";
import { CANDIDATES_MAX, type Candidate, type CandidateKind } from "../candidate";
import { CheckPair } from "./check-pair";
import { BETTER_TESTS, MAPPED_WAIT, PACE, TESTS_MAX } from "./check-times";
import { type OwnSide, VIA_RELAY, VIA_SOCKET, VIA_SPREAD, type Via } from "./checks-contract";

/** How many pairs are kept: all candidates by socket and relay, and as many addresses that checks came from. */
const PAIRS_MAX = 4 * CANDIDATES_MAX;

/** Keeps the pairs of one introduction: makes them of candidates in the order in which they are to be tested. */
export class PairList {
	readonly pairs: CheckPair[] = [];
	private readonly candidates: Candidate[] = [];
	private own: OwnSide = { candidates: [], symmetric: false, hasIpv6: false };
	private relay: Candidate | undefined;
	/** When the next check that nothing has triggered may leave. */
	private paceAt: Millis = 0;
	/** Both sides are behind the same NAT, as far as one can tell: their public addresses are the same. */
	private sameNat = false;

	/** Begins with other candidates; of the pairs only `kept` stays. */
	reset(own: OwnSide, candidates: readonly Candidate[], kept: CheckPair | undefined): void {
		this.own = own;
		this.candidates.length = 0;
		this.pairs.length = 0;
		if (kept !== undefined) this.pairs.push(kept);
		this.sameNat = candidates.some((theirs) => own.candidates.some((mine) => isSamePublic(mine, theirs)));
		this.add(candidates);
	}

	/** Adds candidates that are usable and new. @returns the pairs that this made */
	add(candidates: readonly Candidate[]): CheckPair[] {
		const made: CheckPair[] = [];
		for (const candidate of candidates) {
			if (this.candidates.length >= CANDIDATES_MAX) break;
			if (!this.isUsable(candidate) || this.candidates.some((known) => isSame(known, candidate))) continue;
			this.candidates.push(candidate);
			this.pair(VIA_SOCKET, candidate, made);
			if (this.relay !== undefined) this.pair(VIA_RELAY, candidate, made);
		}
		this.sort();
		return made;
	}

	/** Our relay may be used, or no longer. @returns the pairs that this made */
	setRelay(relay: Candidate | undefined): CheckPair[] {
		this.relay = relay;
		const made: CheckPair[] = [];
		if (relay === undefined) {
			for (let i = this.pairs.length - 1; i >= 0; i--) if (this.pairs[i].via === VIA_RELAY) this.pairs.splice(i, 1);
		} else {
			for (const candidate of this.candidates) this.pair(VIA_RELAY, candidate, made);
			this.sort();
		}
		return made;
	}

	/** Forgets the pairs of additional sockets but those of one. */
	forgetSpread(kept: Via): void {
		for (let i = this.pairs.length - 1; i >= 0; i--) {
			const { via } = this.pairs[i];
			if (via >= VIA_SPREAD && via !== kept) this.pairs.splice(i, 1);
		}
	}

	/** Finds the pair that datagrams of an address belong to. */
	find(via: Via, address: string, port: number): CheckPair | undefined {
		for (const pair of this.pairs) if (pair.is(via, address, port)) return pair;
		return undefined;
	}

	/**
	 * Returns the pair of an address that a check of the peer came from (P2P-10); `undefined` when there are too many.
	 * @param kind `relayed`: the peer says that it has sent it by its relay, whose address may not be known here yet
	 */
	heardFrom(via: Via, address: string, port: number, kind: "reflexive" | "relayed"): CheckPair | undefined {
		const known = this.find(via, address, port);
		if (known !== undefined) return known;
		if (this.pairs.length >= PAIRS_MAX) {
			const failed = this.pairs.findIndex((pair) => pair.state === "failed");
			if (failed < 0) return undefined;
			this.pairs.splice(failed, 1);
		}
		const pair = new CheckPair(via, address, port, kind, this.orderOf(via, kind, address));
		this.pairs.push(pair);
		this.sort();
		return pair;
	}

	/**
	 * Begins to test all pairs. Behind a symmetric NAT with a port that is mapped to us, what we send first to the peer would make the router
	 * drop what the peer sends to the mapped port: there the peer's checks are awaited first, and answered by the same port.
	 */
	begin(now: Millis): void {
		const isMapped = this.own.symmetric && this.own.candidates.some(({ kind }) => kind === "mapped");
		for (const pair of this.pairs) {
			const waits = isMapped && pair.via === VIA_SOCKET && (pair.kind === "punched" || pair.kind === "mapped");
			pair.restart(waits ? now + MAPPED_WAIT : now);
		}
	}

	/** Returns the first pair that is to be tested now, if the pace allows a check; the next one has to wait then. */
	due(now: Millis): CheckPair | undefined {
		if (now < this.paceAt) return undefined;
		for (const pair of this.pairs) {
			if (pair.nextAt > now) continue;
			this.paceAt = now + PACE;
			return pair;
		}
		return undefined;
	}

	/** When {@link due} has a pair next; `Infinity`: none is to be tested. */
	nextAt(now: Millis): Millis {
		let next: Millis = Infinity;
		for (const pair of this.pairs) if (pair.nextAt < next) next = pair.nextAt;
		return next === Infinity ? next : Math.max(next, this.paceAt, now);
	}

	/** Tests all pairs again, as if nothing were known, but the one in use. */
	retest(now: Millis, used: CheckPair | undefined): void {
		for (const pair of this.pairs) if (pair !== used) pair.retest(now);
	}

	/** Tests those again, a few times, that would be better than the one in use. */
	retestBetter(now: Millis, used: CheckPair | undefined): void {
		if (used === undefined) return;
		for (const pair of this.pairs) {
			if (pair.rank <= used.rank || pair.state === "testing") continue;
			pair.attempts = TESTS_MAX - BETTER_TESTS;
			pair.nextAt = now;
		}
	}

	/** The peer's public addresses of IPv4 with the ports that the server saw, which may be wrong for a symmetric NAT. */
	get reflexiveCandidates(): readonly Candidate[] {
		return this.candidates.filter(({ kind, address }) => kind === "reflexive" && !address.includes(":"));
	}

	/** The peer has seen us at an address: that of a port which a gateway maps to us makes the way a mapped one. */
	noteMapped(pair: CheckPair, seen: Endpoint | undefined): void {
		if (seen === undefined || pair.kind !== "punched") return;
		const { address, port } = seen;
		const isMapped = (mine: Candidate): boolean =>
			mine.kind === "mapped" && mine.port === port && mine.address === address;
		if (this.own.candidates.some(isMapped)) pair.kind = "mapped";
	}

	private pair(via: Via, candidate: Candidate, made: CheckPair[]): void {
		const { address, port, kind } = candidate;
		const six = address.includes(":");
		// A relay has no way into the peer's private network, and coturn stops relaying after it has tried.
		if (via === VIA_RELAY && (six !== this.relay?.address.includes(":") || isLocal(address))) return;
		if (via === VIA_SOCKET && six && !this.own.hasIpv6) return;
		if (this.pairs.length >= PAIRS_MAX || this.find(via, address, port) !== undefined) return;
		const pair = new CheckPair(via, address, port, kind, this.orderOf(via, kind, address));
		this.pairs.push(pair);
		made.push(pair);
	}

	/** Local addresses first behind the same NAT, and else last: by then the public ones have opened both NATs. */
	private orderOf(via: Via, kind: CandidateKind, address: string): number {
		if (via === VIA_RELAY) return kind === "relayed" ? 9 : 8;
		if (kind === "relayed") return 7;
		if (isLocal(address)) return this.sameNat ? 0 : 5;
		if (address.includes(":")) return 1;
		return kind === "mapped" ? 2 : kind === "host" ? 3 : 4;
	}

	private sort(): void {
		this.pairs.sort((a, b) => a.order - b.order);
	}

	/** Whether it makes sense to test an address: nothing but unicast, and a local one only if we have local ones, too (P2P-9). */
	private isUsable({ address, port }: Candidate): boolean {
		const kind = ipKind(address);
		if (!(port > 0 && port <= 0xffff) || address === "255.255.255.255") return false;
		if (kind === undefined || kind === "multicast" || kind === "unspecified") return false;
		if (kind === "link-local" && address.includes(":")) return false;
		const mine = this.own.candidates;
		if (mine.some((own) => own.address === address && own.port === port)) return false;
		if (kind === "loopback") return mine.some((own) => ipKind(own.address) === "loopback");
		return !isLocal(address) || mine.length === 0 || mine.some((own) => isLocal(own.address));
	}
}

/** True for addresses that don't mean the same everywhere, that of a carrier's NAT among them. */
function isLocal(address: string): boolean {
	const kind = ipKind(address);
	return kind === "private" || kind === "shared" || kind === "link-local" || kind === "loopback";
}

function isSame(a: Candidate, b: Candidate): boolean {
	return a.port === b.port && a.address === b.address;
}

function isSamePublic(a: Candidate, b: Candidate): boolean {
	return a.address === b.address && a.kind !== "relayed" && b.kind !== "relayed" && !isLocal(a.address);
}
