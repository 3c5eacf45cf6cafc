import type { Millis, Seconds } from "../../src/core/time";
import type { ServiceRecord } from "../../src/ports/resolver";

/** The records of a name, and how its server behaves. */
export interface NameEntry {
	readonly a?: readonly string[];
	readonly aaaa?: readonly string[];
	readonly srv?: readonly Omit<ServiceRecord, "ttl">[];
	/** The fault of its server. */
	readonly fault?: "silent" | "server-failure" | "refused" | "malformed";
}

/** The DNS of a virtual world: one table for all machines, which may be changed at any time. */
export class NameTable {
	/** The time to live of each record. */
	ttl: Seconds = 60;
	/** How long an answer takes. */
	delay: Millis = 20;
	/** True while no server answers. */
	down = false;
	private readonly names = new Map<string, NameEntry>();

	/** Sets the records of a name; `undefined` removes it. */
	set(name: string, entry: NameEntry | undefined): void {
		if (entry === undefined) this.names.delete(tidy(name));
		else this.names.set(tidy(name), entry);
	}

	get(name: string): NameEntry | undefined {
		return this.names.get(tidy(name));
	}
}

function tidy(name: string): string {
	return (name.endsWith(".") ? name.slice(0, -1) : name).toLowerCase();
}
