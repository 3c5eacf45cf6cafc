import type { Millis, Octets } from "../../core/time";
import { InterleavedReader } from "../../wire/interleaved-reader";
import { RTSP_FROM_SERVER, type TextLimits, type TextMessage } from "../../wire/text-message";
import { TextMessageReader } from "../../wire/text-message-reader";

/** What an RTSP server may send: descriptions are bodies. */
const LIMITS: TextLimits = Object.freeze({ head: 8192, target: 2048, fields: 64, body: 65_536 });
/** The longest block. */
const BLOCK_MAX: Octets = 65_535;
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
	private readonly blocks = new InterleavedReader(BLOCK_MAX, true);
	private readonly reader = new TextMessageReader(RTSP_FROM_SERVER, LIMITS);
	private garbage: Octets = 0;

	/** @returns false when what comes is not RTSP; nothing is read afterwards */
	feed(now: Millis, bytes: Uint8Array, sink: RtspReaderSink): boolean {
		const { reader, blocks } = this;
		const end = bytes.length;
		let at = 0;
		while (at < end) {
			const begins = !blocks.isOpen && bytes[at] === DOLLAR && reader.idle;
			if (begins) blocks.begin();
			if (blocks.isOpen) {
				at += blocks.feed(bytes, at, end);
				if (!blocks.isWhole) continue;
				this.garbage = 0;
				sink.block(now, blocks.channel, blocks.bytes, blocks.start, blocks.end);
				blocks.release();
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
}

/** Whether a message, or an empty line before one, may start with an octet. */
function mayStart(code: number): boolean {
	return (code >= 65 && code <= 90) || code === CR || code === LF;
}
