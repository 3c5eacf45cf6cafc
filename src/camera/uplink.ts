import type { Millis, Octets } from "../core/time";

/**
 * Shares what a house can send to the Internet among those who watch from there, evenly.
 *
 * Each viewer's share grows with the time, the more slowly the more there are; {@link paid} says how many octets it
 * has paid for since the beginning. A viewer who owes no more than that may begin its next frame. Viewers come and
 * go without being told of each other, and nothing is allocated.
 */
export class Uplink {
	/** How many share it. */
	viewers = 0;
	private shares: Octets = 0;
	private since: Millis = 0;

	/** @param rate for all together, in kB/s, which are octets per millisecond */
	constructor(private readonly rate: number) {}

	/** A viewer comes. @returns what it owes from the start: nothing beyond what others have paid */
	join(now: Millis): Octets {
		const paid = this.paid(now);
		this.viewers++;
		return paid;
	}

	/** A viewer goes. */
	leave(now: Millis): void {
		this.paid(now);
		this.viewers--;
	}

	/** How many octets the share of each has paid for until now. */
	paid(now: Millis): Octets {
		if (this.viewers > 0 && now > this.since) this.shares += ((now - this.since) * this.rate) / this.viewers;
		this.since = now;
		return this.shares;
	}
}
