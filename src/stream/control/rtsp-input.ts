import type { Millis, Octets } from "../../core/time";
import { InterleavedReader } from "../../wire/interleaved-reader";
import { RTSP_MESSAGES, type TextFault, type TextLimits, type TextMessage } from "../../wire/text-message";
import { TextMessageReader } from "../../wire/text-message-reader";

/** The body's limit is set for each message. */
const LIMITS: TextLimits = Object.freeze({ head: 8192, target: 2048, fields: 64, body: 0 });
/** The longest interleaved frame that is passed on; RTCP packets of players are much shorter. */
const FRAME_MAX: Octets = 2048;
/** `$`, with which a frame begins. */
const FRAME = 0x24;

/** Takes what an {@link RtspInput} has read. */
export interface RtspInputSink {
	message(now: Millis, message: TextMessage): void;
	/** A frame begins. @returns false when none is taken, and nothing more is to be read */
	frameBegins(): boolean;
	/** A frame came, or was skipped because it is too long; `frame` is valid during the call. */
	frame(now: Millis, frame: InterleavedReader): void;
	/** Nothing more can be read. @param bytes where the message begins, if it begins there */
	faulty(now: Millis, fault: TextFault, bytes: Uint8Array | undefined): void;
}

/**
 * Reads what a client sends on its connection: messages, and frames between them, however the stream is cut.
 *
 * Most connections are silent most of the time, so between messages there is no reader of messages, and before the first frame
 * none of frames.
 * @see RFC 2326 §4, §10.12
 */
export class RtspInput {
	private reader: TextMessageReader | undefined;
	private frames: InterleavedReader | undefined;

	/** Whether neither a message nor a frame has begun. */
	get isIdle(): boolean {
		return this.reader?.idle !== false && this.frames?.isOpen !== true;
	}

	/**
	 * Reads from `start` on, at most up to the end of a message or a frame.
	 * @param bodyMax the longest body of a message
	 * @returns how many octets were consumed
	 */
	read(now: Millis, bytes: Uint8Array, start: number, bodyMax: Octets, sink: RtspInputSink): number {
		const { frames } = this;
		if (frames?.isOpen) {
			const count = frames.feed(bytes, start, bytes.length);
			if (!frames.isOpen) {
				sink.frame(now, frames);
				frames.release();
			}
			return count;
		}
		if (this.reader === undefined && bytes[start] === FRAME) {
			this.beginFrame(sink);
			return 0;
		}
		return this.readMessage(now, bytes, start, bodyMax, sink);
	}

	private readMessage(now: Millis, bytes: Uint8Array, start: number, bodyMax: Octets, sink: RtspInputSink): number {
		const reader = this.reader ?? new TextMessageReader(RTSP_MESSAGES, LIMITS);
		if (this.reader === undefined) reader.bodyLimit = bodyMax;
		this.reader = reader;
		const wasIdle = reader.idle;
		const count = reader.feed(bytes, start, bytes.length);
		if (reader.interleaved) {
			this.beginFrame(sink);
			return count;
		}
		reader.collect(bytes);
		if (reader.fault !== undefined) sink.faulty(now, reader.fault, wasIdle ? bytes : undefined);
		else if (reader.done) {
			this.reader = undefined;
			sink.message(now, reader.message);
		}
		return count;
	}

	/** The next octet is the `$` of a frame. */
	private beginFrame(sink: RtspInputSink): void {
		if (!sink.frameBegins()) return;
		this.frames ??= new InterleavedReader(FRAME_MAX);
		this.frames.begin();
	}
}
