import { utf8Encode } from "../base/text";
import {
	type EndReason,
	type StreamMachine,
	type StreamOutbox,
	type StreamSource,
	writeWhatFits,
} from "../core/stream";
import type { Millis } from "../core/time";
import { HttpReader } from "../wire/http-reader";
import { reasonOf } from "../wire/http-status";
import { parseTarget } from "../wire/http-target";
import type { Headers } from "../wire/text-message";
import { hasToken, REQUEST_LIMITS, statusOfFault, type TextMessage } from "../wire/text-message";
import { BytesSource } from "./bytes-source";
import { matchesEtag, rangeFor } from "./conditions";
import type { HttpReply, HttpRequest } from "./http-request";
import type { HttpCounters, HttpServerSettings } from "./http-server-settings";
import type { HttpRefusal, HttpRefusalReason } from "./http-site";
import { parseRange } from "./range";
import { responseHead } from "./response-head";
import { type TextBody, TextSource } from "./text-source";

const NONE: Headers = Object.freeze([]);
/** What a client may send ahead while its last request is answered; more is abuse. */
const AHEAD_MAX = 65536;

/** The part of its server that a connection needs. */
export interface ConnectionOwner<Visitor> {
	readonly settings: HttpServerSettings;
	readonly counters: HttpCounters;
	/** Returns the date for the Date field. */
	utc(): Millis | undefined;
	/** A request of this connection was admitted. */
	admitted(connection: HttpConnection<Visitor>): void;
	/** The connection is over; called once. */
	closed(connection: HttpConnection<Visitor>): void;
	/** Answers a whole request, now or later. */
	handle(request: HttpRequest<Visitor>, reply: HttpConnection<Visitor>): void;
	/** Answers a request that the engine turns away. */
	refuse(refusal: HttpRefusal, request: HttpRequest<Visitor> | undefined, reply: HttpReply): void;
}

/** What a connection is doing. */
type Phase = "reading" | "handling" | "answering" | "ending";

/**
 * One HTTP/1.1 connection at the server's end, and the reply to its present request.
 *
 * One request after the other: while one is answered nothing more is read, so that a client that sends many at once
 * waits for its own answers only. A handler answers once; what it says after that, or too late, is dropped.
 */
export class HttpConnection<Visitor = unknown> implements StreamMachine, HttpReply {
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
	/** True: a request was answered in this turn. */
	private served = false;
	/** True while octets are read: an answer given meanwhile leaves the rest to that loop. */
	private consuming = false;
	/** False: no request of it was admitted yet; it may be dropped in favour of another. */
	private trusted = false;

	constructor(
		private readonly server: ConnectionOwner<Visitor>,
		now: Millis,
		readonly remoteAddress: string,
		readonly localAddress: string,
		readonly localPort: number,
		readonly secure: boolean,
	) {
		this.since = now;
		this.deadline = now + this.idleTimeout;
	}

	/** True while an answer is on its way that has no end. */
	get isEndless(): boolean {
		return this.phase === "answering" && !this.finite;
	}

	/** The present request is admitted: from now on this is no stranger's connection. */
	admit(): void {
		if (this.trusted || this.over) return;
		this.trusted = true;
		this.server.admitted(this);
	}

	/** Closes it in favour of another. @see Guest */
	drop(): void {
		this.finish();
		this.out?.abort();
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.out = out;
		if (this.over || this.phase === "ending") return;
		const free = this.phase === "reading" && !this.consuming && this.ahead.length === 0;
		if (!free) return this.keepAhead(bytes, 0, out);
		this.consume(now, bytes, out);
		if (this.served) this.next(now, out);
	}

	room(now: Millis, out: StreamOutbox): void {
		// Dropped before it was open: there was nothing to abort yet.
		if (this.over && this.out === undefined) out.abort();
		this.out = out;
		if (this.phase === "answering") {
			this.since = now;
			this.fill(now);
		}
	}

	ended(_now: Millis, why: EndReason): void {
		// Half closed, the client waits for its answer; but who closes while he watches has gone.
		const waits = this.phase === "handling" || (this.phase === "answering" && this.finite);
		if (why === "closed" && (waits || this.ahead.length > 0) && !this.over) {
			this.peerEnded = true;
			return;
		}
		if (why === "closed" && this.phase !== "ending") this.out?.end();
		this.finish();
	}

	expire(now: Millis, out: StreamOutbox): void {
		const { settings, counters } = this.server;
		if (this.over || now < this.deadline) return;
		if (this.phase === "reading" && this.ahead.length > 0) return this.resume(now, out);
		if (this.phase === "handling") return this.refuse(now, 504, "slow-handler");
		if (this.phase === "answering") {
			// Blocked is who has not taken what was sent; an idle live stream is not blocked.
			if (out.queued === 0 && out.room > 0) this.since = now;
			this.deadline = this.since + settings.stallTimeout;
			if (now < this.deadline) return;
		}
		counters.timeouts++;
		if (this.phase === "reading" && !this.reader.idle) {
			out.reading(false);
			this.refuse(now, 408, "slow-request");
			return;
		}
		this.finish();
		out.abort();
	}

