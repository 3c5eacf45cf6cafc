import type { Millis } from "../core/time";

/** Something that happens once, later, as a machine of the pump; whoever adds it takes it out. */
export class Later {
	constructor(
		public deadline: Millis,
		private readonly run: () => void,
	) {}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		this.run();
	}
}
