import { parseDigits } from "../base/digits";
import type { Octets } from "../core/time";
import { authorityOf, isHostValue } from "./http-host";
import { isToken, parseChunkSize } from "./http-syntax";
import { parseHead } from "./text-head";
import {
	emptyMessage,
	fieldOf,
	type TextDialect,
	type TextFault,
	type TextLimits,
	type TextMessage,
} from "./text-message";

const LF = 10;
const CR = 13;
const COLON = 58;
/** Starts a frame of media between two RTSP messages. @see RFC 2326 §10.12 */
const INTERLEAVED = 36;

/** The longest line with a chunk size and extensions; the longest trailer. */
const CHUNK_LINE_MAX = 256;
/** The most octets of empty lines before a message: each is looked at. */
const BLANK_MAX = 2048;
/** The initial size of the buffer. */
const HEAD_MIN = 512;
const NO_OCTETS = new Uint8Array(0);
/** What a reader has before the first head is complete. */
const NO_MESSAGE: TextMessage = Object.freeze({ ...emptyMessage(), fields: Object.freeze([]) as unknown as [] });

/** The next part that the reader expects; numbers, because XS copies a string for each comparison. */
type State = number;
const HEAD: State = 0;
/** A body with a length. */
const LENGTH: State = 1;
const CHUNK_DATA: State = 2;
/** A body that ends with the stream. */
const UNTIL_CLOSE: State = 3;
const CHUNK_SIZE: State = 4;
/** The line end after a chunk. */
const CHUNK_END: State = 5;
const TRAILER: State = 6;
const DONE: State = 7;
const FAULT: State = 8;
/** A frame of media, which the caller consumes; then a head. */
const FRAME: State = 9;

/**
 * Reads the messages of an HTTP/1 or RTSP/1.0 connection, however the stream is cut.
 *
 * The head is buffered. The body is not: each call of {@link feed} yields one piece of it as a range of the octets that
 * were passed in, so a body of any length takes no memory. {@link feedWhole} collects the body instead.
 * @see RFC 9112, RFC 2326
 */
export class TextMessageReader {
	/** Set when a message was refused; nothing is read after that. */
	fault: TextFault | undefined;
	/** The current message. Its head is valid once {@link headDone}; before, an idle connection has no message of its own. */
	message: TextMessage = NO_MESSAGE;
	/** The piece of the body in the octets that were passed to the last {@link feed}; may be empty. */
	pieceStart = 0;
	pieceEnd = 0;
	/** The length of the body according to the head; `undefined` if it is not declared. */
	length: Octets | undefined = 0;
	/** Octets of the body that were read so far. */
	bodyRead: Octets = 0;
	/** The largest body; can be set for each message until its body starts. */
	bodyLimit: Octets;
	/** Set it before a response to HEAD, which never has a body, whatever its fields; applies to one message. */
	bodiless = false;
	private state = HEAD;
	/** The head; later one line of the chunked coding. */
	private head: Uint8Array = NO_OCTETS;
	private headLength = 0;
	private missing = 0;
	private trailers = 0;
	/** Whether the last octet before a message was a carriage return. */
	private bareReturn = false;
	/** Octets of the empty lines before the current message. */
	private blank = 0;
	private collected: Uint8Array = NO_OCTETS;

	constructor(
		private readonly dialect: TextDialect,
		private readonly limits: TextLimits,
	) {
		this.bodyLimit = limits.body;
	}

	/** Whether an interleaved frame (`$`) follows instead of a message; the caller must consume it. */
	get interleaved(): boolean {
		return this.state === FRAME;
	}

	/** Whether the head of the current message is complete. */
	get headDone(): boolean {
		return this.state !== HEAD && this.state !== FRAME && this.state !== FAULT;
	}

	/** Whether the current message is complete. */
	get done(): boolean {
		return this.state === DONE;
	}

	/** Whether no octet of the current message has arrived. */
	get idle(): boolean {
		return (this.state === HEAD || this.state === FRAME) && this.headLength === 0;
	}

