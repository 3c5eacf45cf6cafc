import { readU16 } from "../../base/byte-writer";
import type { Octets } from "../../core/time";
import type { VideoEncoding } from "../../media/video-encoding";
import { RTP_HEADER } from "../../wire/rtp";
import { BurstPool, type PooledBurst } from "../packets/burst-pool";
import { UDP_PACKET_MAX } from "../packets/packet-burst";
import type { PacketRun } from "./packet-run";

const ROOM: Octets = UDP_PACKET_MAX - RTP_HEADER;
const STAP_A = 24;
const FU_A = 28;
const FU_HEADERS: Octets = 2;
const MAIN_HEADER: Octets = 8;
const RESTART_HEADER: Octets = 4;
const TABLES_HEADER: Octets = 4;
const MARKER = 0x80;

/**
 * Cuts packets that are too long for datagrams: what came by TCP may be up to 64 kB. The data of the picture stays the same; its
 * packets get the headers that their payload format has for fragments.
 * @see RFC 2435 §3.1, RFC 6184 §5.7.1, §5.8
 */
export class DatagramCutter {
	private readonly pool = new BurstPool();
	private burst: PooledBurst | undefined;
	private at: Octets = 0;

	constructor(private readonly encoding: VideoEncoding) {}

	/** Returns the packets of a run, none longer than a datagram may be; the caller releases the burst. */
	cut(run: PacketRun): PooledBurst {
		const { bytes, offsets, count } = run;
		// A fragment carries at least half of what fits.
		const packets = count + 4 * Math.ceil(run.octets / ROOM);
		const burst = this.pool.take(run.octets + packets * (RTP_HEADER + MAIN_HEADER + RESTART_HEADER), packets);
		this.burst = burst;
		this.at = 0;
		burst.offsets[0] = 0;
		for (let i = 0; i < count; i++) {
			const from = offsets[i];
			const end = offsets[i + 1];
			if (end - from <= UDP_PACKET_MAX) this.add(bytes, from, from + RTP_HEADER, end, true);
			else if (this.encoding === "JPEG") this.cutJpeg(bytes, from, end);
			else this.cutH264(bytes, from, from + RTP_HEADER, end);
		}
		burst.timestamp = run.timestamp;
		burst.isKey = run.isKey;
		burst.payload = this.at - burst.count * RTP_HEADER;
		this.burst = undefined;
		return burst;
	}

	/** Adds a packet: the header at `head`, and `bytes[start, end)`. @param isLast the marker stays */
	private add(bytes: Uint8Array, head: Octets, start: Octets, end: Octets, isLast: boolean): void {
		const at = this.begin(bytes, head, isLast);
		this.finish(at, bytes, start, end);
	}

	/** Writes the header of the next packet. @returns where its payload begins */
	private begin(bytes: Uint8Array, head: Octets, isLast: boolean): Octets {
		const to = (this.burst as PooledBurst).bytes;
		for (let i = 0; i < RTP_HEADER; i++) to[this.at + i] = bytes[head + i];
		if (!isLast) to[this.at + 1] &= ~MARKER;
		return this.at + RTP_HEADER;
	}

	private finish(at: Octets, bytes: Uint8Array, start: Octets, end: Octets): void {
		const burst = this.burst as PooledBurst;
		burst.bytes.set(bytes.subarray(start, end), at);
		this.at = at + end - start;
		burst.count++;
		burst.offsets[burst.count] = this.at;
	}

	/** Each fragment has the headers of the packet with the offset of its own data; the tables are in the first alone. */
	private cutJpeg(bytes: Uint8Array, head: Octets, end: Octets): void {
		const start = head + RTP_HEADER;
		let offset = (bytes[start + 1] << 16) | readU16(bytes, start + 2);
		const type = bytes[start + 4];
		const headers = MAIN_HEADER + (type >= 64 && type < 128 ? RESTART_HEADER : 0);
		let data = start + headers;
		// In front of the data of the first packet: the length of the tables, and the tables.
		const hasTables = offset === 0 && bytes[start + 5] >= 128;
		let before = hasTables ? TABLES_HEADER + readU16(bytes, data + 2) : 0;
		if (before > ROOM - headers - 1 || data + before > end) before = 0;
		while (data < end) {
			const until = Math.min(end, data + ROOM - headers);
			const at = this.begin(bytes, head, until === end);
			const to = (this.burst as PooledBurst).bytes;
			for (let i = 0; i < headers; i++) to[at + i] = bytes[start + i];
			to[at + 1] = offset >> 16;
			to[at + 2] = offset >> 8;
			to[at + 3] = offset;
			this.finish(at + headers, bytes, data, until);
			offset += until - data - before;
			before = 0;
			data = until;
		}
	}

	/** A payload `bytes[start, end)` that is one NAL unit, several (STAP-A), or a fragment of one (FU-A). */
	private cutH264(bytes: Uint8Array, head: Octets, start: Octets, end: Octets): void {
		const type = bytes[start] & 31;
		if (type === FU_A && end - start > FU_HEADERS) {
			const flags = bytes[start + 1];
			this.fragments(bytes, head, start + FU_HEADERS, end, bytes[start], flags & 31, flags & 0xc0, true);
		} else if (type === STAP_A) this.groups(bytes, head, start, end);
		else this.nal(bytes, head, start, end, true);
	}

	/** Several NAL units: as many together in each packet as fit. */
	private groups(bytes: Uint8Array, head: Octets, start: Octets, end: Octets): void {
		for (let from = start + 1; from + 2 <= end; ) {
			let until = Math.min(end, from + 2 + readU16(bytes, from));
			if (1 + until - from > ROOM) this.nal(bytes, head, from + 2, until, until + 2 > end);
			else {
				for (let next = until; next + 2 <= end; until = next) {
					next += 2 + readU16(bytes, next);
					if (next > end || 1 + next - from > ROOM) break;
				}
				const at = this.begin(bytes, head, until + 2 > end);
				(this.burst as PooledBurst).bytes[at] = bytes[start];
				this.finish(at + 1, bytes, from, until);
			}
			from = until;
		}
	}

	private nal(bytes: Uint8Array, head: Octets, start: Octets, end: Octets, isLast: boolean): void {
		if (end <= start) return;
		if (end - start <= ROOM) this.add(bytes, head, start, end, isLast);
		else this.fragments(bytes, head, start + 1, end, bytes[start], bytes[start] & 31, 0xc0, isLast);
	}

	/**
	 * Cuts the data of a NAL unit, or of a fragment of one.
	 * @param first its first octet
	 * @param bounds which of begin (0x80) and end (0x40) of the NAL unit are in it
	 * @param isLast whether nothing of the packet follows
	 */
	private fragments(
		bytes: Uint8Array,
		head: Octets,
		start: Octets,
		end: Octets,
		first: number,
		type: number,
		bounds: number,
		isLast: boolean,
	): void {
		for (let from = start; from < end; ) {
			const until = Math.min(end, from + ROOM - FU_HEADERS);
			const at = this.begin(bytes, head, isLast && until === end);
			const to = (this.burst as PooledBurst).bytes;
			to[at] = (first & 0xe0) | FU_A;
			to[at + 1] = type | (from === start ? bounds & 0x80 : 0) | (until === end ? bounds & 0x40 : 0);
			this.finish(at + FU_HEADERS, bytes, from, until);
			from = until;
		}
	}
}
