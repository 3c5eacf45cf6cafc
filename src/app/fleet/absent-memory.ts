import type { Millis } from "../../core/time";
import type { AbsentCamera } from "../../fleet/absent-cameras";
import type { Fleet } from "../../fleet/fleet";
import type { Clock } from "../../ports/clock";
import type { Store } from "../../ports/store";

/** What an {@link AbsentMemory} needs of its device. */
export interface AbsentMemoryHost {
	readonly host: { readonly clock: Clock };
	/** Takes what happens by itself. */
	readonly memory: Store;
	readonly now: Millis;
}

/** The key in the store. */
const KEY = "absent";

/** Keeps the absent cameras of a sealed fleet across restarts. In an open fleet anybody can make cameras up: nothing is stored. */
export class AbsentMemory {
	/** The version of the absent cameras that is stored. */
	private kept: number;

	/** Reads what was stored. */
	constructor(
		private readonly node: AbsentMemoryHost,
		private readonly fleet: Fleet,
	) {
		const { absent } = fleet.registry;
		if (fleet.sealed) absent.load(node.now, node.memory.read(KEY) ?? "");
		this.kept = absent.version;
	}

	/** The cameras that fell silent without a bye, those heard most recently last. */
	list(): readonly AbsentCamera[] {
		const { registry } = this.fleet;
		const { now, host } = this.node;
		const utc = host.clock.utc();
		if (utc !== undefined) registry.absent.date(now, utc);
		registry.expire(now, utc);
		return [...registry.absent.values()];
	}

	/** Stores them if they have changed. */
	save(): void {
		const { absent } = this.fleet.registry;
		if (!this.fleet.sealed || absent.version === this.kept) return;
		this.kept = absent.version;
		this.list();
		this.node.memory.write(KEY, absent.save());
	}
}
