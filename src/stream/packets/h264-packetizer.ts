import type { Octets } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import { NAL_DELIMITER, NAL_FILLER, NAL_SPS, NalWalker } from "../../media/h264";
import { PAYLOAD_H264 } from "../../wire/rtp";
import { type BurstPool, type PooledBurst, stage, stagedEnd } from "./burst-pool";
import type { PacketBurst } from "./packet-burst";
import type { RtpPacketWriter } from "./rtp-packet-writer";

/** The most NAL units of a picture; real ones have 1 to 70. */
const NALS_MAX = 1024;
const STAP_A = 24;
const FU_A = 28;
const FU_HEADERS: Octets = 2;
const STAP_HEADER: Octets = 1;
const STAP_LENGTH: Octets = 2;

/**
 * Makes RTP packets of H.264 pictures in packetization mode 1: small NAL units together (STAP-A), others alone, and large ones
 * in fragments (FU-A).
 *
 * Access unit delimiters and filler data are left out, as receivers need neither, and so are types that RTP uses for itself. Each
 * picture is planned first, then its octets are copied once into the burst, and from there to their packets.
 * @see RFC 6184 §5.6, §5.7.1, §5.8
 */
export class H264Packetizer {
	private readonly walker = new NalWalker();
	private starts = new Uint32Array(64);
	private ends = new Uint32Array(64);
	private nals = 0;
	/** One past the last NAL unit of each packet that is planned, or of each run of fragments. */
	private packets = 0;
	private length: Octets = 0;
	/** How far the octets must be behind those of the picture, so that none is overwritten before it is moved. */
	private behind: Octets = 0;
	private room: Octets = 0;
	private overhead: Octets = 0;

	/**
	 * @param sets are sent first where a key picture has no sequence parameter set
	 * @returns the burst, which the caller releases; `undefined`: there is no NAL unit, or too many
	 */
	packetize(
		unit: AccessUnit,
		sets: readonly Uint8Array[],
		timestamp: number,
		writer: RtpPacketWriter,
		pool: BurstPool,
	): PacketBurst | undefined {
		const hasSets = this.collect(unit);
		if (this.nals === 0 || this.nals > NALS_MAX) return undefined;
		const first = unit.isKey && !hasSets ? sets : NO_SETS;
		this.plan(first, writer);
		const { behind } = this;
		const burst = pool.take(
			Math.max(this.length, stagedEnd(behind + unit.start, unit.bytes, unit.start, unit.end)),
			this.packets,
		);
		stage(burst.bytes, behind + unit.start, unit.bytes, unit.start, unit.end);
		burst.timestamp = timestamp;
		burst.isKey = unit.isKey;
		this.write(burst, unit, first, writer);
		burst.payload = burst.offsets[burst.count] - burst.count * writer.overhead;
		return burst;
	}

	/** Finds the NAL units. @returns whether there is a sequence parameter set */
	private collect(unit: AccessUnit): boolean {
		const { walker } = this;
		let hasSets = false;
		this.nals = 0;
		walker.open(unit.bytes, unit.start, unit.end);
		while (walker.next()) {
			if (!isSent(walker.type)) continue;
			if (walker.type === NAL_SPS) hasSets = true;
			if (this.nals === NALS_MAX) {
				this.nals++;
				return hasSets;
			}
			if (this.nals === this.starts.length) this.grow();
			this.starts[this.nals] = walker.start;
			this.ends[this.nals++] = walker.end;
		}
		return hasSets;
	}

	private grow(): void {
		const starts = new Uint32Array(2 * this.starts.length);
		const ends = new Uint32Array(2 * this.ends.length);
		starts.set(this.starts);
		ends.set(this.ends);
		this.starts = starts;
		this.ends = ends;
	}

	/** Counts packets and octets. */
	private plan(sets: readonly Uint8Array[], writer: RtpPacketWriter): void {
		const { starts, ends } = this;
		this.room = writer.room;
		this.overhead = writer.overhead;
		this.packets = 0;
		this.length = 0;
		this.behind = 0;
		for (let i = 0; i < sets.length; i++) if (this.fits(sets[i].length)) this.pass(this.overhead + sets[i].length);
		for (let i = 0; i < this.nals; ) {
			const next = this.together(i);
			const length = ends[i] - starts[i];
			if (next > i + 1) {
				this.pass(this.overhead + STAP_HEADER);
				for (; i < next; i++) {
					this.length += STAP_LENGTH;
					this.keep(starts[i]);
					this.length += ends[i] - starts[i];
				}
			} else if (length <= this.room) {
				this.pass(this.overhead);
				this.keep(starts[i++]);
				this.length += length;
			} else {
				for (let at = starts[i] + 1; at < ends[i]; at += this.room - FU_HEADERS) {
					this.pass(this.overhead + FU_HEADERS);
					this.keep(at);
					this.length += Math.min(this.room - FU_HEADERS, ends[i] - at);
				}
				i++;
			}
		}
	}

