/** Lets so many things happen in any second, and no more. */
export class Allowance {
	private since = -Infinity;
	private taken = 0;

	/** @param perSecond how many */
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
