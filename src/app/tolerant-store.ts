import type { Log } from "../ports/log";
import type { Store } from "../ports/store";

/**
 * A store for what happens without anyone asking for it, such as a new external port: a medium that fails never ends the
 * program. The values then live in memory, and are stored as soon as the medium works again.
 */
export class TolerantStore implements Store {
	/** Why values are not stored, in the words of the medium; empty: they are. */
	fault = "";
	/** The values that only memory has; `undefined`: the value was deleted. */
	private readonly unsaved = new Map<string, string | undefined>();
	private lastFault = "";
	private isWaiting = false;

	/**
	 * @param later runs a function later, to try again
	 * @param changed is called when {@link fault} changes
	 */
	constructor(
		private readonly store: Store,
		private readonly log: Log,
		private readonly later: (run: () => void) => void = () => {},
		private readonly changed: () => void = () => {},
	) {}

	/** @returns `undefined` also when the medium fails */
	read(key: string): string | undefined {
		if (this.unsaved.has(key)) return this.unsaved.get(key);
		try {
			return this.store.read(key);
		} catch (error) {
			this.tell(key, "read", error);
			return undefined;
		}
	}

	write(key: string, value: string): void {
		this.unsaved.set(key, value);
		this.flush();
	}

	delete(key: string): void {
		this.unsaved.set(key, undefined);
		this.flush();
	}

	private flush(): void {
		let fault = "";
		for (const [key, value] of this.unsaved) {
			try {
				if (value === undefined) this.store.delete(key);
				else this.store.write(key, value);
				this.unsaved.delete(key);
			} catch (error) {
				fault = this.tell(key, value === undefined ? "deleted" : "stored", error);
			}
		}
		if (fault !== "" && !this.isWaiting) {
			this.isWaiting = true;
			this.later(() => {
				this.isWaiting = false;
				this.flush();
			});
		}
		if (fault === this.fault) return;
		this.fault = fault;
		if (fault === "") {
			this.lastFault = "";
			this.log.write("info", "store", "all values are stored again");
		}
		this.changed();
	}

	/** Logs a failure, once as long as it stays the same, whatever values it concerns. @returns its detail */
	private tell(key: string, action: string, error: unknown): string {
		const detail = error instanceof Error ? error.message : String(error);
		const fault = `${action}: ${detail}`;
		if (fault !== this.lastFault)
			this.log.write("error", "store", `the value "${key}" cannot be ${fault}; changes are kept in memory`);
		this.lastFault = fault;
		return detail;
	}
}
