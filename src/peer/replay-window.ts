/** How far behind the largest number one may be and still be accepted. */
const WINDOW = 1024;
const WORDS = WINDOW / 32;

/** Remembers which of the last 1,024 numbers of a sender have come, so that none is accepted twice. @see RFC 6479 */
export class ReplayWindow {
	/** The largest number so far; -1 before the first. */
	largest = -1;
	private readonly seen = new Uint32Array(WORDS);

	/** Tells whether a number has not come yet; one that is too old counts as having come. */
	isNew(number: number): boolean {
		if (number > this.largest) return true;
		return number > this.largest - WINDOW && !this.has(number);
	}

	/** Tells whether a number is new, and notes it. */
	take(number: number): boolean {
		const isNew = this.isNew(number);
		if (isNew) this.add(number);
		return isNew;
	}

	/** Tells whether a number within the window has come. */
	has(number: number): boolean {
		return number <= this.largest && number > this.largest - WINDOW && this.bit(number);
	}

	/** Notes a number that is new. */
	add(number: number): void {
		const { seen } = this;
		if (number - this.largest >= WINDOW) seen.fill(0);
		else for (let skipped = this.largest + 1; skipped < number; skipped++) this.remove(skipped);
		if (number > this.largest) this.largest = number;
		const at = number % WINDOW;
		seen[at >>> 5] |= 1 << (at & 31);
	}

	/** Forgets a number within the window, as if it had not come. */
	remove(number: number): void {
		const at = number % WINDOW;
		this.seen[at >>> 5] &= ~(1 << (at & 31));
	}

	private bit(number: number): boolean {
		const at = number % WINDOW;
		return number >= 0 && (this.seen[at >>> 5] & (1 << (at & 31))) !== 0;
	}
}
