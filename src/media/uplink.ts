import type { Millis, Octets } from "../core/time";

/**
 * Divides the uplink of a house evenly among the viewers from the Internet.
 *
 * The share of each viewer grows with time, more slowly for more viewers; {@link paid} gives the octets that it has paid
 * for since the beginning. A viewer that owes no more than that may begin its next frame. Viewers join and leave
 * independently, and nothing is allocated.
 */
export class Uplink {
	/** The number of viewers that share it. */
	viewers = 0;
	private shares: Octets = 0;
	private since: Millis = 0;

	private limit: number;

	/** @param rate for all together, in kB/s, which are octets per millisecond */
	constructor(rate: number) {
		this.limit = rate;
	}

	/** For all together, in kB/s. */
	get rate(): number {
		return this.limit;
	}

	/** Changes the rate from now on. */
	setRate(now: Millis, rate: number): void {
		this.paid(now);
		this.limit = rate;
	}

	/** A viewer joins. @returns the octets that it owes at the start: as many as are paid for, so that it may begin */
	join(now: Millis): Octets {
		const paid = this.paid(now);
		this.viewers++;
		return paid;
	}

	/** A viewer leaves. */
	leave(now: Millis): void {
		this.paid(now);
		this.viewers--;
	}

	/** The octets that the share of each viewer has paid for until now. */
	paid(now: Millis): Octets {
		if (this.viewers > 0 && now > this.since) this.shares += ((now - this.since) * this.limit) / this.viewers;
		this.since = now;
		return this.shares;
	}
}
