import { fromBase64, toBase64 } from "../../base/base64";
import { ByteWriter } from "../../base/byte-writer";
import { fromHex, toHex } from "../../base/hex";
import { sha256 } from "../../base/sha256";
import { latin1, utf8Decode, utf8Encode } from "../../base/text";
import { PEER_DIGITS } from "../../peer/peer-registry";
import { parsePeerTicket } from "../../peer/peer-ticket";
import { parseRendezvous } from "../../peer/rendezvous-address";
import { KEY_OCTETS } from "../../ports/ciphers";
import type { HomeAccess } from "./peer-services";

/** What a home gives to a viewer that it trusts, or to a guest: in a QR code, or as text to be copied. */
export interface Pairing {
	/** The home's name, for people; of a guest link the device's. */
	readonly name: string;
	readonly access: HomeAccess;
	/** A link pass for the pages of its devices, as in `?link=PASS`; empty: the viewer logs in with a password. */
	readonly pass: string;
}

/** Why text is no pairing: it is something else, a member is missing or wrong, or a newer program has made it. */
export type PairingFault = "foreign" | "damaged" | "newer";

/** What the text of a pairing begins with, unless it is the fragment of a URL. */
export const PAIRING_PREFIX = "porthole:";
/** The longest text of a pairing, in characters. */
export const PAIRING_MAX = 1500;
/** The longest name of a home, in octets. */
const NAME_MAX = 48;
/** The first octet: the version of the format. */
const VERSION = 1;
/** Octets of the check against mistakes in copying, at the end. */
const CHECK = 4;

/** The fields: one octet for the kind, one for the length, the value. Unknown kinds are skipped. */
const NAME = 1;
const SERVER_KEY = 2;
const SERVERS = 3;
const TICKET = 4;
const TICKET_SECRET = 5;
const PIN_KEY = 6;
const PASS = 7;
const PEER = 8;
const PEER_KEY = 9;
const GUEST_ID = 10;
const GUEST_SECRET = 11;

/** The lengths of fields that have a fixed one. */
const LENGTHS: readonly number[] = Object.freeze([0, 0, 32, 0, 0, 32, 32, 0, 8, 32, 16, 32]);

/**
 * Writes a pairing as text: `porthole:` and letters, digits, `-` and `_`. Its possession grants what it gives.
 * @throws {RangeError} when a part of it is too long
 */
export function writePairing({ name, access, pass }: Pairing): string {
	const { ticket, ticketSecret, pinKey, peer, peerKey, guestId, guestSecret } = access;
	const writer = new ByteWriter(PAIRING_MAX);
	const field = (kind: number, value: Uint8Array | undefined): void => {
		if (value === undefined || value.length === 0) return;
		if (value.length > 255) throw new RangeError("pairing");
		writer.u8(kind).u8(value.length).octets(value);
	};
	writer.u8(VERSION);
	field(NAME, shortened(name));
	const [key, servers] = splitRendezvous(access.rendezvous);
	field(SERVER_KEY, octetsOf(key, KEY_OCTETS));
	field(SERVERS, utf8Encode(servers));
	field(TICKET, utf8Encode(ticket));
	field(TICKET_SECRET, ticketSecret);
	field(PIN_KEY, pinKey);
	field(PASS, utf8Encode(pass));
	if (peer !== undefined) field(PEER, octetsOf(peer, PEER_DIGITS / 2));
	field(PEER_KEY, peerKey);
	field(GUEST_ID, guestId);
	field(GUEST_SECRET, guestSecret);
	const body = writer.copy();
	writer.octets(sha256(body), 0, CHECK);
	const text = toBase64(writer.copy()).split("+").join("-").split("/").join("_").split("=").join("");
	if (writer.overflowed || PAIRING_PREFIX.length + text.length > PAIRING_MAX) throw new RangeError("pairing");
	return PAIRING_PREFIX + text;
}

/**
 * Reads the text of a pairing. Blanks and line ends, as mail programs put in, do not matter.
 * @param text as {@link writePairing} makes it, or a URL with that in its fragment
 */
export function readPairing(text: string): Pairing | PairingFault {
	if (text.length > 2 * PAIRING_MAX) return "foreign";
	let code = text.split(/\s+/).join("");
	const hash = code.indexOf("#");
	if (hash >= 0) code = code.slice(hash + 1);
	if (code.startsWith(PAIRING_PREFIX)) code = code.slice(PAIRING_PREFIX.length);
	else if (hash < 0) return "foreign";
	const bytes = fromBase64(code.split("-").join("+").split("_").join("/"));
	if (bytes === undefined || bytes.length < 1 + CHECK) return "damaged";
	const end = bytes.length - CHECK;
	const sum = sha256(bytes.subarray(0, end));
	for (let i = 0; i < CHECK; i++) if (sum[i] !== bytes[end + i]) return "damaged";
	if (bytes[0] !== VERSION) return "newer";
	return pairingOf(readFields(bytes, 1, end)) ?? "damaged";
}

