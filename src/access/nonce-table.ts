import { toHex } from "../base/hex";
import { equalInConstantTime, HmacSha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Millis } from "../core/time";

/** How long a nonce is valid; then a client is told to use a new one. */
const LIFE: Millis = 300000;
/** Nonces issued within this time share one code, so that a flood of requests without credentials costs no hashing. */
const SLOT: Millis = 30000;
/** The most nonces whose uses are remembered; the oldest become stale when there are more. */
const NONCES_MAX = 64;
/** How far requests with the same nonce may arrive out of order. */
const WINDOW = 32;

interface Entry {
	/** The number of the nonce, in the order of issue. */
	readonly serial: number;
	last: number;
	/** Bit i: the count `last - i` has been used. */
	seen: number;
	/** The address that uses it without counts; empty: none yet. */
	address: string;
}

/**
 * Issues the nonces of Digest and accepts each count of a nonce once.
 *
 * A nonce takes no memory until a client that knows a password has used it, so nobody else can fill the table.
 * @see RFC 7616 §3.3, §5.5
 */
export class NonceTable {
	private readonly hmac: HmacSha256;
	private readonly used = new Map<string, Entry>();
	private issued = 0;
	/** Nonces up to this number are stale, as their uses have been forgotten. */
	private floor = -1;
	private slot = -1;
	/** The code of {@link slot}. */
	private slotCode = "";

	/** @param random unpredictable octets */
	constructor(random: { fill(bytes: Uint8Array): void }) {
		const key = new Uint8Array(32);
		random.fill(key);
		this.hmac = new HmacSha256(key);
	}

	/** Makes a nonce; no two are equal. */
	issue(now: Millis): string {
		const slot = Math.floor(now / SLOT);
		return `${slot.toString(36)}-${(this.issued++).toString(36)}.${this.codeOf(slot)}`;
	}

	/**
	 * Records a use by a client that has proved that it knows a password.
	 * @returns false when the nonce is stale or the count has been used
	 */
	use(now: Millis, nonce: string, count: number): boolean {
		const entry = this.entryOf(now, nonce);
		if (entry === undefined) return false;
		if (count > entry.last) {
			const step = count - entry.last;
			entry.seen = step >= WINDOW ? 1 : (entry.seen << step) | 1;
			entry.last = count;
			return true;
		}
		const back = entry.last - count;
		if (back >= WINDOW || (entry.seen >>> back) & 1) return false;
		entry.seen |= 1 << back;
		return true;
	}

	/**
	 * Records a use without a count (RFC 2069) by a client that has proved that it knows a password. The nonce can be used
	 * again until it expires, but only from the address that used it first.
	 * @returns false when the nonce is stale
	 */
	useFrom(now: Millis, nonce: string, address: string): boolean {
		const entry = this.entryOf(now, nonce);
		if (entry === undefined) return false;
		if (entry.address === "") entry.address = address;
		return entry.address === address;
	}

	private entryOf(now: Millis, nonce: string): Entry | undefined {
		const serial = this.serialOf(now, nonce);
		if (serial === undefined || serial <= this.floor) return undefined;
		let entry = this.used.get(nonce);
		if (entry === undefined) {
			if (this.used.size >= NONCES_MAX) this.forget();
			entry = { serial, last: 0, seen: 0, address: "" };
			this.used.set(nonce, entry);
		}
		return entry;
	}

	private forget(): void {
		const [oldest] = this.used;
		this.floor = Math.max(this.floor, oldest[1].serial);
		this.used.delete(oldest[0]);
	}

	/** The number of a nonce that this table issued and that is still valid; else `undefined`. */
	private serialOf(now: Millis, nonce: string): number | undefined {
		const hyphen = nonce.indexOf("-");
		const dot = nonce.indexOf(".");
		if (nonce.length > 64 || hyphen < 1 || dot < hyphen) return undefined;
		const slot = Number.parseInt(nonce, 36);
		const serial = Number.parseInt(nonce.slice(hyphen + 1, dot), 36);
		const age = now - slot * SLOT;
		if (!(age >= 0 && age <= LIFE) || !(serial < this.issued)) return undefined;
		const code = utf8Encode(this.codeOf(slot));
		const given = utf8Encode(nonce.slice(dot + 1));
		return given.length === code.length && equalInConstantTime(given, 0, code, 0, code.length) ? serial : undefined;
	}

	private codeOf(slot: number): string {
		if (slot !== this.slot) {
			this.slot = slot;
			this.slotCode = toHex(this.hmac.sign(utf8Encode(slot.toString(36))), 0, 16);
		}
		return this.slotCode;
	}
}
