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
import { NO_STORE, responseHead } from "./response-head";
import { BytesContent, type SeekableContent } from "./seekable-content";
import { type TextBody, TextSource } from "./text-source";

const NONE: Headers = Object.freeze([]);
const NOTHING: Uint8Array[] = [];
Object.freeze(NOTHING);
const RANGES: readonly [string, string] = Object.freeze(["Accept-Ranges", "bytes"] as const);
const CONTINUE = utf8Encode("HTTP/1.1 100 Continue\r\n\r\n");
/** The most that a client may send ahead while its last request is answered; with more it is disconnected. */
const AHEAD_MAX: Octets = 65536;
/** The largest rest of an unwanted body that is discarded to keep the connection; with a larger one it is closed. */
const DRAIN_MAX: Octets = 65536;
/** The limit of a body depends on the route. */
const LIMITS: TextLimits = Object.freeze({ ...REQUEST_LIMITS, body: Infinity });

/** How a route wants the body: collected before the handler runs, up to so many octets; or as a stream. @see HttpRoute */
export type BodyWish = Octets | "stream";

/** The server, as a connection sees it. */
export interface ConnectionOwner<Visitor> {
	readonly settings: HttpServerSettings;
	readonly counters: HttpCounters;
	/** The host's monotonic time. */
	now(): Millis;
	/** Returns the date for the Date field; `undefined` while it is unknown. */
	utc(): Millis | undefined;
	/** A request of the connection was admitted. @returns whether the connection may stay @see ConnectionLimits.trust */
	admitted(connection: HttpConnection<Visitor>, owner: boolean): boolean;
	/** The connection is over. Called once. */
	closed(connection: HttpConnection<Visitor>): void;
	/** The head of a request is complete: answers it, or calls {@link HttpConnection.proceed}. */
	handle(request: HttpRequest<Visitor>, reply: HttpConnection<Visitor>): void;
	/** Answers a request that the engine turns away. */
	refuse(refusal: HttpRefusal, request: HttpRequest<Visitor> | undefined, reply: HttpReply): void;
	/** Renders an error that is given as a text. @returns false: the text is sent as it is */
	error(
		status: number,
		message: string,
		headers: Headers,
		request: HttpRequest<Visitor> | undefined,
		reply: HttpReply,
	): boolean;
	/** A handler or a body sink has thrown; answers 500 if nothing was answered yet. */
	failed(request: HttpRequest<Visitor>, error: unknown, reply: HttpReply): void;
}

/** Runs the handlers of some routes. */
export interface RouteRunner<Visitor> {
	run(index: number, request: HttpRequest<Visitor>, reply: HttpReply): void;
}

/** What a connection is doing; numbers, as XS copies a string each time it is compared. */
type Phase = number;
/** Reading the head of a request. */
const READING: Phase = 0;
/** Collecting a body before the handler runs. */
const COLLECTING: Phase = 1;
/** Waiting for the handler, which may receive the body meanwhile. */
const HANDLING: Phase = 2;
const ANSWERING: Phase = 3;
/** The response is sent; discarding the rest of an unwanted body. */
const DRAINING: Phase = 4;
/** The sending side is closed; discarding what still arrives. */
const ENDING: Phase = 5;

/** Whose a connection is. */
type Standing = number;
/** No request was admitted yet: the connection may be dropped for another. */
const STRANGER: Standing = 0;
const GUEST: Standing = 1;
/** It is never dropped for another. */
const OWNER: Standing = 2;

/** Whether the sink of a body has asked for a pause. */
type Pause = number;
const NO_PAUSE: Pause = 0;
/** In its `take`, which may resume it before it returns. */
const TAKING: Pause = 1;
const PAUSED: Pause = 2;

/** What happens to the octets of the current body. */
type Inbound = number;
/** There are no more. */
const COMPLETE: Inbound = 0;
/** Nobody has asked for them yet, or ever will: nothing is read. */
const HELD: Inbound = 1;
const COLLECT: Inbound = 2;
const SINK: Inbound = 3;
const DISCARD: Inbound = 4;

