import type { Millis, Seconds } from "../../src/core/time";
import type { ServiceRecord } from "../../src/ports/resolver";

/** What DNS knows of a name, and how it answers. */
export interface NameEntry {
	readonly a?: readonly string[];
	readonly aaaa?: readonly string[];
	readonly srv?: readonly Omit<ServiceRecord, "ttl">[];
	/** What its server does in place of answering. */
	readonly fault?: "silent" | "server-failure" | "refused" | "malformed";
}

/** The DNS of a virtual world: one table that all machines ask. May be changed at any time. */
export class NameTable {
	/** How long each record lasts. */
	ttl: Seconds = 60;
	/** How long an answer takes. */
	delay: Millis = 20;
	/** True: no server answers. */
	down = false;
	private readonly names = new Map<string, NameEntry>();

	/** Sets what a name leads to; `undefined` takes it away. */
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
