import { utf8Encode } from "../base/text";
import {
	type EndReason,
	type StreamMachine,
	type StreamOutbox,
	type StreamSource,
	type StreamWaker,
	writeWhatFits,
} from "../core/stream";
import type { Millis, Octets } from "../core/time";
import { httpDate } from "../wire/http-date";
import { reasonOf, statusOfFault } from "../wire/http-status";
import { parseTarget } from "../wire/http-target";
import {
	type Headers,
	HTTP_REQUESTS,
	hasToken,
	REQUEST_LIMITS,
	type TextLimits,
	type TextMessage,
} from "../wire/text-message";
import { TextMessageReader } from "../wire/text-message-reader";
import type { BodySink } from "./body-sink";
import { failedPrecondition, rangeFor } from "./conditions";
import type { HttpReply, HttpRequest } from "./http-request";
import type { HttpCounters, HttpServerSettings } from "./http-server-settings";
import type { HttpRefusal, HttpRefusalReason } from "./http-site";
import { parseRange } from "./range";
import { responseHead } from "./response-head";
import { BytesContent, type SeekableContent } from "./seekable-content";
import { type TextBody, TextSource } from "./text-source";

const NONE: Headers = Object.freeze([]);
const RANGES: readonly [string, string] = Object.freeze(["Accept-Ranges", "bytes"] as const);
const CONTINUE = utf8Encode("HTTP/1.1 100 Continue\r\n\r\n");
/** What a client may send ahead while its last request is answered; more is abuse. */
const AHEAD_MAX: Octets = 65536;
/** The largest rest of a body that is read past to keep a connection; with a larger one it is closed. */
const DRAIN_MAX: Octets = 65536;
/** The route sets the limit of the body. */
const LIMITS: TextLimits = Object.freeze({ ...REQUEST_LIMITS, body: Infinity });

/** What a route wants of a body: it collected, up to so many octets, before the handler runs; or the handler takes it. */
export type BodyWish = Octets | "stream";

/** The part of its server that a connection needs. */
export interface ConnectionOwner<Visitor> {
	readonly settings: HttpServerSettings;
	readonly counters: HttpCounters;
	/** The host's monotonic time. */
	now(): Millis;
	/** Returns the date for the Date field. */
	utc(): Millis | undefined;
	/** A request of this connection was admitted. */
	admitted(connection: HttpConnection<Visitor>): void;
	/** The connection is over; called once. */
	closed(connection: HttpConnection<Visitor>): void;
	/** The head of a request is there: refuses it, or lets {@link HttpConnection.proceed} go on with it. */
	handle(request: HttpRequest<Visitor>, reply: HttpConnection<Visitor>): void;
	/** Answers a request that the engine turns away. */
	refuse(refusal: HttpRefusal, request: HttpRequest<Visitor> | undefined, reply: HttpReply): void;
	/** Takes the exception of a handler or a body sink. */
	failed(request: HttpRequest<Visitor>, error: unknown, reply: HttpReply): void;
}

/** Runs the handler of the route that was found. */
export interface RouteRunner<Visitor> {
	run(index: number, request: HttpRequest<Visitor>, reply: HttpReply): void;
}

/**
 * What a connection is doing: reading a head; collecting a small body for a handler; waiting for a handler, which may
 * take the body meanwhile; answering; reading past the rest of a body that nobody wants; closing.
 */
type Phase = "reading" | "collecting" | "handling" | "answering" | "draining" | "ending";

/** What becomes of the octets of the present body: there are no more; they wait; they are collected, given to the sink, dropped. */
type Inbound = "none" | "held" | "collect" | "sink" | "drain";

/**
 * One HTTP/1.1 connection at the server's end, and the reply to its present request.
 *
 * The handler is chosen when the head of a request is there, so that a refusal does not wait for a body. One request
 * follows the other: while one is answered nothing more is read, so that a client that sends many at once waits for its
 * own answers only. A handler answers once; what it says after that, or too late, is dropped.
 * @see RFC 9110, RFC 9112
 */
