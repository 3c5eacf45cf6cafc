import { readU16 } from "../../base/byte-writer";
import type { Millis, Octets } from "../../core/time";
import { AccessUnit } from "../../media/access-unit";
import { BufferPool } from "../../media/buffer-pool";
import { NAL_DELIMITER, NAL_IDR, NAL_PPS, NAL_SPS } from "../../media/h264";
import { ParameterSets } from "../../media/h264-parameter-sets";
import type { RtpPacket } from "../../wire/rtp";
import { SequenceGuard } from "./sequence-guard";

/** Takes the pictures of an {@link H264Depacketizer}. */
export interface UnitPictureSink {
	/** A whole picture, in decoding order; the sink takes over its reference. */
	unit(unit: AccessUnit): void;
}

/** The largest picture; a larger one is dropped. */
export const UNIT_MAX: Octets = 8 * 1024 * 1024;
const FIRST_ROOM: Octets = 64 * 1024;
const START_CODE: Octets = 4;
const STAP_A = 24;
const FU_A = 28;

/**
 * Puts H.264 pictures together again from RTP packets of the packetization modes 0 and 1: single NAL units, STAP-A, FU-A.
 *
 * After a loss everything is dropped until the next key picture, as decoders would show damage. A picture ends with the marker or
 * with the next timestamp. Nothing is allocated per packet but a view.
 * @see RFC 6184 §5.6, §5.7.1, §5.8
 */
export class H264Depacketizer {
	/** Pictures that were complete, and that were dropped: incomplete ones, and those that depend on them. */
	pictures = 0;
	dropped = 0;
	/** Packets that are malformed, or of another mode. */
	malformed = 0;
	readonly guard = new SequenceGuard();
	/** The newest parameter sets, from the packets and from SDP: give it those of SDP first. */
	readonly sets = new ParameterSets();
	/** True: pictures are dropped until a key picture; the source may be asked for one. */
	waitsForKey = true;
	private readonly pool = new BufferPool();
	private bytes: Uint8Array | undefined;
	private end: Octets = 0;
	/** Where the current NAL unit starts, while it comes in fragments; 0: it does not. */
	private fragmented: Octets = 0;
	/** That of the current picture; -1: none. */
	private timestamp = -1;
	private isKey = false;
	private hasSlice = false;
	/** True: the rest of the picture with this timestamp is ignored. */
	private skips = false;
	/** False: before the first packet, which may be in the middle of a picture. */
	private hasJoined = false;
	private sequence = 0;

	constructor(private readonly sink: UnitPictureSink) {}

	/**
	 * Takes the next packet.
	 * @param packet was read from `bytes`
	 */
	packet(now: Millis, bytes: Uint8Array, packet: RtpPacket): void {
		const order = this.guard.take(packet.sequence);
		if (order === "late") return;
		const isGap = order === "gap" || !this.hasJoined;
		this.hasJoined = true;
		if (isGap) this.waitsForKey = true;
		if (packet.timestamp !== this.timestamp) {
			// Without the marker the next timestamp ends a picture, unless its last packets are what is missing.
			if (this.hasSlice && !isGap) this.finish(now);
			else if (isGap && this.bytes !== undefined) this.lose();
			this.timestamp = packet.timestamp;
			this.skips = false;
			if (isGap && !startsPicture(bytes, packet.start, packet.end)) this.lose();
		} else if (isGap && !this.skips) this.lose();
		if (!this.skips && !this.take(bytes, packet.start, packet.end)) {
			this.malformed++;
			this.lose();
		}
		if (!packet.marker) return;
		if (this.hasSlice) this.finish(now);
		this.skips = false;
	}

	/** Drops the incomplete picture. The next packet may be of another stream. */
	reset(): void {
		this.drop();
		this.hasJoined = false;
		this.timestamp = -1;
	}

	/** Something is missing: the rest of the picture is ignored. */
	private lose(): void {
		this.dropped++;
		this.drop();
		this.waitsForKey = true;
		this.skips = true;
	}

	private drop(): void {
		if (this.bytes !== undefined) this.pool.put(this.bytes);
		this.bytes = undefined;
		this.fragmented = 0;
		this.isKey = this.hasSlice = false;
	}

