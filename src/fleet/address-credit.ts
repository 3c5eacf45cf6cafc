import { parseIpv4 } from "../core/ipv4";

/** The most addresses remembered; the one noted longest ago is forgotten first. */
const ADDRESSES_MAX = 256;
/** Where the other numbers of an address are, after its place: the octets that may be sent. */
const OCTETS = ADDRESSES_MAX;
/** The number that it is to return; 0: none. */
const NONCE = 2 * ADDRESSES_MAX;
/** 1: it was asked since its last message. */
const ASKED = 3 * ADDRESSES_MAX;
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
	/** The IPv4 addresses as numbers, in places that are used in turn; then the other numbers, in the same order. */
	private readonly table = new Uint32Array(4 * ADDRESSES_MAX);
	private next = 0;

	/** @param random numbers in [0, 1) */
	constructor(private readonly random: { unit(): number }) {}

	/** A message of so many octets came from an address. @param nonce the number that it returned */
	received(address: string, octets: number, nonce = 0): void {
		const { table } = this;
		const at = this.placeOf(address);
		table[at + ASKED] = 0;
		if (nonce !== 0 && nonce === table[at + NONCE]) {
			table[at + NONCE] = 0;
			table[at + OCTETS] = PROVEN;
		} else if (table[at + OCTETS] < EARNED_MAX) {
			table[at + OCTETS] = Math.min(EARNED_MAX, table[at + OCTETS] + FACTOR * octets);
		}
	}

	/** Lets octets be sent to an address that the gateway or the user has named. */
	grant(address: string, octets: number): void {
		const at = this.placeOf(address) + OCTETS;
		if (this.table[at] < octets) this.table[at] = octets;
	}

	/** @returns whether so many octets may be sent to an address, which they then are */
	take(address: string, octets: number): boolean {
		const at = this.find(address);
		if (at < 0 || this.table[at + OCTETS] < octets) return false;
		this.table[at + OCTETS] -= octets;
		return true;
	}

	/** Returns the number that an address is to be asked for; 0: it need not, or must not, be asked now. */
	ask(address: string): number {
		const { table } = this;
		const at = this.find(address);
		if (at < 0 || table[at + OCTETS] >= LOW || table[at + ASKED] === 1) return 0;
		if (table[at + NONCE] === 0) table[at + NONCE] = 1 + Math.floor(this.random.unit() * 0xffffffff);
		table[at + ASKED] = 1;
		return table[at + NONCE];
	}

	private find(address: string): number {
		const at = this.table.indexOf(parseIpv4(address) ?? 0);
		return at < ADDRESSES_MAX ? at : -1;
	}

	private placeOf(address: string): number {
		const found = this.find(address);
		if (found >= 0) return found;
		const at = this.next;
		this.next = (at + 1) % ADDRESSES_MAX;
		const { table } = this;
		table[at] = parseIpv4(address) ?? 0;
		table[at + OCTETS] = table[at + NONCE] = table[at + ASKED] = 0;
		return at;
	}
}