export class HttpConnection<Visitor = unknown> implements StreamMachine, HttpReply, StreamWaker {
	deadline: Millis;
	/**
	 * Told whenever the connection has run outside a call of its owner's: a late answer, a source that has woken. The
	 * owner then reads {@link deadline} again. Set by the owner.
	 */
	late: { called(): void } | undefined;
	private phase: Phase = "reading";
	private inbound: Inbound = "none";
	private readonly reader = new TextMessageReader(HTTP_REQUESTS, LIMITS);
	private out: StreamOutbox | undefined;
	private since: Millis;
	private request: HttpRequest<Visitor> | undefined;
	private runner: RouteRunner<Visitor> | undefined;
	private route = 0;
	private head: Uint8Array | undefined;
	private headSent = 0;
	private source: StreamSource | undefined;
	private opened: SeekableContent | undefined;
	private sink: BodySink | undefined;
	/** The sink wants no more at present. */
	private paused = false;
	/** The sink was resumed while it took octets. */
	private resumed = false;
	private keepAlive = true;
	private peerEnded = false;
	private over = false;
	/** True: the present answer has an end. */
	private finite = true;
	private ahead: Uint8Array[] = [];
	private aheadLength = 0;
	/** The client sends the body only when it is asked to. @see RFC 9110 §10.1.1 */
	private awaitsContinue = false;
	private drained: Octets = 0;
	/** What the host was last told about reading. */
	private isReading = true;
	/** True: a request was answered in this turn. */
	private served = false;
	/** True while octets are read: an answer given meanwhile leaves the rest to that loop. */
	private consuming = false;
	/** True during a call of the owner's. */
	private busy = false;
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
		if (this.consuming || this.ahead.length > 0 || !this.takes) return this.keepAhead(bytes, 0, out);
		this.busy = true;
		this.consume(now, bytes, out);
		if (this.served) this.next(now, out);
		this.flow(out);
		this.busy = false;
	}

	room(now: Millis, out: StreamOutbox): void {
		// Dropped before it was open: there was nothing to abort yet.
		if (this.over && this.out === undefined) out.abort();
		this.out = out;
		if (this.phase !== "answering") return;
		this.busy = true;
		this.since = now;
		this.fill(now);
		this.busy = false;
	}

	ended(_now: Millis, why: EndReason): void {
		this.busy = true;
		if (why === "closed" && !this.over && this.phase !== "ending") this.halfClosed();
		else this.finish();
		this.busy = false;
	}

	expire(now: Millis, out: StreamOutbox): void {
		if (this.over || now < this.deadline) return;
		this.busy = true;
		this.expireIn(now, out);
		this.flow(out);
		this.busy = false;
	}

	send(status: number, contentType: string, body: string | Uint8Array, headers: Headers = NONE): void {
		if (!this.awaited) return;
		const bytes = typeof body === "string" ? utf8Encode(body) : body;
		if (status === 200) {
			const etag = headers.find(([name]) => name === "ETag")?.[1];
			this.answerContent(new BytesContent(contentType, bytes, etag), headers, NONE);
			return;
		}
		const content = new BytesContent(contentType, bytes, undefined);
		if (bytes.length > 0) this.source = content.open(0, bytes.length);
		this.begin(status, [["Content-Type", contentType], ...headers], bytes.length);
	}

	text(status: number, contentType: string, body: TextBody, headers: Headers = NONE): void {
		if (!this.awaited) return;
		const tag: readonly [string, string] = ["ETag", body.etag];
		const failed = status === 200 && this.reads ? failedPrecondition(this.reader.message, body) : undefined;
		if (failed !== undefined) {
			this.begin(failed, [tag, ...headers], failed === 304 ? undefined : 0);
			return;
		}
		this.source = new TextSource(body);
		this.begin(status, [["Content-Type", contentType], tag, ...headers], body.octets);
	}

	stream(status: number, headers: Headers, source: StreamSource, length?: Octets): void {
		if (!this.awaited) {
			source.release();
			return;
		}
		if (length === undefined) this.keepAlive = false;
		this.finite = length !== undefined;
		this.source = source;
		this.begin(status, headers, length);
	}

	content(content: SeekableContent, headers: Headers = NONE): void {
		if (!this.awaited) {
			content.close();
			return;
		}
		const { etag, modified } = content;
		const fields: (readonly [string, string])[] = [RANGES];
		if (etag !== undefined) fields.push(["ETag", etag]);
		if (modified !== undefined) fields.push(["Last-Modified", httpDate(modified)]);
		this.answerContent(content, [...fields, ...headers], fields);
	}

	empty(status: number, headers: Headers = NONE): void {
		if (this.awaited) this.begin(status, headers, status === 204 ? undefined : 0);
	}

	redirect(location: string, headers: Headers = NONE): void {
		if (this.awaited) this.begin(303, [["Location", location], ...headers], 0);
	}

	error(status: number, message: string, headers: Headers = NONE): void {
		const body = `${status} ${reasonOf(status)}\n${message === "" ? "" : `${message}\n`}`;
		this.send(status, "text/plain; charset=utf-8", body, headers);
	}

	get answered(): boolean {
		return !this.awaited;
	}

	receive(sink: BodySink): void {
		if (!this.awaited || this.sink !== undefined || (this.inbound !== "held" && !this.reader.done)) {
			sink.abort();
			return;
		}
		const now = this.lateNow();
		this.sink = sink;
		if (this.reader.done) {
			this.endSink(now);
			return;
		}
		this.inbound = "sink";
		this.paused = false;
		this.deadline = now + this.server.settings.stallTimeout;
		this.askForBody();
		this.goOn(now);
	}

	resume(): void {
		this.resumed = true;
		if (!this.paused || this.inbound !== "sink") return;
		const now = this.lateNow();
		this.paused = false;
		this.deadline = now + this.server.settings.stallTimeout;
		this.goOn(now);
	}

	wake(now: Millis): void {
		const { out } = this;
		if (this.phase !== "answering" || this.over || out === undefined) return;
		// Until now the client has taken all that there was.
		if (out.queued === 0 && out.room > 0) this.since = now;
		this.fill(now);
		this.ranLate();
	}

	fail(): void {
		if (this.phase !== "answering" || this.over) return;
		this.drop();
		this.ranLate();
	}

	/**
	 * Goes on with a request that the server has admitted and found a route for: collects the body if the route wants
	 * that, then runs it.
	 * @param wish what the route wants of the body
	 */
	proceed(runner: RouteRunner<Visitor>, route: number, wish: BodyWish): void {
		this.runner = runner;
		this.route = route;
		const { reader } = this;
		if (wish === "stream" || reader.done) return this.run();
		if (reader.length !== undefined && reader.length > wish) {
			this.server.counters.malformed++;
			this.refuse(this.since, 413, "body-too-large");
			return;
		}
		reader.bodyLimit = wish;
		this.inbound = "collect";
		this.phase = "collecting";
		this.deadline = this.since + this.server.settings.bodyTimeout;
		this.askForBody();
		this.goOn(this.since);
	}

	private get idleTimeout(): Millis {
		const { idleTimeout, strangerTimeout } = this.server.settings;
		return this.trusted ? idleTimeout : Math.min(idleTimeout, strangerTimeout);
	}

	/** Whether a request waits for its answer. */
	private get awaited(): boolean {
		return this.phase === "handling" && !this.over;
	}

	/** Whether the present request is one that only reads. */
	private get reads(): boolean {
		const { method } = this.reader.message;
		return method === "GET" || method === "HEAD";
	}

	/** The time of a call that does not say it: from a handler that answers, perhaps late. */
	private lateNow(): Millis {
		return this.busy ? this.since : Math.max(this.since, this.server.now());
	}

	/** Whether octets that come in are for somebody at present. */
	private get takes(): boolean {
		const { inbound } = this;
		return (
			this.phase === "reading" || inbound === "collect" || inbound === "drain" || (inbound === "sink" && !this.paused)
		);
	}

	/** Whether the present request lacks some of its body, and somebody may want it. */
	private get wantsMore(): boolean {
		return this.inbound === "collect" || this.inbound === "sink" || this.inbound === "held";
	}

	/** Tells the host whether to read, when that has changed. */
	private flow(out: StreamOutbox): void {
		const on = this.phase === "ending" || (this.takes && this.ahead.length === 0);
		if (on === this.isReading) return;
		this.isReading = on;
		out.reading(on);
	}

	/** The connection has run outside a call of its owner's. */
	private ranLate(): void {
		if (this.busy) return;
		if (this.out !== undefined) this.flow(this.out);
		this.late?.called();
	}

	private expireIn(now: Millis, out: StreamOutbox): void {
		const { settings, counters } = this.server;
		switch (this.phase) {
			case "reading":
				if (this.ahead.length > 0) return this.takeAhead(now, out);
				counters.timeouts++;
				if (!this.reader.idle) return this.refuse(now, 408, "slow-request");
				break;
			case "collecting":
				counters.timeouts++;
				return this.refuse(now, 408, "slow-request");
			case "handling":
				if (this.inbound !== "sink" || this.paused) return this.refuse(now, 504, "slow-handler");
				counters.timeouts++;
				return this.refuse(now, 408, "slow-request");
			case "answering":
				// Blocked is a client that has not taken what was sent; an idle live stream is not blocked.
				if (out.queued === 0 && out.room > 0) this.since = now;
				this.deadline = this.since + settings.stallTimeout;
				if (now < this.deadline) return;
				counters.timeouts++;
				break;
			case "draining":
				counters.timeouts++;
				return this.end(now, out);
			default:
				counters.timeouts++;
		}
		this.finish();
		out.abort();
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
		while (at < bytes.length && this.takes && !this.served && !this.over) at += this.read(now, bytes, at, out);
		this.consuming = false;
		if (at < bytes.length && !this.over && this.phase !== "ending") this.keepAhead(bytes, at, out);
	}

	/** Takes up what was sent ahead. */
	private takeAhead(now: Millis, out: StreamOutbox): void {
		const later = this.ahead;
		const bytes = later.shift() as Uint8Array;
		this.ahead = [];
		this.aheadLength -= bytes.length;
		if (this.phase === "reading") this.deadline = now + this.idleTimeout;
		this.consume(now, bytes, out);
		// What is left of these octets comes before those that came in later.
		if (!this.over && this.phase !== "ending") this.ahead.push(...later);
		this.next(now, out);
		if (this.peerEnded && !this.over && this.ahead.length === 0) this.halfClosed();
	}

	/** The client sends no more. */
	private halfClosed(): void {
		this.peerEnded = true;
		// What was sent before is worked off first.
		if (this.ahead.length > 0 && this.out !== undefined) return;
		// Half closed, the client waits for its answer; but one that closes while it watches has gone.
		const waits = this.phase === "handling" || (this.phase === "answering" && this.finite);
		if (waits && !this.wantsMore) return;
		this.finish();
		this.out?.end();
	}

	/** Gives the rest of a body that was held to whoever takes it now, and reads on. */
	private goOn(now: Millis): void {
		const { out } = this;
		// Otherwise the loop that reads goes on by itself.
		if (this.consuming || out === undefined) return;
		while (!this.over && this.phase !== "reading" && this.takes && this.ahead.length > 0) this.takeAhead(now, out);
		if (this.peerEnded && !this.over && this.takes && this.phase !== "reading") this.halfClosed();
		this.ranLate();
	}

	/** Goes on to the next request if an answer is not awaited; in the next turn of the host if the request is there already. */
	private next(now: Millis, out: StreamOutbox): void {
		if (this.phase !== "reading" || this.over) return;
		const more = this.ahead.length > 0;
		// A stranger who asks for more before he has an answer wants to keep us busy.
		if (more ? !this.trusted : this.peerEnded) this.end(now, out);
		else if (more) this.deadline = now;
	}

	private keepAhead(bytes: Uint8Array, start: number, out: StreamOutbox): void {
		this.aheadLength += bytes.length - start;
		if (this.aheadLength > AHEAD_MAX) out.abort();
		else this.ahead.push(bytes.slice(start));
	}

	private read(now: Millis, bytes: Uint8Array, start: number, out: StreamOutbox): number {
		const { reader } = this;
		const wasIdle = reader.idle;
		const taken = reader.feed(bytes, start);
		if (reader.fault !== undefined) {
			this.server.counters.malformed++;
			if (this.phase === "reading" || this.awaitsBody) this.refuse(now, statusOfFault(reader.fault), reader.fault);
			else this.stopDraining(now, out);
		} else if (this.phase !== "reading") {
			this.bodyCame(now, bytes, out);
		} else if (reader.headDone) {
			this.begun(now, start + taken < bytes.length);
		} else if (wasIdle && !reader.idle) {
			this.deadline = now + this.server.settings.headTimeout;
		}
		return taken;
	}

	/** Whether the answer to the present request was not given yet. */
	private get awaitsBody(): boolean {
		return this.phase === "collecting" || this.phase === "handling";
	}

	/** The head of a request is there. @param more some of its body is there as well */
	private begun(now: Millis, more: boolean): void {
		const { reader, remoteAddress, localAddress, localPort, secure } = this;
		const { message } = reader;
		this.phase = "handling";
		this.finite = true;
		this.since = now;
		this.inbound = reader.done ? "none" : "held";
		this.drained = 0;
		this.awaitsContinue = !reader.done && !more && expectsContinue(message);
		this.deadline = now + this.server.settings.handlerTimeout;
		this.keepAlive =
			message.minor > 0 ? !hasToken(message, "connection", "close") : hasToken(message, "connection", "keep-alive");
		const target = parseTarget(message.target);
		if (target === undefined) {
			this.server.refuse({ reason: "bad-target", status: 400, headers: NONE }, undefined, this);
			return;
		}
		this.request = {
			method: message.method,
			path: target.path,
			query: target.query,
			message,
			length: reader.length,
			remoteAddress,
			localAddress,
			localPort,
			secure,
			visitor: undefined,
			now,
		};
		this.server.handle(this.request, this);
	}

	/** Runs the handler; its mistake must not end the program. */
	private run(): void {
		const { request, runner } = this;
		if (request === undefined || runner === undefined) return;
		this.phase = "handling";
		this.deadline = this.since + this.server.settings.handlerTimeout;
		try {
			runner.run(this.route, request, this);
		} catch (error) {
			this.server.failed(request, error, this);
		}
	}

	/** Asks a client for the body that it holds back. */
	private askForBody(): void {
		const { out } = this;
		if (!this.awaitsContinue || out === undefined || out.room < CONTINUE.length) return;
		this.awaitsContinue = false;
		out.write(CONTINUE, 0, CONTINUE.length);
	}

	/** A piece of a body is there, or its end. */
	private bodyCame(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		const { reader } = this;
		const { pieceStart: start, pieceEnd: end } = reader;
		this.awaitsContinue = false;
		if (this.inbound === "collect") {
			reader.collect(bytes);
			if (!reader.done) return;
			this.inbound = "none";
			this.since = now;
			this.run();
		} else if (this.inbound === "sink") {
			if (end > start) this.give(now, bytes, start, end);
			if (this.inbound === "sink" && reader.done) this.endSink(now);
		} else {
			this.drained += end - start;
			if (reader.done) this.drainedAll(now, out);
			else if (this.drained > DRAIN_MAX) this.stopDraining(now, out);
		}
	}

	private give(now: Millis, bytes: Uint8Array, start: number, end: number): void {
		const { sink } = this;
		if (sink === undefined) return;
		this.since = now;
		this.deadline = now + this.server.settings.stallTimeout;
		this.resumed = false;
		try {
			if (sink.take(now, bytes, start, end) || this.resumed) return;
		} catch (error) {
			this.sinkFailed(error);
			return;
		}
		// A sink that stands still is the handler's matter.
		this.paused = true;
		if (this.awaited) this.deadline = now + this.server.settings.handlerTimeout;
	}

	private endSink(now: Millis): void {
		const { sink } = this;
		this.sink = undefined;
		this.inbound = "none";
		this.since = now;
		this.deadline = now + this.server.settings.handlerTimeout;
		try {
			sink?.end(now);
		} catch (error) {
			this.sinkFailed(error);
		}
	}

	private sinkFailed(error: unknown): void {
		if (this.request !== undefined) this.server.failed(this.request, error, this);
	}

	private abortSink(): void {
		const { sink } = this;
		this.sink = undefined;
		sink?.abort();
	}

	private answerContent(content: SeekableContent, headers: Headers, validators: Headers): void {
		const { message } = this.reader;
		const { length } = content;
		this.opened = content;
		const failed = this.reads ? failedPrecondition(message, content) : undefined;
		if (failed !== undefined) {
			this.begin(failed, failed === 304 ? headers : validators, failed === 304 ? undefined : 0);
			return;
		}
		const asked = message.method === "GET" ? rangeFor(message, content) : undefined;
		const range = asked === undefined ? undefined : parseRange(asked, length);
		if (range === "unsatisfiable") {
			this.begin(416, [["Content-Range", `bytes */${length}`]], 0);
			return;
		}
		const start = range?.start ?? 0;
		const end = range?.end ?? length;
		const fields: [string, string][] = [["Content-Type", content.type]];
		for (const [name, value] of headers) fields.push([name, value]);
		if (range !== undefined) fields.push(["Content-Range", `bytes ${start}-${end - 1}/${length}`]);
		if (end > start && message.method !== "HEAD") this.source = content.open(start, end);
		this.begin(range === undefined ? 200 : 206, fields, end - start);
	}

	/** Begins the answer. @param length of the body; `undefined`: none is said */
	private begin(status: number, headers: Headers, length: Octets | undefined): void {
		const { message } = this.reader;
		this.leaveBody();
		const fields: [string, string][] = [];
		const utc = this.server.utc();
		if (utc !== undefined) fields.push(["Date", httpDate(utc)]);
		if (length !== undefined) fields.push(["Content-Length", `${length}`]);
		if (!this.keepAlive) fields.push(["Connection", "close"]);
		else if (message.minor === 0) fields.push(["Connection", "keep-alive"]);
		fields.push(["X-Content-Type-Options", "nosniff"]);
		if (message.method === "HEAD") this.dropSource();
		this.head = responseHead(status, [...fields, ...headers]);
		this.headSent = 0;
		this.phase = "answering";
		this.request = undefined;
		this.runner = undefined;
		// A live stream lasts, and is the last answer: it costs no more than it needs.
		if (!this.finite && this.inbound === "none") this.reader.release();
		this.since = this.lateNow();
		this.deadline = this.since + this.server.settings.stallTimeout;
		this.source?.attach?.(this);
		this.fill(this.since);
		this.ranLate();
	}

	/** The answer begins: what is left of the body is read past if it is little, so that the connection can be kept. */
	private leaveBody(): void {
		const { reader } = this;
		if (this.inbound === "none") return;
		const rest = reader.length === undefined ? 0 : reader.length - reader.bodyRead;
		const close = this.awaitsContinue || this.peerEnded || reader.fault !== undefined || rest > DRAIN_MAX;
		if (close) this.keepAlive = false;
		this.inbound = this.keepAlive ? "drain" : "held";
		this.abortSink();
	}

	/** Writes what there is room for: the head, then what the source gives. */
	private fill(now: Millis): void {
		const { out } = this;
		if (out === undefined) return;
		if (this.head !== undefined) {
			this.headSent = writeWhatFits(out, this.head, this.headSent, this.head.length);
			if (this.headSent < this.head.length) return;
			this.head = undefined;
		}
		if (this.source !== undefined && !this.source.fill(now, out)) return;
		this.sentAll(now, out);
	}

	/** The answer is written. */
	private sentAll(now: Millis, out: StreamOutbox): void {
		this.dropSource();
		if (!this.keepAlive) return this.end(now, out);
		if (this.inbound === "none") return this.nextRequest(now, out);
		this.phase = "draining";
		this.deadline = now + this.server.settings.bodyTimeout;
		this.goOn(now);
	}

	/** The rest of a body that nobody wanted is read. */
	private drainedAll(now: Millis, out: StreamOutbox): void {
		this.inbound = "none";
		if (this.phase === "draining") this.nextRequest(now, out);
	}

	/** The rest of a body that nobody wanted is malformed or too long: the connection ends with the answer. */
	private stopDraining(now: Millis, out: StreamOutbox): void {
		this.inbound = "held";
		this.keepAlive = false;
		if (this.phase === "draining") this.end(now, out);
	}

	private nextRequest(now: Millis, out: StreamOutbox): void {
		this.phase = "reading";
		this.deadline = now + this.idleTimeout;
		this.reader.next();
		if (this.consuming) {
			this.served = true;
			return;
		}
		// An answer that came late has given others their turn already.
		this.next(now, out);
		while (this.phase === "reading" && this.ahead.length > 0) this.takeAhead(now, out);
		this.flow(out);
	}

	private end(now: Millis, out: StreamOutbox): void {
		this.phase = "ending";
		this.since = now;
		this.deadline = now + this.idleTimeout;
		this.ahead = [];
		// What the client still sends is read past: closing over unread octets would take the answer from it.
		this.flow(out);
		out.end();
		if (this.peerEnded) this.finish();
	}

	private dropSource(): void {
		const { source, opened } = this;
		this.source = undefined;
		this.opened = undefined;
		source?.release();
		opened?.close();
	}

	private finish(): void {
		if (this.over) return;
		this.over = true;
		this.phase = "ending";
		this.deadline = Infinity;
		this.ahead = [];
		this.dropSource();
		this.abortSink();
		this.server.closed(this);
	}
}

/** HTTP/1.0 knows no interim answers. @see RFC 9110 §10.1.1 */
function expectsContinue(message: TextMessage): boolean {
	return message.minor > 0 && hasToken(message, "expect", "100-continue");
}
