import type { Octets } from "../../core/time";
import type { PacketBurst } from "./packet-burst";

/** How many unused bursts are kept; more are in use at once only while receivers are slow. */
const KEPT_MAX = 4;
const ROUND: Octets = 4096;

/** A burst whose buffers are used again after its last release. */
export class PooledBurst implements PacketBurst {
	bytes: Uint8Array = EMPTY;
	offsets = NO_OFFSETS;
	count = 0;
	timestamp = 0;
	isKey = true;
	payload: Octets = 0;
	/** The next unused one, while it is unused itself. */
	next: PooledBurst | undefined;
	private uses = 0;

	constructor(private readonly pool: BurstPool) {}

	retain(): void {
		this.uses++;
	}

	release(): void {
		if (this.uses <= 0) throw new RangeError("burst released too often");
		if (--this.uses === 0) this.pool.put(this);
	}

	/** Begins the next use, with room for so many octets and packets. */
	begin(octets: Octets, packets: number): void {
		// A quarter more than is needed, as pictures differ in size.
		if (this.bytes.length < octets) this.bytes = new Uint8Array(rounded(octets + (octets >> 2)));
		if (this.offsets.length < packets + 1) this.offsets = new Uint32Array(packets + 1 + (packets >> 2));
		this.count = 0;
		this.payload = 0;
		this.uses = 1;
	}
}

const EMPTY = new Uint8Array(0);
const NO_OFFSETS = new Uint32Array(0);

/** The bursts of one stream of packets. Allocates nothing while pictures are of about the same size and are released soon. */
export class BurstPool {
	/** Unused bursts in a chain, as an array of XS takes new memory whenever its length changes. */
	private first: PooledBurst | undefined;
	private unused = 0;

	/** Takes an unused burst with room for so many octets and packets. The caller holds the first reference. */
	take(octets: Octets, packets: number): PooledBurst {
		let burst = this.first;
		if (burst === undefined) burst = new PooledBurst(this);
		else {
			this.first = burst.next;
			burst.next = undefined;
			this.unused--;
		}
		burst.begin(octets, packets);
		return burst;
	}

	/** Takes a burst back after its last release. */
	put(burst: PooledBurst): void {
		if (this.unused >= KEPT_MAX) return;
		burst.next = this.first;
		this.first = burst;
		this.unused++;
	}
}

function rounded(octets: Octets): Octets {
	return Math.ceil(octets / ROUND) * ROUND;
}

/**
 * Copies `from[start, end)` to `to[at, …)`, where a later copy within `to` moves it to its packets.
 *
 * A buffer that is little longer is copied whole, as a view of its part would be an allocation for each picture.
 */
export function stage(to: Uint8Array, at: Octets, from: Uint8Array, start: Octets, end: Octets): void {
	if (isCopiedWhole(from, start, end) && at >= start) to.set(from, at - start);
	else to.set(from.subarray(start, end), at);
}

/** The length that the target of {@link stage} must have. */
export function stagedEnd(at: Octets, from: Uint8Array, start: Octets, end: Octets): Octets {
	return isCopiedWhole(from, start, end) && at >= start ? at - start + from.length : at + end - start;
}

function isCopiedWhole(from: Uint8Array, start: Octets, end: Octets): boolean {
	return from.length <= 2 * (end - start) + ROUND;
}
