import { readU16, readU32 } from "../base/byte-writer";
import { crc32 } from "../base/crc32";
import { type HmacSha1, SHA1_OCTETS } from "../base/sha1";
import { equalInConstantTime, type HmacSha256, SHA256_OCTETS } from "../base/sha256";
import type { Endpoint } from "../core/endpoint-table";
import { formatIp } from "../core/ip-address";
import { formatIpv4 } from "../core/ipv4";
import {
	ERROR_CODE,
	FAMILY_IPV4,
	FAMILY_IPV6,
	FINGERPRINT,
	FINGERPRINT_XOR,
	isPlainAddress,
	isStun,
	MESSAGE_INTEGRITY,
	MESSAGE_INTEGRITY_SHA256,
	OPTIONAL,
	REQUEST,
	STUN_COOKIE,
	STUN_HEADER,
	STUN_MAX,
	TRANSACTION_AT,
	TRANSACTION_OCTETS,
} from "./stun";

/** Octets before the value of an attribute: type and length. */
const HEAD = 4;
/** The shortest MESSAGE-INTEGRITY-SHA256. @see RFC 8489 §14.6 */
const SHA256_MIN = 16;
/** How many unknown attributes are listed in an answer; the rest is left out. */
const UNKNOWN_MAX = 8;

/**
 * Reads STUN messages where they lie, without copying or allocating; one object serves many messages. All offsets are those of the
 * buffer that was given to {@link read}, and valid as long as it is.
 *
 * Only attributes that MESSAGE-INTEGRITY covers are found, if the message has one: what follows it can be forged.
 * @see RFC 8489 §5, §14
 */
export class StunReader {
	bytes: Uint8Array = new Uint8Array(0);
	start = 0;
	end = 0;
	/** {@link REQUEST}, INDICATION, SUCCESS or ERROR. */
	kind = REQUEST;
	method = 0;
	/** The length of the value that {@link find} found. */
	length = 0;
	/** The comprehension-required attributes that {@link hasUnknown} found. */
	readonly unknown = new Uint16Array(UNKNOWN_MAX);
	unknownCount = 0;
	/** Where the attributes end that count. */
	private bodyEnd = 0;
	/** Where these attributes begin; -1: there is none. */
	private integrityAt = -1;
	private integrity256At = -1;
	private fingerprintAt = -1;

	/**
	 * Reads `bytes[start, end)`.
	 * @returns false when that is no STUN message, is longer than STUN_MAX or malformed; the reader must not be used then
	 */
	read(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
		if (end - start > STUN_MAX || !isStun(bytes, start, end)) return false;
		const type = readU16(bytes, start);
		this.bytes = bytes;
		this.start = start;
		this.end = end;
		this.kind = ((type >> 4) & 1) | ((type >> 7) & 2);
		this.method = (type & 0x00f) | ((type >> 1) & 0x070) | ((type >> 2) & 0xf80);
		this.integrityAt = -1;
		this.integrity256At = -1;
		this.fingerprintAt = -1;
		this.bodyEnd = -1;
		for (let at = start + STUN_HEADER; at < end; ) {
			const attribute = readU16(bytes, at);
			const length = readU16(bytes, at + 2);
			const next = at + HEAD + ((length + 3) & ~3);
			if (next > end || this.fingerprintAt >= 0 || !this.note(attribute, at, length)) return false;
			at = next;
		}
		if (this.bodyEnd < 0) this.bodyEnd = end;
		return true;
	}

	/** True: the message has a MESSAGE-INTEGRITY, which is still to be checked. */
	get hasIntegrity(): boolean {
		return this.integrityAt >= 0;
	}

	/** True: the message has a MESSAGE-INTEGRITY-SHA256, which is still to be checked. */
	get hasIntegrity256(): boolean {
		return this.integrity256At >= 0;
	}

	/** True: the message has a FINGERPRINT, which is still to be checked. */
	get hasFingerprint(): boolean {
		return this.fingerprintAt >= 0;
	}

	/** Where the transaction ID begins. */
	get transactionAt(): number {
		return this.start + TRANSACTION_AT;
	}

	/** Tells whether the transaction ID is `id[at, at + TRANSACTION_OCTETS)`. */
	isTransaction(id: Uint8Array, at = 0): boolean {
		const mine = this.start + TRANSACTION_AT;
		for (let i = 0; i < TRANSACTION_OCTETS; i++) if (this.bytes[mine + i] !== id[at + i]) return false;
		return true;
	}

	/**
	 * Finds the first attribute of a type and sets {@link length}.
	 * @returns where its value begins in {@link bytes}, or -1
	 */
	find(attribute: number): number {
		const { bytes, bodyEnd } = this;
		for (let at = this.start + STUN_HEADER; at < bodyEnd; ) {
			const length = readU16(bytes, at + 2);
			if (readU16(bytes, at) === attribute) {
				this.length = length;
				return at + HEAD;
			}
			at += HEAD + ((length + 3) & ~3);
		}
		return -1;
	}

	/** Finds an attribute whose value has exactly `octets`. @returns where the value begins, or -1 */
	findOf(attribute: number, octets: number): number {
		const at = this.find(attribute);
		return at >= 0 && this.length === octets ? at : -1;
	}

	/** Returns whether an attribute is there. */
	has(attribute: number): boolean {
		return this.find(attribute) >= 0;
	}

	/** Returns an attribute of 32 bits; -1 when it is missing or has another length. */
	u32(attribute: number): number {
		const at = this.findOf(attribute, 4);
		return at < 0 ? -1 : readU32(this.bytes, at);
	}

