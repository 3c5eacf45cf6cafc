import { toHex } from "../base/hex";
import type { Octets } from "../core/time";
import { BitReader } from "./bit-reader";
import { NAL_SPS } from "./h264";

/** What a sequence parameter set says of the pictures. */
export interface SpsInfo {
	/** Identifies the set, 0 to 31. */
	readonly id: number;
	/** `profile_idc`, the constraints and `level_idc` as SDP has them: `42e01f`. @see RFC 6184 §8.1 */
	readonly profileLevelId: string;
	/** In pixels, without the edges that are cut off. */
	readonly width: number;
	readonly height: number;
	/** Pictures per second, where the set says so; otherwise 0. */
	readonly frameRate: number;
}

/** A set is never longer. */
const SPS_MAX: Octets = 4096;
/** The largest side in macroblocks: 16,384 pixels. */
const SIDE_MAX = 1024;
/** The profiles whose sets have `chroma_format_idc` and scaling lists. */
const HIGH_PROFILES = new Uint8Array([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const EXTENDED_SAR = 255;

/**
 * Reads a sequence parameter set, the NAL unit `bytes[start, end)`.
 * @returns `undefined` when it is malformed
 * @see ITU-T H.264 §7.3.2.1.1, §E.1.1
 */
export function readSps(bytes: Uint8Array, start: Octets, end: Octets): SpsInfo | undefined {
	if (end - start < 5 || end - start > SPS_MAX || (bytes[start] & 0x9f) !== NAL_SPS) return undefined;
	const profile = bytes[start + 1];
	const bits = new BitReader(bytes, start + 4, end);
	const id = bits.unsigned();
	let format = 1;
	if (HIGH_PROFILES.includes(profile)) {
		format = bits.unsigned();
		if (format > 3) return undefined;
		if (format === 3 && bits.flag()) format = 0;
		bits.unsigned();
		bits.unsigned();
		bits.flag();
		if (bits.flag()) passScalingLists(bits, format === 3 ? 12 : 8);
	}
	bits.unsigned();
	const order = bits.unsigned();
	if (order === 0) bits.unsigned();
	else if (order === 1) {
		bits.flag();
		bits.signed();
		bits.signed();
		const cycle = bits.unsigned();
		if (cycle > 255) return undefined;
		for (let i = 0; i < cycle; i++) bits.signed();
	}
	bits.unsigned();
	bits.flag();
	const across = bits.unsigned() + 1;
	const units = bits.unsigned() + 1;
	const isProgressive = bits.flag();
	if (!isProgressive) bits.flag();
	bits.flag();
	const down = units * (isProgressive ? 1 : 2);
	if (bits.overrun || id > 31 || order > 2 || across > SIDE_MAX || down > SIDE_MAX) return undefined;
	let width = across * 16;
	let height = down * 16;
	if (bits.flag()) {
		const x = format === 1 || format === 2 ? 2 : 1;
		const y = (format === 1 ? 2 : 1) * (isProgressive ? 1 : 2);
		width -= x * (bits.unsigned() + bits.unsigned());
		height -= y * (bits.unsigned() + bits.unsigned());
	}
	const frameRate = bits.flag() ? readFrameRate(bits) : 0;
	if (width <= 0 || height <= 0) return undefined;
	const profileLevelId = toHex(bytes.subarray(start + 1, start + 4));
	return { id, profileLevelId, width, height, frameRate: bits.overrun ? 0 : frameRate };
}

function passScalingLists(bits: BitReader, lists: number): void {
	for (let i = 0; i < lists; i++) {
		if (!bits.flag()) continue;
		const size = i < 6 ? 16 : 64;
		let last = 8;
		for (let j = 0; j < size && last !== 0; j++) last = (last + bits.signed() + 256) & 255;
	}
}

/** Reads the usability information as far as the timing. */
function readFrameRate(bits: BitReader): number {
	if (bits.flag() && bits.bits(8) === EXTENDED_SAR) bits.bits(32);
	if (bits.flag()) bits.flag();
	if (bits.flag()) {
		bits.bits(4);
		if (bits.flag()) bits.bits(24);
	}
	if (bits.flag()) {
		bits.unsigned();
		bits.unsigned();
	}
	if (!bits.flag()) return 0;
	const units = bits.bits(32);
	const scale = bits.bits(32);
	const rate = units > 0 ? scale / units / 2 : 0;
	return rate > 0 && rate <= 1000 ? rate : 0;
}