function readFields(bytes: Uint8Array, start: number, end: number): ReadonlyMap<number, Uint8Array> | undefined {
	const fields = new Map<number, Uint8Array>();
	for (let at = start; at < end; ) {
		const kind = bytes[at];
		const length = at + 1 < end ? bytes[at + 1] : 256;
		at += 2;
		const fixed = kind < LENGTHS.length ? LENGTHS[kind] : 0;
		if (length === 0 || at + length > end || (fixed !== 0 && length !== fixed) || fields.has(kind)) return undefined;
		fields.set(kind, bytes.slice(at, at + length));
		at += length;
	}
	return fields;
}

function pairingOf(fields: ReadonlyMap<number, Uint8Array> | undefined): Pairing | undefined {
	if (fields === undefined) return undefined;
	const textOf = (kind: number): string => latin1(fields.get(kind) ?? new Uint8Array(0));
	const serverKey = fields.get(SERVER_KEY);
	const ticket = parsePeerTicket(textOf(TICKET));
	const ticketSecret = fields.get(TICKET_SECRET);
	if (serverKey === undefined || ticket === undefined || ticketSecret === undefined) return undefined;
	const rendezvous = joinRendezvous(toHex(serverKey), textOf(SERVERS));
	if (parseRendezvous(rendezvous) === undefined) return undefined;
	const pinKey = fields.get(PIN_KEY);
	const peerOctets = fields.get(PEER);
	const peerKey = fields.get(PEER_KEY);
	const guestId = fields.get(GUEST_ID);
	const guestSecret = fields.get(GUEST_SECRET);
	// A viewer of the home checks keys with the pin key; a guest has the key of its one device.
	const isGuest = pinKey === undefined;
	const has = [peerOctets, peerKey, guestId, guestSecret].filter((field) => field !== undefined).length;
	if (has !== (isGuest ? 4 : 0)) return undefined;
	const pass = textOf(PASS);
	if (!isPass(pass)) return undefined;
	const peer = peerOctets === undefined ? undefined : toHex(peerOctets);
	const name = utf8Decode(fields.get(NAME) ?? new Uint8Array(0));
	return {
		name: isPlain(name) ? name : "",
		pass,
		access: {
			home: ticket.home,
			rendezvous,
			ticket: textOf(TICKET),
			ticketSecret,
			...(pinKey !== undefined && { pinKey }),
			...(peer !== undefined && { peer }),
			...(peerKey !== undefined && { peerKey }),
			...(guestId !== undefined && { guestId }),
			...(guestSecret !== undefined && { guestSecret }),
		},
	};
}

/** `KEY@HOST,KEY@HOST` as the key and `HOST,HOST`. */
function splitRendezvous(text: string): [string, string] {
	const servers: string[] = [];
	let key = "";
	for (const entry of text.split(",")) {
		const at = entry.indexOf("@");
		key = entry.slice(0, Math.max(0, at)).trim().toLowerCase();
		servers.push(entry.slice(at + 1).trim());
	}
	return [key, servers.join(",")];
}

function joinRendezvous(key: string, servers: string): string {
	return servers
		.split(",")
		.map((server) => `${key}@${server}`)
		.join(",");
}

function octetsOf(hex: string, length: number): Uint8Array {
	const octets = fromHex(hex, length);
	if (octets === undefined) throw new RangeError("pairing");
	return octets;
}

/** A name that is too long is cut after a whole character. */
function shortened(name: string): Uint8Array {
	let text = name;
	let octets = utf8Encode(text);
	while (octets.length > NAME_MAX) {
		text = Array.from(text).slice(0, -1).join("");
		octets = utf8Encode(text);
	}
	return octets;
}

/** A pass becomes a part of URLs. */
function isPass(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		const isWord =
			(code >= 48 && code <= 57) ||
			(code >= 97 && code <= 122) ||
			(code >= 65 && code <= 90) ||
			code === 45 ||
			code === 46;
		if (!isWord) return false;
	}
	return true;
}

/** Whether a name can be shown on a terminal: control characters could change what stands there. */
function isPlain(name: string): boolean {
	for (let i = 0; i < name.length; i++) {
		const code = name.charCodeAt(i);
		if (code < 32 || (code >= 127 && code < 160) || code === 0xfffd) return false;
	}
	return true;
}
