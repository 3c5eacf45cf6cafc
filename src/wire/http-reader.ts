import { latin1 } from "../base/text";
import { authorityOf, isHostValue } from "./http-host";
import { isToken, parseChunkSize, parseLength, trimSpace } from "./http-syntax";
import type { TextFault, TextLimits, TextMessage } from "./text-message";

const LF = 10;
const CR = 13;
const TAB = 9;
const DELETE = 127;
const NOTHING = new Uint8Array(0);

/** Longest line that says a chunk's size, extensions included. */
const CHUNK_LINE_MAX = 256;
/** The longest target; a longer one is answered 414 rather than 431. */
const TARGET_MAX = 2048;

/** What a reader waits for. */
type State =
	| "head"
	| "length"
	| "chunk-size"
	| "chunk-data"
	| "chunk-end"
	| "trailer"
	| "until-close"
	| "done"
	| "fault";

/**
 * Reads one HTTP/1 message after the other from a stream of octets, however it is cut.
 *
 * Requests are read strictly, so that nobody in front of us can have understood them otherwise (RFC 9112 §11.2);
 * responses leniently, as gateways write them.
 * @see RFC 9112
 */
export class HttpReader {
	/** Why reading stopped for good. */
	fault: TextFault | undefined;
	/** The message so far: its head once {@link headDone}, its body once {@link done}. */
	message: TextMessage;
	private state: State = "head";
	private head: Uint8Array;
	private headLength = 0;
	private pieces: Uint8Array[] = [];
	private collected = 0;
	private missing = 0;
	private line = "";
	/** Whether the head has a control character that it may not have. */
	private control = false;
	/** Before a message: whether a carriage return came last. */
	private bareReturn = false;

	/** @param kind what comes in; `response-to-head` is a response that has no body whatever it says */
	constructor(
		private readonly kind: "request" | "response" | "response-to-head",
		private readonly limits: TextLimits,
	) {
		this.head = NOTHING;
		this.message = newMessage();
	}

	/** True once the start line and the fields of the present message are there. */
	get headDone(): boolean {
		return this.state !== "head" && this.state !== "fault";
	}

	/** True once the message is whole. */
	get done(): boolean {
		return this.state === "done";
	}

	/** True while not one octet of a message has come. */
	get idle(): boolean {
		return this.state === "head" && this.headLength === 0;
	}

	/** Makes ready for the next message; the old one is the caller's. */
	next(): void {
		this.message = newMessage();
		this.state = "head";
		this.headLength = 0;
		this.control = false;
		this.collected = 0;
		this.pieces = [];
	}

	/**
	 * Takes octets in until the message is whole or faulty.
	 * @returns how many were taken; the rest belongs to the next message
	 */
	feed(bytes: Uint8Array, start = 0, end = bytes.length): number {
		let at = start;
		while (at < end && this.state !== "done" && this.state !== "fault") {
			switch (this.state) {
				case "head":
					at = this.feedHead(bytes, at, end);
					break;
				case "length":
				case "chunk-data":
				case "until-close":
					at = this.feedBody(bytes, at, end);
					break;
				default:
					at = this.feedLine(bytes, at, end);
			}
		}
		return at - start;
	}

	/** The stream is over: a response without a length is whole now. @returns whether the message is whole */
	close(): boolean {
		if (this.state === "until-close") this.finish();
		return this.state === "done";
	}

	private fail(fault: TextFault): false {
		this.fault = fault;
		this.state = "fault";
		this.pieces = [];
		return false;
	}

	private feedHead(bytes: Uint8Array, start: number, end: number): number {
		// An empty line before a request is what some clients send after a form. RFC 9112 §2.2
		let at = start;
		if (this.headLength === 0) {
			for (; at < end && (bytes[at] === CR || bytes[at] === LF); at++) this.bareReturn = bytes[at] === CR;
			if (at < end && this.bareReturn && this.kind === "request") {
				this.fail("malformed");
				return at;
			}
		}
		for (; at < end; at++) {
			if (this.headLength === this.head.length) {
				if (this.headLength >= this.limits.head) {
					this.fail(this.isFirstLine() ? "target-too-long" : "head-too-large");
					return at;
				}
				const larger = new Uint8Array(Math.min(this.limits.head, Math.max(512, this.headLength * 2)));
				larger.set(this.head);
				this.head = larger;
			}
			const octet = bytes[at];
			this.head[this.headLength++] = octet;
			if ((octet < 32 && octet !== LF && octet !== CR && octet !== TAB) || octet === DELETE) this.control = true;
			if (octet === LF && this.isHeadEnd()) {
				this.parseHead();
				return at + 1;
			}
		}
		return at;
	}

