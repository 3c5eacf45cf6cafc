import { ByteWriter } from "../base/byte-writer";
import { utf8Encode } from "../base/text";
import {
	type EndReason,
	type StreamMachine,
	type StreamOutbox,
	type StreamSource,
	writeWhatFits,
} from "../core/stream";
import type { Millis } from "../core/time";
import { fieldOf, type HttpMessage, hasToken, REQUEST_LIMITS, statusOfFault } from "../wire/http-message";
import { HttpReader } from "../wire/http-reader";
import { reasonOf } from "../wire/http-status";
import { parseTarget } from "../wire/http-target";
import { BytesSource } from "./bytes-source";
import type { HttpServer } from "./http-server";
import { parseRange } from "./range";

/** Header fields of an answer: names and values. */
export type Headers = readonly (readonly [string, string])[];

const NONE: Headers = Object.freeze([]);
/** What a client may send ahead while its last request is answered; more is abuse. */
const AHEAD_MAX = 65536;

/** What a connection is doing. */
type Phase = "reading" | "handling" | "answering" | "ending";

/**
 * One HTTP/1.1 connection at the server's end, and the reply to its present request.
 *
 * One request after the other: while one is answered nothing more is read, so that a client that sends many at once
 * waits for its own answers only.
 */
export class HttpConnection implements StreamMachine {
	deadline: Millis;
	private phase: Phase = "reading";
	private readonly reader = new HttpReader("request", REQUEST_LIMITS);
	private out: StreamOutbox | undefined;
	private since: Millis;
	private head: Uint8Array | undefined;
	private headSent = 0;
	private source: StreamSource | undefined;
	private keepAlive = true;
	private peerEnded = false;
	private over = false;
	/** True: the present answer has an end. */
	private finite = true;
	private ahead: Uint8Array[] = [];
	private aheadLength = 0;
	private continued = false;
	/** True while octets are read: an answer given meanwhile leaves the rest to that loop. */
	private consuming = false;

	constructor(
		private readonly server: HttpServer,
		now: Millis,
		readonly remoteAddress: string,
		readonly localAddress: string,
		readonly localPort: number,
	) {
		this.since = now;
		this.deadline = now + server.settings.idleTimeout;
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.out = out;
		if (this.over || this.phase === "ending") return;
		if (this.phase === "reading" && !this.consuming) this.consume(now, bytes, out);
		else this.keepAhead(bytes, 0, out);
	}

	room(now: Millis, out: StreamOutbox): void {
		this.out = out;
		if (this.phase === "answering") {
			this.since = now;
			this.fill(now);
		}
	}

	ended(_now: Millis, why: EndReason): void {
		// Half closed, the client waits for its answer; but who closes while he watches has gone.
		const waits = this.phase === "handling" || (this.phase === "answering" && this.finite);
		if (why === "closed" && waits && !this.over) {
			this.peerEnded = true;
			this.keepAlive = false;
			return;
		}
		if (why === "closed" && this.phase !== "ending") this.out?.end();
		this.finish();
	}

	expire(now: Millis, out: StreamOutbox): void {
		const { settings, counters } = this.server;
		if (this.over || now < this.deadline) return;
		if (this.phase === "handling") {
			// Whatever the handler says later must not be taken for the answer to another request.
			this.keepAlive = false;
			this.error(504, "The camera took too long.");
			return;
		}
		if (this.phase === "answering") {
			// Blocked is who has not taken what was sent; an idle live stream is not blocked.
			if (out.queued === 0 && out.room > 0) this.since = now;
			this.deadline = this.since + settings.stallTimeout;
			if (now < this.deadline) return;
		}
		counters.timeouts++;
		if (this.phase === "reading" && !this.reader.idle) {
			this.keepAlive = false;
			this.error(408, "The request took too long.");
			return;
		}
		this.finish();
		out.abort();
	}

	/** Answers with a whole body; a single range of it, or 304, when the request asks for that. */
	send(status: number, contentType: string, body: string | Uint8Array, headers: Headers = NONE): void {
		const bytes = typeof body === "string" ? utf8Encode(body) : body;
		const { message } = this.reader;
		const etag = headers.find(([name]) => name === "ETag")?.[1];
		if (status === 200 && etag !== undefined && matchesEtag(message, etag)) {
			this.begin(304, headers, undefined);
			return;
		}
		const asked = status === 200 && message.method === "GET" ? fieldOf(message, "range") : undefined;
		const range = asked === undefined ? undefined : parseRange(asked, bytes.length);
		const type: Headers = [["Content-Type", contentType]];
		if (range === "unsatisfiable") {
			this.begin(416, [["Content-Range", `bytes */${bytes.length}`]], 0);
			return;
		}
		const { start, end } = range ?? { start: 0, end: bytes.length };
		const more: Headers = range === undefined ? NONE : [["Content-Range", `bytes ${start}-${end - 1}/${bytes.length}`]];
		if (end > start) this.source = new BytesSource(bytes, start, end);
		this.begin(range === undefined ? status : 206, [...type, ...headers, ...more], end - start);
	}

	/**
	 * Answers with what a source gives.
	 * @param length octets that it will give; absent: it gives for as long as it likes, and the connection ends with it
	 */
	stream(status: number, headers: Headers, source: StreamSource, length?: number): void {
		if (length === undefined) this.keepAlive = false;
		this.finite = length !== undefined;
		this.source = source;
		this.begin(status, headers, length);
	}

	/** Sends the visitor elsewhere with a GET. */
	redirect(location: string): void {
		this.begin(303, [["Location", location]], 0);
	}

