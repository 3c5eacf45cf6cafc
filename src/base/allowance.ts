/** Limits how often something happens in one second. */
export class Allowance {
	private since = -Infinity;
	private taken = 0;

	/** @param perSecond the limit */
	constructor(private readonly perSecond: number) {}

	/** Takes one. @param now milliseconds, monotonic @returns false when there is none left */
	take(now: number): boolean {
		if (now - this.since >= 1000) {
			this.since = now;
			this.taken = 0;
		}
		return ++this.taken <= this.perSecond;
	}
}
