/** A connection as {@link ConnectionLimits} sees it. */
export interface Guest {
	readonly remoteAddress: string;
	/** Closes it at once, in favour of another; it tells {@link ConnectionLimits.leave} before this returns. */
	drop(): void;
}

/** The guests from one address. */
interface Origin {
	open: number;
	/** Those none of whose requests was admitted, the oldest first. */
	readonly strangers: Set<Guest>;
}

/**
 * Keeps the number of connections within bounds, in all and by address, so that strangers can't keep the house from
 * its own cameras.
 *
 * Each guest is a stranger until {@link admit}. Where there is no room left, the oldest stranger goes in favour of the
 * newcomer, and the address with the most strangers suffers first; who was admitted is never dropped. Strangers of
 * one address have half of what the address may have. Each call takes constant time, however many there are.
 */
export class ConnectionLimits {
	/** How many are open. */
	open = 0;
	/** How many strangers were dropped in favour of others. */
	displaced = 0;
	private readonly origins = new Map<string, Origin>();
	/** The addresses with n strangers each at index n, those first that are there the longest. */
	private readonly crowds: (Set<Origin> | undefined)[] = [];
	/** The largest n with an address; 0 when there are no strangers. */
	private largest = 0;

	/**
	 * @param most connections at a time
	 * @param mostPerAddress of them from one address
	 */
	constructor(
		private readonly most: number,
		private readonly mostPerAddress: number,
	) {}

	/** Makes room for one more from an address, if need be at a stranger's cost. @returns whether there is room */
	makeRoom(address: string): boolean {
		const origin = this.origins.get(address);
		if (origin !== undefined) {
			const full = origin.open >= this.mostPerAddress;
			const crowded = origin.strangers.size >= Math.max(1, this.mostPerAddress >> 1);
			if (full || crowded) return this.displace(origin);
		}
		if (this.open < this.most) return true;
		const crowd = this.crowds[this.largest];
		return crowd !== undefined && this.displace(first(crowd));
	}

	/** Takes a newcomer in, as a stranger; {@link makeRoom} has said that there is room. */
	enter(guest: Guest): void {
		let origin = this.origins.get(guest.remoteAddress);
		if (origin === undefined) {
			origin = { open: 0, strangers: new Set() };
			this.origins.set(guest.remoteAddress, origin);
		}
		this.open++;
		origin.open++;
		origin.strangers.add(guest);
		this.moved(origin, origin.strangers.size - 1);
	}

	/** A guest is no stranger any more; harmless when repeated. */
	admit(guest: Guest): void {
		const origin = this.origins.get(guest.remoteAddress);
		if (origin?.strangers.delete(guest)) this.moved(origin, origin.strangers.size + 1);
	}

	/** A guest has gone; to be called once. */
	leave(guest: Guest): void {
		const origin = this.origins.get(guest.remoteAddress);
		if (origin === undefined) return;
		this.admit(guest);
		this.open--;
		if (--origin.open === 0) this.origins.delete(guest.remoteAddress);
	}

	private displace(origin: Origin | undefined): boolean {
		const oldest = origin === undefined ? undefined : first(origin.strangers);
		if (oldest === undefined) return false;
		this.displaced++;
		oldest.drop();
		return true;
	}

	/** Puts an address among those with as many strangers. @param before how many it had: one more or one less */
	private moved(origin: Origin, before: number): void {
		const now = origin.strangers.size;
		this.crowds[before]?.delete(origin);
		if (now > 0) {
			this.crowds[now] ??= new Set();
			this.crowds[now].add(origin);
		}
		if (now > this.largest) this.largest = now;
		else if (before === this.largest && this.crowds[before]?.size === 0) this.largest = now;
	}
}

function first<Item>(set: Set<Item>): Item | undefined {
	for (const item of set) return item;
	return undefined;
}
