import type { Octets } from "../core/time";
import { BitReader } from "./bit-reader";
import { NAL_PPS, NAL_SPS, NalWalker } from "./h264";
import { readSps, type SpsInfo } from "./h264-sps";

/** How many sets are kept; a stream has one or two of each type. */
export const SETS_MAX = 32;
/** A longer one is not kept. */
export const SET_MAX: Octets = 1024;

/**
 * Keeps the newest parameter sets of a stream, by type and number: what a decoder that begins now needs, and SDP says.
 * @see ITU-T H.264 §7.4.1.2.1
 */
export class ParameterSets {
	/** Sequence parameter sets first. Another array after each change; the sets themselves never change. */
	list: readonly Uint8Array[] = [];
	/** Of the first sequence parameter set; `undefined` until there is one. */
	info: SpsInfo | undefined;

	/**
	 * Takes the NAL unit `bytes[start, end)`; copies it if it is a parameter set that is new.
	 * @returns true when {@link list} has changed
	 */
	take(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		const type = bytes[start] & 31;
		if ((type !== NAL_SPS && type !== NAL_PPS) || end - start < 2 || end - start > SET_MAX) return false;
		const number = numberOf(bytes, start, end);
		if (type === NAL_SPS && readSps(bytes, start, end) === undefined) return false;
		const { list } = this;
		let place = 0;
		for (; place < list.length; place++) {
			const known = list[place];
			if ((known[0] & 31) === type && numberOf(known, 0, known.length) === number) break;
			if ((known[0] & 31) > type) break;
		}
		const known = list[place];
		const replaces = known !== undefined && (known[0] & 31) === type && numberOf(known, 0, known.length) === number;
		if (replaces && isSame(known, bytes, start, end)) return false;
		if (!replaces && list.length >= SETS_MAX) return false;
		const copy = list.slice();
		copy.splice(place, replaces ? 1 : 0, bytes.slice(start, end));
		this.list = copy;
		this.info = readSps(copy[0], 0, copy[0].length);
		return true;
	}

	/** Takes all sets of the byte stream `bytes[start, end)`. @returns true when {@link list} has changed */
	takeAll(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		const walker = new NalWalker().open(bytes, start, end);
		let hasChanged = false;
		while (walker.next()) if (this.take(bytes, walker.start, walker.end)) hasChanged = true;
		return hasChanged;
	}
}

/** The number of a set, which other sets and pictures refer to. */
function numberOf(bytes: Uint8Array, start: Octets, end: Octets): number {
	return new BitReader(bytes, start + ((bytes[start] & 31) === NAL_SPS ? 4 : 1), end).unsigned();
}

function isSame(set: Uint8Array, bytes: Uint8Array, start: Octets, end: Octets): boolean {
	if (set.length !== end - start) return false;
	for (let i = 0; i < set.length; i++) if (set[i] !== bytes[start + i]) return false;
	return true;
}