	/** Prepares for the next message. The caller may keep the old one. */
	next(): void {
		this.message = NO_MESSAGE;
		this.state = HEAD;
		this.headLength = 0;
		this.length = 0;
		this.bodyRead = 0;
		this.bodyLimit = this.limits.body;
		this.bodiless = false;
		this.trailers = 0;
		this.collected = NO_OCTETS;
	}

	/** Frees memory when nothing more is to be read. The caller may keep the old message. */
	release(): void {
		this.next();
		this.head = NO_OCTETS;
	}

	/**
	 * Reads up to the end of the head, of a piece of the body, or of the message.
	 * @returns how many octets were consumed; 0 when the message is complete or refused, or before an interleaved frame
	 */
	feed(bytes: Uint8Array, start = 0, end = bytes.length): number {
		let at = start;
		this.pieceStart = start;
		this.pieceEnd = start;
		if (this.state === FRAME) this.state = HEAD;
		while (at < end) {
			switch (this.state) {
				case HEAD:
					return this.feedHead(bytes, at, end) - start;
				case LENGTH:
				case CHUNK_DATA:
				case UNTIL_CLOSE:
					return this.feedBody(at, end) - start;
				case DONE:
				case FAULT:
					return at - start;
				default:
					at = this.feedLine(bytes, at, end);
			}
		}
		return at - start;
	}

	/** Reads up to the end of the message, and collects the body. @returns how many octets were consumed */
	feedWhole(bytes: Uint8Array, start = 0, end = bytes.length): number {
		let at = start;
		while (at < end && this.state !== DONE && this.state !== FAULT) {
			const taken = this.feed(bytes, at, end);
			this.collect(bytes);
			if (taken === 0) break;
			at += taken;
		}
		return at - start;
	}

	/** Collects the piece of the last {@link feed}; sets the body of the message when it is complete. */
	collect(bytes: Uint8Array): void {
		const { pieceStart: start, pieceEnd: end } = this;
		if (end > start) {
			if (this.bodyRead > this.collected.length) {
				// Doubling keeps octets that arrive one by one from being copied each time.
				const room = Math.max(HEAD_MIN, this.bodyRead * 2);
				const larger = new Uint8Array(Math.min(room, Math.max(this.bodyRead, this.length ?? this.bodyLimit)));
				larger.set(this.collected);
				this.collected = larger;
			}
			const whole = start === 0 && end === bytes.length;
			this.collected.set(whole ? bytes : bytes.subarray(start, end), this.bodyRead - (end - start));
		}
		if (this.state !== DONE || this.bodyRead === 0 || this.message.body.length > 0) return;
		const { collected, bodyRead } = this;
		this.message.body = collected.length === bodyRead ? collected : collected.slice(0, bodyRead);
		this.collected = NO_OCTETS;
	}

	/** Call it at the end of the stream, which ends a response without a length. @returns {@link done} */
	close(): boolean {
		if (this.state === UNTIL_CLOSE) this.cutShort();
		return this.state === DONE;
	}

	/** Ends the message with what was collected of its body, even after a fault; for clients that use what they get. */
	cutShort(): void {
		this.state = DONE;
		this.fault = undefined;
		this.pieceEnd = this.pieceStart;
		this.collect(NO_OCTETS);
	}

	private fail(fault: TextFault): void {
		this.fault = fault;
		this.state = FAULT;
		if (this.dialect.strict) this.collected = NO_OCTETS;
	}

