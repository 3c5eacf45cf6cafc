/** An address and a port, of the source or the destination of a datagram. */
export interface Endpoint {
	readonly address: string;
	readonly port: number;
}

/**
 * Returns the same object for the same address and port, so that a datagram from a known sender needs no allocation.
 *
 * It holds a bounded number of objects. When it is full, it drops those of the address that was added first; callers may keep
 * using them.
 */
export class EndpointTable<Known extends Endpoint> {
	private readonly byAddress = new Map<string, Known[]>();
	private count = 0;

	/**
	 * @param max how many objects are held
	 * @param make makes the object for a new address and port
	 */
	constructor(
		private readonly max: number,
		private readonly make: (address: string, port: number) => Known,
	) {}

	/** How many objects are held. */
	get size(): number {
		return this.count;
	}

	/** Returns the object for an address and a port. */
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
