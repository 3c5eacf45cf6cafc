import { parseIpv4 } from "../core/ipv4";

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
	/** IPv4 addresses as numbers, in places that are used in turn; the places of the three arrays correspond. */
	private readonly addresses = new Uint32Array(ADDRESSES_MAX);
	/** Octets that may be sent. */
	private readonly octets = new Uint32Array(ADDRESSES_MAX);
	/** The numbers that addresses are to return; 0: none. */
	private readonly nonces = new Uint32Array(ADDRESSES_MAX);
	/** 1: asked since its last message. */
	private readonly asked = new Uint8Array(ADDRESSES_MAX);
	private next = 0;

	/** @param random numbers in [0, 1) */
	constructor(private readonly random: { unit(): number }) {}

	/** A message of so many octets came from an address. @param nonce the number that it returned */
	received(address: string, octets: number, nonce = 0): void {
		const at = this.placeOf(address);
		this.asked[at] = 0;
		if (nonce !== 0 && nonce === this.nonces[at]) {
			this.nonces[at] = 0;
			this.octets[at] = PROVEN;
		} else if (this.octets[at] < EARNED_MAX) {
			this.octets[at] = Math.min(EARNED_MAX, this.octets[at] + FACTOR * octets);
		}
	}

	/** Lets octets be sent to an address that the gateway or the user has named. */
	grant(address: string, octets: number): void {
		const at = this.placeOf(address);
		if (this.octets[at] < octets) this.octets[at] = octets;
	}

	/** @returns whether so many octets may be sent to an address, which they then are */
	take(address: string, octets: number): boolean {
		const at = this.find(address);
		if (at < 0 || this.octets[at] < octets) return false;
		this.octets[at] -= octets;
		return true;
	}

	/** Returns the number that an address is to be asked for; 0: it need not, or must not, be asked now. */
	ask(address: string): number {
		const at = this.find(address);
		if (at < 0 || this.octets[at] >= LOW || this.asked[at] === 1) return 0;
		if (this.nonces[at] === 0) this.nonces[at] = 1 + Math.floor(this.random.unit() * 0xffffffff);
		this.asked[at] = 1;
		return this.nonces[at];
	}

	private find(address: string): number {
		return this.addresses.indexOf(parseIpv4(address) ?? 0);
	}

	private placeOf(address: string): number {
		const found = this.find(address);
		if (found >= 0) return found;
		const at = this.next;
		this.next = (at + 1) % ADDRESSES_MAX;
		this.addresses[at] = parseIpv4(address) ?? 0;
		this.octets[at] = this.nonces[at] = this.asked[at] = 0;
		return at;
	}
}
