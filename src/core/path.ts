/** A network interface with one IPv4 address: a way out of this machine. Immutable; a change makes a new one. */
export interface Path {
	/** The interface's name on this host, for the log: `eth0`, `wlan0`. */
	readonly name: string;
	/** Our address on it. */
	readonly address: string;
	/** Bits of the network part. */
	readonly prefix: number;
	/** The router that packets to elsewhere go to, where the host knows it. */
	readonly gateway?: string;
	/** Hardware address as six hexadecimal pairs with colons, where the host knows it. */
	readonly mac?: string;
}
