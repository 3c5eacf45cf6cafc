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

/** Why there is no answer. */
export type ExchangeFailure = EndReason | "malformed" | "too-large";

/** The outcome of one request: the answer, or why there is none. */
export type ExchangeResult = { readonly answer: TextMessage } | { readonly failure: ExchangeFailure };

/** A request's body that comes from a source; a redirect may need it again. */
export interface ExchangeBody {
	readonly length: Octets;
	/** Opens a source that gives exactly `length` octets. Its waker is the exchange. */
	open(): StreamSource;
}

/** Chooses what becomes of the body of an answer when its head is there. */
export interface ExchangeReceiver {
	/** @returns the sink that takes the body; `undefined`: it is collected, up to {@link ExchangeRequest.bodyLimit} */
	head(now: Millis, answer: TextMessage): BodySink | undefined;
}

/** One request to another machine. */
export interface ExchangeRequest {
	readonly method: string;
	/** The value of the Host field. */
	readonly host: string;
	readonly target: string;
	/** Without Host, Connection and Content-Length. */
	readonly headers: Headers;
	/** Empty or absent: none. */
	readonly body?: Uint8Array | ExchangeBody | undefined;
	/** Absent: the body of the answer is collected. */
	readonly receiver?: ExchangeReceiver | undefined;
	/** The largest body of an answer that is collected. @default 131072 */
	readonly bodyLimit?: Octets | undefined;
	/** The largest body of an answer that a sink is given. @default no limit */
	readonly sinkLimit?: Octets | undefined;
	/** The longest that the exchange may take, from the call of the other machine to the last octet. @default 5000 */
	readonly timeout?: Millis | undefined;
	/** The longest until the connection is open. @default timeout */
	readonly connectTimeout?: Millis | undefined;
	/** The longest from the open connection, or the last octet of the request that left, to the head of the answer. @default timeout */
	readonly headTimeout?: Millis | undefined;
	/** The longest without an octet of the answer's body, unless its sink wants none. @default timeout */
	readonly idleTimeout?: Millis | undefined;
}

/** @see ExchangeRequest.timeout */
export const EXCHANGE_TIMEOUT: Millis = 5000;
/** The limit of the body is set at the end of the head. */
const LIMITS: TextLimits = Object.freeze({ ...RESPONSE_LIMITS, body: Infinity });
/** What may come in while a sink wants nothing: what was under way. */
const HELD_MAX: Octets = 262144;

type Phase = "connecting" | "asking" | "answering" | "over";

/**
 * Makes one HTTP request over one connection, and reads the answer. It follows no redirects, and closes the connection.
 *
 * The owner opens the connection and attaches this machine to it. `result` is told once, at the end.
 * @see RFC 9112
 */
export class HttpExchange implements StreamMachine, StreamWaker {
	deadline: Millis = Infinity;
	private readonly reader = new TextMessageReader(HTTP_RESPONSES, LIMITS);
	private readonly head: Uint8Array;
	private headSent = 0;
	private source: StreamSource | undefined;
	private sink: BodySink | undefined;
	private phase: Phase = "connecting";
	private out: StreamOutbox | undefined;
	private since: Millis;
	private readonly end: Millis;
	private paused = false;
	private resumed = false;
	private taking = false;
	private held: Uint8Array[] = [];
	private heldLength = 0;
	/** The other machine has sent all, but the sink has not taken it yet. */
	private peerEnded = false;

