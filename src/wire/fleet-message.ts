import { type ByteWriter, readU16, readU32 } from "../base/byte-writer";
import { latin1, utf8Decode, utf8Encode } from "../base/text";
import { formatIpv4, parseIpv4 } from "../core/ipv4";
import {
	type FleetService,
	oldFormatService,
	readFleetService,
	SERVICES_MAX,
	setFleetService,
	writeFleetServices,
} from "./fleet-service";

/**
 * The largest fleet datagram in octets, which any LAN carries in one piece. Only a `login`, or an announcement with a
 * long domain name and many services, comes near it; all others are below 548 octets, which every IPv4 path carries
 * (RFC 791).
 */
export const FLEET_MESSAGE_MAX = 672;
/** The longest camera name in octets of UTF-8. */
export const NAME_MAX = 48;
/** The longest name of a group in octets of UTF-8. */
const GROUP_MAX = 24;
/** The longest model name in octets of UTF-8. */
const MODEL_MAX = 16;
/** The most heirs that a representative names. */
export const HEIRS_MAX = 3;
/** The longest masked secret in octets: a login record of 512, and its code. */
export const SECRET_MAX = 544;
/** Octets of the authentication code at the end of a message with a key id: HMAC-SHA-256, truncated. @see RFC 2104 §5 */
export const FLEET_CODE_OCTETS = 16;

/** The type of a fleet message. */
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
	| "login"
	| "forget"
	| "adopt"
	| "logout";

/** All types, in the order of their numbers on the wire, which begin with 1. */
export const FLEET_MESSAGE_TYPES: readonly FleetMessageType[] = Object.freeze([
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
	"forget",
	"adopt",
	"logout",
]);

