/** Returns whether a number is a JPEG quality: a whole number from 1 to 100. */
export function isJpegQuality(value: number): boolean {
	return Number.isInteger(value) && value >= 1 && value <= 100;
}

/** The quality of JPEG pictures that is requested from a source, which learns of each change. */
export class JpegQuality {
	private asked: number;

	/**
	 * @param value 1 to 100
	 * @param changed called after each change
	 * @throws {RangeError} when it is not a whole number from 1 to 100
	 */
	constructor(
		value: number,
		private readonly changed: () => void = NOTHING,
	) {
		this.asked = checked(value);
	}

	/** The quality that was requested last. */
	get value(): number {
		return this.asked;
	}

	/** Requests another quality. @throws {RangeError} when it is not a whole number from 1 to 100 */
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