	private isFirstLine(): boolean {
		for (let i = 0; i < this.headLength; i++) if (this.head[i] === LF) return false;
		return true;
	}

	private isHeadEnd(): boolean {
		const { head, headLength: n } = this;
		return n >= 2 && (head[n - 2] === LF || (n >= 3 && head[n - 2] === CR && head[n - 3] === LF));
	}

	private parseHead(): boolean {
		const lines = latin1(this.head, 0, this.headLength).split("\n");
		const strict = this.kind === "request";
		if (strict && (this.control || lines[lines.length - 2] !== "\r")) return this.fail("malformed");
		lines.length -= 2;
		for (let i = 0; i < lines.length; i++) {
			const line = lines[i];
			const ends = line.endsWith("\r");
			if (strict && !ends) return this.fail("malformed");
			const text = ends ? line.slice(0, -1) : line;
			if (strict && text.includes("\r")) return this.fail("malformed");
			if (i === 0) {
				if (!(strict ? this.parseRequestLine(text) : this.parseStatusLine(text)))
					return this.fail(this.fault ?? "malformed");
			} else if (!this.parseField(text, strict)) {
				return this.fail(this.fault ?? "malformed");
			}
		}
		return this.frame();
	}

	private parseRequestLine(line: string): boolean {
		const first = line.indexOf(" ");
		const last = line.lastIndexOf(" ");
		const method = line.slice(0, first);
		const target = line.slice(first + 1, last);
		if (first < 1 || last === first || !isToken(method) || target.length === 0) return false;
		for (let i = 0; i < target.length; i++) {
			const code = target.charCodeAt(i);
			if (code <= 32 || code >= 127 || code === 35) return false;
		}
		if (target.length > TARGET_MAX) {
			this.fault = "target-too-long";
			return false;
		}
		return this.parseVersion(line.slice(last + 1)) && this.setStart(method, target, 0);
	}

	private parseStatusLine(line: string): boolean {
		const status = Number(line.slice(9, 12));
		if (line[8] !== " " || !Number.isInteger(status) || status < 100 || status > 599) return false;
		return this.parseVersion(line.slice(0, 8)) && this.setStart("", "", status);
	}

	private setStart(method: string, target: string, status: number): boolean {
		this.message.method = method;
		this.message.target = target;
		this.message.status = status;
		return true;
	}

	private parseVersion(text: string): boolean {
		if (text.length !== 8 || !text.startsWith("HTTP/") || text[6] !== ".") return false;
		const major = text.charCodeAt(5) - 48;
		const minor = text.charCodeAt(7) - 48;
		if (major < 0 || major > 9 || minor < 0 || minor > 9) return false;
		if (major !== 1) this.fault = "version";
		this.message.minor = minor;
		return major === 1;
	}

	private parseField(line: string, strict: boolean): boolean {
		const colon = line.indexOf(":");
		const name = strict ? line.slice(0, colon) : line.slice(0, colon).trim();
		if (colon < 1 || !isToken(name)) return false;
		const value = trimSpace(line.slice(colon + 1));
		if (this.message.fields.length >= this.limits.fields) {
			this.fault = "head-too-large";
			return false;
		}
		this.message.fields.push([name.toLowerCase(), value]);
		return true;
	}

