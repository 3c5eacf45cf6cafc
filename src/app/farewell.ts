/** Waits until what was sent last has left. */
export class Farewell {
	deadline = Infinity;

	constructor(private readonly over: () => void) {}

	expire(): void {
		this.deadline = Infinity;
		this.over();
	}
}
