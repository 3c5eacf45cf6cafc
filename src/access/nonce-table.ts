import { toHex } from "../base/hex";
import { equalInConstantTime, HmacSha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Millis } from "../core/time";

/** A nonce is good for so long; then a client is told to take a new one. */
const LIFE: Millis = 300000;
/** Nonces of so long a time bear one code, so that a flood of strangers costs a device no hashing. */
const SLOT: Millis = 30000;
/** Nonces whose counts are remembered; older ones are stale when there are more. */
const BOOK_MAX = 64;
/** Requests of one nonce may overtake each other by so many. */
const WINDOW = 32;

interface Entry {
	/** Of the nonce, in the order of issue. */
	readonly serial: number;
	last: number;
	/** Bit i: the count `last - i` has been used. */
	seen: number;
}

/**
 * Issues the nonces of Digest, and lets each count of each be used once.
 *
 * A nonce costs no memory before a client that knows a password has used it, so that strangers can't fill the book.
 * @see RFC 7616 §3.3, §5.5
 */
export class NonceTable {
	private readonly hmac: HmacSha256;
	private readonly used = new Map<string, Entry>();
	private issued = 0;
	/** What was issued up to this one is stale: its counts are forgotten. */
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

	/** Makes a nonce, each another. */
	issue(now: Millis): string {
		const slot = Math.floor(now / SLOT);
		return `${slot.toString(36)}-${(this.issued++).toString(36)}.${this.codeOf(slot)}`;
	}

	/** Takes a use of a nonce by who has proved to know a password. @returns false: it is stale, or was used before */
	use(now: Millis, nonce: string, count: number): boolean {
		const serial = this.serialOf(now, nonce);
		if (serial === undefined || serial <= this.floor) return false;
		let entry = this.used.get(nonce);
		if (entry === undefined) {
			if (this.used.size >= BOOK_MAX) this.forget();
			entry = { serial, last: 0, seen: 0 };
			this.used.set(nonce, entry);
		}
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

	private forget(): void {
		const [oldest] = this.used;
		this.floor = Math.max(this.floor, oldest[1].serial);
		this.used.delete(oldest[0]);
	}

	/** The number of a nonce that we issued and that is not too old; else `undefined`. */
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
