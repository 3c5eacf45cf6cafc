/** The most addresses remembered; the one noted longest ago is forgotten first. */
const ADDRESSES_MAX = 256;
/** Octets that may be sent for each octet that came. @see RFC 9000 §8.1 */
const FACTOR = 3;
/** The most octets that an address earns so. */
const EARNED_MAX = 4000;
/** Octets that may be sent to an address that has proved that it receives our messages. */
const PROVEN = 20000;
/** With less credit than this, an address is asked to prove it. */
const LOW = 1000;

/**
 * Limits what an open fleet sends to one address, as the source of a datagram can be forged: three times the octets
 * that came from there, until the address has returned a number that was sent to it. Without this, one short forged
 * message would make a camera send much to a device that never asked for it.
 * @see RFC 9000 §8.1
 */
export class AddressCredit {
	/** Octets that may be sent, by address. */
	private readonly octets = new Map<string, number>();
	/** The numbers that addresses are to return; negative for an address that has said something since it was asked. */
	private readonly nonces = new Map<string, number>();

	/** @param random numbers in [0, 1) */
	constructor(private readonly random: { unit(): number }) {}

	/** A message of so many octets came from an address. @param nonce the number that it returned */
	received(address: string, octets: number, nonce = 0): void {
		const credit = this.octets.get(address) ?? 0;
		const asked = this.nonces.size === 0 ? undefined : this.nonces.get(address);
		if (nonce !== 0 && asked !== undefined && Math.abs(asked) === nonce) {
			this.nonces.delete(address);
			this.set(address, PROVEN);
			return;
		}
		if (asked !== undefined && asked > 0) this.nonces.set(address, -asked);
		if (credit < EARNED_MAX) this.set(address, Math.min(EARNED_MAX, credit + FACTOR * octets));
	}

	/** Lets octets be sent to an address that the gateway or the user has named. */
	grant(address: string, octets: number): void {
		this.set(address, Math.max(octets, this.octets.get(address) ?? 0));
	}

	/** @returns whether so many octets may be sent to an address, which they then are */
	take(address: string, octets: number): boolean {
		const credit = this.octets.get(address) ?? 0;
		if (credit < octets) return false;
		this.octets.set(address, credit - octets);
		return true;
	}

	/** Returns the number that an address is to be asked for; 0: it need not, or must not, be asked now. */
	ask(address: string): number {
		const credit = this.octets.get(address);
		const asked = this.nonces.get(address);
		if (credit === undefined || credit >= LOW || (asked !== undefined && asked > 0)) return 0;
		const nonce = asked === undefined ? 1 + Math.floor(this.random.unit() * 0xffffffff) : -asked;
		this.nonces.set(address, nonce);
		return nonce;
	}

	private set(address: string, octets: number): void {
		const { octets: credits } = this;
		if (credits.size >= ADDRESSES_MAX && !credits.has(address)) {
			const oldest = credits.keys().next().value ?? "";
			credits.delete(oldest);
			this.nonces.delete(oldest);
		}
		credits.set(address, octets);
	}
}
