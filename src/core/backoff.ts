import type { Millis } from "./time";

/**
 * The rule for trying again: the pause doubles after each failure in a row, so that what fails at once and for ever costs
 * next to nothing.
 */
export class Backoff {
	private pause: Millis;

	/**
	 * @param first the pause after the first failure
	 * @param longest the pauses do not get longer
	 */
	constructor(
		private readonly first: Millis,
		private readonly longest: Millis,
	) {
		this.pause = first;
	}

	/** It failed. @returns how long to wait before the next attempt */
	failed(): Millis {
		const { pause } = this;
		this.pause = Math.min(pause * 2, this.longest);
		return pause;
	}

	/** It worked. */
	worked(): void {
		this.pause = this.first;
	}
}
