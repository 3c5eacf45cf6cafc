import type { Octets } from "../../core/time";
import { RTP_HEADER } from "../../wire/rtp";
import type { BurstPool, PooledBurst } from "../packets/burst-pool";
import type { PacketRun } from "./packet-run";

/** `$`, the channel, and the length. @see RFC 2326 §10.12 */
const PREFIX: Octets = 4;
/** The channel of RTP, which is the same for all viewers. */
const CHANNEL = 0;

/** The packets of one picture of an origin, as far as they have come. It holds its runs until {@link clear}. */
export class RelayedPicture {
	readonly runs: PacketRun[] = [];
	isKey = false;
	/** Whether it holds more than parameter sets. */
	hasSlices = false;
	/** Whether all of its packets have come. */
	isWhole = false;
	/** Whether its first packets are on their way, so that its kind is decided. */
	hasBegun = false;
	/** How many of its runs are on their way. */
	sent = 0;
	/** Whether the cache holds it. */
	isKept = false;
	/** Octets of its packets, with their headers, and their number. */
	octets: Octets = 0;
	packets = 0;
	private framed: PooledBurst | undefined;

	/** @param number counts the pictures of the video */
	constructor(
		readonly number: number,
		readonly timestamp: number,
	) {}

	/** A packet of this length, with its header, has come, in its last run. */
	grown(octets: Octets): void {
		this.octets += octets;
		this.packets++;
	}

	/**
	 * Its packets as they go between RTSP messages, made once; the picture holds them. The sequence numbers are the origin's with the
	 * offset of the video, so that what is missing stays visible.
	 */
	burst(pool: BurstPool, ssrc: number): PooledBurst {
		if (this.framed !== undefined) return this.framed;
		const { runs, packets, octets } = this;
		const burst = pool.take(octets + PREFIX * packets, packets);
		burst.offsets[0] = 0;
		for (const run of runs) append(burst, run, ssrc);
		burst.timestamp = this.timestamp;
		burst.isKey = this.isKey;
		burst.payload = octets - RTP_HEADER * packets;
		this.framed = burst;
		return burst;
	}

	/** Forgets what {@link burst} has made; it can be made again. */
	unframe(): void {
		this.framed?.release();
		this.framed = undefined;
	}

	/** Gives everything back. */
	clear(): void {
		this.unframe();
		for (const run of this.runs) run.release();
		this.runs.length = 0;
	}
}

/** Copies a run to where its last packet ends; then the others move forwards, so that none needs a view. */
function append(burst: PooledBurst, run: PacketRun, ssrc: number): void {
	const { bytes } = burst;
	const { offsets, count } = run;
	let { sequence } = run;
	let at = burst.offsets[burst.count];
	const first = offsets[0];
	const staged = at + PREFIX * count;
	bytes.set(run.bytes.subarray(first, offsets[count]), staged);
	for (let i = 0; i < count; i++) {
		const from = staged + offsets[i] - first;
		const length = offsets[i + 1] - offsets[i];
		if (i < count - 1) bytes.copyWithin(at + PREFIX, from, from + length);
		bytes[at] = 0x24;
		bytes[at + 1] = CHANNEL;
		bytes[at + 2] = length >> 8;
		bytes[at + 3] = length;
		at += PREFIX;
		// Hosts have written other ones for viewers over UDP.
		bytes[at + 2] = sequence >> 8;
		bytes[at + 3] = sequence;
		bytes[at + 8] = ssrc >>> 24;
		bytes[at + 9] = ssrc >>> 16;
		bytes[at + 10] = ssrc >>> 8;
		bytes[at + 11] = ssrc;
		sequence = (sequence + 1) & 0xffff;
		at += length;
		burst.count++;
		burst.offsets[burst.count] = at;
	}
}
