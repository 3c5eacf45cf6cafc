/** A connection as {@link ConnectionLimits} sees it. */
export interface LimitedConnection {
	readonly remoteAddress: string;
	/** Whether it waits for a request, so that its client loses nothing but time when it is dropped. */
	readonly isIdle: boolean;
	/** Closes the connection at once to make room for another. It must call {@link ConnectionLimits.remove} before it returns. */
	drop(): void;
}

/** The connections from one address. */
interface Origin {
	open: number;
	/** The connections without an admitted request, oldest first. */
	readonly untrusted: Set<LimitedConnection>;
	/** How many of {@link ConnectionLimits.guests} it has. */
	guests: number;
}

/**
 * Limits the number of connections, in total and per address, so that clients without a login cannot lock out the others,
 * and clients with a guest's login not the owner.
 *
 * A connection is untrusted until {@link trust} is called for it. When a limit is reached, the oldest untrusted connection
 * of the address with the most of them is dropped for the new one; if there is none, a guest's that is idle. Untrusted
 * connections may use half of an address's limit, guests three quarters of it and of the total: the rest is for
 * newcomers, one of whom may be the owner, whose connections are never dropped. Calls take constant time, but for the
 * search for an idle guest.
 */
export class ConnectionLimits {
	/** Open connections. */
	open = 0;
	/** Untrusted or idle connections that were dropped for new ones. */
	displaced = 0;
	private readonly origins = new Map<string, Origin>();
	/** The connections of clients who are admitted and not owners, oldest first. */
	private readonly guests = new Set<LimitedConnection>();
	/** At index n the addresses with n untrusted connections each, in the order in which they reached n. */
	private readonly crowds: (Set<Origin> | undefined)[] = [];
	/** The largest n with an address; 0 when there are no untrusted connections. */
	private largest = 0;

	/**
	 * @param most the limit in total
	 * @param mostPerAddress the limit for one address
	 */
	constructor(
		private readonly most: number,
		private readonly mostPerAddress: number,
	) {}

	/** Makes room for one more connection from an address; may drop another one. @returns whether there is room */
	makeRoom(address: string): boolean {
		const origin = this.origins.get(address);
		if (origin !== undefined) {
			const full = origin.open >= this.mostPerAddress;
			const crowded = origin.untrusted.size >= Math.max(1, this.mostPerAddress >> 1);
			if (full || crowded) return this.displace(origin) || this.displaceGuest(address);
		}
		if (this.open < this.most) return true;
		const crowd = this.crowds[this.largest];
		return (crowd !== undefined && this.displace(first(crowd))) || this.displaceGuest();
	}

	/** Adds an untrusted connection, after {@link makeRoom} has returned true. */
	add(connection: LimitedConnection): void {
		let origin = this.origins.get(connection.remoteAddress);
		if (origin === undefined) {
			origin = { open: 0, untrusted: new Set(), guests: 0 };
			this.origins.set(connection.remoteAddress, origin);
		}
		this.open++;
		origin.open++;
		origin.untrusted.add(connection);
		this.moved(origin, origin.untrusted.size - 1);
	}

	/**
	 * Marks a connection as trusted; harmless when repeated. A guest's may become the owner's, not the reverse.
	 * @returns false, and nothing has changed, if guests have all the connections that they may have
	 */
	trust(connection: LimitedConnection, owner = true): boolean {
		const origin = this.origins.get(connection.remoteAddress);
		if (origin === undefined) return false;
		if (owner && this.guests.delete(connection)) origin.guests--;
		if (!origin.untrusted.has(connection)) return true;
		if (!owner) {
			const { remoteAddress } = connection;
			if (origin.guests >= threeQuarters(this.mostPerAddress) && !this.displaceGuest(remoteAddress)) return false;
			if (this.guests.size >= threeQuarters(this.most) && !this.displaceGuest()) return false;
			this.guests.add(connection);
			origin.guests++;
		}
		origin.untrusted.delete(connection);
		this.moved(origin, origin.untrusted.size + 1);
		return true;
	}

	/** Removes a closed connection; to be called once. */
	remove(connection: LimitedConnection): void {
		const origin = this.origins.get(connection.remoteAddress);
		if (origin === undefined) return;
		this.trust(connection);
		this.open--;
		if (--origin.open === 0) this.origins.delete(connection.remoteAddress);
	}

	private displace(origin: Origin | undefined): boolean {
		const oldest = origin === undefined ? undefined : first(origin.untrusted);
		return oldest !== undefined && this.drop(oldest);
	}

	/** Drops the oldest connection of a guest that is idle. @param address of the guest; absent: any */
	private displaceGuest(address?: string): boolean {
		for (const guest of this.guests)
			if (guest.isIdle && (address === undefined || guest.remoteAddress === address)) return this.drop(guest);
		return false;
	}

	private drop(connection: LimitedConnection): boolean {
		this.displaced++;
		connection.drop();
		return true;
	}

	/** Moves an address to the crowd of its new size. @param before its size before: one more or one less */
	private moved(origin: Origin, before: number): void {
		const now = origin.untrusted.size;
		this.crowds[before]?.delete(origin);
		if (now > 0) {
			this.crowds[now] ??= new Set();
			this.crowds[now].add(origin);
		}
		if (now > this.largest) this.largest = now;
		else if (before === this.largest && this.crowds[before]?.size === 0) this.largest = now;
	}
}

/** What guests may have of a limit: the rest is kept for owners. */
export function threeQuarters(limit: number): number {
	return Math.max(1, limit - (limit >> 2));
}

function first<Item>(set: Set<Item>): Item | undefined {
	for (const item of set) return item;
	return undefined;
}