	private feedHead(bytes: Uint8Array, start: number, end: number): number {
		let at = start;
		if (this.headLength === 0) {
			// Some clients send an empty line after a form. RFC 9112 §2.2
			for (; at < end && (bytes[at] === CR || bytes[at] === LF); at++) {
				this.bareReturn = bytes[at] === CR;
				if (++this.blank > BLANK_MAX) {
					this.fail("malformed");
					return at;
				}
			}
			if (at === end) return at;
			if (this.bareReturn && this.dialect.strict) {
				this.fail("malformed");
				return at;
			}
			if (bytes[at] === INTERLEAVED && this.dialect.protocol === "RTSP") {
				this.blank = 0;
				this.state = FRAME;
				return at;
			}
		}
		// Whole lines at a time: the engine finds and copies them faster than any loop here.
		while (at < end) {
			const feed = bytes.indexOf(LF, at);
			const stop = feed < 0 || feed >= end ? end : feed + 1;
			if (this.headLength + stop - at > this.head.length && !this.growHead(stop - at)) return at;
			this.head.set(at === 0 && stop === bytes.length ? bytes : bytes.subarray(at, stop), this.headLength);
			this.headLength += stop - at;
			at = stop;
			if (bytes[at - 1] === LF && this.isHeadEnd()) {
				this.endHead();
				return at;
			}
		}
		return at;
	}

	/** Makes room for so many octets more; returns false, with a fault, at the limit. */
	private growHead(more: Octets): boolean {
		const { head, headLength, limits } = this;
		if (headLength + more > limits.head) {
			const isFirstLine = head.indexOf(LF) < 0 || head.indexOf(LF) >= headLength;
			this.fail(isFirstLine && this.dialect.messages !== "responses" ? "target-too-long" : "head-too-large");
			return false;
		}
		const larger = new Uint8Array(Math.min(limits.head, Math.max(HEAD_MIN, (headLength + more) * 2)));
		larger.set(head);
		this.head = larger;
		return true;
	}

	private isHeadEnd(): boolean {
		const { head, headLength: n } = this;
		return n >= 2 && (head[n - 2] === LF || (n >= 3 && head[n - 2] === CR && head[n - 3] === LF));
	}

	private endHead(): void {
		this.message = emptyMessage();
		const fault = parseHead(this.message, this.dialect, this.limits, this.head, 0, this.headLength);
		this.headLength = 0;
		this.blank = 0;
		if (fault !== undefined) this.fail(fault);
		else if (this.dialect.protocol === "RTSP") this.frameRtsp();
		else this.frameHttp();
	}

	/** Determines the length of the body. @see RFC 2326 §4.4, §12.14, §12.17 */
	private frameRtsp(): void {
		const { message } = this;
		let length = 0;
		let lengths = 0;
		for (const [name, value] of message.fields) {
			if (name === "transfer-encoding") return this.fail("transfer-coding");
			if (name !== "content-length") continue;
			const given = parseDigits(value, 15);
			if (given === undefined || (lengths > 0 && given !== length)) return this.fail("malformed");
			length = given;
			lengths++;
		}
		// Without a number the response could not be matched with the request.
		if (message.status === 0 && parseDigits(fieldOf(message, "cseq") ?? "", 15) === undefined) this.fail("malformed");
		else this.expectLength(length);
	}

	/** Determines how the body ends. @see RFC 9112 §6.3 */
	private frameHttp(): void {
		const { message } = this;
		const { strict } = this.dialect;
		let length: number | undefined;
		let coding: string | undefined;
		let host: string | undefined;
		let doubtful = false;
		for (const [name, value] of message.fields) {
			if (name === "content-length") {
				const given = parseDigits(value, 15);
				if (given === undefined || (length !== undefined && (strict || given !== length))) doubtful = true;
				length = given;
			} else if (name === "transfer-encoding") {
				if (strict && coding !== undefined) return this.fail("malformed");
				coding = value.toLowerCase();
			} else if (name === "host") {
				if (strict && (host !== undefined || !isHostValue(value))) return this.fail("malformed");
				host = value;
			}
		}
		// A client reads to the end of the connection instead.
		if (doubtful && strict) return this.fail("malformed");
		if (doubtful) length = undefined;
		if (strict) {
			if (host === undefined && message.minor > 0) return this.fail("malformed");
			// A proxy may have used the one while we use the other. RFC 9112 §3.2.2
			const authority = authorityOf(message.target);
			if (authority !== undefined && authority !== host?.toLowerCase()) return this.fail("malformed");
			if (coding !== undefined && (length !== undefined || message.minor === 0)) return this.fail("malformed");
			if (coding !== undefined && coding !== "chunked") return this.fail("transfer-coding");
		}
		const { status } = message;
		if (this.bodiless || (!strict && (status < 200 || status === 204 || status === 304))) {
			this.state = DONE;
		} else if (coding?.includes("chunked")) {
			this.length = undefined;
			this.state = CHUNK_SIZE;
		} else if (length !== undefined) {
			this.expectLength(length);
		} else if (strict) {
			this.state = DONE;
		} else {
			this.length = undefined;
			this.missing = Infinity;
			this.state = UNTIL_CLOSE;
		}
	}

