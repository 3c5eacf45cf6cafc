/** Tells whether a number is a quality as JPEG encoders count: a whole one from 1 to 100. */
export function isJpegQuality(value: number): boolean {
	return Number.isInteger(value) && value >= 1 && value <= 100;
}

/** The quality of JPEG pictures that a source was asked for; the source hears of each change. */
export class JpegQuality {
	private asked: number;

	/**
	 * @param value 1 to 100
	 * @param changed called after each change, not when the same is asked for again
	 * @throws {RangeError} for anything but a whole number from 1 to 100
	 */
	constructor(
		value: number,
		private readonly changed: () => void = NOTHING,
	) {
		this.asked = checked(value);
	}

	/** What was asked for last. */
	get value(): number {
		return this.asked;
	}

	/** Asks for another quality. @throws {RangeError} for anything but a whole number from 1 to 100 */
	set(value: number): void {
		if (checked(value) === this.asked) return;
		this.asked = value;
		this.changed();
	}
}

const NOTHING = (): void => {};

function checked(value: number): number {
	if (!isJpegQuality(value)) throw new RangeError("a quality is a whole number from 1 to 100");
	return value;
}
