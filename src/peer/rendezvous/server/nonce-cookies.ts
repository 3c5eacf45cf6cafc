import { HmacSha1 } from "../../../base/sha1";
import { equalInConstantTime } from "../../../base/sha256";
import type { Endpoint } from "../../../core/endpoint-table";
import type { Millis } from "../../../core/time";
import type { Random } from "../../../ports/random";

/** Octets of a nonce: hexadecimal digits, four of the time slot and 16 of an authentication code. */
const COOKIE_OCTETS = 20;
/** How long a slot lasts. A nonce is good in its slot and the next one. */
export const COOKIE_SLOT: Millis = 64_000;

const SLOT_DIGITS = 4;
const SLOT_MASK = 0xffff;
/** Room for `address port slot`. */
const TEXT_MAX = 80;

/**
 * Nonces that prove that their sender receives datagrams at his address (P2P-14), without anything being stored: each is an
 * authentication code over address, port and time. So nothing that was recorded elsewhere or long ago has any effect.
 * @see RFC 8489 §9.2
 */
export class NonceCookies {
	private readonly hmac: HmacSha1;
	private readonly text = new Uint8Array(TEXT_MAX);
	private readonly cookie = new Uint8Array(COOKIE_OCTETS);

	constructor(random: Pick<Random, "fill">) {
		const key = new Uint8Array(32);
		random.fill(key);
		this.hmac = new HmacSha1(key);
	}

	/** Returns the nonce for a source; valid until the next call. @param source address in canonical form */
	make(now: Millis, source: Endpoint): Uint8Array {
		this.compute(slotAt(now), source.address, source.port);
		return this.cookie;
	}

	/** Tells whether `bytes[at, at + length)` is a nonce that was made for this source in this slot or the one before. */
	isGood(now: Millis, address: string, port: number, bytes: Uint8Array, at: number, length: number): boolean {
		if (length !== COOKIE_OCTETS || !this.isRecent(now, bytes, at)) return false;
		this.compute(readSlot(bytes, at), address, port);
		return equalInConstantTime(bytes, at, this.cookie, 0, COOKIE_OCTETS);
	}

	/**
	 * Tells whether a nonce says that it was made in this slot or the one before: enough where the source is known already, and the
	 * message is authentic as a whole.
	 */
	isRecent(now: Millis, bytes: Uint8Array, at: number): boolean {
		const slot = readSlot(bytes, at);
		return slot >= 0 && ((slotAt(now) - slot) & SLOT_MASK) <= 1;
	}

	private compute(slot: number, address: string, port: number): void {
		const { text, cookie } = this;
		let length = 0;
		for (; length < address.length && length < TEXT_MAX - 8; length++) text[length] = address.charCodeAt(length);
		text[length++] = 0;
		text[length++] = port >> 8;
		text[length++] = port;
		text[length++] = slot >> 8;
		text[length++] = slot;
		const code = this.hmac.sign(text, 0, length);
		for (let i = 0; i < SLOT_DIGITS; i++) cookie[i] = digit((slot >> (12 - 4 * i)) & 15);
		for (let i = SLOT_DIGITS; i < COOKIE_OCTETS; i++) {
			const octet = code[(i - SLOT_DIGITS) >> 1];
			cookie[i] = digit((i & 1) === 0 ? octet >> 4 : octet & 15);
		}
	}
}

function slotAt(now: Millis): number {
	return Math.floor(now / COOKIE_SLOT) & SLOT_MASK;
}

/** Reads the slot; -1 when it is malformed. */
function readSlot(bytes: Uint8Array, at: number): number {
	let slot = 0;
	for (let i = 0; i < SLOT_DIGITS; i++) {
		const code = bytes[at + i];
		const value = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
		if (value < 0) return -1;
		slot = slot * 16 + value;
	}
	return slot;
}

function digit(value: number): number {
	return value < 10 ? 48 + value : 87 + value;
}
