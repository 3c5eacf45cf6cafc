/** An address and a port, as they are read and compared: the far end of a datagram. */
export interface Endpoint {
	readonly address: string;
	readonly port: number;
}

/**
 * Gives the same object for the same address and port, so that a datagram costs no allocation when its sender is known.
 *
 * Holds a bounded number: when it is full the addresses that came first are forgotten. What is forgotten stays
 * usable for whoever keeps it, and is made again when it comes again.
 */
export class EndpointTable<Known extends Endpoint> {
	private readonly byAddress = new Map<string, Known[]>();
	private count = 0;

	/**
	 * @param max how many are held
	 * @param make makes the object of a new one
	 */
	constructor(
		private readonly max: number,
		private readonly make: (address: string, port: number) => Known,
	) {}

	/** How many are held. */
	get size(): number {
		return this.count;
	}

	/** Returns the object of an address and a port. */
	get(address: string, port: number): Known {
		let ports = this.byAddress.get(address);
		if (ports !== undefined) {
			for (let i = 0; i < ports.length; i++) if (ports[i].port === port) return ports[i];
		}
		if (this.count >= this.max) {
			this.forgetFirst();
			ports = this.byAddress.get(address);
		}
		const made = this.make(address, port);
		if (ports === undefined) this.byAddress.set(address, [made]);
		else ports.push(made);
		this.count++;
		return made;
	}

	private forgetFirst(): void {
		for (const [address, ports] of this.byAddress) {
			this.count -= ports.length;
			this.byAddress.delete(address);
			return;
		}
	}
}