	private expectLength(length: Octets): void {
		this.length = length;
		if (length > this.bodyLimit) return this.fail("body-too-large");
		this.missing = length;
		this.state = length === 0 ? DONE : LENGTH;
	}

	private feedBody(start: number, end: number): number {
		const taken = Math.min(end - start, this.missing);
		if (this.bodyRead + taken > this.bodyLimit) {
			this.fail("body-too-large");
			return start;
		}
		this.pieceStart = start;
		this.pieceEnd = start + taken;
		this.bodyRead += taken;
		this.missing -= taken;
		if (this.missing === 0) this.state = this.state === LENGTH ? DONE : CHUNK_END;
		return start + taken;
	}

	/** Reads a line of the chunked coding into the buffer. */
	private feedLine(bytes: Uint8Array, start: number, end: number): number {
		for (let at = start; at < end; at++) {
			if (bytes[at] === LF) {
				const { head, headLength: length } = this;
				const ends = length > 0 && head[length - 1] === CR;
				const lineEnd = ends ? length - 1 : length;
				this.headLength = 0;
				if ((!ends && this.dialect.strict) || hasReturn(head, lineEnd)) this.fail("malformed");
				else this.endLine(lineEnd);
				return at + 1;
			}
			if (this.headLength >= CHUNK_LINE_MAX || this.headLength === this.head.length) {
				this.fail("malformed");
				return at;
			}
			this.head[this.headLength++] = bytes[at];
		}
		return end;
	}

	private endLine(end: number): void {
		const { strict } = this.dialect;
		if (this.state === CHUNK_END) {
			if (end === 0) this.state = CHUNK_SIZE;
			else this.fail("malformed");
		} else if (this.state === TRAILER) {
			// Trailers are ignored.
			if (end === 0) this.state = DONE;
			else if (strict && !isTrailer(this.head, end)) this.fail("malformed");
			else if (++this.trailers > this.limits.fields) this.fail("head-too-large");
		} else {
			const size = parseChunkSize(this.head, 0, end, strict);
			if (size < 0) return this.fail("malformed");
			if (this.bodyRead + size > this.bodyLimit) return this.fail("body-too-large");
			this.missing = size;
			this.state = size === 0 ? TRAILER : CHUNK_DATA;
		}
	}
}

/**
 * Parses a message without a body that is complete in memory, such as a datagram.
 * @returns `undefined` if it is malformed or exceeds a limit
 */
export function parseTextMessage(
	bytes: Uint8Array,
	start: number,
	end: number,
	dialect: TextDialect,
	limits: TextLimits,
): TextMessage | undefined {
	if (end - start > limits.head) return undefined;
	const message = emptyMessage();
	return parseHead(message, dialect, limits, bytes, start, end) === undefined ? message : undefined;
}

function hasReturn(line: Uint8Array, end: number): boolean {
	for (let i = 0; i < end; i++) if (line[i] === CR) return true;
	return false;
}

function isTrailer(line: Uint8Array, end: number): boolean {
	const colon = line.indexOf(COLON);
	return colon > 0 && colon < end && isToken(line, 0, colon);
}
