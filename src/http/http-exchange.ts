import type { Outlet } from "../core/machine";
import {
	type EndReason,
	type StreamMachine,
	type StreamOutbox,
	type StreamSource,
	type StreamWaker,
	writeWhatFits,
} from "../core/stream";
import type { Millis, Octets } from "../core/time";
import { type Headers, HTTP_RESPONSES, RESPONSE_LIMITS, type TextLimits, type TextMessage } from "../wire/text-message";
import { TextMessageReader } from "../wire/text-message-reader";
import type { BodySink } from "./body-sink";
import { writeHead } from "./response-head";

/** Why an exchange failed. */
export type ExchangeFailure = EndReason | "malformed" | "too-large";

/** The outcome of one request. */
export type ExchangeResult = { readonly answer: TextMessage } | { readonly failure: ExchangeFailure };

/** A request body from a source. */
export interface ExchangeBody {
	readonly length: Octets;
	/** Returns a source of exactly `length` octets. Called again if a redirect repeats the request. */
	open(): StreamSource;
}

/** Chooses, by its head, what to do with the body of a response. */
export interface ExchangeReceiver {
	/** @returns the sink for the body; `undefined` to have it collected, up to {@link ExchangeRequest.bodyLimit} */
	head(now: Millis, answer: TextMessage): BodySink | undefined;
}

/** A request to a server. */
export interface ExchangeRequest {
	readonly method: string;
	/** The value of the Host field. */
	readonly host: string;
	readonly target: string;
	/** Without Host, Connection and Content-Length. */
	readonly headers: Headers;
	/** No body if empty or absent. */
	readonly body?: Uint8Array | ExchangeBody | undefined;
	/** Without a receiver the body of the response is collected. */
	readonly receiver?: ExchangeReceiver | undefined;
	/** The largest body that is collected. @default 131072 */
	readonly bodyLimit?: Octets | undefined;
	/** Limit of the whole exchange, from the connection attempt to the last octet. @default 5000 */
	readonly timeout?: Millis | undefined;
	/** Limit until the connection is open. @default timeout */
	readonly connectTimeout?: Millis | undefined;
	/** Limit from the open connection, or the last progress in sending, to the head of the response. @default timeout */
	readonly headTimeout?: Millis | undefined;
	/** Limit without an octet of the response body, unless its sink is paused. @default timeout */
	readonly idleTimeout?: Millis | undefined;
}

/** @see ExchangeRequest.timeout */
export const EXCHANGE_TIMEOUT: Millis = 5000;
/** The limit of the body depends on the receiver. */
const LIMITS: TextLimits = Object.freeze({ ...RESPONSE_LIMITS, body: Infinity });
/** The most that may arrive while the sink is paused: what was on its way. */
const HELD_MAX: Octets = 262144;

/** What an exchange is doing; numbers, as XS copies a string each time it is compared. */
type Phase = number;
const CONNECTING: Phase = 0;
const ASKING: Phase = 1;
const RECEIVING: Phase = 2;
const OVER: Phase = 3;

/**
 * Makes one HTTP request over one connection. It follows no redirects, and closes the connection afterwards.
 *
 * The owner opens the connection and attaches this machine to it. The result is emitted once, at the end, unless
 * {@link cancel} was called.
 * @see RFC 9112
 */
export class HttpExchange implements StreamMachine, StreamWaker {
	deadline: Millis = Infinity;
	private readonly reader = new TextMessageReader(HTTP_RESPONSES, LIMITS);
	private readonly head: Uint8Array;
	private headSent = 0;
	private source: StreamSource | undefined;
	private sink: BodySink | undefined;
	private phase = CONNECTING;
	private out: StreamOutbox | undefined;
	private since: Millis;
	private readonly end: Millis;
	private paused = false;
	private resumed = false;
	private taking = false;
	private held: Uint8Array[] = [];
	private heldLength = 0;
	/** The server has closed its side, but the sink has not taken everything yet. */
	private peerEnded = false;