	/** Finds out how the body ends. @see RFC 9112 §6.3 */
	private frame(): boolean {
		const { message } = this;
		const strict = this.kind === "request";
		let length: number | undefined;
		let coding: string | undefined;
		let host: string | undefined;
		for (const [name, value] of message.fields) {
			if (name === "content-length") {
				const given = parseLength(value);
				if (given === undefined || (length !== undefined && (strict || given !== length)))
					return this.fail("malformed");
				length = given;
			} else if (name === "transfer-encoding") {
				if (strict && coding !== undefined) return this.fail("malformed");
				coding = value.toLowerCase();
			} else if (name === "host") {
				if (strict && (host !== undefined || !isHostValue(value))) return this.fail("malformed");
				host = value;
			}
		}
		if (strict) {
			if (host === undefined && message.minor > 0) return this.fail("malformed");
			// Somebody in front of us may have gone by the one, and we by the other. RFC 9112 §3.2.2
			const authority = authorityOf(message.target);
			if (authority !== undefined && authority !== host?.toLowerCase()) return this.fail("malformed");
			if (coding !== undefined && (length !== undefined || message.minor === 0)) return this.fail("malformed");
			if (coding !== undefined && coding !== "chunked") return this.fail("transfer-coding");
		}
		const bodiless =
			this.kind === "response-to-head" ||
			(!strict && (message.status < 200 || message.status === 204 || message.status === 304));
		if (bodiless) return this.finish();
		if (coding?.endsWith("chunked")) {
			this.state = "chunk-size";
		} else if (length !== undefined && coding === undefined) {
			if (length > this.limits.body) return this.fail("body-too-large");
			this.missing = length;
			this.state = "length";
			if (length === 0) this.finish();
		} else if (strict) {
			this.finish();
		} else {
			this.missing = Infinity;
			this.state = "until-close";
		}
		return true;
	}

	private feedBody(bytes: Uint8Array, start: number, end: number): number {
		const taken = Math.min(end - start, this.missing);
		if (this.collected + taken > this.limits.body) {
			this.fail("body-too-large");
			return start;
		}
		this.pieces.push(bytes.slice(start, start + taken));
		this.collected += taken;
		this.missing -= taken;
		// Octets that come one by one must not cost an object each.
		if (this.pieces.length >= 64) this.pieces = [this.join()];
		if (this.missing === 0) {
			if (this.state === "length") this.finish();
			else this.state = "chunk-end";
		}
		return start + taken;
	}

	private feedLine(bytes: Uint8Array, start: number, end: number): number {
		let at = start;
		while (at < end) {
			const octet = bytes[at++];
			if (octet !== LF) {
				this.line += String.fromCharCode(octet);
				if (this.line.length <= CHUNK_LINE_MAX) continue;
				this.fail("malformed");
				return at;
			}
			const ends = this.line.endsWith("\r");
			const line = ends ? this.line.slice(0, -1) : this.line;
			this.line = "";
			if ((!ends && this.kind === "request") || line.includes("\r")) this.fail("malformed");
			else this.endLine(line);
			return at;
		}
		return at;
	}

	private endLine(line: string): boolean {
		if (this.state === "chunk-end") {
			if (line === "") this.state = "chunk-size";
			else this.fail("malformed");
		} else if (this.state === "trailer") {
			// Trailers are read past: none of them means anything to us.
			if (line === "") this.finish();
			else if (this.kind === "request" && !isToken(line.slice(0, Math.max(0, line.indexOf(":")))))
				this.fail("malformed");
			else if (++this.missing > this.limits.fields) this.fail("head-too-large");
		} else {
			const size = parseChunkSize(line, this.kind === "request");
			if (size === undefined) return this.fail("malformed");
			if (this.collected + size > this.limits.body) return this.fail("body-too-large");
			this.missing = size;
			this.state = size === 0 ? "trailer" : "chunk-data";
		}
		return true;
	}

	private join(): Uint8Array {
		if (this.pieces.length === 1) return this.pieces[0];
		const all = new Uint8Array(this.collected);
		let at = 0;
		for (const piece of this.pieces) {
			all.set(piece, at);
			at += piece.length;
		}
		return all;
	}

	private finish(): true {
		this.message.body = this.collected === 0 ? NOTHING : this.join();
		this.pieces = [];
		this.state = "done";
		return true;
	}
}

function newMessage(): TextMessage {
	return { method: "", target: "", status: 0, minor: 0, fields: [], body: NOTHING };
}
