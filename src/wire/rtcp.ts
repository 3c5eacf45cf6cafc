import { type ByteWriter, readU16, readU32 } from "../base/byte-writer";
import type { Millis, Octets } from "../core/time";

/** The most octets of a compound packet that is looked at; longer ones are malformed. */
export const RTCP_MAX: Octets = 4096;
/** The most reception reports of one compound packet that are delivered. */
const BLOCKS_MAX = 64;

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;
/** Octets of a reception report block, and of what a sender says of itself. */
const BLOCK: Octets = 24;
const SENDER: Octets = 20;
const CNAME = 1;
/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_EPOCH = 2_208_988_800;

/** What a receiver says of one source: a report block. @see RFC 3550 §6.4.1 */
export class ReceptionReport {
	/** The source that is reported on. */
	ssrc = 0;
	/** The share of packets lost since the report before, in 1/256. */
	fractionLost = 0;
	/** Packets lost since the beginning: a signed number of 24 bits, as duplicates make it negative. */
	lost = 0;
	/** The highest sequence number received, with the count of cycles in the upper 16 bits. */
	sequence = 0;
	/** The interarrival jitter in units of the timestamp. */
	jitter = 0;
	/** The middle 32 bits of the NTP time of the last sender report; 0: none came yet. */
	lastReport = 0;
	/** The time since that report, in 1/65536 seconds. */
	delay = 0;

	/** Reads a block of 24 octets. */
	read(bytes: Uint8Array, at: number): void {
		this.ssrc = readU32(bytes, at);
		this.fractionLost = bytes[at + 4];
		this.lost = (readU32(bytes, at + 4) << 8) >> 8;
		this.sequence = readU32(bytes, at + 8);
		this.jitter = readU32(bytes, at + 12);
		this.lastReport = readU32(bytes, at + 16);
		this.delay = readU32(bytes, at + 20);
	}
}

/** The part of a sender report that is about the sender. @see RFC 3550 §6.4.1 */
export class SenderInfo {
	/** NTP time: seconds since 1900, and a fraction of 32 bits. */
	ntpSeconds = 0;
	ntpFraction = 0;
	/** The RTP timestamp of the same instant. */
	timestamp = 0;
	packets = 0;
	/** Octets of payload. */
	octets = 0;

	/** Reads the 20 octets after the SSRC. */
	read(bytes: Uint8Array, at: number): void {
		this.ntpSeconds = readU32(bytes, at);
		this.ntpFraction = readU32(bytes, at + 4);
		this.timestamp = readU32(bytes, at + 8);
		this.packets = readU32(bytes, at + 12);
		this.octets = readU32(bytes, at + 16);
	}

	/** Sets the NTP time from milliseconds since 1970. */
	setUtc(utc: Millis): void {
		const seconds = Math.floor(utc / 1000);
		this.ntpSeconds = (seconds + NTP_EPOCH) >>> 0;
		this.ntpFraction = Math.floor(((utc - seconds * 1000) / 1000) * 0x100000000) >>> 0;
	}

	/** The NTP time in whole milliseconds since 1970. */
	get utc(): Millis {
		return (this.ntpSeconds - NTP_EPOCH) * 1000 + Math.round((this.ntpFraction / 0x100000000) * 1000);
	}

	/** The middle 32 bits of the NTP time, as {@link ReceptionReport.lastReport} repeats them. */
	get middle(): number {
		return (((this.ntpSeconds & 0xffff) << 16) | (this.ntpFraction >>> 16)) >>> 0;
	}
}

/** Receives what a compound packet says. The objects are used again for the next one. */
export interface RtcpSink {
	/** A sender report of the source `from`; its report blocks follow as {@link reception}. */
	sender(from: number, info: SenderInfo): void;
	/** A receiver report of `from` with `count` report blocks (perhaps 0), which follow. */
	receiver(from: number, count: number): void;
	/** `from` reports on a source. */
	reception(from: number, report: ReceptionReport): void;
	/** The source leaves. */
	goodbye(from: number): void;
}

/** Reads compound packets without an allocation: one object for all, or one for each user. */
export class RtcpReader {
	private readonly report = new ReceptionReport();
	private readonly info = new SenderInfo();

	/**
	 * Reads a compound packet `bytes[start, end)`; packets of unknown types are skipped. Nothing is delivered unless the whole is
	 * well formed, and at most 64 report blocks are.
	 * @returns false when it is malformed
	 * @see RFC 3550 §6.1, §A.2
	 */
	read(bytes: Uint8Array, start: number, end: number, sink: RtcpSink): boolean {
		if (!isRtcp(bytes, start, end)) return false;
		const { report, info } = this;
		let blocks = 0;
		for (let at = start; at < end; at += length(bytes, at)) {
			const type = bytes[at + 1];
			let count = bytes[at] & 0x1f;
			if (type === GOODBYE) {
				for (let i = 0; i < count; i++) sink.goodbye(readU32(bytes, at + 4 + 4 * i));
				continue;
			}
			if (type !== SENDER_REPORT && type !== RECEIVER_REPORT) continue;
			const from = readU32(bytes, at + 4);
			let block = at + 8;
			if (type === SENDER_REPORT) {
				info.read(bytes, block);
				sink.sender(from, info);
				block += SENDER;
			} else {
				sink.receiver(from, count);
			}
			for (; count > 0 && blocks < BLOCKS_MAX; count--, blocks++, block += BLOCK) {
				report.read(bytes, block);
				sink.reception(from, report);
			}
		}
		return true;
	}
}

