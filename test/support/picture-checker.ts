import { readU16, readU32 } from "../../src/base/byte-writer";
import { RtpPacket } from "../../src/wire/rtp";
import { SCANS } from "./stream-home";

const STAP_A = 24;
const FU_A = 28;
const IDR = 5;

/**
 * Puts the pictures of a virtual source together from RTP packets, and checks them to the last octet: a picture is whole, or it is
 * counted as broken where packets were lost; anything else is a fault.
 */
export class PictureChecker {
	readonly faults: string[] = [];
	/** Pictures that came whole, and when. */
	readonly times: number[] = [];
	packets = 0;
	/** Packets that are missing between two that came. */
	lost = 0;
	/** Packets of other streams. */
	strange = 0;
	/** Pictures of which packets were lost. */
	broken = 0;
	/** The first packet. */
	first: { readonly sequence: number; readonly timestamp: number } | undefined;
	/** The highest sequence number with the count of cycles; -1: none. */
	highest = -1;
	base = 0;
	private readonly packet = new RtpPacket();
	private ssrc = -1;
	private timestamp = -1;
	private octets = 0;
	private fill = -1;
	private isDamaged = false;
	private isKey = false;
	private number = -1;
	private lastNumber = -1;

	/** @param mayMiss whether the path loses packets; otherwise only whole pictures may be missing, and of H.264 only before a key picture */
	constructor(
		private readonly encoding: "JPEG" | "H264",
		private readonly mayMiss: boolean,
	) {}

	get pictures(): number {
		return this.times.length;
	}

	/** A stream was set up with this SSRC; packets of an earlier one may still come. */
	expect(ssrc: number): void {
		if (ssrc === this.ssrc) return;
		this.ssrc = ssrc;
		this.highest = this.timestamp = this.lastNumber = -1;
	}

	/** A packet came. */
	take(now: number, bytes: Uint8Array, start: number, end: number): void {
		const { packet } = this;
		if (!packet.read(bytes, start, end)) return this.fault("malformed RTP");
		const { sequence, timestamp, ssrc } = packet;
		if (ssrc !== this.ssrc) {
			this.strange++;
			return;
		}
		this.packets++;
		if (this.highest < 0) {
			this.first = { sequence, timestamp };
			this.highest = this.base = sequence;
		} else {
			const gap = ((sequence - this.highest) << 16) >> 16;
			if (gap <= 0) return this.fault(`sequence number ${sequence} after ${this.highest & 0xffff}`);
			this.highest += gap;
			this.lost += gap - 1;
			if (gap > 1 && this.timestamp >= 0) this.damage(`${gap - 1} packets of a picture are missing`);
		}
		if (timestamp !== this.timestamp) {
			if (this.timestamp >= 0) this.end(now, false);
			this.begin(timestamp);
		}
		if (this.encoding === "JPEG") this.jpeg(bytes, packet.start, packet.end);
		else this.h264(bytes, packet.start, packet.end);
		if (packet.marker) this.end(now, true);
	}

	private begin(timestamp: number): void {
		this.timestamp = timestamp;
		this.octets = 0;
		this.fill = this.number = -1;
		this.isDamaged = false;
		this.isKey = false;
	}

	private end(now: number, hasMarker: boolean): void {
		this.timestamp = -1;
		if (!hasMarker) this.damage("a picture without its last packet");
		if (this.isDamaged || !hasMarker) {
			this.broken++;
			return;
		}
		if (this.encoding === "JPEG" && this.fill > 1 && this.octets !== SCANS[this.fill])
			return this.damage(`${this.octets} octets of picture ${this.fill}`);
		if (this.encoding === "H264") {
			if (this.number < 0) return this.damage("no slice");
			const isNext = this.number === this.lastNumber + 1;
			if (!this.isKey && !isNext && !this.mayMiss) this.fault(`picture ${this.number} after ${this.lastNumber}`);
			this.lastNumber = this.number;
		}
		this.times.push(now);
	}

	private jpeg(bytes: Uint8Array, start: number, end: number): void {
		const offset = readU32(bytes, start) & 0xffffff;
		let at = start + 8;
		if (offset === 0) at += 4 + readU16(bytes, at + 2);
		if (offset !== this.octets) return this.damage(`offset ${offset} after ${this.octets} octets`);
		if (this.fill < 0) this.fill = bytes[at];
		for (; at < end; at++, this.octets++)
			if (bytes[at] !== this.fill) return this.fault(`octet ${bytes[at]} in ${this.fill}`);
	}

	private h264(bytes: Uint8Array, start: number, end: number): void {
		const type = bytes[start] & 31;
		if (type === STAP_A) {
			for (let at = start + 1; at < end; at += 2 + readU16(bytes, at)) this.nal(bytes[at + 2] & 31, bytes, at + 3);
		} else if (type !== FU_A) this.nal(type, bytes, start + 1);
		else if ((bytes[start + 1] & 0x80) !== 0) this.nal(bytes[start + 1] & 31, bytes, start + 2);
	}

	private nal(type: number, bytes: Uint8Array, at: number): void {
		if (type > IDR) return;
		if (type === IDR) this.isKey = true;
		this.number = bytes[at] - 2 + 200 * (bytes[at + 1] - 2);
	}

	/** Something that lost packets explain. */
	private damage(what: string): void {
		if (!this.mayMiss) this.fault(what);
		this.isDamaged = true;
	}

	private fault(what: string): void {
		if (this.faults.length < 10) this.faults.push(what);
	}
}