/**
 * The server side of one HTTP/1.1 connection, and the reply to its current request.
 *
 * The route is chosen at the end of the head, so a refusal does not wait for the body. Requests are handled one at a time;
 * nothing is read ahead while a response is sent, so a client that pipelines delays nobody but itself. The first answer
 * counts; later ones, and those that come after a timeout, are ignored.
 * @see RFC 9110, RFC 9112
 */
export class HttpConnection<Visitor = unknown> implements StreamMachine, HttpReply, StreamWaker {
	deadline: Millis;
	/**
	 * Set by the owner. Called after the connection ran outside a call by the owner (a late answer, a resumed sink, a
	 * source that woke up), because {@link deadline} may have changed.
	 */
	late: { called(): void } | undefined;
	private phase = READING;
	private inbound = COMPLETE;
	private readonly reader = new TextMessageReader(HTTP_REQUESTS, LIMITS);
	private out: StreamOutbox | undefined;
	private since: Millis;
	private request: HttpRequest<Visitor> | undefined;
	private runner: RouteRunner<Visitor> | undefined;
	private route = 0;
	private head: Uint8Array | undefined;
	private headSent = 0;
	/** Fields of the answer that the gate has added. */
	private added: Headers = NONE;
	private source: StreamSource | undefined;
	private opened: SeekableContent | undefined;
	private sink: BodySink | undefined;
	private pause = NO_PAUSE;
	private keepAlive = true;
	private peerEnded = false;
	private over = false;
	/** Whether the current response has an end. */
	private finite = true;
	private ahead = NOTHING;
	private aheadLength = 0;
	/** The client waits for `100 Continue` before it sends the body. @see RFC 9110 §10.1.1 */
	private awaitsContinue = false;
	private drained: Octets = 0;
	/** Whether the host was last told to read. */
	private isReading = true;
	/** Whether a request was answered in this turn. */
	private served = false;
	/** True in the loop that reads: an answer given meanwhile leaves the rest to that loop. */
	private consuming = false;
	/** True during a call by the owner. */
	private busy = false;
	/** The session of the last request that was admitted; empty: none. @see HttpSite.sessionOf */
	session = "";
	private standing = STRANGER;

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

	/** True while a response without an end is being sent. */
	get isEndless(): boolean {
		return this.phase === ANSWERING && !this.finite;
	}

	/** Whether it waits for a request of a client that has had its last answer. @see LimitedConnection */
	get isIdle(): boolean {
		return this.phase === READING && this.ahead.length === 0;
	}

	/**
	 * The current request is admitted: from now on the connection is trusted, if there is room for it.
	 * @param owner whether room is kept for its client
	 */
	admit(owner: boolean): boolean {
		if (this.over) return false;
		const standing = owner ? OWNER : GUEST;
		if (this.standing >= standing) return true;
		if (!this.server.admitted(this, owner)) return false;
		this.standing = standing;
		return true;
	}

	/** Closes the connection to make room for another. @see LimitedConnection */
	drop(): void {
		this.finish();
		this.out?.abort();
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.out = out;
		if (this.over || this.phase === ENDING) return;
		if (this.consuming || this.ahead.length > 0 || !this.takes) return this.keepAhead(bytes, 0, out);
		this.busy = true;
		this.consume(now, bytes, out);
		if (this.served) this.next(now, out);
		this.flow(out);
		this.busy = false;
	}

	room(now: Millis, out: StreamOutbox): void {
		// Dropped before it was open, when there was nothing to abort.
		if (this.over && this.out === undefined) out.abort();
		this.out = out;
		if (this.phase !== ANSWERING) return;
		this.busy = true;
		this.since = now;
		this.fill(now);
		this.busy = false;
	}

	ended(now: Millis, why: EndReason): void {
		this.busy = true;
		if (why !== "closed" || this.over) this.finish();
		else if (this.phase !== ENDING) this.halfClosed(now);
		else this.lastEnded();
		this.busy = false;
	}

