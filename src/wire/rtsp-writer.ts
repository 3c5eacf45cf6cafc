import type { Octets } from "../core/time";
import { rtspReason } from "./rtsp-status";

/** Characters that are looked at in one piece, as indexing a long text takes quadratic time on XS. */
const PIECE = 256;
/** The buffer begins with this many octets, which most messages need. */
const BUFFER_MIN: Octets = 1024;
const NO_OCTETS = new Uint8Array(0);
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const QUESTION_MARK = 63;
const DELETE = 127;

/**
 * Writes RTSP messages, one after another, into one buffer that many connections can share.
 *
 * `response` or `request` begins a message, `field` adds a field, and `end` ends it, after which `bytes[0, length)` is the
 * message until the next one begins. Characters that a message must not contain become question marks, so no value can start
 * another field or message. What does not fit makes {@link overflowed} true, and the message must not be sent.
 * @see RFC 2326 §4, §6, §7
 */
export class RtspWriter {
	bytes = NO_OCTETS;
	length: Octets = 0;
	/** Whether the message is longer than the buffer. */
	overflowed = false;

	/** @param capacity the longest message */
	constructor(private readonly capacity: Octets = 8192) {}

	/**
	 * Begins a response.
	 * @param cseq as it stood in the request; empty: the request had none that could be read
	 * @param detail a sentence for people, which follows the reason phrase: players show no more of an answer than this line
	 */
	response(status: number, cseq: string, detail = ""): this {
		this.begin(`RTSP/1.0 ${status} ${rtspReason(status)}${detail === "" ? "" : `: ${detail}`}`);
		return cseq === "" ? this : this.field("CSeq", cseq);
	}

	/** Begins a request. */
	request(method: string, target: string, cseq: number): this {
		this.begin(`${method} ${target} RTSP/1.0`);
		return this.field("CSeq", `${cseq}`);
	}

	/** Adds a field. */
	field(name: string, value: string): this {
		this.text(name);
		this.octet(COLON);
		this.octet(SPACE);
		this.text(value);
		this.line();
		return this;
	}

	/** Ends the message. @returns whether it is complete */
	end(body?: Uint8Array): boolean {
		if (body !== undefined && body.length > 0) this.field("Content-Length", `${body.length}`);
		this.line();
		if (body !== undefined) {
			if (!this.hasRoom(body.length)) this.overflowed = true;
			else {
				this.bytes.set(body, this.length);
				this.length += body.length;
			}
		}
		return !this.overflowed;
	}

	private begin(startLine: string): void {
		this.length = 0;
		this.overflowed = false;
		this.text(startLine);
		this.line();
	}

	private text(text: string): void {
		for (let from = 0; from < text.length; from += PIECE) {
			const piece = text.length <= PIECE ? text : text.slice(from, from + PIECE);
			for (let i = 0; i < piece.length; i++) {
				const code = piece.charCodeAt(i);
				this.octet((code >= SPACE && code !== DELETE && code <= 255) || code === TAB ? code : QUESTION_MARK);
			}
		}
	}

	private line(): void {
		this.octet(CR);
		this.octet(LF);
	}

	private octet(code: number): void {
		if (this.length < this.bytes.length || this.hasRoom(1)) this.bytes[this.length++] = code;
		else this.overflowed = true;
	}

	/** Whether so many octets fit; the buffer grows as messages need it. */
	private hasRoom(octets: Octets): boolean {
		const { bytes, capacity, length } = this;
		const needed = length + octets;
		if (needed <= bytes.length) return true;
		if (needed > capacity) return false;
		let size = Math.max(bytes.length, BUFFER_MIN);
		while (size < needed) size *= 2;
		this.bytes = new Uint8Array(Math.min(size, capacity));
		this.bytes.set(bytes);
		return true;
	}
}
