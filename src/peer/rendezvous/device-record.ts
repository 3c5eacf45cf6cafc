import { ByteWriter, readU16 } from "../../base/byte-writer";
import { utf8Decode, utf8Encode } from "../../base/text";
import type { Millis } from "../../core/time";
import { KEY_OCTETS } from "../../ports/ciphers";
import type { Candidate } from "../candidate";
import { PROOF_OCTETS } from "../home-keys";
import { REGISTRATION_MAX } from "../peer-registry";
import { readCandidates, writeCandidates } from "./candidate-list";

/** What a device says about itself when it registers, and a viewer when it selects one. */
export interface DeviceRecord {
	/** For people; at most {@link NAME_MAX} octets of UTF-8. */
	readonly name: string;
	/** `camera`, `nas`, `relay`, `viewer`: at most {@link KIND_MAX} characters; empty: not said. */
	readonly kind: string;
	/** Words with spaces between, by which a search finds it: at most {@link TAGS_MAX} octets of UTF-8. */
	readonly tags: string;
	/** True: the representative, which has the portal (ONE-6). */
	readonly isPortal: boolean;
	/** True: its NAT maps ports per destination (P2P-12), so that the address that the server sees won't be right for others. */
	readonly isSymmetric: boolean;
	/** The device's public key, KEY_OCTETS, and the proof that goes with it, PROOF_OCTETS; absent: a viewer. */
	readonly key?: Uint8Array | undefined;
	readonly proof?: Uint8Array | undefined;
	/** The round trip to the server as the device has measured it; 0: not known. The server corrects the moment of START with it. */
	readonly roundTrip: Millis;
	/**
	 * Of a request: addresses of its own, and a mapped port; the server leaves out what it does not accept and adds the address that it
	 * saw itself, as `reflexive`. Empty in lists without addresses.
	 */
	readonly candidates: readonly Candidate[];
}

/** The longest {@link DeviceRecord.name} in octets. */
export const NAME_MAX = 64;
/** The longest {@link DeviceRecord.kind} in characters. */
const KIND_MAX = 12;
/** The longest {@link DeviceRecord.tags} in octets. */
export const TAGS_MAX = 64;
/** The longest round trip that a record can hold. */
export const ROUND_TRIP_MAX: Millis = 65535;

/** Bits of the first octet. */
const PORTAL = 1;
const KEY = 2;
const SYMMETRIC = 4;
/** Where the round trip is in a record: 16 bits behind the first octet. */
export const ROUND_TRIP_AT = 1;
/** Octets before the name. */
const HEAD = 3;

/**
 * Writes a record: flags, round trip, name, kind and tags with an octet for the length of each, key and proof, candidates.
 * @param withCandidates false: leaves the addresses out, for lists (P2P-3)
 * @throws {RangeError} when it is longer than REGISTRATION_MAX
 */
export function encodeDeviceRecord(record: DeviceRecord, withCandidates = true): Uint8Array {
	const { name, kind, tags, isPortal, isSymmetric, key, proof, roundTrip, candidates } = record;
	const into = new ByteWriter(REGISTRATION_MAX);
	const hasKey = key !== undefined && proof !== undefined;
	const flags = (isPortal ? PORTAL : 0) | (hasKey ? KEY : 0) | (isSymmetric ? SYMMETRIC : 0);
	into.u8(flags).u16(Math.min(ROUND_TRIP_MAX, Math.round(roundTrip)));
	for (const text of [cut(name, NAME_MAX), cut(kind, KIND_MAX), cut(tags, TAGS_MAX)]) into.u8(text.length).octets(text);
	if (hasKey) into.octets(key).octets(proof);
	writeCandidates(into, withCandidates ? candidates : []);
	if (into.overflowed) throw new RangeError("record of a device");
	return into.copy();
}

/** Reads a record that fills `bytes[start, end)`; `undefined` when it is malformed or too long. */
export function readDeviceRecord(bytes: Uint8Array, start = 0, end = bytes.length): DeviceRecord | undefined {
	if (end - start > REGISTRATION_MAX || end - start < HEAD) return undefined;
	const flags = bytes[start];
	if ((flags & ~(PORTAL | KEY | SYMMETRIC)) !== 0) return undefined;
	const texts: string[] = [];
	let at = start + HEAD;
	for (const max of [NAME_MAX, KIND_MAX, TAGS_MAX]) {
		const length = at < end ? bytes[at] : max + 1;
		if (length > max || at + 1 + length > end) return undefined;
		texts.push(printable(utf8Decode(bytes, at + 1, at + 1 + length)));
		at += 1 + length;
	}
	let key: Uint8Array | undefined;
	let proof: Uint8Array | undefined;
	if ((flags & KEY) !== 0) {
		if (at + KEY_OCTETS + PROOF_OCTETS > end) return undefined;
		key = bytes.slice(at, at + KEY_OCTETS);
		at += KEY_OCTETS;
		proof = bytes.slice(at, at + PROOF_OCTETS);
		at += PROOF_OCTETS;
	}
	const candidates = readCandidates(bytes, at, end);
	if (candidates === undefined) return undefined;
	const [name, kind, tags] = texts;
	const roundTrip = readU16(bytes, start + ROUND_TRIP_AT);
	const isPortal = (flags & PORTAL) !== 0;
	const isSymmetric = (flags & SYMMETRIC) !== 0;
	return { name, kind, tags, isPortal, isSymmetric, key, proof, roundTrip, candidates };
}

/** Encodes the beginning of a text that fits, and no part of a character. */
function cut(text: string, max: number): Uint8Array {
	const octets = utf8Encode(text);
	if (octets.length <= max) return octets;
	let end = max;
	while (end > 0 && (octets[end] & 0xc0) === 0x80) end--;
	return octets.slice(0, end);
}

/** Control characters would garble terminals and logs. */
function printable(text: string): string {
	let clean = "";
	for (const character of text) {
		const code = character.codePointAt(0) ?? 0;
		clean += code < 0x20 || (code >= 0x7f && code < 0xa0) ? " " : character;
	}
	return clean;
}
