import { readU16, readU32 } from "../base/byte-writer";

/** The port of STUN and TURN servers over UDP and TCP. @see RFC 8489 §18.6 */
export const STUN_PORT = 3478;
/** Octets of the header. @see RFC 8489 §5 */
export const STUN_HEADER = 20;
/** Where the transaction ID begins in a message, and its octets. */
export const TRANSACTION_AT = 8;
export const TRANSACTION_OCTETS = 12;
/** What octets 4 to 7 of each message are. @see RFC 8489 §5 */
export const STUN_COOKIE = 0x2112a442;
/** What a FINGERPRINT is XORed with. @see RFC 8489 §14.7 */
export const FINGERPRINT_XOR = 0x5354554e;
/** The longest message that is read, in octets: one with the padding of RFC 5780 §7.6 has some 1,550. */
export const STUN_MAX = 2048;
/** The longest message that is written unless asked for: larger ones don't get through every path unfragmented. */
export const STUN_WRITE_MAX = 1280;

/** The class of a message. @see RFC 8489 §5 */
export const REQUEST = 0;
export const INDICATION = 1;
export const SUCCESS = 2;
export const ERROR = 3;

/** Methods. @see RFC 8489 §18.2, RFC 8656 §17 */
export const BINDING = 0x001;
export const ALLOCATE = 0x003;
export const REFRESH = 0x004;
export const SEND = 0x006;
export const DATA = 0x007;
export const CREATE_PERMISSION = 0x008;
export const CHANNEL_BIND = 0x009;

/**
 * Attributes. Those below {@link OPTIONAL} must be understood by the receiver, others may be ignored.
 * @see RFC 8489 §14, RFC 8656 §18, RFC 8445 §16.1, RFC 5780 §7
 */
export const MAPPED_ADDRESS = 0x0001;
export const CHANGE_REQUEST = 0x0003;
export const USERNAME = 0x0006;
export const MESSAGE_INTEGRITY = 0x0008;
export const ERROR_CODE = 0x0009;
export const UNKNOWN_ATTRIBUTES = 0x000a;
export const CHANNEL_NUMBER = 0x000c;
export const LIFETIME = 0x000d;
export const XOR_PEER_ADDRESS = 0x0012;
export const DATA_VALUE = 0x0013;
export const REALM = 0x0014;
export const NONCE = 0x0015;
export const XOR_RELAYED_ADDRESS = 0x0016;
export const REQUESTED_ADDRESS_FAMILY = 0x0017;
export const REQUESTED_TRANSPORT = 0x0019;
export const MESSAGE_INTEGRITY_SHA256 = 0x001c;
export const XOR_MAPPED_ADDRESS = 0x0020;
export const PRIORITY = 0x0024;
export const USE_CANDIDATE = 0x0025;
export const PADDING = 0x0026;
export const RESPONSE_PORT = 0x0027;
export const SOFTWARE = 0x8022;
export const ALTERNATE_SERVER = 0x8023;
export const FINGERPRINT = 0x8028;
export const ICE_CONTROLLED = 0x8029;
export const ICE_CONTROLLING = 0x802a;
export const RESPONSE_ORIGIN = 0x802b;
export const OTHER_ADDRESS = 0x802c;

/** The first attribute that may be ignored. @see RFC 8489 §14 */
export const OPTIONAL = 0x8000;

/** Error codes. @see RFC 8489 §14.8, RFC 8656 §19, RFC 8445 §16.2 */
export const BAD_REQUEST = 400;
export const UNAUTHENTICATED = 401;
export const FORBIDDEN = 403;
export const UNKNOWN_ATTRIBUTE = 420;
export const ALLOCATION_MISMATCH = 437;
export const STALE_NONCE = 438;
export const ALLOCATION_QUOTA = 486;
export const ROLE_CONFLICT = 487;
export const SERVER_ERROR = 500;
export const INSUFFICIENT_CAPACITY = 508;

/** Families in address attributes. @see RFC 8489 §14.1 */
export const FAMILY_IPV4 = 1;
export const FAMILY_IPV6 = 2;

/**
 * Tells whether a datagram is a STUN message and no other protocol of the same socket: header, cookie and length fit. The
 * attributes are not looked at.
 * @see RFC 8489 §5, RFC 7983 §7
 */
export function isStun(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
	const octets = end - start;
	return (
		octets >= STUN_HEADER &&
		(bytes[start] & 0xc0) === 0 &&
		readU32(bytes, start + 4) === STUN_COOKIE &&
		readU16(bytes, start + 2) === octets - STUN_HEADER &&
		(octets & 3) === 0
	);
}

/** Returns whether an attribute's address is not XORed: a few old ones. @see RFC 8489 §14.1, §14.15, RFC 5780 §7.3, §7.4 */
export function isPlainAddress(attribute: number): boolean {
	return (
		attribute === MAPPED_ADDRESS ||
		attribute === ALTERNATE_SERVER ||
		attribute === RESPONSE_ORIGIN ||
		attribute === OTHER_ADDRESS
	);
}

/** Returns the first 16 bits of a message. @see RFC 8489 §5, figure 3 */
export function messageType(kind: number, method: number): number {
	return ((method & 0xf80) << 2) | ((kind & 2) << 7) | ((method & 0x070) << 1) | ((kind & 1) << 4) | (method & 0x00f);
}
