import type { Lease, StreamOutbox } from "../core/stream";

/** One receiver of a {@link FrameFanOut}. */
export interface FrameReceiver {
	/** True: it is skipped, and nothing is counted. @default false */
	hold: boolean;
	/** Frames that it took whole, and that it missed because it was not ready. */
	readonly delivered: number;
	readonly missed: number;
	/** {@link FrameFanOut.sends} as it was with the last frame that it took; 0 before the first. */
	readonly last: number;
}

/**
 * Sends a frame to all viewers in one call: the part of a host's fan-out group that live streams use. The app passes it
 * to them.
 */
export interface FrameFanOut {
	/** How many receivers there are. */
	readonly size: number;
	/** Calls of {@link send} so far. */
	readonly sends: number;
	/** Frames that receivers missed, including receivers that were removed. */
	readonly missed: number;
	/** Adds a stream, which its machine may also write to between frames. */
	addStream(out: StreamOutbox): FrameReceiver;
	/** Removes a receiver; harmless when it is not there. */
	remove(receiver: FrameReceiver): void;
	/**
	 * Sends `bytes[start, end)` to all receivers that are ready.
	 * @param lease held for as long as the host refers to the octets
	 * @returns how many took it
	 */
	send(bytes: Uint8Array, start: number, end: number, lease?: Lease): number;
}
