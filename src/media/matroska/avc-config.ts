import type { Octets } from "../../core/time";
import { BitReader } from "../bit-reader";
import { SET_MAX, SETS_MAX } from "../h264-parameter-sets";

/** The content of an AVC decoder configuration record. */
export interface AvcConfig {
	/** Sequence parameter sets first (NAL units without start codes). */
	readonly parameterSets: readonly Uint8Array[];
	/** Octets of the length before each NAL unit: 1, 2 or 4. */
	readonly lengthSize: number;
}

/** Makes the AVC decoder configuration record, for NAL units with lengths of four octets. @see ISO/IEC 14496-15 §5.3.3.1 */
export function avcConfig(parameterSets: readonly Uint8Array[]): Uint8Array {
	let octets = 7;
	let sequences = 0;
	for (const set of parameterSets) {
		octets += 2 + set.length;
		if ((set[0] & 31) === NAL_SPS) sequences++;
	}
	const first = parameterSets.length > 0 ? parameterSets[0] : NO_SET;
	const isHigh = HIGH_PROFILES.includes(first[1]);
	const bytes = new Uint8Array(octets + (isHigh ? 4 : 0));
	bytes.set([1, first[1], first[2], first[3], 0xff, 0xe0 | sequences]);
	let at = 6;
	for (const set of parameterSets) if ((set[0] & 31) === NAL_SPS) at = writeSet(bytes, at, set);
	bytes[at++] = parameterSets.length - sequences;
	for (const set of parameterSets) if ((set[0] & 31) !== NAL_SPS) at = writeSet(bytes, at, set);
	if (isHigh) writeColors(bytes, at, first);
	return bytes;
}

/** Reads an AVC decoder configuration record `bytes[start, end)`, and copies the sets. @returns `undefined` when it is malformed, or larger than any camera's */
export function readAvcConfig(bytes: Uint8Array, start: Octets, end: Octets): AvcConfig | undefined {
	if (end - start < 7 || bytes[start] !== 1) return undefined;
	const lengthSize = (bytes[start + 4] & 3) + 1;
	const parameterSets: Uint8Array[] = [];
	let at = start + 5;
	for (let kind = 0; kind < 2; kind++) {
		if (at >= end) return undefined;
		let sets = bytes[at++] & (kind === 0 ? 31 : 255);
		while (sets-- > 0) {
			if (at + 2 > end) return undefined;
			const length = (bytes[at] << 8) | bytes[at + 1];
			at += 2;
			if (length === 0 || length > SET_MAX || at + length > end || parameterSets.length >= SETS_MAX) return undefined;
			parameterSets.push(bytes.slice(at, at + length));
			at += length;
		}
	}
	if (lengthSize === 3 || parameterSets.length === 0) return undefined;
	return { parameterSets, lengthSize };
}

/** Tells whether two lists have the same sets in the same order. */
export function isSameSets(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
	if (one === other) return true;
	if (one.length !== other.length) return false;
	for (let i = 0; i < one.length; i++) {
		const a = one[i];
		const b = other[i];
		if (a.length !== b.length) return false;
		for (let j = 0; j < a.length; j++) if (a[j] !== b[j]) return false;
	}
	return true;
}

const NAL_SPS = 7;
/** The profiles for which the record has the chroma format and the bit depths. */
const HIGH_PROFILES = new Uint8Array([100, 110, 122, 144]);
const NO_SET = new Uint8Array(4);

function writeSet(bytes: Uint8Array, at: Octets, set: Uint8Array): Octets {
	bytes[at] = set.length >> 8;
	bytes[at + 1] = set.length;
	bytes.set(set, at + 2);
	return at + 2 + set.length;
}

/** Writes the chroma format and the bit depths of a sequence parameter set, and that there are no extensions. */
function writeColors(bytes: Uint8Array, at: Octets, set: Uint8Array): void {
	const bits = new BitReader(set, 4, set.length);
	bits.unsigned();
	const format = bits.unsigned();
	if (format === 3) bits.flag();
	bytes[at] = 0xfc | (format & 3);
	bytes[at + 1] = 0xf8 | (bits.unsigned() & 7);
	bytes[at + 2] = 0xf8 | (bits.unsigned() & 7);
}
