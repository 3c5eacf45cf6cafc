import type { Millis, Seconds } from "../../../src/core/time";
import type { Forward, Forwards } from "../nat";
import type { World, WorldEvent } from "../world";
import type { GatewayQuirks } from "./quirks";

/** A mapping as a client asks for it, by any protocol. */
export interface MappingRequest {
	readonly transport: "udp" | "tcp";
	readonly externalPort: number;
	readonly address: string;
	readonly port: number;
	/** Only this host is let in; empty for any. */
	readonly remoteHost: string;
	readonly enabled: boolean;
	readonly description: string;
	/** 0 is permanent. */
	readonly lease: Seconds;
	/** The nonce that owns a PCP mapping. Empty for the other protocols. */
	readonly nonce: string;
}

/** One entry of a {@link PortTable}. */
export interface Mapping extends MappingRequest {
	/** When it ends, in the world's time; `Infinity` when permanent. */
	readonly expires: number;
	/** Its place in the order of creation; a renewal keeps it. */
	readonly order: number;
}

/** Called with the mappings that were added and removed; a change is both. */
export type MappingWatcher = (added: readonly Mapping[], removed: readonly Mapping[]) => void;

/**
 * Keeps a gateway's port mappings, made by any protocol, until exactly the end of their leases.
 *
 * Entries live in the world's time, not in the machine's, so that a lease file can carry them over a restart.
 */
export class PortTable implements Forwards {
	/** Called for each change. */
	watch: MappingWatcher | undefined;
	/** Called after the number of entries has changed, or a mapping leads elsewhere. */
	changed: (() => void) | undefined;
	private readonly mappings = new Map<string, Mapping>();
	private timer: WorldEvent | undefined;
	private order = 0;

	constructor(
		private readonly world: World,
		private readonly quirks: GatewayQuirks,
	) {}

	get hairpin(): boolean {
		return this.quirks.hairpin;
	}

	get size(): number {
		return this.mappings.size;
	}

	/** All entries, oldest first. */
	all(): Mapping[] {
		return [...this.mappings.values()].sort((a, b) => a.order - b.order);
	}

	get(transport: "udp" | "tcp", externalPort: number): Mapping | undefined {
		return this.mappings.get(`${transport} ${externalPort}`);
	}

	/** What is left of a lease; 0 when permanent. */
	leaseLeft(mapping: Mapping): Seconds {
		return mapping.expires === Infinity ? 0 : Math.max(1, Math.ceil((mapping.expires - this.world.now) / 1000));
	}

	/** Creates or renews an entry. */
	put(request: MappingRequest): Mapping {
		const { transport, externalPort, lease } = request;
		const before = this.get(transport, externalPort);
		const order = before?.order ?? this.order++;
		const mapping: Mapping = { ...request, order, expires: this.world.now + this.life(lease) };
		this.mappings.set(`${transport} ${externalPort}`, mapping);
		this.arm();
		const same = before !== undefined && before.address === mapping.address && before.port === mapping.port;
		if (!same) this.notify([mapping], before === undefined ? [] : [before]);
		return mapping;
	}

	/** Removes an entry. @returns false when there is none */
	remove(transport: "udp" | "tcp", externalPort: number): boolean {
		const mapping = this.get(transport, externalPort);
		if (mapping === undefined) return false;
		this.mappings.delete(`${transport} ${externalPort}`);
		this.arm();
		this.notify([], [mapping]);
		return true;
	}

	/** Removes all entries (7). */
	clear(): void {
		const removed = this.all();
		this.mappings.clear();
		this.arm();
		if (removed.length > 0) this.notify([], removed);
	}

	/** Where a packet from outside goes; ports forwarded by hand come first (5). */
	find(transport: "udp" | "tcp", outsidePort: number, remoteAddress: string): Forward | undefined {
		for (const manual of this.quirks.manualForwards) {
			if (manual.externalPort === outsidePort) return { address: manual.address, port: manual.port };
		}
		if (this.quirks.routerPorts.includes(outsidePort)) return undefined;
		const mapping = this.get(transport, outsidePort);
		if (mapping !== undefined) {
			const open = mapping.remoteHost === "" || remoteAddress === "" || mapping.remoteHost === remoteAddress;
			return mapping.enabled && open ? mapping : undefined;
		}
		const everything = this.get(transport, 0);
		return everything && { address: everything.address, port: outsidePort };
	}

	private notify(added: readonly Mapping[], removed: readonly Mapping[]): void {
		this.watch?.(added, removed);
		this.changed?.();
	}

	private life(lease: Seconds): Millis {
		const { leases, dropAfter, forgetsAfter } = this.quirks;
		if (leases === "drops-finite" && lease > 0) return dropAfter;
		return Math.min(forgetsAfter, lease === 0 ? Infinity : lease * 1000);
	}

	private arm(): void {
		this.world.cancel(this.timer);
		let next = Infinity;
		for (const mapping of this.mappings.values()) next = Math.min(next, mapping.expires);
		this.timer = next === Infinity ? undefined : this.world.at(next, () => this.expire());
	}

	private expire(): void {
		const removed = this.all().filter((mapping) => mapping.expires <= this.world.now);
		for (const { transport, externalPort } of removed) this.mappings.delete(`${transport} ${externalPort}`);
		this.arm();
		if (removed.length > 0) this.notify([], removed);
	}
}