	expire(now: Millis, out: StreamOutbox): void {
		if (this.over || now < this.deadline) return;
		this.busy = true;
		this.expireIn(now, out);
		this.flow(out);
		this.busy = false;
	}

	add(name: string, value: string): void {
		this.added = [...this.added, [name, value]];
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

	error(status: number, message: string, headers: Headers = NO_STORE): void {
		if (!this.awaited || this.server.error(status, message, headers, this.request, this)) return;
		const body = `${status} ${reasonOf(status)}\n${message === "" ? "" : `${message}\n`}`;
		this.send(status, "text/plain; charset=utf-8", body, headers);
	}

	get answered(): boolean {
		return !this.awaited;
	}

	receive(sink: BodySink): void {
		if (!this.awaited || this.sink !== undefined || (this.inbound !== HELD && !this.reader.done)) {
			sink.abort();
			return;
		}
		const now = this.lateNow();
		this.sink = sink;
		if (this.reader.done) {
			this.endSink(now);
			return;
		}
		this.inbound = SINK;
		this.pause = NO_PAUSE;
		this.deadline = now + this.server.settings.stallTimeout;
		this.askForBody();
		this.goOn(now);
	}

	resume(): void {
		const wasPaused = this.pause === PAUSED;
		this.pause = NO_PAUSE;
		if (!wasPaused || this.inbound !== SINK) return;
		const now = this.lateNow();
		this.deadline = now + this.server.settings.stallTimeout;
		this.goOn(now);
	}

	working(): void {
		if (!this.awaited || this.inbound === SINK) return;
		this.deadline = this.lateNow() + this.server.settings.handlerTimeout;
		if (!this.busy) this.late?.called();
	}

	wake(now: Millis): void {
		const { out } = this;
		if (this.phase !== ANSWERING || this.over || out === undefined) return;
		// Until now the client has taken everything.
		if (out.queued === 0 && out.room > 0) this.since = now;
		this.fill(now);
		this.ranLate();
	}

	fail(): void {
		if (this.phase !== ANSWERING || this.over) return;
		this.drop();
		this.ranLate();
	}

	/**
	 * Called by the server for an admitted request with a route: collects the body if the route wants that, and runs the
	 * handler.
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
		this.inbound = COLLECT;
		this.phase = COLLECTING;
		this.deadline = this.since + this.server.settings.bodyTimeout;
		this.askForBody();
		this.goOn(this.since);
	}

	private get idleTimeout(): Millis {
		const { idleTimeout, untrustedTimeout } = this.server.settings;
		return this.standing !== STRANGER ? idleTimeout : Math.min(idleTimeout, untrustedTimeout);
	}

	/** Whether the current request has no answer yet. */
	private get awaited(): boolean {
		return this.phase === HANDLING && !this.over;
	}

	/** Whether the current request is GET or HEAD. */
	private get reads(): boolean {
		const { method } = this.reader.message;
		return method === "GET" || method === "HEAD";
	}

	/** The time in calls that do not pass it: a handler may answer during a call by the owner, or later. */
	private lateNow(): Millis {
		return this.busy ? this.since : Math.max(this.since, this.server.now());
	}

	/** Whether octets that arrive now can be used now. */
	private get takes(): boolean {
		const { inbound } = this;
		return (
			this.phase === READING ||
			inbound === COLLECT ||
			inbound === DISCARD ||
			(inbound === SINK && this.pause !== PAUSED)
		);
	}

	/** Whether the rest of the current body is, or may be, wanted. */
	private get wantsMore(): boolean {
		return this.inbound === COLLECT || this.inbound === SINK || this.inbound === HELD;
	}

	/** Tells the host whether to read, if that has changed. */
	private flow(out: StreamOutbox): void {
		const on = this.phase === ENDING || (this.takes && this.ahead.length === 0);
		if (on === this.isReading) return;
		this.isReading = on;
		out.reading(on);
	}

	/** To be called at the end of everything that may run outside a call by the owner. @see late */
	private ranLate(): void {
		if (this.busy) return;
		if (this.out !== undefined) this.flow(this.out);
		this.late?.called();
	}

	private expireIn(now: Millis, out: StreamOutbox): void {
		const { settings, counters } = this.server;
		switch (this.phase) {
			case READING:
				if (this.ahead.length > 0) return this.takeAhead(now, out);
				counters.timeouts++;
				if (!this.reader.idle) return this.refuse(now, 408, "slow-request");
				break;
			case COLLECTING:
				counters.timeouts++;
				return this.refuse(now, 408, "slow-request");
			case HANDLING:
				if (this.inbound !== SINK || this.pause === PAUSED) return this.refuse(now, 504, "slow-handler");
				counters.timeouts++;
				return this.refuse(now, 408, "slow-request");
			case ANSWERING:
				// A client stalls when it does not take what was sent. A live stream that sends nothing is not stalled.
				if (out.queued === 0 && out.room > 0) this.since = now;
				this.deadline = this.since + settings.stallTimeout;
				if (now < this.deadline) return;
				counters.timeouts++;
				break;
			case DRAINING:
				counters.timeouts++;
				return this.end(now, out);
			default:
				counters.timeouts++;
		}
		this.finish();
		out.abort();
	}

	/** Answers in place of a handler, and ends the connection, as it is unknown where the next request begins. */
	private refuse(now: Millis, status: number, reason: HttpRefusalReason): void {
		// Before its head is complete, the request is the one before.
		if (this.phase === READING) this.request = undefined;
		this.phase = HANDLING;
		this.since = now;
		this.keepAlive = false;
		this.server.refuse({ reason, status, headers: NONE }, this.request, this);
	}

	/** Reads up to the end of one request; the rest waits for the next turn, so that other connections have theirs. */
	private consume(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		let at = 0;
		this.consuming = true;
		this.served = false;
		while (at < bytes.length && this.takes && !this.served && !this.over) at += this.read(now, bytes, at, out);
		this.consuming = false;
		if (at < bytes.length && !this.over && this.phase !== ENDING) this.keepAhead(bytes, at, out);
	}

	/** Reads the first piece of what was sent ahead. */
	private takeAhead(now: Millis, out: StreamOutbox): void {
		const later = this.ahead;
		const bytes = later.shift() as Uint8Array;
		this.ahead = NOTHING;
		this.aheadLength -= bytes.length;
		if (this.phase === READING) this.deadline = now + this.idleTimeout;
		this.consume(now, bytes, out);
		// What is left of this piece precedes those that arrived later.
		const goesOn = !this.over && this.phase !== ENDING && later.length > 0;
		if (goesOn) this.ahead = this.ahead.length === 0 ? later : this.ahead.concat(later);
		this.next(now, out);
		if (this.peerEnded && !this.over && this.ahead.length === 0) this.halfClosed(now);
	}

	/** The client has closed its sending side. */
	private halfClosed(now: Millis): void {
		this.peerEnded = true;
		// What was sent before is read first.
		if (this.ahead.length > 0 && this.out !== undefined) return;
		// A client that half-closes waits for its response; but one that closes during a live stream has left.
		const waits = this.phase === HANDLING || (this.phase === ANSWERING && this.finite);
		if (waits && !this.wantsMore) return;
		const { out } = this;
		const takesAll = out === undefined || out.queued === 0;
		// Answers on their way get their time; a part of a stream is of no use.
		if (out !== undefined && !takesAll && this.phase !== ANSWERING) return this.end(now, out);
		this.finish();
		if (takesAll) out?.end();
		else out?.abort();
	}

	/** Both sides have ended. A client that does not take the rest in time is dropped. */
	private lastEnded(): void {
		this.peerEnded = true;
		if (this.out === undefined || this.out.queued === 0) this.finish();
	}

	/** Reads the part of a body that was held back, then lets the host read on. */
	private goOn(now: Millis): void {
		const { out } = this;
		// The loop in `consume` goes on by itself.
		if (this.consuming || out === undefined) return;
		while (!this.over && this.phase !== READING && this.takes && this.ahead.length > 0) this.takeAhead(now, out);
		if (this.peerEnded && !this.over && this.takes && this.phase !== READING) this.halfClosed(now);
		this.ranLate();
	}

	/** After a response: reads the next request, in the next turn if it is there already; or ends the connection. */
	private next(now: Millis, out: StreamOutbox): void {
		if (this.phase !== READING || this.over) return;
		const more = this.ahead.length > 0;
		// Pipelining without a login is most likely an attempt to keep the server busy.
		if (more ? this.standing === STRANGER : this.peerEnded) this.end(now, out);
		else if (more) this.deadline = now;
	}

	private keepAhead(bytes: Uint8Array, start: number, out: StreamOutbox): void {
		this.aheadLength += bytes.length - start;
		if (this.aheadLength > AHEAD_MAX) out.abort();
		else if (this.ahead.length === 0) this.ahead = [bytes.slice(start)];
		else this.ahead.push(bytes.slice(start));
	}

	private read(now: Millis, bytes: Uint8Array, start: number, out: StreamOutbox): number {
		const { reader } = this;
		const wasIdle = reader.idle;
		const taken = reader.feed(bytes, start);
		if (reader.fault !== undefined) {
			this.server.counters.malformed++;
			if (this.phase === READING || this.awaitsBody) this.refuse(now, statusOfFault(reader.fault), reader.fault);
			else this.stopDraining(now, out);
		} else if (this.phase !== READING) {
			this.bodyCame(now, bytes, out);
		} else if (reader.headDone) {
			this.begun(now, start + taken < bytes.length);
		} else if (wasIdle && !reader.idle) {
			this.deadline = now + this.server.settings.headTimeout;
		}
		return taken;
	}

	/** Whether the current request is being handled: its handler waits for the body, or runs. */
	private get awaitsBody(): boolean {
		return this.phase === COLLECTING || this.phase === HANDLING;
	}

	/** The head of a request is complete. @param more whether octets of its body have arrived with it */
	private begun(now: Millis, more: boolean): void {
		const { reader, remoteAddress, localAddress, localPort, secure } = this;
		const { message } = reader;
		this.phase = HANDLING;
		this.finite = true;
		this.since = now;
		this.inbound = reader.done ? COMPLETE : HELD;
		this.drained = 0;
		this.awaitsContinue = !reader.done && !more && expectsContinue(message);
		this.deadline = now + this.server.settings.handlerTimeout;
		this.keepAlive =
			message.minor > 0 ? !hasToken(message, "connection", "close") : hasToken(message, "connection", "keep-alive");
		const target = parseTarget(message.target);
		if (target === undefined) {
			this.request = undefined;
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

	/** Runs the handler. An exception must not end the program. */
	private run(): void {
		const { request, runner } = this;
		if (request === undefined || runner === undefined) return;
		this.phase = HANDLING;
		this.deadline = this.since + this.server.settings.handlerTimeout;
		try {
			runner.run(this.route, request, this);
		} catch (error) {
			this.server.failed(request, error, this);
		}
	}

	/** Sends `100 Continue` to a client that waits for it. */
	private askForBody(): void {
		const { out } = this;
		if (!this.awaitsContinue || out === undefined || out.room < CONTINUE.length) return;
		this.awaitsContinue = false;
		out.write(CONTINUE, 0, CONTINUE.length);
	}

	/** A piece of a body has arrived, or its end. */
	private bodyCame(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		const { reader } = this;
		const { pieceStart: start, pieceEnd: end } = reader;
		this.awaitsContinue = false;
		if (this.inbound === COLLECT) {
			reader.collect(bytes);
			if (!reader.done) return;
			this.inbound = COMPLETE;
			this.since = now;
			this.run();
		} else if (this.inbound === SINK) {
			if (end > start) this.give(now, bytes, start, end);
			if (!reader.done) return;
			if (this.inbound === SINK) this.endSink(now);
			// The sink has answered, or failed, at the last octet.
			else if (this.inbound === DISCARD) this.drainedAll(now, out);
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
		this.pause = TAKING;
		try {
			// It may have resumed itself meanwhile.
			if (sink.take(now, bytes, start, end) || this.pause !== TAKING) return;
		} catch (error) {
			this.sinkFailed(error);
			return;
		}
		// From now on the handler is waited for, not the client.
		this.pause = PAUSED;
		if (this.awaited) this.deadline = now + this.server.settings.handlerTimeout;
	}

	private endSink(now: Millis): void {
		const { sink } = this;
		this.sink = undefined;
		this.inbound = COMPLETE;
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

	/** Begins the response. @param length of the body; `undefined`: without Content-Length */
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
		this.head = responseHead(status, [...fields, ...this.added, ...headers]);
		this.added = NONE;
		this.headSent = 0;
		this.phase = ANSWERING;
		this.request = undefined;
		this.runner = undefined;
		// A live stream is long, and the last response: it should not hold the head of its request.
		if (!this.finite && this.inbound === COMPLETE) this.reader.release();
		this.since = this.lateNow();
		this.deadline = this.since + this.server.settings.stallTimeout;
		this.source?.attach?.(this);
		this.fill(this.since);
		this.ranLate();
	}

	/** The response begins before the body has ended: a small rest is discarded; with a large one the connection will end. */
	private leaveBody(): void {
		const { reader } = this;
		if (this.inbound === COMPLETE) return;
		const rest = reader.length === undefined ? 0 : reader.length - reader.bodyRead;
		const close = this.awaitsContinue || this.peerEnded || reader.fault !== undefined || rest > DRAIN_MAX;
		if (close) this.keepAlive = false;
		this.inbound = this.keepAlive ? DISCARD : HELD;
		this.abortSink();
	}

	/** Writes what there is room for: the head, then the body. */
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

	/** The response is written. */
	private sentAll(now: Millis, out: StreamOutbox): void {
		this.dropSource();
		if (!this.keepAlive) return this.end(now, out);
		if (this.inbound === COMPLETE) return this.nextRequest(now, out);
		this.phase = DRAINING;
		this.deadline = now + this.server.settings.bodyTimeout;
		this.goOn(now);
	}

	/** An unwanted body has ended. */
	private drainedAll(now: Millis, out: StreamOutbox): void {
		this.inbound = COMPLETE;
		if (this.phase === DRAINING) this.nextRequest(now, out);
	}

	/** An unwanted body is malformed or too long: the connection ends after the response. */
	private stopDraining(now: Millis, out: StreamOutbox): void {
		this.inbound = HELD;
		this.keepAlive = false;
		if (this.phase === DRAINING) this.end(now, out);
	}

	private nextRequest(now: Millis, out: StreamOutbox): void {
		this.phase = READING;
		this.deadline = now + this.idleTimeout;
		this.reader.next();
		if (this.consuming) {
			this.served = true;
			return;
		}
		// The handler answered late, so other connections had their turn already.
		this.next(now, out);
		while (this.phase === READING && this.ahead.length > 0) this.takeAhead(now, out);
		this.flow(out);
	}

	private end(now: Millis, out: StreamOutbox): void {
		this.phase = ENDING;
		this.since = now;
		this.deadline = now + this.idleTimeout;
		this.ahead = NOTHING;
		// What still arrives is discarded: closing a socket with unread data would destroy the response on its way.
		this.flow(out);
		out.end();
		if (this.peerEnded) this.lastEnded();
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
		this.phase = ENDING;
		this.deadline = Infinity;
		this.ahead = NOTHING;
		this.dropSource();
		this.abortSink();
		this.server.closed(this);
	}
}

/** HTTP/1.0 has no interim responses. @see RFC 9110 §10.1.1 */
function expectsContinue(message: TextMessage): boolean {
	return message.minor > 0 && hasToken(message, "expect", "100-continue");
}