/**
 * Tells whether `bytes[start, end)` is a well-formed compound packet: version 2, lengths that add up to the whole, padding in the
 * last packet only, and room for all that the counts announce.
 * @see RFC 3550 §A.2
 */
export function isRtcp(bytes: Uint8Array, start: number, end: number): boolean {
	if (start < 0 || end > bytes.length || end - start < 8 || end - start > RTCP_MAX) return false;
	if (bytes[start + 1] < SENDER_REPORT || bytes[start + 1] > GOODBYE) return false;
	let at = start;
	while (at < end) {
		if (end - at < 4 || bytes[at] >> 6 !== 2) return false;
		const size = length(bytes, at);
		const next = at + size;
		if (next > end) return false;
		let room = size;
		if ((bytes[at] & 0x20) !== 0) {
			const padding = bytes[next - 1];
			if (next !== end || padding === 0 || (padding & 3) !== 0 || padding > size - 4) return false;
			room -= padding;
		}
		if (room < needed(bytes[at + 1], bytes[at] & 0x1f)) return false;
		at = next;
	}
	return true;
}

/**
 * Tells whether a well-formed compound packet has a report on the source `ssrc`; `undefined` when it reports on nobody.
 * @see isRtcp
 */
export function reportsOn(bytes: Uint8Array, start: number, end: number, ssrc: number): boolean | undefined {
	let blocks = 0;
	for (let at = start; at < end; at += length(bytes, at)) {
		const type = bytes[at + 1];
		if (type !== SENDER_REPORT && type !== RECEIVER_REPORT) continue;
		let block = at + (type === SENDER_REPORT ? 28 : 8);
		for (let count = bytes[at] & 0x1f; count > 0 && blocks < BLOCKS_MAX; count--, blocks++, block += BLOCK)
			if (readU32(bytes, block) === ssrc) return true;
	}
	return blocks > 0 ? false : undefined;
}

/** The source that sent a well-formed compound packet; 0 where it is a BYE of nobody. @see isRtcp */
export function rtcpSource(bytes: Uint8Array, start: number): number {
	return (bytes[start] & 0x1f) === 0 && bytes[start + 1] >= SOURCE_DESCRIPTION ? 0 : readU32(bytes, start + 4);
}

/** Appends a sender report, with a report block if `about` is given. @see RFC 3550 §6.4.1 */
export function writeSenderReport(writer: ByteWriter, ssrc: number, sender: SenderInfo, about?: ReceptionReport): void {
	const count = about === undefined ? 0 : 1;
	writer
		.u8(0x80 | count)
		.u8(SENDER_REPORT)
		.u16(6 + 6 * count)
		.u32(ssrc)
		.u32(sender.ntpSeconds)
		.u32(sender.ntpFraction)
		.u32(sender.timestamp)
		.u32(sender.packets)
		.u32(sender.octets);
	if (about !== undefined) writeBlock(writer, about);
}

/** Appends a receiver report, with a report block if `about` is given. @see RFC 3550 §6.4.2 */
export function writeReceiverReport(writer: ByteWriter, ssrc: number, about?: ReceptionReport): void {
	const count = about === undefined ? 0 : 1;
	writer
		.u8(0x80 | count)
		.u8(RECEIVER_REPORT)
		.u16(1 + 6 * count)
		.u32(ssrc);
	if (about !== undefined) writeBlock(writer, about);
}

/**
 * Appends a source description that holds the canonical name only.
 * @param cname 1 to 255 characters below U+0080; it must not tell an address (STR-19)
 * @throws {RangeError} when it has another length
 * @see RFC 3550 §6.5.1, RFC 7022
 */
export function writeSourceDescription(writer: ByteWriter, ssrc: number, cname: string): void {
	const { length } = cname;
	if (length < 1 || length > 255) throw new RangeError(`a CNAME has 1 to 255 characters, not ${length}`);
	// At least one null octet ends the list of items, and more fill the last word.
	const words = 2 + Math.floor((2 + length) / 4);
	writer.u8(0x81).u8(SOURCE_DESCRIPTION).u16(words).u32(ssrc).u8(CNAME).u8(length).latin1(cname);
	for (let filled = 2 + length; filled < (words - 1) * 4; filled++) writer.u8(0);
}

/** Appends a BYE. @see RFC 3550 §6.6 */
export function writeGoodbye(writer: ByteWriter, ssrc: number): void {
	writer.u8(0x81).u8(GOODBYE).u16(1).u32(ssrc);
}

/** Octets of a packet inside a compound packet. */
function length(bytes: Uint8Array, at: number): Octets {
	return (readU16(bytes, at + 2) + 1) * 4;
}

/** The least octets of a packet with this count. */
function needed(type: number, count: number): Octets {
	if (type === SENDER_REPORT) return 28 + BLOCK * count;
	if (type === RECEIVER_REPORT) return 8 + BLOCK * count;
	if (type === GOODBYE) return 4 + 4 * count;
	// Each chunk of a source description has an SSRC and an end of its list.
	return type === SOURCE_DESCRIPTION ? 4 + 8 * count : 4;
}

function writeBlock(writer: ByteWriter, about: ReceptionReport): void {
	const lost = Math.max(-0x800000, Math.min(about.lost, 0x7fffff));
	writer
		.u32(about.ssrc)
		.u8(about.fractionLost)
		.u8(lost >> 16)
		.u16(lost & 0xffff)
		.u32(about.sequence)
		.u32(about.jitter)
		.u32(about.lastReport)
		.u32(about.delay);
}
