import type { PresetMemory } from "../camera/preset-book";
import type { Log } from "../ports/log";
import type { Store } from "../ports/store";

/** Keeps presets and the patrol in a camera's store. A medium that fails is logged; they last till the next restart then. */
export class MotionMemory implements PresetMemory {
	/** @param key the store's key for them */
	constructor(
		private readonly store: Store,
		private readonly log: Log,
		private readonly key: string = "motion",
	) {}

	read(): string | undefined {
		try {
			return this.store.read(this.key);
		} catch (error) {
			this.failed("read", error);
			return undefined;
		}
	}

	write(text: string): void {
		try {
			this.store.write(this.key, text);
		} catch (error) {
			this.failed("kept", error);
		}
	}

	private failed(what: string, error: unknown): void {
		const words = error instanceof Error ? error.message : String(error);
		this.log.write("error", "motion", `presets can't be ${what}: ${words}`);
	}
}