	send(status: number, contentType: string, body: string | Uint8Array, headers: Headers = NONE): void {
		if (!this.awaited) return;
		const { message } = this.reader;
		const etag = headers.find(([name]) => name === "ETag")?.[1];
		if (status === 200 && etag !== undefined && matchesEtag(message, etag)) {
			this.begin(304, headers, undefined);
			return;
		}
		const bytes = typeof body === "string" ? utf8Encode(body) : body;
		const asked = status === 200 && message.method === "GET" ? rangeFor(message, etag) : undefined;
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

	text(status: number, contentType: string, body: TextBody, headers: Headers = NONE): void {
		if (!this.awaited) return;
		const tag: readonly [string, string] = ["ETag", body.etag];
		if (status === 200 && matchesEtag(this.reader.message, body.etag)) {
			this.begin(304, [tag, ...headers], undefined);
			return;
		}
		this.source = new TextSource(body);
		this.begin(status, [["Content-Type", contentType], tag, ...headers], body.octets);
	}

	stream(status: number, headers: Headers, source: StreamSource, length?: number): void {
		if (!this.awaited) {
			source.release();
			return;
		}
		if (length === undefined) this.keepAlive = false;
		this.finite = length !== undefined;
		this.source = source;
		this.begin(status, headers, length);
	}

	redirect(location: string, headers: Headers = NONE): void {
		if (this.awaited) this.begin(303, [["Location", location], ...headers], 0);
	}

	error(status: number, message: string, headers: Headers = NONE): void {
		const body = `${status} ${reasonOf(status)}\n${message === "" ? "" : `${message}\n`}`;
		this.send(status, "text/plain; charset=utf-8", body, headers);
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
		this.finishAnswer(now, out);
	}

	private get idleTimeout(): Millis {
		const { idleTimeout, strangerTimeout } = this.server.settings;
		return this.trusted ? idleTimeout : Math.min(idleTimeout, strangerTimeout);
	}

	get answered(): boolean {
		return !this.awaited;
	}

	/** Whether a request waits for its answer. */
	private get awaited(): boolean {
		return this.phase === "handling" && !this.over;
	}

	/** Answers in the handler's place; the connection ends with it, as nobody knows where the next request begins. */
	private refuse(now: Millis, status: number, reason: HttpRefusalReason): void {
		this.phase = "handling";
		this.since = now;
		this.keepAlive = false;
		this.server.refuse({ reason, status, headers: NONE }, undefined, this);
	}

	/** Reads up to the end of one request; what is left waits for its turn, so that others have theirs in between. */
	private consume(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		let at = 0;
		this.consuming = true;
		this.served = false;
		while (at < bytes.length && this.phase === "reading" && !this.served && !this.over)
			at += this.read(now, bytes, at, out);
		this.consuming = false;
		if (at < bytes.length && !this.over && this.phase !== "ending") this.keepAhead(bytes, at, out);
	}

	/** Takes up what was sent ahead. */
	private resume(now: Millis, out: StreamOutbox): void {
		const later = this.ahead;
		const bytes = later.shift() as Uint8Array;
		this.ahead = [];
		this.aheadLength -= bytes.length;
		this.deadline = now + this.idleTimeout;
		this.consume(now, bytes, out);
		// What is left of these octets comes before those that came in later.
		if (!this.over) this.ahead.push(...later);
		this.next(now, out);
	}

	/** Goes on to the next request if an answer is not awaited; in the next turn of the host if the request is there already. */
	private next(now: Millis, out: StreamOutbox): void {
		if (this.phase !== "reading" || this.over) return;
		const more = this.ahead.length > 0;
		// A stranger who asks for more before he has an answer wants to keep us busy.
		if (more ? !this.trusted : this.peerEnded) this.end(now, out);
		else if (more) this.deadline = now;
		else out.reading(true);
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
			out.reading(false);
			this.refuse(now, statusOfFault(this.reader.fault), this.reader.fault);
		} else if (this.reader.done) {
			this.begun(now, out);
		} else {
			if (wasIdle && !this.reader.idle) this.deadline = now + settings.headTimeout;
			if (this.reader.headDone && !this.continued) {
				this.continued = true;
				this.deadline = now + settings.bodyTimeout;
				if (expectsContinue(this.reader.message) && out.room >= CONTINUE.length)
					out.write(CONTINUE, 0, CONTINUE.length);
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
			this.server.refuse({ reason: "bad-target", status: 400, headers: NONE }, undefined, this);
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
				secure: this.secure,
				visitor: undefined,
				now,
			},
			this,
		);
	}

	private begin(status: number, headers: Headers, length: number | undefined): void {
		const { message } = this.reader;
		const fields: [string, string][] = [];
		const utc = this.server.utc();
		if (utc !== undefined) fields.push(["Date", new Date(utc).toUTCString()]);
		if (length !== undefined) fields.push(["Content-Length", `${length}`]);
		if (!this.keepAlive) fields.push(["Connection", "close"]);
		else if (message.minor === 0) fields.push(["Connection", "keep-alive"]);
		fields.push(["X-Content-Type-Options", "nosniff"]);
		if (message.method === "HEAD") this.dropSource();
		this.head = responseHead(status, [...fields, ...headers]);
		this.headSent = 0;
		this.phase = "answering";
		this.deadline = this.since + this.server.settings.stallTimeout;
		this.fill(this.since);
	}

	private finishAnswer(now: Millis, out: StreamOutbox): void {
		this.dropSource();
		if (!this.keepAlive) {
			this.end(now, out);
			return;
		}
		this.phase = "reading";
		this.continued = false;
		this.deadline = now + this.idleTimeout;
		this.reader.next();
		if (this.consuming) {
			this.served = true;
			return;
		}
		// An answer that came late has given others their turn already.
		this.next(now, out);
		while (this.phase === "reading" && this.ahead.length > 0) this.resume(now, out);
	}

	private end(now: Millis, out: StreamOutbox): void {
		this.phase = "ending";
		this.since = now;
		this.deadline = now + this.idleTimeout;
		this.ahead = [];
		out.reading(true);
		out.end();
		if (this.peerEnded) this.finish();
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

/** HTTP/1.0 knows no interim answers. @see RFC 9110 §10.1.1 */
function expectsContinue(message: TextMessage): boolean {
	return message.minor > 0 && hasToken(message, "expect", "100-continue");
}
