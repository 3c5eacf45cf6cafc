import { type StreamOutbox, writeWhatFits } from "../core/stream";
import type { Octets } from "../core/time";
import { applyMask, FRAME_HEADER_MAX, MASK_OCTETS, type Opcode, writeFrameHeader } from "../wire/websocket-frame";

/** The frames of one side of a WebSocket that wait for room. Its owner bounds how many. */
export class FrameQueue {
	private frames: Uint8Array[] = [];
	private length: Octets = 0;
	/** How much of the first frame was written. */
	private at = 0;

	/** @param random draws masking keys; absent: frames are not masked @see RFC 6455 §5.3 */
	constructor(private readonly random: { fill(bytes: Uint8Array): void } | undefined) {}

	/** Octets that wait for room. */
	get queued(): Octets {
		return this.length - this.at;
	}

	/** Adds a frame with `bytes[start, end)`, which are copied. */
	push(opcode: Opcode, bytes: Uint8Array, start: number, end: number): void {
		const frame = new Uint8Array(FRAME_HEADER_MAX + end - start);
		let mask: Uint8Array | undefined;
		if (this.random !== undefined) {
			mask = new Uint8Array(MASK_OCTETS);
			this.random.fill(mask);
		}
		const at = writeFrameHeader(frame, 0, opcode, true, end - start, mask);
		const length = at + end - start;
		for (let i = start; i < end; i++) frame[at + i - start] = bytes[i];
		if (mask !== undefined) applyMask(frame, at, length, mask, 0);
		this.frames.push(length === frame.length ? frame : frame.subarray(0, length));
		this.length += length;
	}

	/** Writes what there is room for. @returns whether nothing waits any more */
	flush(out: StreamOutbox): boolean {
		while (this.frames.length > 0) {
			const [frame] = this.frames;
			this.at = writeWhatFits(out, frame, this.at, frame.length);
			if (this.at < frame.length) return false;
			this.frames.shift();
			this.length -= frame.length;
			this.at = 0;
		}
		return true;
	}
}