	/** @param result is told once, at the end */
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
		// Cancelled before it was open: there was nothing to abort yet.
		if (this.phase === "over") return out.abort();
		if (this.phase === "connecting") {
			this.phase = "asking";
			this.reader.bodiless = this.request.method === "HEAD";
			const { body } = this.request;
			if (body !== undefined && "open" in body && body.length > 0) this.source = body.open();
			this.source?.attach?.(this);
		}
		if (this.phase === "asking") {
			this.since = now;
			this.setDeadline(this.request.headTimeout);
		}
		this.ask(now, out);
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.out = out;
		if (this.phase === "over") return;
		this.since = now;
		if (this.paused) this.hold(bytes, 0, out);
		else this.read(now, bytes, out);
	}

	ended(now: Millis, why: EndReason): void {
		if (this.phase === "over") return;
		if (why !== "closed") {
			this.out = undefined;
			return this.finish({ failure: why });
		}
		this.peerEnded = true;
		if (this.held.length > 0) return;
		if (this.reader.close()) this.complete(now);
		else this.finish({ failure: "malformed" });
	}

	expire(now: Millis, out: StreamOutbox): void {
		if (now < this.deadline || this.phase === "over") return;
		this.out = out;
		if (now < this.end && this.paused) {
			// The sink's own time, not the other machine's.
			this.since = now;
			this.setDeadline(this.request.idleTimeout);
		} else if (
			now < this.end &&
			this.phase === "answering" &&
			now < this.since + this.limitOf(this.request.idleTimeout)
		) {
			this.setDeadline(this.request.idleTimeout);
		} else {
			this.finish({ failure: "timeout" });
		}
	}

	/** A source of the request has something to send. @see StreamWaker */
	wake(now: Millis): void {
		if (this.out !== undefined && this.phase === "asking") this.ask(now, this.out);
	}

	/** A source of the request can't go on. @see StreamWaker */
	fail(): void {
		this.finish({ failure: "failed" });
	}

	/** The sink takes more, after it has returned false. */
	resume(now: Millis): void {
		this.resumed = true;
		const { out } = this;
		if (!this.paused || this.taking || out === undefined || this.phase === "over") return;
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

	/** Ends the exchange without an answer; nothing is told. */
	cancel(): void {
		if (this.phase === "over") return;
		this.stop();
	}

	private get isOver(): boolean {
		return this.phase === "over";
	}

	private limitOf(timeout: Millis | undefined): Millis {
		return timeout ?? Infinity;
	}

	private setDeadline(timeout: Millis | undefined): void {
		this.deadline = Math.min(this.end, this.since + this.limitOf(timeout));
	}

	/** Writes what there is room for of the request. */
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
				this.finish({ failure: fault === "malformed" || fault === "version" ? "malformed" : "too-large" });
				return;
			}
			if (!hadHead && reader.headDone) {
				// An interim answer (100 Continue) is not the answer. RFC 9110 §15.2
				if (reader.message.status < 200) this.skipInterim();
				else this.begin(now);
			}
			if (this.isOver) return;
			if (this.phase === "answering") this.take(now, bytes, reader.pieceStart, reader.pieceEnd);
			if (!this.isOver && reader.done) return this.complete(now);
			if (taken === 0) return;
		}
	}

	private skipInterim(): void {
		this.reader.next();
		this.reader.bodiless = this.request.method === "HEAD";
	}

	/** The head of the answer is there. */
	private begin(now: Millis): void {
		this.phase = "answering";
		this.sink = this.request.receiver?.head(now, this.reader.message);
		if (this.isOver) return;
		const { bodyLimit = RESPONSE_LIMITS.body, sinkLimit = Infinity } = this.request;
		const { length } = this.reader;
		const limit = this.sink === undefined ? bodyLimit : sinkLimit;
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

	/** The answer is whole. */
	private complete(now: Millis): void {
		const { sink } = this;
		this.sink = undefined;
		sink?.end(now);
		if (!this.isOver) this.finish({ answer: this.reader.message });
	}

	private finish(result: ExchangeResult): void {
		if (this.phase === "over") return;
		this.stop();
		this.result.emit(result);
	}

	private stop(): void {
		this.phase = "over";
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

/** In one piece, as some routers read a request only where head and body come together. */
function joined(head: Uint8Array, body: Uint8Array): Uint8Array {
	const whole = new Uint8Array(head.length + body.length);
	whole.set(head);
	whole.set(body, head.length);
	return whole;
}
