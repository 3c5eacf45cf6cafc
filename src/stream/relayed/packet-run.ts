import type { Octets } from "../../core/time";
import { RTP_HEADER } from "../../wire/rtp";
import type { PacketBurst } from "../packets/packet-burst";

/** The most packets of a run: as many as a host sends in one call. */
export const RUN_MAX = 32;
/** What a run takes besides its packets, about: limits count it, as an origin that leaves out numbers makes a run of each packet. */
export const RUN_COST: Octets = 400;
/** Runs share memory of this size, which the largest packet fits into. */
const SLAB: Octets = 131_072;
/** How many unused slabs and runs are kept. */
const SLABS_KEPT = 8;
const RUNS_KEPT = 64;

/** Memory that runs share. */
class Slab {
	readonly bytes = new Uint8Array(SLAB);
	used: Octets = 0;
	/** The runs in it, and the pool while it fills it. */
	uses = 1;
}

/**
 * Adjacent RTP packets of one picture as the origin sent them, with the header that all viewers get but for its number and source: what
 * is sent as datagrams in one call, and what packets for connections are made of.
 *
 * The sequence numbers of its packets follow each other, from {@link sequence} on. They are not in the octets, as hosts write there those of
 * each viewer.
 */
export class PacketRun implements PacketBurst {
	bytes: Uint8Array = NO_BYTES;
	readonly offsets = new Uint32Array(RUN_MAX + 1);
	count = 0;
	timestamp = 0;
	isKey = false;
	payload: Octets = 0;
	/** Of its first packet. */
	sequence = 0;
	/** How many packets are missing before it. */
	gap = 0;
	/** The octets of its largest packet. */
	largest: Octets = 0;
	slab: Slab | undefined;
	private uses = 0;

	constructor(private readonly pool: RunPool) {}

	/** Octets of its packets. */
	get octets(): Octets {
		return this.offsets[this.count] - this.offsets[0];
	}

	retain(): void {
		this.uses++;
	}

	release(): void {
		if (this.uses <= 0) throw new RangeError("run released too often");
		if (--this.uses === 0) this.pool.put(this);
	}

	/** Begins the next use. The caller holds the first reference. */
	begin(slab: Slab, sequence: number, timestamp: number): void {
		this.slab = slab;
		this.bytes = slab.bytes;
		slab.uses++;
		this.offsets[0] = slab.used;
		this.count = 0;
		this.payload = this.largest = this.gap = 0;
		this.sequence = sequence;
		this.timestamp = timestamp;
		this.isKey = false;
		this.uses = 1;
	}
}

const NO_BYTES = new Uint8Array(0);

/** Writes a header but for number and source, which each framing gets of its own. @see RFC 3550 §5.1 */
function writeHead(bytes: Uint8Array, at: Octets, second: number, timestamp: number): void {
	bytes[at] = 0x80;
	bytes[at + 1] = second;
	bytes[at + 4] = timestamp >>> 24;
	bytes[at + 5] = timestamp >>> 16;
	bytes[at + 6] = timestamp >>> 8;
	bytes[at + 7] = timestamp;
}

/** Makes the runs of one video. Allocates nothing per packet but a view, and only where packets come together in one buffer. */
export class RunPool {
	private slab: Slab | undefined;
	private readonly slabs: Slab[] = [];
	private readonly runs: PacketRun[] = [];

	/** Begins a run with room for a packet with this payload. */
	begin(payload: Octets, sequence: number, timestamp: number): PacketRun {
		if (this.slab !== undefined && this.slab.used + RTP_HEADER + payload > SLAB) {
			this.drop(this.slab);
			this.slab = undefined;
		}
		this.slab ??= this.newSlab();
		const run = this.runs.pop() ?? new PacketRun(this);
		run.begin(this.slab, sequence, timestamp);
		return run;
	}

	/**
	 * Appends a packet to the run that was begun last: a header and the payload `bytes[start, end)`.
	 * @returns false when there is no room: it needs another run
	 */
	append(run: PacketRun, type: number, marker: boolean, bytes: Uint8Array, start: Octets, end: Octets): boolean {
		const { slab, count, offsets } = run;
		const at = offsets[count];
		const to = at + RTP_HEADER + end - start;
		if (slab === undefined || slab !== this.slab || count >= RUN_MAX || to > SLAB) return false;
		// A datagram is copied whole, as a view would be an allocation.
		if (start === RTP_HEADER && end === bytes.length) slab.bytes.set(bytes, at);
		else if (end > start) slab.bytes.set(bytes.subarray(start, end), at + RTP_HEADER);
		writeHead(slab.bytes, at, marker ? type | 0x80 : type, run.timestamp);
		slab.used = to;
		run.count = count + 1;
		offsets[count + 1] = to;
		run.payload += end - start;
		run.largest = Math.max(run.largest, to - at);
		return true;
	}

	/** Takes a run back after its last release. */
	put(run: PacketRun): void {
		const { slab } = run;
		run.slab = undefined;
		run.bytes = NO_BYTES;
		if (slab !== undefined) this.drop(slab);
		if (this.runs.length < RUNS_KEPT) this.runs.push(run);
	}

	private drop(slab: Slab): void {
		if (--slab.uses === 0 && this.slabs.length < SLABS_KEPT) this.slabs.push(slab);
	}

	private newSlab(): Slab {
		const slab = this.slabs.pop();
		if (slab === undefined) return new Slab();
		slab.used = 0;
		slab.uses = 1;
		return slab;
	}
}
