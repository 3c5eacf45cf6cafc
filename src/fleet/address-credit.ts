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

interface Account {
	octets: number;
	/** The number that it has to return; 0: none. */
	nonce: number;
	/** True: it was asked since its last message. */
	asked: boolean;
}

/**
 * Limits what an open fleet sends to one address, as the source of a datagram can be forged: three times the octets
 * that came from there, until the address has returned a number that was sent to it. Without this, one short forged
 * message would make a camera send much to a device that never asked for it.
 * @see RFC 9000 §8.1
 */
export class AddressCredit {
	private readonly accounts = new Map<string, Account>();

	/** @param random numbers in [0, 1) */
	constructor(private readonly random: { unit(): number }) {}

	/** A message of so many octets came from an address. @param nonce the number that it returned */
	received(address: string, octets: number, nonce = 0): void {
		const account = this.accountOf(address);
		account.asked = false;
		if (account.octets < EARNED_MAX) account.octets = Math.min(EARNED_MAX, account.octets + FACTOR * octets);
		if (nonce === 0 || nonce !== account.nonce) return;
		account.nonce = 0;
		account.octets = PROVEN;
	}

	/** Lets octets be sent to an address that the gateway or the user has named. */
	grant(address: string, octets: number): void {
		this.accountOf(address).octets += octets;
	}

	/** @returns whether so many octets may be sent to an address, which they then are */
	take(address: string, octets: number): boolean {
		const account = this.accounts.get(address);
		if (account === undefined || account.octets < octets) return false;
		account.octets -= octets;
		return true;
	}

	/** Returns the number that an address is to be asked for; 0: it need not, or must not, be asked now. */
	ask(address: string): number {
		const account = this.accounts.get(address);
		if (account === undefined || account.octets >= LOW || account.asked) return 0;
		account.asked = true;
		if (account.nonce === 0) account.nonce = 1 + Math.floor(this.random.unit() * 0xffffffff);
		return account.nonce;
	}

	private accountOf(address: string): Account {
		let account = this.accounts.get(address);
		if (account === undefined) {
			if (this.accounts.size >= ADDRESSES_MAX) this.accounts.delete(this.accounts.keys().next().value ?? "");
			account = { octets: 0, nonce: 0, asked: false };
			this.accounts.set(address, account);
		}
		return account;
	}
}
