import { type ByteWriter, readU16, readU32 } from "../base/byte-writer";
import { utf8Decode, utf8Encode } from "../base/text";
import { formatIpv4, parseIpv4 } from "../core/ipv4";

/**
 * The largest fleet datagram, which only a `login` comes near: any LAN carries it whole. All others are below 548
 * octets, what every IPv4 path carries (RFC 791), less the longest headers.
 */
export const FLEET_MESSAGE_MAX = 640;
/** The longest camera name in octets of UTF-8. */
export const NAME_MAX = 48;
/** The longest model name in octets. */
const MODEL_MAX = 16;
/** Heirs that a representative names. */
export const HEIRS_MAX = 3;
/** The longest masked secret in octets: a login of 512, and its code. */
export const SECRET_MAX = 544;
/** Octets of the authentication code at the end of a message with a key id: HMAC-SHA-256, cut. @see RFC 2104 §5 */
export const FLEET_CODE_OCTETS = 16;

/** What a fleet message says. */
export type FleetMessageType =
	| "announce"
	| "inquiry"
	| "bye"
	| "rename"
	| "claim"
	| "probe"
	| "alive"
	| "join"
	| "welcome"
	| "login";

const TYPES: readonly FleetMessageType[] = Object.freeze([
	"announce",
	"inquiry",
	"bye",
	"rename",
	"claim",
	"probe",
	"alive",
	"join",
	"welcome",
	"login",
]);

/** One message between cameras; fields that a type does not use are absent. */
export interface FleetMessage {
	type: FleetMessageType;
	/** Which fleet it belongs to; cameras of other fleets ignore it. */
	fleet: number;
	/** The sender: 16 hexadecimal digits. */
	sender: string;
	/** Counts the sender's starts, so that what it said before a restart is known to be old. */
	boot: number;
	/** Counts the sender's messages since its start. */
	sequence: number;
	/** Counts successions; 0 until there is one. */
	term: number;
	/** True: whoever hears this announces itself to the sender. */
	answer: boolean;
	/** True: the sender is the representative, or claims to be. */
	representative: boolean;
	/** True: the sender holds the representative's port on the gateway. */
	holds: boolean;
	/** True: the sender serves its pages by HTTPS. */
	secure?: boolean;
	/** True: the sender has no pictures to show. */
	trouble?: boolean;
	name?: string;
	/** True: the name was given automatically, and yields to the same name elsewhere. */
	automaticName?: boolean;
	model?: string;
	/** Port on which the sender serves HTTP inside the LAN. */
	httpPort?: number;
	/** Port on the Internet gateway that leads to the sender; 0 for none. */
	externalPort?: number;
	/** Address of the Internet gateway as its provider gave it, or a domain name. */
	externalHost?: string;
	/** Who a `rename` is for, or whom an `alive` has heard: 16 hexadecimal digits. */
	target?: string;
	/** How fit the sender is to be the representative: 0 … 255, higher is fitter. */
	priority?: number;
	/** Who succeeds the representative, in this order; 16 hexadecimal digits each. */
	heirs?: readonly string[];
	/** A number that an `alive` returns to the `probe` that it answers. */
	nonce?: number;
	/** Milliseconds since the sender last heard {@link target}, up to 65535. */
	age?: number;
	/** The fleet's key, masked, in a `welcome`; the record of passwords in a `login`; up to {@link SECRET_MAX}. */
	secret?: Uint8Array;
	/** Version of the record of passwords that the sender has, or that a `login` brings; absent for none. */
	login?: number;
	/** The first 32 bits of that record's code, so that two records of one version are told apart. */
	loginCheck?: number;
}

const MAGIC = 0x5048;
const VERSION = 1;
const HEADER = 32;

const FLAG_ANSWER = 1;
const FLAG_REPRESENTATIVE = 2;
const FLAG_AUTOMATIC_NAME = 4;
const FLAG_HOLDS = 8;
const FLAG_SECURE = 16;
const FLAG_TROUBLE = 32;

const NAME = 1;
const MODEL = 2;
const HTTP_PORT = 3;
const EXTERNAL_PORT = 4;
const EXTERNAL_ADDRESS = 5;
const EXTERNAL_NAME = 6;
const TARGET = 7;
const PRIORITY = 8;
const HEIRS = 9;
const NONCE = 10;
const AGE = 11;
const SECRET = 12;
const LOGIN = 13;

/** The longest value of one field; a longer secret takes several. */
const VALUE_MAX = 255;

/** The longest domain name in octets. @see RFC 1035 §2.3.4 */
const DOMAIN_MAX = 253;

