import { crc32 } from "../base/crc32";
import { type HmacSha1, SHA1_OCTETS } from "../base/sha1";
import { type HmacSha256, SHA256_OCTETS } from "../base/sha256";
import { parseIp } from "../core/ip-address";
import { parseIpv4 } from "../core/ipv4";
import {
	ERROR_CODE,
	FAMILY_IPV4,
	FAMILY_IPV6,
	FINGERPRINT,
	FINGERPRINT_XOR,
	isPlainAddress,
	MESSAGE_INTEGRITY,
	MESSAGE_INTEGRITY_SHA256,
	messageType,
	SOFTWARE,
	STUN_COOKIE,
	STUN_HEADER,
	STUN_WRITE_MAX,
	TRANSACTION_AT,
	TRANSACTION_OCTETS,
	UNKNOWN_ATTRIBUTES,
} from "./stun";
import type { StunReader } from "./stun-reader";

/** Octets before the value of an attribute: type and length. */
const HEAD = 4;

/**
 * Builds STUN messages in one buffer without allocating. The message is `bytes[start, end)`, complete after each call, and valid until
 * the next {@link begin}. Integrity comes after all other attributes, and the fingerprint last.
 *
 * What does not fit sets {@link overflowed} and is left out.
 * @see RFC 8489 §5, §14
 */
export class StunWriter {
	readonly bytes: Uint8Array;
	end: number;
	/** True once something did not fit or was no address. */
	overflowed = false;

	/**
	 * @param capacity the longest message in octets
	 * @param start octets to leave free before the message, for the header of a TURN channel
	 */
	constructor(
		capacity = STUN_WRITE_MAX,
		readonly start = 0,
	) {
		this.bytes = new Uint8Array(start + capacity);
		this.end = start;
	}

	/** Starts a message. @param transaction the transaction ID, from `at` */
	begin(kind: number, method: number, transaction: Uint8Array, at = 0): this {
		const { bytes, start } = this;
		const type = messageType(kind, method);
		this.overflowed = false;
		this.end = start + STUN_HEADER;
		bytes[start] = type >> 8;
		bytes[start + 1] = type;
		bytes[start + 2] = 0;
		bytes[start + 3] = 0;
		this.setU32(start + 4, STUN_COOKIE);
		for (let i = 0; i < TRANSACTION_OCTETS; i++) bytes[start + TRANSACTION_AT + i] = transaction[at + i];
		return this;
	}

	/** Starts the response to a request. @param kind SUCCESS or ERROR */
	respond(kind: number, request: StunReader): this {
		return this.begin(kind, request.method, request.bytes, request.transactionAt);
	}

	/**
	 * Appends an attribute whose value the caller writes.
	 * @returns where the value begins in {@link bytes}, or -1 when it does not fit; its octets are undefined until written
	 */
	reserve(attribute: number, octets: number): number {
		const { bytes } = this;
		const at = this.end;
		const end = at + HEAD + ((octets + 3) & ~3);
		if (end > bytes.length) {
			this.overflowed = true;
			return -1;
		}
		bytes[at] = attribute >> 8;
		bytes[at + 1] = attribute;
		bytes[at + 2] = octets >> 8;
		bytes[at + 3] = octets;
		for (let pad = at + HEAD + octets; pad < end; pad++) bytes[pad] = 0;
		this.end = end;
		this.setLength(end);
		return at + HEAD;
	}

	/** Appends an attribute without a value, such as USE-CANDIDATE. */
	flag(attribute: number): this {
		this.reserve(attribute, 0);
		return this;
	}

	/** Appends an attribute of 32 bits. */
	u32(attribute: number, value: number): this {
		const at = this.reserve(attribute, 4);
		if (at >= 0) this.setU32(at, value);
		return this;
	}

	/** Appends text whose characters are below U+0100, one octet each. */
	text(attribute: number, text: string): this {
		const at = this.reserve(attribute, text.length);
		if (at >= 0) for (let i = 0; i < text.length; i++) this.bytes[at + i] = text.charCodeAt(i);
		return this;
	}

	/** Appends `from[start, end)`. */
	octets(attribute: number, from: Uint8Array, start = 0, end = from.length): this {
		const at = this.reserve(attribute, end - start);
		if (at >= 0) for (let i = start; i < end; i++) this.bytes[at + i - start] = from[i];
		return this;
	}

