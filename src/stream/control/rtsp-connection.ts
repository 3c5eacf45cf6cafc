import type { EndReason, StreamMachine, StreamOutbox } from "../../core/stream";
import type { Millis, Octets } from "../../core/time";
import type { LimitedConnection } from "../../http/connection-limits";
import type { InterleavedReader } from "../../wire/interleaved-reader";
import { formatSession } from "../../wire/rtsp-session";
import type { Headers, TextFault, TextMessage } from "../../wire/text-message";
import { AheadQueue } from "./ahead-queue";
import type { RtspConnectionOwner } from "./rtsp-connection-owner";
import { type ExchangeCarrier, RtspExchange } from "./rtsp-exchange";
import { answerFault } from "./rtsp-fault";
import { RtspInput, type RtspInputSink } from "./rtsp-input";
import type { RtspSession } from "./rtsp-session";
import { ANSWER_TIME, IDLE_TIME, MESSAGE_TIME, SESSION_TIME, STALL_TIME, UNTRUSTED_TIME } from "./rtsp-settings";

/** The most that a client may send ahead while a request is answered; with more it is disconnected. */
const AHEAD_MAX: Octets = 65_536;
/** First octet of a TLS handshake, which no RTSP message has. @see RFC 8446 §5.1 */
const TLS_HANDSHAKE = 0x16;
/** How many messages and frames of a client that has logged in are handled in one turn; then other connections have theirs. */
const PER_TURN = 8;

/** What a connection is doing; numbers, as XS copies a string each time it is compared. */
type Phase = number;
const READING: Phase = 0;
/** The response to a request is awaited. */
const ANSWERING: Phase = 1;
/** A response waits for room. */
const BLOCKED: Phase = 2;
/** The sending side is closed; what still arrives is discarded. */
const ENDING: Phase = 3;
/** It is gone, or about to go. */
const OVER: Phase = 4;

/**
 * The server side of one RTSP connection: requests in, responses out in the same order, media between them (STR-1).
 *
 * Requests are handled one at a time; what a client sends ahead waits, within a limit. A response is written whole or not at
 * all, so that no picture gets into it: pictures are offered whole, too, and only while nothing is queued.
 * @see RFC 2326 §9, §10.12
 */
export class RtspConnection implements StreamMachine, LimitedConnection, ExchangeCarrier, RtspInputSink {
	deadline: Millis;
	/** Set by the owner. Called after the connection ran outside a call by the owner, because {@link deadline} may have changed. */
	late: { called(): void } | undefined;
	link = "";
	/** @see ExchangeCarrier */
	passed: ExchangeCarrier["passed"];
	/** Whether a request of it was admitted. */
	isTrusted = false;
	/** The sessions that end with it, or that its requests belong to. */
	readonly sessions: RtspSession[] = [];
	private phase = READING;
	private outbox: StreamOutbox | undefined;
	private readonly input = new RtspInput();
	private exchange: RtspExchange | undefined;
	/** A response that waits for room. */
	private blocked: Uint8Array | undefined;
	/** What was sent ahead; `undefined`: nothing. */
	private ahead: AheadQueue | undefined;
	/** Whether what is read was sent ahead. */
	private takesAhead = false;
	/** When the current phase, message or idle time began. */
	private since: Millis;
	private served = 0;
	private peerEnded = false;
	private isReading = true;
	/** True during a call by the owner. */
	private isBusy = false;

	constructor(
		private readonly server: RtspConnectionOwner,
		now: Millis,
		readonly remoteAddress: string,
		readonly localAddress: string,
		readonly secure: boolean,
	) {
		this.since = now;
		this.deadline = now + UNTRUSTED_TIME;
	}

	/** @see LimitedConnection */
	get isIdle(): boolean {
		return this.phase === READING && this.sessions.length === 0;
	}

	get out(): StreamOutbox {
		if (this.outbox === undefined) throw new TypeError("the connection is not open yet");
		return this.outbox;
	}

	get hasTakenAll(): boolean {
		return this.outbox?.queued === 0;
	}

	get hasFreeChannels(): boolean {
		return this.interleavedSession === undefined;
	}

	attach(session: RtspSession): void {
		this.sessions.push(session);
	}

	detach(now: Millis, session: RtspSession): void {
		const at = this.sessions.indexOf(session);
		if (at >= 0) this.sessions.splice(at, 1);
		if (session.carrier === this) session.carrier = undefined;
		if (this.isBusy || this.phase === OVER) return;
		// From now on it is idle.
		if (this.phase === READING && this.input.isIdle) this.since = now;
		this.restart();
	}

