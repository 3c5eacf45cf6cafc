/** Lets a few go on at a time, and others wait for their turn. */
export class Turns {
	private going = 0;
	private readonly waiting: ((over: () => void) => void)[] = [];

	/**
	 * @param most how many go on at a time
	 * @param waitingMax how many may wait
	 */
	constructor(
		private readonly most: number,
		private readonly waitingMax: number,
	) {}

	/**
	 * Calls `run` when it is its turn, maybe at once. It calls `over` at the end, once.
	 * @returns false: too many wait
	 */
	take(run: (over: () => void) => void): boolean {
		if (this.waiting.length >= this.waitingMax) return false;
		this.waiting.push(run);
		this.next();
		return true;
	}

	private next(): void {
		if (this.going >= this.most) return;
		const run = this.waiting.shift();
		if (run === undefined) return;
		this.going++;
		run(() => {
			this.going--;
			this.next();
		});
	}
}
