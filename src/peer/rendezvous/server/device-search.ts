import { readU16 } from "../../../base/byte-writer";
import { toHex } from "../../../base/hex";
import { utf8Decode } from "../../../base/text";
import type { StunReader } from "../../../wire/stun-reader";
import { PEER_OCTETS, peerOctets } from "../../peer-identity";
import { ALL_DEVICES, type PeerTicket } from "../../peer-ticket";
import { type DeviceRecord, encodeDeviceRecord, readDeviceRecord } from "../device-record";
import { QUERY } from "../peer-attributes";
import { QUERY_MAX } from "../peer-request";

/** What is searched for, and from where the list goes on. */
export interface DeviceQuery {
	/** In lower case. */
	readonly name: string;
	readonly tag: string;
	/** PEER_DIGITS, or empty. */
	readonly after: string;
}

/** A device that was listed. */
export interface ListedDevice {
	readonly peer: string;
	readonly record: Uint8Array;
}

/** What fits into one answer. */
export interface FoundPage {
	/** The value of FOUND. */
	readonly value: Uint8Array;
	/** How many devices follow. */
	readonly left: number;
}

/** Octets of the list in one answer: it shall get through every path. */
const PAGE_MAX = 1000;

/** Reads the attribute QUERY; `undefined` when it is missing or malformed. */
export function readQuery(message: StunReader): DeviceQuery | undefined {
	const start = message.find(QUERY);
	if (start < 0) return undefined;
	const { bytes } = message;
	const end = start + message.length;
	const texts: string[] = [];
	let at = start;
	for (let i = 0; i < 2; i++) {
		const length = at < end ? bytes[at] : QUERY_MAX + 1;
		if (length > QUERY_MAX || at + 1 + length > end) return undefined;
		texts.push(utf8Decode(bytes, at + 1, at + 1 + length).toLowerCase());
		at += 1 + length;
	}
	if (at !== end && at + PEER_OCTETS !== end) return undefined;
	return { name: texts[0], tag: texts[1], after: at === end ? "" : toHex(bytes, at, end) };
}

/** Chooses from the devices of a home those that fit (P2P-3), as many as one answer holds. @param withAddresses their records have them */
export function searchDevices(
	devices: readonly ListedDevice[],
	query: DeviceQuery,
	{ scope }: PeerTicket,
	withAddresses: boolean,
): FoundPage {
	const sorted = [...devices].sort((a, b) => (a.peer < b.peer ? -1 : 1));
	const value = new Uint8Array(PAGE_MAX);
	let length = 0;
	let left = 0;
	for (const { peer, record } of sorted) {
		if (peer <= query.after || (scope !== ALL_DEVICES && scope !== peer)) continue;
		const read = readDeviceRecord(record);
		if (read === undefined || !fits(read, query)) continue;
		const told = withAddresses ? record : encodeDeviceRecord(read, false);
		const next = length + PEER_OCTETS + 2 + told.length;
		if (left > 0 || next > PAGE_MAX) {
			left++;
			continue;
		}
		value.set(peerOctets(peer), length);
		value[length + PEER_OCTETS] = told.length >> 8;
		value[length + PEER_OCTETS + 1] = told.length;
		value.set(told, length + PEER_OCTETS + 2);
		length = next;
	}
	return { value: value.slice(0, length), left };
}

/** The round trip of a record. */
export function roundTripOf(record: Uint8Array): number {
	return readU16(record, 1);
}

function fits({ name, kind, tags }: DeviceRecord, query: DeviceQuery): boolean {
	if (!name.toLowerCase().includes(query.name)) return false;
	return query.tag === "" || kind.toLowerCase() === query.tag || tags.toLowerCase().split(" ").includes(query.tag);
}