	/**
	 * Appends an address and a port, XORed except in the few old attributes ({@link isPlainAddress}); a zone is left out. A malformed
	 * address counts as one that does not fit.
	 * @see RFC 8489 §14.1, §14.2
	 */
	address(attribute: number, address: string, port: number): this {
		const isPlain = isPlainAddress(attribute);
		const four = parseIpv4(address);
		const six = four === undefined ? parseIp(address) : undefined;
		if (four === undefined && six === undefined) {
			this.overflowed = true;
			return this;
		}
		const at = this.reserve(attribute, six === undefined ? 8 : 20);
		if (at < 0) return this;
		const { bytes } = this;
		const wired = isPlain ? port : port ^ (STUN_COOKIE >>> 16);
		bytes[at] = 0;
		bytes[at + 1] = six === undefined ? FAMILY_IPV4 : FAMILY_IPV6;
		bytes[at + 2] = wired >> 8;
		bytes[at + 3] = wired;
		if (four !== undefined) this.setU32(at + 4, isPlain ? four : four ^ STUN_COOKIE);
		else if (six !== undefined) {
			// The cookie and the transaction ID follow each other in the header.
			for (let i = 0; i < 16; i++) bytes[at + 4 + i] = isPlain ? six[i] : six[i] ^ bytes[this.start + 4 + i];
		}
		return this;
	}

	/** Appends ERROR-CODE. @param reason for people; strangers get none, which keeps the answer short */
	error(code: number, reason = ""): this {
		const at = this.reserve(ERROR_CODE, 4 + reason.length);
		if (at < 0) return this;
		this.setU32(at, (Math.floor(code / 100) << 8) | (code % 100));
		for (let i = 0; i < reason.length; i++) this.bytes[at + 4 + i] = reason.charCodeAt(i);
		return this;
	}

	/** Appends UNKNOWN-ATTRIBUTES with those that a reader found. @see StunReader.hasUnknown */
	unknown(found: StunReader): this {
		const at = this.reserve(UNKNOWN_ATTRIBUTES, 2 * found.unknownCount);
		for (let i = 0; at >= 0 && i < found.unknownCount; i++) {
			this.bytes[at + 2 * i] = found.unknown[i] >> 8;
			this.bytes[at + 2 * i + 1] = found.unknown[i];
		}
		return this;
	}

	/**
	 * Appends a SOFTWARE of spaces that brings the message to `octets`, a multiple of four: a server sends no answer that is longer than
	 * the request (P2P-14). A message that is almost as long or longer stays as it is.
	 */
	pad(octets: number): this {
		const missing = octets - (this.end - this.start) - HEAD;
		const at = missing < 0 ? -1 : this.reserve(SOFTWARE, missing);
		if (at >= 0) this.bytes.fill(0x20, at, at + missing);
		return this;
	}

	/** Appends MESSAGE-INTEGRITY. @see RFC 8489 §14.5 */
	integrity(key: HmacSha1): this {
		const at = this.reserve(MESSAGE_INTEGRITY, SHA1_OCTETS);
		if (at >= 0) this.copy(key.sign(this.bytes, this.start, at - HEAD), at, SHA1_OCTETS);
		return this;
	}

	/** Appends MESSAGE-INTEGRITY-SHA256. @param octets 16 to 32, a multiple of four @see RFC 8489 §14.6 */
	integrity256(key: HmacSha256, octets = SHA256_OCTETS): this {
		const at = this.reserve(MESSAGE_INTEGRITY_SHA256, octets);
		if (at >= 0) this.copy(key.sign(this.bytes, this.start, at - HEAD), at, octets);
		return this;
	}

	/** Appends FINGERPRINT. @see RFC 8489 §14.7 */
	fingerprint(): this {
		const at = this.reserve(FINGERPRINT, 4);
		if (at >= 0) this.setU32(at, crc32(this.bytes, this.start, at - HEAD) ^ FINGERPRINT_XOR);
		return this;
	}

	private copy(from: Uint8Array, at: number, octets: number): void {
		for (let i = 0; i < octets; i++) this.bytes[at + i] = from[i];
	}

	private setU32(at: number, value: number): void {
		const { bytes } = this;
		bytes[at] = value >>> 24;
		bytes[at + 1] = value >>> 16;
		bytes[at + 2] = value >>> 8;
		bytes[at + 3] = value;
	}

	private setLength(end: number): void {
		const length = end - this.start - STUN_HEADER;
		this.bytes[this.start + 2] = length >> 8;
		this.bytes[this.start + 3] = length;
	}
}
