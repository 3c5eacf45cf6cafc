import type { Pump } from "../core/pump";
import type { Millis } from "../core/time";

/** Lets something happen once, so many milliseconds from now. */
export function runLater(pump: Pump, delay: Millis, run: () => void): void {
	const later = new Later(pump.now() + delay, () => {
		pump.remove(later);
		run();
	});
	pump.add(later, undefined);
}

class Later {
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