/*
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+---------------+---------------+
 * |     magic "PH" (0x5048)       |  version (1)  |     type      |
 * +---------------+---------------+-------------------------------+
 * |    key id     |     flags     |  length of the whole message  |
 * +---------------+---------------+-------------------------------+
 * |                             fleet                             |
 * +---------------------------------------------------------------+
 * |                        sender (64 bits)                       |
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                          boot counter                         |
 * +---------------------------------------------------------------+
 * |                        sequence number                        |
 * +---------------------------------------------------------------+
 * |                             term                              |
 * +---------------+---------------+-------------------------------+
 * |     tag       |    length     |  value …                      |
 * +---------------+---------------+-------------------------------+
 *
 * Key id 0: not authenticated. Any other: the last 16 octets are the authentication code of all before them, followed
 * by the 4 octets of the IPv4 address that the datagram comes from, as in its IP header; they are not sent once more.
 * Tags that a receiver does not know are skipped. A secret of more than 255 octets is cut into several fields.
 */

/**
 * Encodes a message into `writer`, with room for the authentication code at the end if there is a key.
 * @param keyId 1 … 255; 0: not authenticated
 * @returns false when a field is out of range or the message does not fit; a caller's fault, as all values are bounded
 */
export function encodeFleetMessage(message: FleetMessage, writer: ByteWriter, keyId = 0): boolean {
	const flags =
		(message.answer ? FLAG_ANSWER : 0) |
		(message.representative ? FLAG_REPRESENTATIVE : 0) |
		(message.automaticName ? FLAG_AUTOMATIC_NAME : 0) |
		(message.holds ? FLAG_HOLDS : 0) |
		(message.secure ? FLAG_SECURE : 0) |
		(message.trouble ? FLAG_TROUBLE : 0);
	writer
		.reset()
		.u16(MAGIC)
		.u8(VERSION)
		.u8(TYPES.indexOf(message.type) + 1)
		.u8(keyId)
		.u8(flags)
		.u16(0);
	writer.u32(message.fleet);
	if (!writeId(writer, message.sender)) return false;
	writer.u32(message.boot).u32(message.sequence).u32(message.term);
	if (message.name !== undefined && !writeText(writer, NAME, message.name, NAME_MAX)) return false;
	if (message.model !== undefined && !writeText(writer, MODEL, message.model, MODEL_MAX)) return false;
	if (message.httpPort !== undefined) writer.u8(HTTP_PORT).u8(2).u16(message.httpPort);
	if (message.externalPort !== undefined) writer.u8(EXTERNAL_PORT).u8(2).u16(message.externalPort);
	if (message.externalHost !== undefined) {
		const address = parseIpv4(message.externalHost);
		if (address !== undefined) writer.u8(EXTERNAL_ADDRESS).u8(4).u32(address);
		else if (!writeText(writer, EXTERNAL_NAME, message.externalHost, DOMAIN_MAX)) return false;
	}
	if (message.target !== undefined) {
		writer.u8(TARGET).u8(8);
		if (!writeId(writer, message.target)) return false;
	}
	if (message.priority !== undefined) writer.u8(PRIORITY).u8(1).u8(message.priority);
	if (message.heirs !== undefined) {
		if (message.heirs.length > HEIRS_MAX) return false;
		writer.u8(HEIRS).u8(8 * message.heirs.length);
		for (const heir of message.heirs) if (!writeId(writer, heir)) return false;
	}
	if (message.nonce !== undefined) writer.u8(NONCE).u8(4).u32(message.nonce);
	if (message.age !== undefined) writer.u8(AGE).u8(2).u16(message.age);
	if (message.login !== undefined) {
		writer
			.u8(LOGIN)
			.u8(8)
			.u32(message.login)
			.u32(message.loginCheck ?? 0);
	}
	if (message.secret !== undefined && !writeSecret(writer, message.secret)) return false;
	if (keyId !== 0) for (let i = 0; i < FLEET_CODE_OCTETS; i++) writer.u8(0);
	if (writer.overflowed || writer.length > FLEET_MESSAGE_MAX) return false;
	writer.bytes[6] = writer.length >> 8;
	writer.bytes[7] = writer.length;
	return true;
}

/** The key that a datagram says it was signed with; 0 for none, or when it is too short to say. */
export function fleetKeyId(bytes: Uint8Array): number {
	return bytes.length < HEADER ? 0 : bytes[4];
}

/**
 * Decodes a datagram, whose authentication code the caller has checked.
 * @returns `undefined` when it is no well-formed fleet message of this version
 */
export function decodeFleetMessage(bytes: Uint8Array): FleetMessage | undefined {
	if (bytes.length < HEADER || bytes.length > FLEET_MESSAGE_MAX || readU16(bytes, 0) !== MAGIC) return undefined;
	const type = TYPES[bytes[3] - 1];
	const fields = bytes.length - (bytes[4] === 0 ? 0 : FLEET_CODE_OCTETS);
	if (bytes[2] !== VERSION || type === undefined || fields < HEADER || readU16(bytes, 6) !== bytes.length)
		return undefined;
	const flags = bytes[5];
	const message: FleetMessage = {
		type,
		fleet: readU32(bytes, 8),
		sender: readId(bytes, 12),
		boot: readU32(bytes, 20),
		sequence: readU32(bytes, 24),
		term: readU32(bytes, 28),
		answer: (flags & FLAG_ANSWER) !== 0,
		representative: (flags & FLAG_REPRESENTATIVE) !== 0,
		automaticName: (flags & FLAG_AUTOMATIC_NAME) !== 0,
		holds: (flags & FLAG_HOLDS) !== 0,
		secure: (flags & FLAG_SECURE) !== 0,
		trouble: (flags & FLAG_TROUBLE) !== 0,
	};
	let at = HEADER;
	while (at < fields) {
		if (at + 2 > fields) return undefined;
		const tag = bytes[at];
		const start = at + 2;
		const end = start + bytes[at + 1];
		if (end > fields || !readField(message, tag, bytes, start, end)) return undefined;
		at = end;
	}
	return message;
}

