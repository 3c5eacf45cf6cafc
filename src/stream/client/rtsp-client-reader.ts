import type { Millis, Octets } from "../../core/time";
import { RTSP_FROM_SERVER, type TextLimits, type TextMessage } from "../../wire/text-message";
import { TextMessageReader } from "../../wire/text-message-reader";

/** What an RTSP server may send: descriptions are bodies. */
const LIMITS: TextLimits = Object.freeze({ head: 8192, target: 2048, fields: 64, body: 65_536 });
/** Before each block: `$`, the channel, and a length of two octets. */
const PREFIX: Octets = 4;
/** The initial size of the buffer for a block that arrives in pieces. */
const BLOCK_MIN: Octets = 2048;
/** Octets that are neither a message nor a block before the connection counts as garbled. */
const GARBAGE_MAX: Octets = 65_536;

const DOLLAR = 36;
const LF = 10;
const CR = 13;

/** Receives what arrives on an RTSP connection. */
export interface RtspReaderSink {
	message(now: Millis, message: TextMessage): void;
	/** A block of media or reports, `bytes[start, end)`, valid during the call. */
	block(now: Millis, channel: number, bytes: Uint8Array, start: number, end: number): void;
}

/**
 * Reads the connection of an RTSP client: messages, and the blocks between them.
 *
 * Blocks that are whole in the octets that came are not copied. Some servers put other octets between blocks; they are skipped,
 * up to a limit.
 * @see RFC 2326 §10.12
 */
export class RtspClientReader {
	/** Octets that belonged to nothing. */
	skipped: Octets = 0;
	private readonly reader = new TextMessageReader(RTSP_FROM_SERVER, LIMITS);
	private garbage: Octets = 0;
	/** The block that is not complete, with its prefix: `block[0, held)`. */
	private block = new Uint8Array(PREFIX);
	private held = 0;

	/** @returns false when what comes is not RTSP; nothing is read afterwards */
	feed(now: Millis, bytes: Uint8Array, sink: RtspReaderSink): boolean {
		const { reader } = this;
		const end = bytes.length;
		let at = 0;
		while (at < end) {
			if (this.held > 0 || (bytes[at] === DOLLAR && reader.idle)) {
				at = this.takeBlock(now, bytes, at, sink);
				continue;
			}
			if (reader.idle && !mayStart(bytes[at])) {
				at++;
				this.skipped++;
				if (++this.garbage > GARBAGE_MAX) return false;
				continue;
			}
			at += reader.feedWhole(bytes, at, end);
			if (reader.fault !== undefined) return false;
			if (!reader.done) continue;
			const { message } = reader;
			reader.next();
			this.garbage = 0;
			sink.message(now, message);
		}
		return true;
	}

	/** @returns where to go on */
	private takeBlock(now: Millis, bytes: Uint8Array, from: number, sink: RtspReaderSink): number {
		if (this.held === 0 && from + PREFIX <= bytes.length) {
			const start = from + PREFIX;
			const end = start + (bytes[from + 2] << 8) + bytes[from + 3];
			if (end <= bytes.length) {
				this.garbage = 0;
				sink.block(now, bytes[from + 1], bytes, start, end);
				return end;
			}
		}
		let at = this.hold(bytes, from, PREFIX);
		if (this.held < PREFIX) return at;
		const whole = PREFIX + (this.block[2] << 8) + this.block[3];
		at = this.hold(bytes, at, whole);
		if (this.held < whole) return at;
		this.held = 0;
		this.garbage = 0;
		sink.block(now, this.block[1], this.block, PREFIX, whole);
		return at;
	}

	/** Keeps octets until so many are held. @returns where to go on */
	private hold(bytes: Uint8Array, from: number, wanted: Octets): number {
		const to = Math.min(bytes.length, from + Math.max(0, wanted - this.held));
		if (wanted > this.block.length) {
			const larger = new Uint8Array(Math.max(BLOCK_MIN, wanted));
			larger.set(this.block.subarray(0, this.held));
			this.block = larger;
		}
		if (to > from) this.block.set(bytes.subarray(from, to), this.held);
		this.held += to - from;
		return to;
	}
}

/** Whether a message, or an empty line before one, may start with an octet. */
function mayStart(code: number): boolean {
	return (code >= 65 && code <= 90) || code === CR || code === LF;
}