	/** @param result gets the result once, at the end */
	constructor(
		now: Millis,
		private readonly request: ExchangeRequest,
		private readonly result: Outlet<ExchangeResult>,
	) {
		const { method, target, host, headers, body } = request;
		const length = body?.length ?? 0;
		const fields: (readonly [string, string])[] = [["Host", host], ["Connection", "close"], ...headers];
		if (length > 0 || method === "POST" || method === "PUT") fields.push(["Content-Length", `${length}`]);
		const head = writeHead(`${method} ${target} HTTP/1.1`, fields);
		this.head = body === undefined || "open" in body ? head : joined(head, body);
		this.end = now + (request.timeout ?? EXCHANGE_TIMEOUT);
		this.since = now;
		this.setDeadline(request.connectTimeout);
	}

	room(now: Millis, out: StreamOutbox): void {
		this.out = out;
		// Cancelled before it was open, when there was nothing to abort.
		if (this.phase === OVER) return out.abort();
		if (this.phase === CONNECTING) {
			this.phase = ASKING;
			this.reader.bodiless = this.request.method === "HEAD";
			const { body } = this.request;
			if (body !== undefined && "open" in body && body.length > 0) this.source = body.open();
			this.source?.attach?.(this);
		}
		if (this.phase === ASKING) {
			this.since = now;
			this.setDeadline(this.request.headTimeout);
		}
		this.ask(now, out);
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.out = out;
		if (this.phase === OVER) return;
		this.since = now;
		if (this.paused) this.hold(bytes, 0, out);
		else this.read(now, bytes, out);
	}

	ended(now: Millis, why: EndReason): void {
		if (this.phase === OVER) return;
		if (why !== "closed") {
			this.out = undefined;
			return this.finish({ failure: why });
		}
		this.peerEnded = true;
		if (this.held.length > 0) return;
		if (this.reader.close()) this.complete(now);
		else this.cutShort(now, "malformed");
	}

	expire(now: Millis, out: StreamOutbox): void {
		if (now < this.deadline || this.phase === OVER) return;
		this.out = out;
		if (now < this.end && this.paused) {
			// The server is not responsible for a paused sink.
			this.since = now;
			this.setDeadline(this.request.idleTimeout);
		} else if (
			now < this.end &&
			this.phase === RECEIVING &&
			now < this.since + this.limitOf(this.request.idleTimeout)
		) {
			this.setDeadline(this.request.idleTimeout);
		} else {
			this.cutShort(now, "timeout");
		}
	}

	/** The source of the request body has something to send. @see StreamWaker */
	wake(now: Millis): void {
		if (this.out !== undefined && this.phase === ASKING) this.ask(now, this.out);
	}

	/** The source of the request body cannot go on. @see StreamWaker */
	fail(): void {
		this.finish({ failure: "failed" });
	}

	/** Lets the sink have more, after its `take` has returned false. */
	resume(now: Millis): void {
		this.resumed = true;
		const { out } = this;
		if (!this.paused || this.taking || out === undefined || this.phase === OVER) return;
		this.paused = false;
		this.since = now;
		while (this.held.length > 0 && !this.paused && !this.isOver) {
			const later = this.held;
			const bytes = later.shift() as Uint8Array;
			this.held = [];
			this.heldLength -= bytes.length;
			this.read(now, bytes, out);
			this.held.push(...later);
		}
		if (this.paused || this.isOver) return;
		if (this.peerEnded) this.ended(now, "closed");
		else out.reading(true);
	}

	/** Ends the exchange without a result. */
	cancel(): void {
		if (this.phase === OVER) return;
		this.stop();
	}

	private get isOver(): boolean {
		return this.phase === OVER;
	}

	private limitOf(timeout: Millis | undefined): Millis {
		return timeout ?? Infinity;
	}

	private setDeadline(timeout: Millis | undefined): void {
		this.deadline = Math.min(this.end, this.since + this.limitOf(timeout));
	}

