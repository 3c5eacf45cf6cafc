import type { Octets } from "../../core/time";
import { NAL_DELIMITER, NAL_FILLER, NAL_PPS, NAL_SPS, NalWalker } from "../h264";

/** Octets by which a picture grows at most when its start codes become lengths: one for each NAL unit with a short start code. */
export const NAL_GROWTH: Octets = 512;

const walker = new NalWalker();

/**
 * Writes the H.264 picture `from[start, end)` with lengths of four octets instead of start codes. Leaves out delimiters, fillers
 * and parameter sets, which files have elsewhere.
 * @param to has room at `at` for the picture and {@link NAL_GROWTH}
 * @returns where it ends; `at` when there is nothing left; -1 when it does not fit, as it has very many NAL units
 */
export function writeWithLengths(from: Uint8Array, start: Octets, end: Octets, to: Uint8Array, at: Octets): Octets {
	walker.open(from, start, end);
	while (walker.next()) {
		const { type } = walker;
		if (type === NAL_DELIMITER || type === NAL_FILLER || type === NAL_SPS || type === NAL_PPS) continue;
		const length = walker.end - walker.start;
		if (at + 4 + length > to.length) return -1;
		to[at] = length >>> 24;
		to[at + 1] = length >>> 16;
		to[at + 2] = length >>> 8;
		to[at + 3] = length;
		to.set(from.subarray(walker.start, walker.end), at + 4);
		at += 4 + length;
	}
	return at;
}

/**
 * Replaces the lengths of four octets in the H.264 picture `bytes[start, end)` by start codes, in place.
 * @returns false when the lengths are malformed; then the octets are changed in part
 */
export function lengthsToStartCodes(bytes: Uint8Array, start: Octets, end: Octets): boolean {
	let at = start;
	while (at < end) {
		if (at + 4 >= end) return false;
		const length = bytes[at] * 0x1000000 + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]);
		bytes[at] = bytes[at + 1] = bytes[at + 2] = 0;
		bytes[at + 3] = 1;
		at += 4 + length;
	}
	return at === end && end > start;
}

/** Makes the parameter sets of H.264 a part of a picture with lengths of four octets. */
export function setsWithLengths(parameterSets: readonly Uint8Array[]): Uint8Array {
	let octets = 0;
	for (const set of parameterSets) octets += 4 + set.length;
	const bytes = new Uint8Array(octets);
	let at = 0;
	for (const set of parameterSets) {
		bytes[at + 2] = set.length >> 8;
		bytes[at + 3] = set.length;
		bytes.set(set, at + 4);
		at += 4 + set.length;
	}
	return bytes;
}