	private fits(length: Octets): boolean {
		return length > 0 && length <= this.room;
	}

	/** A packet begins with so many octets. */
	private pass(octets: Octets): void {
		this.packets++;
		this.length += octets;
	}

	/** The octets from `from` on come to {@link length}. */
	private keep(from: Octets): void {
		if (this.length - from > this.behind) this.behind = this.length - from;
	}

	/** @returns one past the last NAL unit that fits into one packet with `first` */
	private together(first: number): number {
		let octets = STAP_HEADER;
		let i = first;
		for (; i < this.nals; i++) {
			octets += STAP_LENGTH + this.ends[i] - this.starts[i];
			if (octets > this.room) break;
		}
		return i;
	}

	private write(burst: PooledBurst, unit: AccessUnit, sets: readonly Uint8Array[], writer: RtpPacketWriter): void {
		const { bytes, offsets, timestamp } = burst;
		const { starts, ends, nals, behind } = this;
		let at = 0;
		for (let i = 0; i < sets.length; i++) {
			if (!this.fits(sets[i].length)) continue;
			offsets[burst.count++] = at;
			at = writer.head(bytes, at, sets[i].length, PAYLOAD_H264, timestamp, false);
			bytes.set(sets[i], at);
			at += sets[i].length;
		}
		for (let i = 0; i < nals; ) {
			const next = this.together(i);
			const length = ends[i] - starts[i];
			if (next > i + 1) {
				offsets[burst.count++] = at;
				at = this.writeTogether(burst, unit, at, i, next, writer);
				i = next;
			} else if (length <= this.room) {
				offsets[burst.count++] = at;
				const body = at + writer.overhead;
				bytes.copyWithin(body, starts[i] + behind, ends[i] + behind);
				writer.head(bytes, at, length, PAYLOAD_H264, timestamp, ++i === nals);
				at = body + length;
			} else at = this.writeFragments(burst, unit, at, i++, writer);
		}
		offsets[burst.count] = at;
	}

	/** Writes the NAL units from `first` to before `next` into one packet. @returns its end */
	private writeTogether(
		burst: PooledBurst,
		unit: AccessUnit,
		start: Octets,
		first: number,
		next: number,
		writer: RtpPacketWriter,
	): Octets {
		const { bytes } = burst;
		const { starts, ends, behind } = this;
		let octets = STAP_HEADER;
		let forbidden = 0;
		let importance = 0;
		for (let i = first; i < next; i++) {
			const header = unit.bytes[starts[i]];
			octets += STAP_LENGTH + ends[i] - starts[i];
			forbidden |= header & 0x80;
			if ((header & 0x60) > importance) importance = header & 0x60;
		}
		let at = writer.head(bytes, start, octets, PAYLOAD_H264, burst.timestamp, next === this.nals);
		bytes[at++] = forbidden | importance | STAP_A;
		for (let i = first; i < next; i++) {
			const length = ends[i] - starts[i];
			bytes[at++] = length >> 8;
			bytes[at++] = length;
			bytes.copyWithin(at, starts[i] + behind, ends[i] + behind);
			at += length;
		}
		return at;
	}

	/** Writes a NAL unit in fragments. @returns the end of the last */
	private writeFragments(
		burst: PooledBurst,
		unit: AccessUnit,
		start: Octets,
		nal: number,
		writer: RtpPacketWriter,
	): Octets {
		const { bytes } = burst;
		const { behind } = this;
		const header = unit.bytes[this.starts[nal]];
		const from = this.starts[nal] + 1;
		const end = this.ends[nal];
		let at = start;
		for (let piece = from; piece < end; ) {
			const length = Math.min(this.room - FU_HEADERS, end - piece);
			const isLast = piece + length === end;
			burst.offsets[burst.count++] = at;
			const body = at + writer.overhead + FU_HEADERS;
			bytes.copyWithin(body, piece + behind, piece + behind + length);
			writer.head(bytes, at, FU_HEADERS + length, PAYLOAD_H264, burst.timestamp, isLast && nal === this.nals - 1);
			bytes[body - 2] = (header & 0xe0) | FU_A;
			bytes[body - 1] = (header & 0x1f) | (piece === from ? 0x80 : 0) | (isLast ? 0x40 : 0);
			at = body + length;
			piece += length;
		}
		return at;
	}
}

const NO_SETS: readonly Uint8Array[] = [];

function isSent(type: number): boolean {
	return type > 0 && type < STAP_A && type !== NAL_DELIMITER && type !== NAL_FILLER;
}
