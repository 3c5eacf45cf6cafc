import { type ByteWriter, readU16, readU32 } from "../../src/base/byte-writer";
import { utf8Decode, utf8Encode } from "../../src/base/text";
import { formatIpv4, parseIpv4 } from "../../src/core/ipv4";
import {
	FLEET_CODE_OCTETS,
	FLEET_MESSAGE_MAX,
	type FleetMessage,
	type FleetMessageType,
	HEIRS_MAX,
	isHost,
	isName,
	NAME_MAX,
	SECRET_MAX,
} from "../../src/wire/fleet-message";

/** The longest model name in octets. */
const MODEL_MAX = 16;
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

/** A message of the old format: it tells of one HTTP service, in fixed fields. */
export type OldFleetMessage = Omit<FleetMessage, "services"> & {
	secure?: boolean;
	httpPort?: number;
	externalPort?: number;
};

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

/** Encodes a message as cameras did before announcements had a list of services. */
export function encodeOldFleetMessage(message: OldFleetMessage, writer: ByteWriter, keyId = 0): boolean {
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

/** Decodes a message as cameras did before announcements had a list of services. */
export function decodeOldFleetMessage(bytes: Uint8Array): OldFleetMessage | undefined {
	if (bytes.length < HEADER || bytes.length > FLEET_MESSAGE_MAX || readU16(bytes, 0) !== MAGIC) return undefined;
	const type = TYPES[bytes[3] - 1];
	const fields = bytes.length - (bytes[4] === 0 ? 0 : FLEET_CODE_OCTETS);
	if (bytes[2] !== VERSION || type === undefined || fields < HEADER || readU16(bytes, 6) !== bytes.length)
		return undefined;
	const flags = bytes[5];
	const message: OldFleetMessage = {
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

function readField(message: OldFleetMessage, tag: number, bytes: Uint8Array, start: number, end: number): boolean {
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