/** Tells whether text is fit to be a camera's name: 1 to {@link NAME_MAX} octets, no controls (those of writing direction and
 * of lines among them, as they reach beyond the name), no spaces at the ends. */
export function isName(text: string): boolean {
	if (text !== text.trim()) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 32 || (code >= 127 && code < 160)) return false;
		if ((code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return false;
	}
	const length = utf8Encode(text).length;
	return length >= 1 && length <= NAME_MAX;
}

/** Tells whether text is fit to stand as the host of a link: letters, digits, hyphens and dots. @see RFC 1123 §2.1 */
export function isHost(text: string): boolean {
	if (text.length < 1 || text.length > DOMAIN_MAX) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i) | 32;
		const fine = (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || text[i] === "-" || text[i] === ".";
		if (!fine) return false;
	}
	return true;
}

function readField(message: FleetMessage, tag: number, bytes: Uint8Array, start: number, end: number): boolean {
	const length = end - start;
	switch (tag) {
		case NAME:
			message.name = utf8Decode(bytes, start, end);
			return isName(message.name);
		case MODEL:
			message.model = utf8Decode(bytes, start, end);
			return isName(message.model) && utf8Encode(message.model).length <= MODEL_MAX;
		case HTTP_PORT:
			if (length !== 2) return false;
			message.httpPort = readU16(bytes, start);
			return message.httpPort > 0;
		case EXTERNAL_PORT:
			if (length !== 2) return false;
			message.externalPort = readU16(bytes, start);
			return true;
		case EXTERNAL_ADDRESS:
			if (length !== 4) return false;
			message.externalHost = formatIpv4(readU32(bytes, start));
			return true;
		case EXTERNAL_NAME:
			message.externalHost = utf8Decode(bytes, start, end);
			return isHost(message.externalHost);
		case TARGET:
			if (length !== 8) return false;
			message.target = readId(bytes, start);
			return true;
		case PRIORITY:
			message.priority = bytes[start];
			return length === 1;
		case HEIRS: {
			if (length % 8 !== 0 || length > 8 * HEIRS_MAX) return false;
			const heirs: string[] = [];
			for (let i = start; i < end; i += 8) heirs.push(readId(bytes, i));
			message.heirs = heirs;
			return true;
		}
		case NONCE:
			if (length !== 4) return false;
			message.nonce = readU32(bytes, start);
			return true;
		case AGE:
			if (length !== 2) return false;
			message.age = readU16(bytes, start);
			return true;
		case SECRET:
			message.secret = joined(message.secret, bytes.slice(start, end));
			return message.secret.length <= SECRET_MAX;
		case LOGIN:
			if (length !== 8) return false;
			message.login = readU32(bytes, start);
			message.loginCheck = readU32(bytes, start + 4);
			return true;
		default:
			return true;
	}
}

function writeText(writer: ByteWriter, tag: number, text: string, limit: number): boolean {
	const octets = utf8Encode(text);
	if (octets.length > limit) return false;
	writer.u8(tag).u8(octets.length).octets(octets);
	return true;
}

function writeSecret(writer: ByteWriter, secret: Uint8Array): boolean {
	if (secret.length > SECRET_MAX) return false;
	let at = 0;
	do {
		const length = Math.min(VALUE_MAX, secret.length - at);
		writer.u8(SECRET).u8(length);
		writer.octets(secret, at, at + length);
		at += length;
	} while (at < secret.length);
	return true;
}

function joined(first: Uint8Array | undefined, second: Uint8Array): Uint8Array {
	if (first === undefined) return second;
	const both = new Uint8Array(first.length + second.length);
	both.set(first);
	both.set(second, first.length);
	return both;
}

function writeId(writer: ByteWriter, id: string): boolean {
	if (id.length !== 16) return false;
	for (let i = 0; i < 16; i += 2) {
		const value = Number.parseInt(id.slice(i, i + 2), 16);
		if (Number.isNaN(value)) return false;
		writer.u8(value);
	}
	return true;
}

function readId(bytes: Uint8Array, at: number): string {
	let id = "";
	for (let i = at; i < at + 8; i++) id += (bytes[i] < 16 ? "0" : "") + bytes[i].toString(16);
	return id;
}
