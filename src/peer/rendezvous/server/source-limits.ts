import { networkOf } from "../../../core/ip-address";
import type { Millis } from "../../../core/time";
import type { KeyedHash } from "./keyed-hash";

/** How many counters a table has. */
const BUCKETS = 4096;
/** A home has a network of IPv6 of at least this size: all its addresses count as one source. @see RFC 6177 */
const IPV6_PREFIX = 64;
/** Some customers get a network of this size, with a source for each counter of a table: all in it share what so many sources have. */
const SITE_PREFIX = 48;
const SITE_SHARES = 16;

/**
 * Limits how often each source may do something, in tables of constant size: sources share a counter when their hashes are equal, so
 * a flood of forged addresses costs no memory, and at worst some of the others their turn.
 */
export class SourceLimits {
	private readonly sources: Buckets;
	private readonly sites: Buckets;

	/**
	 * @param perSecond how many each source may have in the long run
	 * @param burst how many it may have at once
	 */
	constructor(hash: KeyedHash, perSecond: number, burst: number) {
		this.sources = new Buckets(hash, perSecond, burst);
		this.sites = new Buckets(hash, SITE_SHARES * perSecond, SITE_SHARES * burst);
	}

	/** Takes one. @param source an address, or another name @returns false when there is none left */
	take(now: Millis, source: string): boolean {
		if (!source.includes(":")) return this.sources.take(now, source);
		const site = networkOf(source, SITE_PREFIX) ?? source;
		return (
			this.sites.has(now, site) &&
			this.sources.take(now, networkOf(source, IPV6_PREFIX) ?? source) &&
			this.sites.take(now, site)
		);
	}

	/** Tells whether there is one left, without taking it. */
	has(now: Millis, source: string): boolean {
		if (!source.includes(":")) return this.sources.has(now, source);
		const isLeft = this.sources.has(now, networkOf(source, IPV6_PREFIX) ?? source);
		return isLeft && this.sites.has(now, networkOf(source, SITE_PREFIX) ?? source);
	}
}

/** Counters that fill with time. */
class Buckets {
	private readonly tokens = new Float64Array(BUCKETS);
	private readonly filled = new Float64Array(BUCKETS);

	constructor(
		private readonly hash: KeyedHash,
		private readonly perSecond: number,
		private readonly burst: number,
	) {
		this.tokens.fill(burst);
	}

	take(now: Millis, name: string): boolean {
		const at = this.hash.hashText(name) & (BUCKETS - 1);
		const left = this.leftAt(now, at);
		this.filled[at] = now;
		this.tokens[at] = left >= 1 ? left - 1 : left;
		return left >= 1;
	}

	has(now: Millis, name: string): boolean {
		return this.leftAt(now, this.hash.hashText(name) & (BUCKETS - 1)) >= 1;
	}

	private leftAt(now: Millis, at: number): number {
		return Math.min(this.burst, this.tokens[at] + ((now - this.filled[at]) * this.perSecond) / 1000);
	}
}