/** One message between cameras; fields that a type does not use are absent. */
export interface FleetMessage {
	type: FleetMessageType;
	/** The fleet of the sender; cameras of other fleets ignore it. */
	fleet: number;
	/** The sender: 16 hexadecimal digits. */
	sender: string;
	/** Counts the sender's starts, so that messages from before a restart are known to be old. */
	boot: number;
	/** Counts the sender's messages since its start. */
	sequence: number;
	/** Counts successions; 0 until there is one. */
	term: number;
	/** True: every receiver announces itself to the sender. */
	answer: boolean;
	/** True: the sender is the representative, or claims to be. */
	representative: boolean;
	/** True: the sender holds the representative's port on the gateway. */
	holds: boolean;
	/** True: the sender has no pictures to show. */
	trouble?: boolean | undefined;
	name?: string | undefined;
	/** True: the name was given automatically, and yields to the same name elsewhere. */
	automaticName?: boolean | undefined;
	model?: string | undefined;
	/** The group that its owner has put the sender into, such as a floor or a building; absent: none. */
	group?: string | undefined;
	/** The sender's services, in an announcement; absent for none. At most {@link SERVICES_MAX}. */
	services?: readonly FleetService[] | undefined;
	/** Address of the Internet gateway as its provider gave it, or a domain name. */
	externalHost?: string | undefined;
	/** The camera that a message is for, that an `alive` reports on, or that a `forget` is about: 16 hexadecimal digits. */
	target?: string | undefined;
	/** How fit the sender is to be the representative: 0 … 255, higher is fitter. */
	priority?: number | undefined;
	/** The cameras that succeed the representative, in this order; 16 hexadecimal digits each. */
	heirs?: readonly string[] | undefined;
	/** A number that an `alive` returns to the `probe` that it answers. */
	nonce?: number | undefined;
	/** Milliseconds since the sender last heard {@link target}, up to 65535. */
	age?: number | undefined;
	/** The fleet's key, masked, in a `welcome`; the login record in a `login`; a session in a `logout`; up to {@link SECRET_MAX}. */
	secret?: Uint8Array | undefined;
	/** The version of the login record that the sender has, or that a `login` carries; absent for none. */
	login?: number | undefined;
	/** The first 32 bits of that record's code, so that two records of the same version can be told apart. */
	loginCheck?: number | undefined;
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
const SERVICE = 14;
const GROUP = 15;

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
 * by the 4 octets of the IPv4 address that the datagram comes from, as in its IP header; they are not sent in the message.
 * Tags that a receiver does not know are skipped. A secret of more than 255 octets is cut into several fields.
 *
 * Each service is one field (tag 14):
 * +---------------+-------------------------------+---------------+
 * |     flags     |             port              |   external …  |
 * +---------------+---------------+---------------+---------------+
 * |    … port     | kind length   | kind …        | path …        |
 * +---------------+---------------+---------------+---------------+
 * Flag 1: over TLS. Other flags are ignored.
 *
 * The old format has no tag 14: it has one HTTP service only, with path "/", by tag 3 (port), tag 4 (external
 * port) and flag 16 of the header (TLS). While there are cameras of that format, an announcement has these fields as
 * well, for its first HTTP service whose path is "/"; cameras of the old format skip tag 14. A receiver that finds tag
 * 14 ignores them. Once no camera of the old format is left, they can go from the encoder, then from the decoder.
 */

/**
 * Encodes a message into `writer`, with room for the authentication code at the end if there is a key.
 * @param keyId 1 … 255; 0: not authenticated
 * @returns false when a field is out of range or the message does not fit; a programmer's error, as all values are bounded
 */
export function encodeFleetMessage(message: FleetMessage, writer: ByteWriter, keyId = 0): boolean {
	const { services } = message;
	const http = services === undefined ? undefined : oldFormatService(services);
	const flags =
		(message.answer ? FLAG_ANSWER : 0) |
		(message.representative ? FLAG_REPRESENTATIVE : 0) |
		(message.automaticName ? FLAG_AUTOMATIC_NAME : 0) |
		(message.holds ? FLAG_HOLDS : 0) |
		(http?.secure ? FLAG_SECURE : 0) |
		(message.trouble ? FLAG_TROUBLE : 0);
	writer
		.reset()
		.u16(MAGIC)
		.u8(VERSION)
		.u8(FLEET_MESSAGE_TYPES.indexOf(message.type) + 1)
		.u8(keyId)
		.u8(flags)
		.u16(0);
	writer.u32(message.fleet);
	if (!writeId(writer, message.sender)) return false;
	writer.u32(message.boot).u32(message.sequence).u32(message.term);
	if (message.name !== undefined && !writeText(writer, NAME, message.name, NAME_MAX)) return false;
	if (message.model !== undefined && !writeText(writer, MODEL, message.model, MODEL_MAX)) return false;
	if (message.group !== undefined && !writeText(writer, GROUP, message.group, GROUP_MAX)) return false;
	if (http !== undefined) {
		writer.u8(HTTP_PORT).u8(2).u16(http.port);
		writer.u8(EXTERNAL_PORT).u8(2).u16(http.externalPort);
	}
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
	if (services !== undefined && !writeFleetServices(writer, SERVICE, services)) return false;
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

/** The type of a datagram that may be a fleet message; `undefined`: it is not one that this version knows. */
export function fleetMessageType(bytes: Uint8Array): FleetMessageType | undefined {
	return bytes.length < HEADER || readU16(bytes, 0) !== MAGIC ? undefined : FLEET_MESSAGE_TYPES[bytes[3] - 1];
}

/** The nonce of a datagram with a well-formed header, found without decoding it; `undefined` when it has none. */
export function fleetNonce(bytes: Uint8Array): number | undefined {
	for (let at = HEADER; at + 6 <= bytes.length; at += 2 + bytes[at + 1]) {
		if (bytes[at] === NONCE && bytes[at + 1] === 4) return readU32(bytes, at + 2);
	}
	return undefined;
}

/** Decodes one message that the caller keeps. @see FleetMessageDecoder.decode */
export function decodeFleetMessage(bytes: Uint8Array): FleetMessage | undefined {
	return new FleetMessageDecoder().decode(bytes);
}

/** Decodes messages one after the other into one object, so that a message takes almost no memory. */
export class FleetMessageDecoder {
	private readonly message = new DecodedMessage();
	/** Receive the services of one message after the other. */
	private readonly services: FleetService[] = [];
	private serviceCount = 0;
	/** The HTTP service of the old format. */
	private httpPort = 0;
	private externalPort = 0;

	/**
	 * Decodes a datagram, whose authentication code the caller has checked.
	 * @returns a message that is valid until the next call; `undefined` when it is not a well-formed message of this version
	 */
	decode(bytes: Uint8Array): FleetMessage | undefined {
		return this.begin(bytes) === undefined ? undefined : this.finish(bytes);
	}

	/**
	 * Decodes the header alone, so that a message can be refused before its authentication code is computed.
	 * @returns a message without fields; `undefined` when the header is malformed
	 */
	begin(bytes: Uint8Array): FleetMessage | undefined {
		if (bytes.length < HEADER || bytes.length > FLEET_MESSAGE_MAX || readU16(bytes, 0) !== MAGIC) return undefined;
		const type = FLEET_MESSAGE_TYPES[bytes[3] - 1];
		if (bytes[2] !== VERSION || type === undefined || readU16(bytes, 6) !== bytes.length) return undefined;
		this.message.begin(type, bytes);
		return this.message;
	}

	/** Decodes the fields of the message that {@link begin} returned. @see decode */
	finish(bytes: Uint8Array): FleetMessage | undefined {
		const { message } = this;
		const fields = bytes.length - (bytes[4] === 0 ? 0 : FLEET_CODE_OCTETS);
		this.serviceCount = this.httpPort = this.externalPort = 0;
		let at = HEADER;
		while (at < fields) {
			if (at + 2 > fields) return undefined;
			const start = at + 2;
			const end = start + bytes[at + 1];
			if (end > fields || !this.readField(bytes[at], bytes, start, end)) return undefined;
			at = end;
		}
		if (this.serviceCount === 0 && this.httpPort > 0) {
			const secure = (bytes[5] & FLAG_SECURE) !== 0;
			setFleetService(this.nextService(), "http", this.httpPort, this.externalPort, "/", secure);
		}
		if (this.serviceCount > 0) {
			// The pool is cut to the message's services; those beyond are made again when they are needed.
			this.services.length = this.serviceCount;
			message.services = this.services;
		}
		return message;
	}

	private readField(tag: number, bytes: Uint8Array, start: number, end: number): boolean {
		const { message } = this;
		const length = end - start;
		switch (tag) {
			case NAME:
				message.name = readName(bytes, start, end, NAME_MAX);
				return message.name !== undefined;
			case MODEL:
				message.model = readName(bytes, start, end, MODEL_MAX);
				return message.model !== undefined;
			case GROUP:
				message.group = readName(bytes, start, end, GROUP_MAX);
				return message.group !== undefined;
			case HTTP_PORT:
				if (length !== 2) return false;
				this.httpPort = readU16(bytes, start);
				return this.httpPort > 0;
			case EXTERNAL_PORT:
				if (length !== 2) return false;
				this.externalPort = readU16(bytes, start);
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
			case HEIRS:
				if (length % 8 !== 0 || length > 8 * HEIRS_MAX) return false;
				message.heirs = readIds(bytes, start, end);
				return true;
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
			case SERVICE:
				return this.serviceCount < SERVICES_MAX && readFleetService(bytes, start, end, this.nextService());
			default:
				return true;
		}
	}

	private nextService(): FleetService {
		const { services, serviceCount } = this;
		if (serviceCount === services.length) {
			services.push({ kind: "", port: 0, externalPort: 0, path: "", secure: false });
		}
		this.serviceCount++;
		return services[serviceCount];
	}
}

/** The message of a decoder, with all fields there may be. */
class DecodedMessage implements FleetMessage {
	type: FleetMessageType = "bye";
	fleet = 0;
	sender = "";
	boot = 0;
	sequence = 0;
	term = 0;
	answer = false;
	representative = false;
	holds = false;
	trouble = false;
	automaticName = false;
	name: string | undefined;
	model: string | undefined;
	group: string | undefined;
	services: readonly FleetService[] | undefined;
	externalHost: string | undefined;
	target: string | undefined;
	priority: number | undefined;
	heirs: readonly string[] | undefined;
	nonce: number | undefined;
	age: number | undefined;
	secret: Uint8Array | undefined;
	login: number | undefined;
	loginCheck: number | undefined;

	/** Reads the header, and clears all that fields may set. */
	begin(type: FleetMessageType, bytes: Uint8Array): void {
		this.type = type;
		this.fleet = readU32(bytes, 8);
		this.sender = readId(bytes, 12);
		this.boot = readU32(bytes, 20);
		this.sequence = readU32(bytes, 24);
		this.term = readU32(bytes, 28);
		const flags = bytes[5];
		this.answer = (flags & FLAG_ANSWER) !== 0;
		this.representative = (flags & FLAG_REPRESENTATIVE) !== 0;
		this.automaticName = (flags & FLAG_AUTOMATIC_NAME) !== 0;
		this.holds = (flags & FLAG_HOLDS) !== 0;
		this.trouble = (flags & FLAG_TROUBLE) !== 0;
		this.name = this.model = this.group = this.externalHost = this.target = undefined;
		this.services = this.heirs = this.secret = undefined;
		this.priority = this.nonce = this.age = this.login = this.loginCheck = undefined;
	}
}

/** Returns whether text can be a camera's name: 1 to {@link NAME_MAX} octets, without control characters,
 * line separators and controls of the writing direction, and without spaces at the ends. */
export function isName(text: string): boolean {
	// First, as XS looks for each character from the text's beginning.
	if (text.length < 1 || text.length > NAME_MAX || text !== text.trim()) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 32 || (code >= 127 && code < 160)) return false;
		if ((code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return false;
	}
	return utf8Encode(text).length <= NAME_MAX;
}

/** Returns whether text can be the name of a group: a name of at most {@link GROUP_MAX} octets. @see isName */
export function isGroup(text: string): boolean {
	return isName(text) && utf8Encode(text).length <= GROUP_MAX;
}

/** Returns whether text can be the host of a link: letters, digits, hyphens and dots. @see RFC 1123 §2.1 */
export function isHost(text: string): boolean {
	if (text.length < 1 || text.length > DOMAIN_MAX) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i) | 32;
		const fine = (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || text[i] === "-" || text[i] === ".";
		if (!fine) return false;
	}
	return true;
}

/** @returns `undefined` when the octets are not a name of at most `limit` octets */
function readName(bytes: Uint8Array, start: number, end: number, limit: number): string | undefined {
	let isPlain = end - start >= 1 && end - start <= limit && bytes[start] !== 32 && bytes[end - 1] !== 32;
	for (let i = start; isPlain && i < end; i++) isPlain = bytes[i] >= 32 && bytes[i] < 127;
	// Most names are ASCII: these are checked as octets, as each use of a string's property allocates on XS.
	if (isPlain) return latin1(bytes, start, end);
	const text = utf8Decode(bytes, start, end);
	return isName(text) && utf8Encode(text).length <= limit ? text : undefined;
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
	// Two halves, as a number has fewer bits than an identity.
	const high = Number.parseInt(id.slice(0, 8), 16);
	const low = Number.parseInt(id.slice(8), 16);
	if (!(high >= 0 && low >= 0)) return false;
	writer.u32(high).u32(low);
	return true;
}

function readIds(bytes: Uint8Array, start: number, end: number): string[] {
	const ids: string[] = [];
	for (let at = start; at < end; at += 8) ids.push(readId(bytes, at));
	return ids;
}

/** In one call, as each use of a string's property allocates on XS. */
function readId(bytes: Uint8Array, at: number): string {
	return String.fromCharCode(
		digit(bytes[at] >> 4),
		digit(bytes[at]),
		digit(bytes[at + 1] >> 4),
		digit(bytes[at + 1]),
		digit(bytes[at + 2] >> 4),
		digit(bytes[at + 2]),
		digit(bytes[at + 3] >> 4),
		digit(bytes[at + 3]),
		digit(bytes[at + 4] >> 4),
		digit(bytes[at + 4]),
		digit(bytes[at + 5] >> 4),
		digit(bytes[at + 5]),
		digit(bytes[at + 6] >> 4),
		digit(bytes[at + 6]),
		digit(bytes[at + 7] >> 4),
		digit(bytes[at + 7]),
	);
}

/** The character code of a hexadecimal digit: the lower four bits of `value`. */
function digit(value: number): number {
	const low = value & 15;
	return low < 10 ? 48 + low : 87 + low;
}
