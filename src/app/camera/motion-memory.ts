import type { PresetMemory } from "../../camera/preset-list";
import type { Log } from "../../ports/log";
import type { Store } from "../../ports/store";

/** The store's key for them. */
const KEY = "motion";

/** Keeps presets and the patrol in a camera's store. A medium that fails is logged; they last till the next restart then. */
export class MotionMemory implements PresetMemory {
	constructor(
		private readonly store: Store,
		private readonly log: Log,
	) {}

	read(): string | undefined {
		try {
			return this.store.read(KEY);
		} catch (error) {
			this.failed("read", error);
			return undefined;
		}
	}

	write(text: string): void {
		try {
			this.store.write(KEY, text);
		} catch (error) {
			this.failed("kept", error);
		}
	}

	private failed(what: string, error: unknown): void {
		const words = error instanceof Error ? error.message : String(error);
		this.log.write("error", "motion", `presets can't be ${what}: ${words}`);
	}
}
