/** A connection as {@link ConnectionLimits} sees it. */
export interface LimitedConnection {
	readonly remoteAddress: string;
	/** Closes the connection at once to make room for another. It must call {@link ConnectionLimits.remove} before it returns. */
	drop(): void;
}

/** The connections from one address. */
interface Origin {
	open: number;
	/** The connections without an admitted request, oldest first. */
	readonly untrusted: Set<LimitedConnection>;
}

/**
 * Limits the number of connections, in total and per address, so that clients without a login cannot lock out the others.
 *
 * A connection is untrusted until {@link trust} is called for it. When the limit is reached, the oldest untrusted
 * connection of the address with the most of them is dropped for the new one; a trusted connection is never dropped.
 * Untrusted connections may use half of an address's limit. Every call takes constant time.
 */
export class ConnectionLimits {
	/** Open connections. */
	open = 0;
	/** Untrusted connections that were dropped for new ones. */
	displaced = 0;
	private readonly origins = new Map<string, Origin>();
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

	/** Makes room for one more connection from an address; may drop an untrusted one. @returns whether there is room */
	makeRoom(address: string): boolean {
		const origin = this.origins.get(address);
		if (origin !== undefined) {
			const full = origin.open >= this.mostPerAddress;
			const crowded = origin.untrusted.size >= Math.max(1, this.mostPerAddress >> 1);
			if (full || crowded) return this.displace(origin);
		}
		if (this.open < this.most) return true;
		const crowd = this.crowds[this.largest];
		return crowd !== undefined && this.displace(first(crowd));
	}

	/** Adds an untrusted connection, after {@link makeRoom} has returned true. */
	add(connection: LimitedConnection): void {
		let origin = this.origins.get(connection.remoteAddress);
		if (origin === undefined) {
			origin = { open: 0, untrusted: new Set() };
			this.origins.set(connection.remoteAddress, origin);
		}
		this.open++;
		origin.open++;
		origin.untrusted.add(connection);
		this.moved(origin, origin.untrusted.size - 1);
	}

	/** Marks a connection as trusted, so that it is never dropped; harmless when repeated. */
	trust(connection: LimitedConnection): void {
		const origin = this.origins.get(connection.remoteAddress);
		if (origin?.untrusted.delete(connection)) this.moved(origin, origin.untrusted.size + 1);
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
		if (oldest === undefined) return false;
		this.displaced++;
		oldest.drop();
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

function first<Item>(set: Set<Item>): Item | undefined {
	for (const item of set) return item;
	return undefined;
}
