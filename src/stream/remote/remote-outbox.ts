import type { Lease, StreamOutbox } from "../../core/stream";
import type { Millis, Octets } from "../../core/time";
import type { LinkConnection } from "./link-connection";
import { MEDIA, REPORT } from "./link-messages";
import { BURST_MAX } from "./remote-stream";

/** How much of a picture is sent in one message, so that pictures for many clients go on together. */
const PART: Octets = 16_384;
/** Room for one report. */
const REPORT_MAX: Octets = 2048;

/** What the connection of a client at a control host belongs to. */
export interface RemoteOutboxOwner {
	/** The link to the control host; `undefined`: there is none. */
	readonly link: LinkConnection | undefined;
	now(): Millis;
}

/**
 * The connection of a client at a control host, as the distribution sees it (STR-12): a picture is sent in parts by the link, and the
 * next one when the control host says that the client has taken it. So a slow client costs one picture at either side, and no other
 * client notices.
 */
export class RemoteOutbox implements StreamOutbox {
	/** Octets of the picture that the client has not taken yet. */
	queued: Octets = 0;
	/** The stream that it is of; -1 while that is set up. */
	stream = -1;
	/** True: the distribution has given the client up. */
	isAborted = false;
	private bytes: Uint8Array | undefined;
	private at = 0;
	private until = 0;
	private lease: Lease | undefined;
	/** A report that is written in pieces. */
	private readonly report = new Uint8Array(REPORT_MAX);
	private reported = 0;

	constructor(private readonly owner: RemoteOutboxOwner) {}

	/** For reports only; pictures are offered. */
	get room(): Octets {
		const { link } = this.owner;
		return link === undefined || this.isAborted || !link.hasRoom ? 0 : REPORT_MAX - this.reported;
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		if (end - start > REPORT_MAX - this.reported) return;
		const { report } = this;
		report.set(bytes.subarray(start, end), this.reported);
		this.reported += end - start;
		// Interleaved: a dollar sign, the channel, the length. RFC 2326 §10.12
		const whole = this.reported < 4 ? Infinity : 4 + ((report[2] << 8) | report[3]);
		if (this.reported < whole) return;
		this.reported = 0;
		const { link } = this.owner;
		if (link === undefined || this.stream < 0) return;
		const frame = link.begin(REPORT);
		frame.u32(this.stream).octets(report, 0, whole);
		link.send(this.owner.now(), frame);
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.write(bytes, start, end);
	}

	offer(bytes: Uint8Array, start: number, end: number, lease?: Lease): boolean {
		const { link } = this.owner;
		if (link === undefined || this.isAborted || this.queued > 0 || this.stream < 0) return false;
		// No picture is as large; it would be refused at the other side.
		if (end - start > BURST_MAX) return true;
		lease?.retain();
		this.lease = lease;
		this.bytes = bytes;
		this.at = start;
		this.until = end;
		this.queued = end - start;
		// The others get their parts in turn, when there is room again.
		while (this.pump(link));
		return true;
	}

	reading(): void {}

	end(): void {}

	/** The control host will drop the connection, as soon as it is told that the stream is over. */
	abort(): void {
		this.isAborted = true;
		this.drop();
	}

	/** Sends one more part of the picture, if there is room. @returns whether it did */
	pump(link: LinkConnection): boolean {
		const { bytes, at, until } = this;
		if (bytes === undefined || !link.hasRoom) return false;
		const left = until - at;
		const count = Math.min(PART, left);
		this.at += count;
		const frame = link.begin(MEDIA);
		frame
			.u32(this.stream)
			.u32(left - count)
			.octets(bytes, at, at + count);
		link.send(this.owner.now(), frame);
		if (count === left) this.drop();
		return true;
	}

	/** The client has taken the picture. @returns false: there was none */
	taken(): boolean {
		if (this.queued === 0 || this.bytes !== undefined) return false;
		this.queued = 0;
		return true;
	}

	/** Frees the picture. */
	drop(): void {
		this.bytes = undefined;
		this.lease?.release();
		this.lease = undefined;
	}
}