	/** Returns a text, one character for each octet; `undefined` when it is missing or has more than `max` octets. */
	text(attribute: number, max: number): string | undefined {
		const at = this.find(attribute);
		if (at < 0 || this.length > max) return undefined;
		let text = "";
		for (let i = 0; i < this.length; i++) text += String.fromCharCode(this.bytes[at + i]);
		return text;
	}

	/** Returns a copy of a value; `undefined` when it is missing or has more than `max` octets. */
	octets(attribute: number, max: number): Uint8Array | undefined {
		const at = this.find(attribute);
		return at < 0 || this.length > max ? undefined : this.bytes.slice(at, at + this.length);
	}

	/**
	 * Returns an address and a port; all addresses are taken as XORed except those of the few old attributes ({@link isPlainAddress}).
	 * `undefined` when the attribute is missing or malformed.
	 * @see RFC 8489 §14.1, §14.2
	 */
	address(attribute: number): Endpoint | undefined {
		const at = this.find(attribute);
		if (at < 0 || this.length < 8) return undefined;
		const { bytes } = this;
		const family = bytes[at + 1];
		const octets = family === FAMILY_IPV4 ? 4 : family === FAMILY_IPV6 ? 16 : 0;
		if (octets === 0 || this.length !== 4 + octets) return undefined;
		const isPlain = isPlainAddress(attribute);
		const port = readU16(bytes, at + 2) ^ (isPlain ? 0 : STUN_COOKIE >>> 16);
		if (octets === 4) {
			const value = readU32(bytes, at + 4);
			return { address: formatIpv4((isPlain ? value : value ^ STUN_COOKIE) >>> 0), port };
		}
		const address = bytes.slice(at + 4, at + 20);
		// The cookie and the transaction ID follow each other in the header.
		if (!isPlain) for (let i = 0; i < 16; i++) address[i] ^= bytes[this.start + 4 + i];
		return { address: formatIp(address), port };
	}

	/** Returns the code of an error response, 300 to 699; 0 when it is missing or malformed. @see RFC 8489 §14.8 */
	errorCode(): number {
		const at = this.find(ERROR_CODE);
		if (at < 0 || this.length < 4) return 0;
		const hundreds = this.bytes[at + 2] & 7;
		const rest = this.bytes[at + 3];
		return hundreds >= 3 && hundreds <= 6 && rest <= 99 ? hundreds * 100 + rest : 0;
	}

	/**
	 * Looks for attributes that must be understood and are not among those given; fills {@link unknown}. MESSAGE-INTEGRITY of both
	 * kinds need not be given.
	 */
	hasUnknown(understood: readonly number[]): boolean {
		const { bytes, bodyEnd } = this;
		this.unknownCount = 0;
		for (let at = this.start + STUN_HEADER; at < bodyEnd; at += HEAD + ((readU16(bytes, at + 2) + 3) & ~3)) {
			const attribute = readU16(bytes, at);
			if (attribute >= OPTIONAL || understood.includes(attribute)) continue;
			if (this.unknownCount < UNKNOWN_MAX) this.unknown[this.unknownCount++] = attribute;
		}
		return this.unknownCount > 0;
	}

	/**
	 * Checks MESSAGE-INTEGRITY; false when there is none. The message's length is changed and restored during the call.
	 * @see RFC 8489 §14.5
	 */
	isIntact(key: HmacSha1): boolean {
		const at = this.integrityAt;
		if (at < 0) return false;
		this.setLength(at + HEAD + SHA1_OCTETS);
		const code = key.sign(this.bytes, this.start, at);
		this.setLength(this.end);
		return equalInConstantTime(this.bytes, at + HEAD, code, 0, SHA1_OCTETS);
	}

	/**
	 * Checks MESSAGE-INTEGRITY-SHA256, which may be truncated to 16 octets; false when there is none. The message's length is changed
	 * and restored during the call.
	 * @see RFC 8489 §14.6
	 */
	isIntact256(key: HmacSha256): boolean {
		const at = this.integrity256At;
		if (at < 0) return false;
		const octets = readU16(this.bytes, at + 2);
		this.setLength(at + HEAD + octets);
		const code = key.sign(this.bytes, this.start, at);
		this.setLength(this.end);
		return equalInConstantTime(this.bytes, at + HEAD, code, 0, octets);
	}

	/** Checks FINGERPRINT; false when there is none. @see RFC 8489 §14.7 */
	isFingerprintRight(): boolean {
		const at = this.fingerprintAt;
		if (at < 0) return false;
		return (crc32(this.bytes, this.start, at) ^ FINGERPRINT_XOR) >>> 0 === readU32(this.bytes, at + HEAD);
	}

	/** Remembers where the attributes are that protect others. @returns false when one is malformed */
	private note(attribute: number, at: number, length: number): boolean {
		if (attribute === FINGERPRINT) {
			if (length !== 4) return false;
			this.fingerprintAt = at;
		} else if (attribute === MESSAGE_INTEGRITY) {
			if (length !== SHA1_OCTETS) return false;
			// After the other one it is to be ignored.
			if (this.bodyEnd < 0) this.integrityAt = at;
		} else if (attribute === MESSAGE_INTEGRITY_SHA256) {
			if (length < SHA256_MIN || length > SHA256_OCTETS || (length & 3) !== 0) return false;
			if (this.integrity256At < 0) this.integrity256At = at;
		} else {
			return true;
		}
		if (this.bodyEnd < 0) this.bodyEnd = at;
		return true;
	}

	private setLength(end: number): void {
		const length = end - this.start - STUN_HEADER;
		this.bytes[this.start + 2] = length >> 8;
		this.bytes[this.start + 3] = length;
	}
}
