import type { IpFamily } from "../../src/core/ip-address";
import type { Millis } from "../../src/core/time";
import {
	type AddressRecord,
	isHostName,
	LOOKUPS_MAX,
	type Lookup,
	RECORDS_MAX,
	type ResolveFailure,
	type Resolver,
	type ResolverAnswer,
	type ResolverDone,
	type ServiceRecord,
} from "../../src/ports/resolver";
import type { NameEntry, NameTable } from "./name-table";
import type { World, WorldEvent } from "./world";

/** Resolves names with the {@link NameTable} of the world, from power-on to crash. Afterwards nothing is called. */
export class VirtualResolver implements Resolver {
	private alive = true;
	private pending = 0;

	/** @param connected returns whether the machine has a network */
	constructor(
		private readonly world: World,
		private readonly names: NameTable,
		private readonly connected: () => boolean,
	) {}

	addresses(name: string, family: IpFamily, limit: Millis, done: ResolverDone<AddressRecord>): Lookup {
		return this.look(name, limit, done, (entry) => {
			const addresses = (family === 4 ? entry.a : entry.aaaa) ?? [];
			return addresses.map((address) => Object.freeze({ address, ttl: this.names.ttl }));
		});
	}

	services(name: string, limit: Millis, done: ResolverDone<ServiceRecord>): Lookup {
		return this.look(name, limit, done, ({ srv = [] }) => {
			const sorted = [...srv].sort((a, b) => a.priority - b.priority);
			return sorted.map((record) => Object.freeze({ ...record, ttl: this.names.ttl }));
		});
	}

	/** The power fails. */
	stop(): void {
		this.alive = false;
	}

	private look<Record>(
		name: string,
		limit: Millis,
		done: ResolverDone<Record>,
		recordsOf: (entry: NameEntry) => Record[],
	): Lookup {
		const refusal: ResolveFailure | undefined = !isHostName(name)
			? "bad-name"
			: this.pending >= LOOKUPS_MAX
				? "busy"
				: this.connected()
					? undefined
					: "no-server";
		this.pending++;
		let event: WorldEvent | undefined;
		let over = false;
		const close = (): void => {
			if (over) return;
			over = true;
			this.pending--;
			this.world.cancel(event);
		};
		const answer = (result: ResolverAnswer<Record>): void => {
			close();
			if (this.alive) done(result);
		};
		const fail = (failure: ResolveFailure) => answer({ failure, detail: `${name}: ${failure}` });
		if (refusal !== undefined) {
			event = this.world.after(0, () => fail(refusal));
			return { cancel: close };
		}
		const entry = this.names.get(name);
		const silent = this.names.down || entry?.fault === "silent" || this.names.delay > limit;
		event = this.world.after(silent ? limit : this.names.delay, () => {
			if (silent) fail("timeout");
			else if (entry?.fault !== undefined) fail("server");
			else {
				const records = (entry === undefined ? [] : recordsOf(entry)).slice(0, RECORDS_MAX);
				if (records.length === 0) fail("not-found");
				else answer({ records });
			}
		});
		return { cancel: close };
	}
}