	/** Answers with a short text for a person. */
	error(status: number, words: string, headers: Headers = NONE): void {
		this.send(status, "text/plain; charset=utf-8", `${status} ${reasonOf(status)}\n${words}\n`, headers);
	}

	/** Writes what there is room for, when a source has got something to send; @see StreamSource */
	fill(now: Millis): void {
		const out = this.out;
		if (out === undefined || this.phase !== "answering") return;
		if (this.head !== undefined) {
			this.headSent = writeWhatFits(out, this.head, this.headSent, this.head.length);
			if (this.headSent < this.head.length) return;
			this.head = undefined;
		}
		if (this.source !== undefined && !this.source.fill(now, out)) return;
		this.answered(now, out);
	}

	private consume(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		let at = 0;
		this.consuming = true;
		while (at < bytes.length && this.phase === "reading" && !this.over) at += this.read(now, bytes, at, out);
		this.consuming = false;
		if (at < bytes.length && !this.over && this.phase !== "ending") this.keepAhead(bytes, at, out);
	}

	private keepAhead(bytes: Uint8Array, start: number, out: StreamOutbox): void {
		this.aheadLength += bytes.length - start;
		if (this.aheadLength > AHEAD_MAX) out.abort();
		else this.ahead.push(bytes.slice(start));
	}

	private read(now: Millis, bytes: Uint8Array, start: number, out: StreamOutbox): number {
		const { settings } = this.server;
		const wasIdle = this.reader.idle;
		const taken = this.reader.feed(bytes, start);
		if (this.reader.fault !== undefined) {
			this.server.counters.malformed++;
			this.since = now;
			this.keepAlive = false;
			this.error(statusOfFault(this.reader.fault), "The request can't be read.");
		} else if (this.reader.done) {
			this.begun(now, out);
		} else {
			if (wasIdle && !this.reader.idle) this.deadline = now + settings.headTimeout;
			if (this.reader.headDone && !this.continued) {
				this.continued = true;
				this.deadline = now + settings.bodyTimeout;
				if (hasToken(this.reader.message, "expect", "100-continue")) out.write(CONTINUE, 0, CONTINUE.length);
			}
		}
		return taken;
	}

	private begun(now: Millis, out: StreamOutbox): void {
		const { message } = this.reader;
		out.reading(false);
		this.phase = "handling";
		this.finite = true;
		this.since = now;
		this.deadline = now + this.server.settings.handlerTimeout;
		this.keepAlive =
			message.minor > 0 ? !hasToken(message, "connection", "close") : hasToken(message, "connection", "keep-alive");
		const target = parseTarget(message.target);
		if (target === undefined) {
			this.error(400, "There can't be such a page.");
			return;
		}
		const { remoteAddress, localAddress, localPort } = this;
		this.server.handle(
			{
				method: message.method,
				path: target.path,
				query: target.query,
				message,
				remoteAddress,
				localAddress,
				localPort,
				now,
			},
			this,
		);
	}

	private begin(status: number, headers: Headers, length: number | undefined): void {
		if (this.over || this.phase === "answering" || this.phase === "ending") {
			this.dropSource();
			return;
		}
		const { message } = this.reader;
		const writer = new ByteWriter(HEAD_MAX);
		writer.latin1(`HTTP/1.1 ${status} ${reasonOf(status)}\r\n`);
		const utc = this.server.utc();
		if (utc !== undefined) writer.latin1(`Date: ${new Date(utc).toUTCString()}\r\n`);
		if (length !== undefined) writer.latin1(`Content-Length: ${length}\r\n`);
		if (!this.keepAlive) writer.latin1("Connection: close\r\n");
		else if (message.minor === 0) writer.latin1("Connection: keep-alive\r\n");
		writer.latin1("X-Content-Type-Options: nosniff\r\n");
		for (const [name, value] of headers) writer.latin1(`${name}: ${value}\r\n`);
		writer.latin1("\r\n");
		if (writer.overflowed) throw new RangeError("the head of an answer is too long");
		if (message.method === "HEAD") this.dropSource();
		this.head = writer.copy();
		this.headSent = 0;
		this.phase = "answering";
		this.deadline = this.since + this.server.settings.stallTimeout;
		this.fill(this.since);
	}

	private answered(now: Millis, out: StreamOutbox): void {
		this.dropSource();
		if (!this.keepAlive) {
			this.phase = "ending";
			this.since = now;
			this.deadline = now + this.server.settings.idleTimeout;
			out.reading(true);
			out.end();
			if (this.peerEnded) this.finish();
			return;
		}
		this.phase = "reading";
		this.continued = false;
		this.deadline = now + this.server.settings.idleTimeout;
		this.reader.next();
		out.reading(true);
		if (this.consuming) return;
		while (this.phase === "reading" && this.ahead.length > 0) {
			const bytes = this.ahead.shift() as Uint8Array;
			this.aheadLength -= bytes.length;
			this.consume(now, bytes, out);
		}
	}

	private dropSource(): void {
		const source = this.source;
		this.source = undefined;
		source?.release();
	}

	private finish(): void {
		if (this.over) return;
		this.over = true;
		this.phase = "ending";
		this.deadline = Infinity;
		this.ahead = [];
		this.dropSource();
		this.server.closed(this);
	}
}

const CONTINUE = utf8Encode("HTTP/1.1 100 Continue\r\n\r\n");
/** Octets of the head of an answer. */
const HEAD_MAX = 2048;

function matchesEtag(message: HttpMessage, etag: string): boolean {
	return hasToken(message, "if-none-match", etag.toLowerCase()) || hasToken(message, "if-none-match", "*");
}
