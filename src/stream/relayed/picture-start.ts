import { readU16 } from "../../base/byte-writer";
import type { Octets } from "../../core/time";
import { NAL_DELIMITER, NAL_IDR, NAL_PPS, NAL_SEI, NAL_SPS } from "../../media/h264";

/** What a packet tells of its picture; numbers, as XS copies a string each time it is compared. */
export type PacketKind = number;
/** Nothing: a delimiter, or supplemental information. */
const VAGUE: PacketKind = 0;
/** Parameter sets: a key picture begins. */
export const SETS: PacketKind = 1;
/** A key picture. */
export const KEY: PacketKind = 2;
/** A picture that needs others. */
const INTER: PacketKind = 3;

const STAP_A = 24;
const FU_A = 28;

/** Tells from the payload `bytes[start, end)` of an H.264 packet what picture it is of. @see RFC 6184 §5.2 */
export function kindOfH264(bytes: Uint8Array, start: Octets, end: Octets): PacketKind {
	if (start >= end) return VAGUE;
	const type = bytes[start] & 31;
	if (type === FU_A) return end - start < 2 ? VAGUE : kindOfNal(bytes[start + 1] & 31);
	if (type !== STAP_A) return kindOfNal(type);
	let kind = VAGUE;
	for (let at = start + 1; at + 3 <= end; at += 2 + readU16(bytes, at)) {
		const next = kindOfNal(bytes[at + 2] & 31);
		// A picture in it says more than what stands before.
		if (next > kind) kind = next === INTER && kind === SETS ? KEY : next;
	}
	return kind;
}

/** Calls `found` for each whole NAL unit that is a parameter set in the payload `bytes[start, end)`. */
export function eachSet(
	bytes: Uint8Array,
	start: Octets,
	end: Octets,
	found: (bytes: Uint8Array, start: Octets, end: Octets) => void,
): void {
	if (start >= end) return;
	const type = bytes[start] & 31;
	if (type === NAL_SPS || type === NAL_PPS) return found(bytes, start, end);
	if (type !== STAP_A) return;
	for (let at = start + 1; at + 3 <= end; ) {
		const from = at + 2;
		at = from + readU16(bytes, at);
		if (at > end) return;
		const inner = bytes[from] & 31;
		if (inner === NAL_SPS || inner === NAL_PPS) found(bytes, from, at);
	}
}

function kindOfNal(type: number): PacketKind {
	if (type === NAL_IDR) return KEY;
	if (type === NAL_SPS) return SETS;
	if (type === NAL_SEI || type === NAL_PPS || type === NAL_DELIMITER || type === 0 || type > 12) return VAGUE;
	return INTER;
}
