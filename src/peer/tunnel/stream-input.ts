import type { Millis, Octets } from "../../core/time";
import { MediaReceiver, type MediaTaker } from "./media-receiver";
import type { FrameReader } from "./packet-format";
import { LAST } from "./packet-format";
import { ReceiveBuffer, type SharedRoom } from "./receive-buffer";
import { RtspCutter } from "./rtsp-cutter";
import type { TunnelService } from "./tunnel-contract";
import type { TunnelLimits } from "./tunnel-limits";

/** Takes what has come on a stream. */
export interface InputTaker {
	/** True while octets may be passed on. */
	readonly mayTake: boolean;
	take(bytes: Uint8Array): void;
}

/** The receiving half of a stream: puts octets in order, and the media of RTSP between its messages. */
export class StreamInput implements MediaTaker {
	/** True once the other side has ended its half and all was passed on. */
	isEnded = false;
	/** True when the user does not want to read now. */
	isPaused = false;
	/** The media of RTSP. */
	readonly media: MediaReceiver | undefined;
	private readonly buffer: ReceiveBuffer;
	private readonly cutter: RtspCutter | undefined;
	private readonly window: Octets;
	/** Up to which octet the other side knows that it may send. */
	private announced: number;

	constructor(
		service: TunnelService,
		private readonly taker: InputTaker,
		limits: TunnelLimits,
		shared: SharedRoom,
	) {
		this.window = limits.window;
		this.announced = limits.window;
		this.buffer = new ReceiveBuffer(limits.window, shared);
		if (service !== "rtsp") return;
		this.media = new MediaReceiver(this, limits.repairs, limits.frame);
		this.cutter = new RtspCutter();
	}

	/** How many octets were passed on. */
	get position(): number {
		return this.buffer.next;
	}

	get isBetween(): boolean {
		return this.mayTake && this.cutter?.isBetween === true && !this.buffer.isReadable;
	}

	/** True when the other side is to be told that it may send more. */
	get owesWindow(): boolean {
		return !this.isEnded && this.buffer.next + this.window - this.announced >= this.window / 4;
	}

	/** Returns up to which octet the other side may send, and takes note that it is told. */
	announce(): number {
		this.announced = this.buffer.next + this.window;
		return this.announced;
	}

	/** Octets have come. @returns false when they can't be kept: they count as lost */
	put(frame: FrameReader): boolean {
		const { offset, bytes, start, end, type } = frame;
		const { buffer } = this;
		const last = offset + end - start;
		if (last > buffer.next + this.window) return false;
		if (type === LAST && !buffer.finish(last)) return false;
		if (last > buffer.fin) return false;
		if (offset <= buffer.next && last > buffer.next && this.mayTake && !buffer.isReadable) {
			const from = start + buffer.next - offset;
			buffer.pass(last);
			this.pass(bytes.subarray(from, end));
		} else if (!buffer.put(offset, bytes, start, end)) {
			return false;
		}
		this.drain();
		return true;
	}

	/** Media have come. */
	putMedia(now: Millis, { low, first, offset, bytes, start, end }: FrameReader): void {
		this.media?.put(now, low, first, offset, bytes, start, end);
	}

	/** Passes on what can be passed on. */
	drain(): void {
		const { buffer } = this;
		while (this.mayTake && buffer.isReadable) this.pass(buffer.take());
		this.media?.drain();
		if (buffer.isEnded && !this.isPaused) this.isEnded = true;
	}

	takeFrames(bytes: Uint8Array): void {
		this.taker.take(bytes);
	}

	/** Lets everything go. */
	clear(): void {
		this.buffer.clear();
		this.media?.clear();
	}

	private get mayTake(): boolean {
		return !this.isPaused && this.taker.mayTake;
	}

	private pass(bytes: Uint8Array): void {
		const { cutter } = this;
		if (cutter !== undefined) for (let at = 0; at < bytes.length; ) at = cutter.next(bytes, at, bytes.length);
		this.taker.take(bytes);
		this.media?.drain();
	}
}
