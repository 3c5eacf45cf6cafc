import type { PresetMemory } from "../../camera/preset-list";
import type { Log } from "../../ports/log";
import type { Store } from "../../ports/store";

/** The key in the store. */
const KEY = "motion";

/** Stores presets and the patrol. When the store fails, the failure is logged and they last until the next restart. */
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
			this.failed("stored", error);
		}
	}

	private failed(action: string, error: unknown): void {
		const detail = error instanceof Error ? error.message : String(error);
		this.log.write("error", "motion", `presets cannot be ${action}: ${detail}`);
	}
}