	/** Writes as much of the request as there is room for. */
	private ask(now: Millis, out: StreamOutbox): void {
		this.headSent = writeWhatFits(out, this.head, this.headSent, this.head.length);
		if (this.headSent < this.head.length || this.source === undefined) return;
		if (!this.source.fill(now, out)) return;
		this.dropSource();
	}

	private hold(bytes: Uint8Array, start: number, out: StreamOutbox): void {
		this.heldLength += bytes.length - start;
		if (this.heldLength > HELD_MAX) this.finish({ failure: "too-large" });
		else this.held.push(bytes.slice(start));
		out.reading(false);
	}

	private read(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		const { reader } = this;
		for (let at = 0; at < bytes.length && !this.isOver; ) {
			if (this.paused) return this.hold(bytes, at, out);
			const hadHead = reader.headDone;
			const taken = reader.feed(bytes, at);
			at += taken;
			const { fault } = reader;
			if (fault !== undefined) {
				if (fault === "malformed" || fault === "version") this.cutShort(now, "malformed");
				else this.finish({ failure: "too-large" });
				return;
			}
			if (!hadHead && reader.headDone) {
				// Interim responses (100 Continue) precede the response. RFC 9110 §15.2
				if (reader.message.status < 200) this.skipInterim();
				else this.begin(now);
			}
			if (this.isOver) return;
			if (this.phase === RECEIVING) this.take(now, bytes, reader.pieceStart, reader.pieceEnd);
			if (!this.isOver && reader.done) return this.complete(now);
			if (taken === 0) return;
		}
	}

	private skipInterim(): void {
		this.reader.next();
		this.reader.bodiless = this.request.method === "HEAD";
	}

	/** The head of the response is complete. */
	private begin(now: Millis): void {
		this.phase = RECEIVING;
		this.sink = this.request.receiver?.head(now, this.reader.message);
		if (this.isOver) return;
		const { bodyLimit = RESPONSE_LIMITS.body } = this.request;
		const { length } = this.reader;
		const limit = this.sink === undefined ? bodyLimit : Infinity;
		this.reader.bodyLimit = limit;
		if (length !== undefined && length > limit) this.finish({ failure: "too-large" });
		else this.setDeadline(this.request.idleTimeout);
	}

	private take(now: Millis, bytes: Uint8Array, start: number, end: number): void {
		const { sink } = this;
		if (sink === undefined) return this.reader.collect(bytes);
		if (end === start) return;
		this.resumed = false;
		this.taking = true;
		const more = sink.take(now, bytes, start, end);
		this.taking = false;
		if (more || this.resumed || this.isOver) return;
		this.paused = true;
		this.out?.reading(false);
	}

	/**
	 * The rest of the response is malformed or does not come. What was collected of its body is used all the same, as many
	 * devices count wrong (quirk 20); half a file is not.
	 */
	private cutShort(now: Millis, failure: ExchangeFailure): void {
		if (this.sink !== undefined || this.reader.bodyRead === 0) return this.finish({ failure });
		this.reader.cutShort();
		this.complete(now);
	}

	/** The response is complete. */
	private complete(now: Millis): void {
		const { sink } = this;
		this.sink = undefined;
		sink?.end(now);
		if (!this.isOver) this.finish({ answer: this.reader.message });
	}

	private finish(result: ExchangeResult): void {
		if (this.phase === OVER) return;
		this.stop();
		this.result.emit(result);
	}

	private stop(): void {
		this.phase = OVER;
		this.deadline = Infinity;
		this.held = [];
		this.dropSource();
		const { sink, out } = this;
		this.sink = undefined;
		sink?.abort();
		out?.abort();
	}

	private dropSource(): void {
		const { source } = this;
		this.source = undefined;
		source?.release();
	}
}

/** Joins head and body, as some routers read only what arrives in one segment. */
function joined(head: Uint8Array, body: Uint8Array): Uint8Array {
	const whole = new Uint8Array(head.length + body.length);
	whole.set(head);
	whole.set(body, head.length);
	return whole;
}