	/** Takes the payload `bytes[start, end)`. @returns false when it is malformed */
	private take(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		if (end === start) return this.fragmented === 0;
		const type = bytes[start] & 31;
		if (type === FU_A) return this.takeFragment(bytes, start, end);
		if (this.fragmented !== 0) return false;
		if (type === STAP_A) return this.takeTogether(bytes, start + 1, end);
		if (type === 0 || type > 23) return false;
		return this.takeNal(bytes, start, end);
	}

	private takeTogether(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		for (let at = start; at < end; ) {
			if (end - at < 3) return false;
			const from = at + 2;
			at = from + readU16(bytes, at);
			const type = bytes[from] & 31;
			if (at === from || at > end || type === 0 || type > 23 || !this.takeNal(bytes, from, at)) return false;
		}
		return true;
	}

	private takeNal(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		if (!this.append(bytes[start], bytes, start + 1, end)) return false;
		this.took(bytes, start, end);
		return true;
	}

	private takeFragment(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		if (end - start < 3) return false;
		const flags = bytes[start + 1];
		const isFirst = (flags & 0x80) !== 0;
		const isLast = (flags & 0x40) !== 0;
		if (isFirst === (this.fragmented !== 0) || (isFirst && isLast)) return false;
		if (isFirst) {
			const type = flags & 31;
			if (type === 0 || type > 23) return false;
			if (!this.append((bytes[start] & 0xe0) | type, bytes, start + 2, end)) return false;
			this.fragmented = this.end - (end - start - 2) - 1;
		} else if (!this.extend(bytes, start + 2, end)) return false;
		if (isLast) {
			this.took(this.bytes as Uint8Array, this.fragmented, this.end);
			this.fragmented = 0;
		}
		return true;
	}

	/** Takes note of the NAL unit `bytes[start, end)`, which is whole. */
	private took(bytes: Uint8Array, start: Octets, end: Octets): void {
		const type = bytes[start] & 31;
		if (type === NAL_IDR) this.isKey = true;
		if (type >= 1 && type <= NAL_IDR) this.hasSlice = true;
		else if (type === NAL_SPS || type === NAL_PPS) this.sets.take(bytes, start, end);
	}

	/** Appends a start code, the first octet of a NAL unit, and `bytes[start, end)`. @returns false when the picture is too large */
	private append(header: number, bytes: Uint8Array, start: Octets, end: Octets): boolean {
		if (!this.reserve(START_CODE + 1 + end - start)) return false;
		const to = this.bytes as Uint8Array;
		let at = this.end;
		to[at++] = 0;
		to[at++] = 0;
		to[at++] = 0;
		to[at++] = 1;
		to[at++] = header;
		this.end = at;
		return this.extend(bytes, start, end);
	}

	private extend(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		if (!this.reserve(end - start)) return false;
		(this.bytes as Uint8Array).set(bytes.subarray(start, end), this.end);
		this.end += end - start;
		return true;
	}

	private reserve(more: Octets): boolean {
		if (this.bytes === undefined) {
			this.bytes = this.pool.take(FIRST_ROOM);
			this.end = 0;
		}
		const needed = this.end + more;
		if (needed > UNIT_MAX) return false;
		if (needed > this.bytes.length) this.bytes = this.pool.grow(this.bytes, this.end, needed);
		return true;
	}

	/** The picture is whole, unless a fragment is missing. */
	private finish(now: Millis): void {
		const { bytes, end, isKey } = this;
		if (bytes === undefined || this.fragmented !== 0) {
			this.lose();
			return;
		}
		if (this.waitsForKey && !isKey) {
			this.drop();
			this.dropped++;
			return;
		}
		this.waitsForKey = false;
		this.bytes = undefined;
		this.drop();
		this.pictures++;
		this.sink.unit(new AccessUnit(bytes, 0, end, isKey, this.sequence++, now, this.timestamp, this.pool.put));
	}
}

/** True when a payload begins with what pictures begin with: a delimiter, a parameter set, or the slice of the first macroblock. */
function startsPicture(bytes: Uint8Array, start: Octets, end: Octets): boolean {
	let type = bytes[start] & 31;
	let at = start + 1;
	if (type === STAP_A) {
		at = start + 4;
		type = bytes[at - 1] & 31;
	} else if (type === FU_A) {
		if ((bytes[at] & 0x80) === 0) return false;
		type = bytes[at++] & 31;
	}
	if (at >= end) return false;
	return type > NAL_IDR ? type <= NAL_DELIMITER : (bytes[at] & 0x80) !== 0;
}
