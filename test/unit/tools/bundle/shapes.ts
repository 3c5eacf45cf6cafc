/** A fixture of device-bundle.test.ts. */
export const SIDE = 3;
export const LIMITS = Object.freeze({ SIDE, largest: SIDE * 4 });
const NAME = "a name that is longer than what is written where it is used";

/** Has private members of each kind. */
export class Shape {
	private size = SIDE;
	private static made = 0;

	constructor(private readonly label: string) {
		Shape.made++;
		this.grow(label.length);
	}

	get text(): string {
		const { label, size: length } = this;
		const { size } = this;
		return `${label} ${length} ${size} ${this.twice} ${Shape.made} ${NAME}`;
	}

	largerThan(other: Shape): boolean {
		return this.size > other.size;
	}

	private get twice(): number {
		return this.size * 2;
	}

	private grow(by: number): void {
		this.size += by;
	}
}

/** Its private members are others than those of its base. */
export class Solid extends Shape {
	private depth = 1;

	constructor(
		label: string,
		private readonly layers: readonly string[],
	) {
		super(label);
		this.depth = layers.length;
	}

	get solid(): string {
		return `${this.text}, ${this.depth} of ${this.layers.join("+")}`;
	}
}

/** Nothing refers to it. */
export function unused(): string {
	return "never in the bundle";
}
