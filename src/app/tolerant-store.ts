import type { Log } from "../ports/log";
import type { Store } from "../ports/store";

/**
 * A store for values that a device can do without, such as its last external port: a medium that fails is logged and
 * never ends the program.
 */
export class TolerantStore implements Store {
	constructor(
		private readonly store: Store,
		private readonly log: Log,
	) {}

	/** @returns `undefined` also when the medium fails */
	read(key: string): string | undefined {
		try {
			return this.store.read(key);
		} catch (error) {
			this.failed(key, "read", error);
			return undefined;
		}
	}

	write(key: string, value: string): void {
		try {
			this.store.write(key, value);
		} catch (error) {
			this.failed(key, "stored", error);
		}
	}

	delete(key: string): void {
		try {
			this.store.delete(key);
		} catch (error) {
			this.failed(key, "deleted", error);
		}
	}

	private failed(key: string, action: string, error: unknown): void {
		const detail = error instanceof Error ? error.message : String(error);
		this.log.write("error", "store", `the value "${key}" cannot be ${action}: ${detail}`);
	}
}
