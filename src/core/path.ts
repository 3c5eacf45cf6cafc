/**
 * A network interface with one address: a way out of this machine. Immutable; a change makes a new one.
 *
 * An interface with addresses of both families, or with several of one, has a path for each.
 */
export interface Path {
	/** The interface's name on this host, for the log: `eth0`, `wlan0`. */
	readonly name: string;
	/**
	 * Our address on it: IPv4, or IPv6 as RFC 5952 writes it. Link-local ones of IPv6 end in a zone: `fe80::1%eth0`.
	 * @see RFC 4007 §11
	 */
	readonly address: string;
	/** Bits of the network part. */
	readonly prefix: number;
	/** The default router, where the host knows it. */
	readonly gateway?: string;
	/** Hardware address as six hexadecimal pairs with colons, where the host knows it. */
	readonly mac?: string;
}
