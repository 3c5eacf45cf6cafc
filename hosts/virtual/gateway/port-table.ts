import type { Millis, Seconds } from "../../../src/core/time";
import type { Forward, Forwards } from "../nat";
import type { World, WorldEvent } from "../world";
import type { GatewayQuirks } from "./quirks";

/** What a client asks for; equal in all protocols. */
export interface MappingRequest {
	readonly transport: "udp" | "tcp";
	readonly externalPort: number;
	readonly address: string;
	readonly port: number;
	/** Only this host is let in; empty: anybody. */
	readonly remoteHost: string;
	readonly enabled: boolean;
	readonly description: string;
	/** 0: endless. */
	readonly lease: Seconds;
	/** Whose a PCP mapping is: its nonce. Empty for the other protocols. */
	readonly nonce: string;
}

/** One entry of a {@link PortTable}. */
export interface Mapping extends MappingRequest {
	/** The world's time of its end; `Infinity` when endless. */
	readonly expires: number;
	/** When it was first made: a renewal keeps it. */
	readonly order: number;
}

/** Hears of mappings that appear and go; a change is both. */
export type MappingWatcher = (added: readonly Mapping[], removed: readonly Mapping[]) => void;

/**
 * Keeps a gateway's port mappings, whatever protocol asked for them, until their leases end: exactly then.
 *
 * Entries live in the world's time, not in the machine's, so that a lease file can carry them over a restart.
 */
export class PortTable implements Forwards {
	/** Hears of each change. */
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

	/** What is left of a lease; 0 when endless. */
	leaseLeft(mapping: Mapping): Seconds {
		return mapping.expires === Infinity ? 0 : Math.max(1, Math.ceil((mapping.expires - this.world.now) / 1000));
	}

	/** Makes or renews an entry. */
	put(request: MappingRequest): Mapping {
		const { transport, externalPort, lease } = request;
		const before = this.get(transport, externalPort);
		const order = before?.order ?? this.order++;
		const mapping: Mapping = { ...request, order, expires: this.world.now + this.life(lease) };
		this.mappings.set(`${transport} ${externalPort}`, mapping);
		this.arm();
		const same = before !== undefined && before.address === mapping.address && before.port === mapping.port;
		if (!same) this.tell([mapping], before === undefined ? [] : [before]);
		return mapping;
	}

	/** Takes an entry out. @returns false when there is none */
	remove(transport: "udp" | "tcp", externalPort: number): boolean {
		const mapping = this.get(transport, externalPort);
		if (mapping === undefined) return false;
		this.mappings.delete(`${transport} ${externalPort}`);
		this.arm();
		this.tell([], [mapping]);
		return true;
	}

	/** Forgets everything (7). */
	clear(): void {
		const removed = this.all();
		this.mappings.clear();
		this.arm();
		if (removed.length > 0) this.tell([], removed);
	}

	/** Where a packet from outside goes; what was forwarded by hand wins (5). */
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

	private tell(added: readonly Mapping[], removed: readonly Mapping[]): void {
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
		if (removed.length > 0) this.tell([], removed);
	}
}