	drop(): void {
		const { outbox } = this;
		this.finish(this.since);
		outbox?.abort();
		if (!this.isBusy) this.late?.called();
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.outbox = out;
		if (this.phase >= ENDING) return;
		if (this.ahead !== undefined || this.phase !== READING) return this.keepAhead(bytes, 0, out);
		this.isBusy = true;
		this.served = 0;
		this.consume(now, bytes);
		this.settle(now);
		this.isBusy = false;
	}

	room(now: Millis, out: StreamOutbox): void {
		// Dropped before it was open, when there was nothing to abort.
		if (this.phase === OVER && this.outbox === undefined) out.abort();
		this.outbox = out;
		if (this.phase === OVER) return;
		this.isBusy = true;
		if (this.blocked !== undefined) this.unblock(now, out, this.blocked);
		for (const session of this.sessions) if (session.request.framing === "tcp") this.server.room(now, session);
		this.settle(now);
		this.isBusy = false;
	}

	ended(now: Millis, why: EndReason): void {
		if (this.phase === OVER) return;
		this.isBusy = true;
		this.peerEnded = true;
		// A client that ends its side after its last request still gets the response; one that watches this way does not.
		if (why === "closed" && this.interleavedSession === undefined) this.settle(now);
		else {
			if (why === "closed" && this.hasTakenAll) this.outbox?.end();
			else if (why === "closed") this.outbox?.abort();
			this.finish(now);
		}
		this.isBusy = false;
	}

	expire(now: Millis, out: StreamOutbox): void {
		if (this.phase === OVER || now < this.deadline) return;
		this.isBusy = true;
		this.served = 0;
		if (this.phase === READING && this.ahead !== undefined) {
			this.takeAhead(now);
			this.settle(now);
		} else if (this.phase === ANSWERING) {
			this.exchange?.answer(now, 503, [["Retry-After", "5"]]);
			this.settle(now);
		} else {
			this.server.counters.timeouts++;
			this.finish(now);
			out.abort();
		}
		this.isBusy = false;
	}

	/** @see ExchangeCarrier */
	respond(
		now: Millis,
		exchange: RtspExchange,
		status: number,
		detail: string,
		fields: Headers,
		body?: Uint8Array,
	): void {
		const { outbox } = this;
		if (this.exchange !== exchange || outbox === undefined) return;
		this.exchange = undefined;
		if (status >= 400) this.server.refused(now, exchange, status, detail);
		const { session } = exchange;
		const { writer } = this.server;
		writer.response(status, exchange.cseq, detail);
		if (session !== undefined) writer.field("Session", formatSession(session.id, SESSION_TIME));
		for (const [name, value] of fields) writer.field(name, value);
		if (!writer.end(body)) writer.response(500, exchange.cseq).end();
		this.send(now, outbox);
		if (this.isBusy) return;
		// The answer came late: nobody else continues.
		this.isBusy = true;
		this.served = 0;
		this.settle(now);
		this.isBusy = false;
		this.late?.called();
	}

	/** @see RtspInputSink */
	message(now: Millis, message: TextMessage): void {
		this.served++;
		this.since = now;
		// Nothing is ever asked of a client, so a response answers nothing.
		if (message.status !== 0) {
			this.server.counters.malformed++;
			return;
		}
		this.server.counters.requests++;
		this.phase = ANSWERING;
		this.exchange = new RtspExchange(this, message, now);
		this.server.handle(now, this.exchange);
	}

	/** @see RtspInputSink */
	frameBegins(): boolean {
		// Strangers have nothing to report, and many short frames cost much.
		if (!this.isTrusted) this.refuse(this.out);
		return this.isTrusted;
	}

	/** @see RtspInputSink */
	frame(now: Millis, frame: InterleavedReader): void {
		this.served++;
		const session = this.interleavedSession;
		// Channels 0 and 1, which every answer to SETUP names.
		if (!frame.isWhole || session === undefined || frame.channel > 1) this.server.counters.malformed++;
		else this.server.interleaved(now, session, frame.channel === 1, frame.bytes, frame.start, frame.end);
		if (this.isTrusted) this.since = now;
	}

	/** Says why nothing more can be read, and ends. @see RtspInputSink */
	faulty(now: Millis, fault: TextFault, bytes: Uint8Array | undefined): void {
		const { outbox, server } = this;
		if (outbox === undefined) return;
		server.counters.malformed++;
		this.phase = ENDING;
		this.since = now;
		this.ahead = undefined;
		answerFault(outbox, server.writer, fault, bytes);
	}

