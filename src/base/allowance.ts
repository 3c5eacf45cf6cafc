/** Limits how often something happens in one second: in total, and for one address. */
export class Allowance {
	private since = -Infinity;
	private taken = 0;
	/** How many each key has taken, where they have a limit; at most as many keys as the limit in total. */
	private readonly by: Map<string, number> | undefined;

	/** @param perSecond the limit @param perKey the limit of one key of {@link take} */
	constructor(
		private readonly perSecond: number,
		private readonly perKey = perSecond,
	) {
		if (perKey < perSecond) this.by = new Map();
	}

	/**
	 * Takes one.
	 * @param now milliseconds, monotonic
	 * @param key for what, such as an address
	 * @returns false when there is none left
	 */
	take(now: number, key = ""): boolean {
		const { by } = this;
		if (now - this.since >= 1000) {
			this.since = now;
			this.taken = 0;
			by?.clear();
		}
		const count = by?.get(key) ?? 0;
		if (this.taken >= this.perSecond || count >= this.perKey) return false;
		this.taken++;
		by?.set(key, count + 1);
		return true;
	}
}
