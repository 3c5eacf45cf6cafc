import type { Millis } from "../core/time";
import type { Registration } from "./registration";
import type { RelayAddress } from "./relay-address";

/** How many relays may be registered: more are refused. */
export const REGISTERED_RELAYS_MAX = 64;

/** A relay that has registered with this origin. */
export interface RegisteredRelay extends RelayAddress {
	readonly name: string;
	/** The address that its registration came from. */
	readonly address: string;
	/** How many more viewers it has room for, those taken off that were sent to it since it said so. */
	readonly room: number;
	/** Whether this member's ledger gets its records. */
	readonly reports: boolean;
	/** When it is forgotten unless it registers again. */
	readonly until: Millis;
}

/** The relays that are registered with an origin (ONE-7), each until it falls silent. */
export class RegisteredRelays {
	private readonly relays = new Map<string, RegisteredRelay>();

	/** The relays that count at present, in the order of their names. */
	list(now: Millis): readonly RegisteredRelay[] {
		this.expire(now);
		return [...this.relays.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
	}

	/** @returns `undefined`: it is not registered */
	get(now: Millis, name: string): RegisteredRelay | undefined {
		this.expire(now);
		return this.relays.get(name);
	}

	/** Tells whether one of them has registered from an address. */
	isFrom(now: Millis, address: string): boolean {
		this.expire(now);
		for (const relay of this.relays.values()) if (relay.address === address) return true;
		return false;
	}

	/**
	 * Takes a registration that was checked.
	 * @param address where it came from
	 * @param life how long it counts
	 * @returns false: there are too many
	 */
	take(now: Millis, registration: Registration, address: string, life: Millis): boolean {
		const { relay: name, host, httpPort, rtspPort, secure, prefix, room, reports } = registration;
		this.expire(now);
		if (this.relays.size >= REGISTERED_RELAYS_MAX && !this.relays.has(name)) return false;
		const place = { host: host || address, httpPort, rtspPort, secure, prefix };
		this.relays.set(name, { name, address, room, reports, until: now + life, ...place });
		return true;
	}

	/**
	 * Chooses the relay for one more viewer: the one with the most room, which then has less by one.
	 * @param fits tells whether a relay can serve the viewer
	 */
	choose(now: Millis, fits: (relay: RegisteredRelay) => boolean): RegisteredRelay | undefined {
		this.expire(now);
		let best: RegisteredRelay | undefined;
		for (const relay of this.relays.values()) if (relay.room > (best?.room ?? 0) && fits(relay)) best = relay;
		if (best !== undefined) this.relays.set(best.name, { ...best, room: best.room - 1 });
		return best;
	}

	private expire(now: Millis): void {
		for (const [name, { until }] of this.relays) if (until <= now) this.relays.delete(name);
	}
}