	/** Whether it is the turn of others. Strangers get one message a turn, as many of them may come. */
	private get hadTurn(): boolean {
		return this.served >= (this.isTrusted ? PER_TURN : 1);
	}

	/** The session whose media is sent here; `undefined`: none. */
	private get interleavedSession(): RtspSession | undefined {
		for (const session of this.sessions) if (session.request.framing === "tcp") return session;
		return undefined;
	}

	/** Writes the message in the writer, or keeps it until there is room. */
	private send(now: Millis, out: StreamOutbox): void {
		const { writer } = this.server;
		this.since = now;
		if (out.room >= writer.length) {
			out.write(writer.bytes, 0, writer.length);
			this.phase = READING;
		} else {
			this.blocked = writer.bytes.slice(0, writer.length);
			this.phase = BLOCKED;
		}
	}

	private unblock(now: Millis, out: StreamOutbox, blocked: Uint8Array): void {
		if (out.room < blocked.length) return;
		out.write(blocked, 0, blocked.length);
		this.blocked = undefined;
		this.since = now;
		this.phase = READING;
	}

	/** Continues with what the client has sent ahead, and sets the deadline and the flow. */
	private settle(now: Millis): void {
		while (this.phase === READING && this.ahead !== undefined && !this.hadTurn) this.takeAhead(now);
		if (this.phase === OVER) return;
		if (this.peerEnded && this.phase === READING && this.ahead === undefined) return this.leave(now);
		this.restart();
		const reads = this.phase !== ANSWERING && this.phase !== BLOCKED && this.ahead === undefined;
		if (reads !== this.isReading) this.outbox?.reading(reads);
		this.isReading = reads;
	}

	/** The client has ended its side, and everything is answered. A client that does not take the answers in time is dropped. */
	private leave(now: Millis): void {
		const { outbox } = this;
		outbox?.end();
		if (outbox === undefined || outbox.queued === 0) return this.finish(now);
		this.phase = ENDING;
		this.since = now;
		this.restart();
	}

	/** Sets the deadline. */
	private restart(): void {
		const { since } = this;
		if (this.phase === ANSWERING) this.deadline = since + ANSWER_TIME;
		else if (this.phase === BLOCKED) this.deadline = since + STALL_TIME;
		else if (this.phase === ENDING) this.deadline = since + UNTRUSTED_TIME;
		else if (this.ahead !== undefined) this.deadline = since;
		else if (!this.input.isIdle) this.deadline = since + MESSAGE_TIME;
		else if (this.sessions.length > 0) this.deadline = Infinity;
		else this.deadline = since + (this.isTrusted ? IDLE_TIME : UNTRUSTED_TIME);
		if (!this.isBusy) this.late?.called();
	}

	private consume(now: Millis, bytes: Uint8Array): void {
		let at = 0;
		while (at < bytes.length && this.phase < ENDING) {
			if (this.phase !== READING || this.hadTurn) {
				this.keepAhead(bytes, at, this.out);
				break;
			}
			const { isIdle } = this.input;
			// A client of RTSPS would wait for the rest of the handshake until a limit ends it.
			if (isIdle && bytes[at] === TLS_HANDSHAKE) return this.refuse(this.out);
			if (this.isTrusted && isIdle) this.since = now;
			at += this.input.read(now, bytes, at, this.server.bodyMax, this);
		}
	}

	private keepAhead(bytes: Uint8Array, start: number, out: StreamOutbox): void {
		if (start >= bytes.length) return;
		this.ahead ??= new AheadQueue(AHEAD_MAX);
		if (!this.ahead.add(bytes, start, this.takesAhead)) this.refuse(out);
	}

	/** What the client sends can't be borne: drops the connection. */
	private refuse(out: StreamOutbox): void {
		this.server.counters.malformed++;
		this.finish(this.since);
		out.abort();
	}

	private takeAhead(now: Millis): void {
		const pieces = this.ahead?.pieces ?? [];
		this.ahead = undefined;
		this.takesAhead = true;
		for (const bytes of pieces) {
			// What is not used goes back, in the same order.
			if (this.phase !== READING || this.hadTurn || this.ahead !== undefined) this.keepAhead(bytes, 0, this.out);
			else this.consume(now, bytes);
			if (this.phase === OVER) return;
		}
		this.takesAhead = false;
	}

	private finish(now: Millis): void {
		if (this.phase === OVER) return;
		this.phase = OVER;
		this.deadline = Infinity;
		this.ahead = undefined;
		this.blocked = undefined;
		if (this.exchange !== undefined) this.exchange.isOver = true;
		this.exchange = undefined;
		this.server.closed(now, this);
	}
}
