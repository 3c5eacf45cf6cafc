import { utf8Decode, utf8Encode } from "../base/text";
import { isUtf8 } from "../base/utf8";
import type { EndReason, StreamMachine, StreamOutbox } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import {
	ABNORMAL_CLOSURE,
	applyMask,
	BINARY,
	CLOSE,
	CONTINUATION,
	CONTROL_MAX,
	FRAME_HEADER_MAX,
	FrameHeader,
	INVALID_PAYLOAD,
	isCloseCode,
	MALFORMED,
	MESSAGE_TOO_BIG,
	NO_STATUS,
	NORMAL_CLOSURE,
	type Opcode,
	PING,
	PONG,
	PROTOCOL_ERROR,
	TEXT,
} from "../wire/websocket-frame";
import { FrameQueue } from "./frame-queue";

/** Receives what happens on a WebSocket. Never called during a call to {@link WebSocket.send}. */
export interface WebSocketSink {
	/** The connection is open: messages may be sent. Called once, before anything else. */
	opened(socket: WebSocket): void;
	/** A message has arrived: `bytes[start, end)`, valid during the call. Text is well-formed UTF-8. */
	message(now: Millis, bytes: Uint8Array, start: number, end: number, isText: boolean): void;
	/**
	 * The connection is over. Called once, as the last call; also when it was never opened.
	 * @param code the other side's, or why it ended here: {@link ABNORMAL_CLOSURE} when the connection was lost
	 * @param reason for people, at most 123 octets of foreign text
	 */
	closed(code: number, reason: string): void;
}

/** What a WebSocket needs besides its stream. */
export interface WebSocketOptions {
	/** The largest message that is accepted. @default 16384 */
	readonly messageMax?: Octets;
	/** How many octets may wait for room. @default 65536 */
	readonly queueMax?: Octets;
	/** After so much silence of the other side it is asked whether it is there, and dropped after as much again. @default 25000 */
	readonly silence?: Millis;
	/** Draws masking keys: for a client. Absent: this is the server. @see RFC 6455 §5.3 */
	readonly random?: { fill(bytes: Uint8Array): void };
}

const MESSAGE_MAX: Octets = 16384;
const QUEUE_MAX: Octets = 65536;
const SILENCE: Millis = 25_000;
/** How long the other side may take to answer CLOSE, and to end the connection. */
const CLOSE_TIME: Millis = 5000;
/** How many octets of control frames wait for room besides messages: more come only from a peer that asks without reading. */
const CONTROL_QUEUE_MAX = 1024;
const NOTHING = new Uint8Array(0);

/** Numbers, as XS copies a string each time it is compared. */
type State = number;
const CONNECTING: State = 0;
const OPEN: State = 1;
/** CLOSE was sent. */
const CLOSING: State = 2;
const OVER: State = 3;

/**
 * One side of a WebSocket after its handshake: messages, PING and PONG, the end in order.
 *
 * A message that is longer than allowed, and everything that the protocol forbids, ends the connection with the code that is meant
 * for it. What is sent and does not fit waits, up to a bound.
 * @see RFC 6455 §5 … §7
 */
export class WebSocket implements StreamMachine {
	deadline: Millis = Infinity;
	/** Set by the owner. Called after {@link send} and {@link close}, because {@link deadline} may have changed. */
	late: { called(): void } | undefined;
	/** Set by the server's side: counts the client as one that is known, so that it is not dropped for strangers. */
	trusted: (() => void) | undefined;
	/** The port of the other side, where the stream tells it; else 0. */
	remotePort = 0;
	private state = CONNECTING;
	private out: StreamOutbox | undefined;
	private readonly header = new FrameHeader();
	/** What has arrived of a header. */
	private readonly head = new Uint8Array(FRAME_HEADER_MAX);
	private headLength = 0;
	/** Octets of the current frame's payload that are still to come; -1: a header comes next. */
	private missing = -1;
	/** The message, of one frame or several. */
	private message = NOTHING;
	private messageLength = 0;
	/** The kind of the message whose frames arrive; {@link CONTINUATION}: none. */
	private kind: Opcode = CONTINUATION;
	private readonly control = new Uint8Array(CONTROL_MAX);
	private controlLength = 0;
	private readonly queue: FrameQueue;
	private heard: Millis = 0;
	private hasAsked = false;
	private readonly messageMax: Octets;
	private readonly queueMax: Octets;
	private readonly silence: Millis;
	/** The code and the reason that were given here. */
	private ending: { code: number; reason: string } | undefined;

	constructor(
		private readonly sink: WebSocketSink,
		private readonly options: WebSocketOptions = {},
	) {
		this.queue = new FrameQueue(options.random);
		this.messageMax = options.messageMax ?? MESSAGE_MAX;
		this.queueMax = options.queueMax ?? QUEUE_MAX;
		this.silence = options.silence ?? SILENCE;
	}

	/** Octets that wait for room. */
	get queued(): Octets {
		return this.queue.queued;
	}

	/** Whether messages may be sent. */
	get isOpen(): boolean {
		return this.state === OPEN;
	}

	/** The handshake is done; called once. */
	open(now: Millis, out: StreamOutbox): void {
		if (this.state !== CONNECTING) return;
		this.state = OPEN;
		this.out = out;
		this.remotePort = (out as { readonly remotePort?: number }).remotePort ?? 0;
		this.heard = now;
		this.deadline = now + this.silence;
		this.sink.opened(this);
	}

	/** Sends `bytes[start, end)` as one binary message; they are copied. @returns false: too much waits already, or it is not open */
	send(bytes: Uint8Array, start: number, end: number): boolean {
		return this.sendMessage(BINARY, bytes, start, end);
	}

	/** Sends a text message. @returns as {@link send} */
	sendText(text: string): boolean {
		const bytes = utf8Encode(text);
		return this.sendMessage(TEXT, bytes, 0, bytes.length);
	}

	/** Ends the connection once everything is sent; harmless when repeated. @param reason at most 123 octets of ASCII */
	close(now: Millis, code = NORMAL_CLOSURE, reason = ""): void {
		if (this.state === CONNECTING) this.finish(code, reason);
		if (this.state !== OPEN) return;
		this.begin(now, code, reason);
		this.late?.called();
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.out = out;
		this.heard = now;
		this.hasAsked = false;
		if (this.state === OPEN) this.deadline = now + this.silence;
		let at = 0;
		while (at < bytes.length && (this.state === OPEN || this.state === CLOSING)) {
			at = this.missing < 0 ? this.takeHeader(now, bytes, at) : this.takePayload(now, bytes, at);
		}
	}

	room(_now: Millis, out: StreamOutbox): void {
		this.out = out;
		this.flush();
	}

	ended(_now: Millis, why: EndReason): void {
		if (this.state === OVER) return;
		this.conclude(ABNORMAL_CLOSURE, why === "closed" ? "the connection ended without CLOSE" : why);
		if (why === "closed") this.out?.end();
	}

	expire(now: Millis, out: StreamOutbox): void {
		if (now < this.deadline || this.state === OVER) return;
		this.out = out;
		if (this.state === OPEN && !this.hasAsked) {
			this.hasAsked = true;
			this.deadline = this.heard + 2 * this.silence;
			this.frame(PING, NOTHING, 0, 0);
			return;
		}
		this.conclude(ABNORMAL_CLOSURE, "no answer");
		out.abort();
	}

	private sendMessage(opcode: Opcode, bytes: Uint8Array, start: number, end: number): boolean {
		if (this.state !== OPEN || this.queued + end - start > this.queueMax) return false;
		this.frame(opcode, bytes, start, end);
		this.late?.called();
		return true;
	}

	/** Makes a frame and sends what there is room for. */
	private frame(opcode: Opcode, bytes: Uint8Array, start: number, end: number): void {
		this.queue.push(opcode, bytes, start, end);
		this.flush();
	}

	private flush(): void {
		const { out } = this;
		// The server ends the connection first. @see RFC 6455 §7.1.1
		if (out !== undefined && this.queue.flush(out) && this.state === OVER) out.end();
	}

	private takeHeader(now: Millis, bytes: Uint8Array, start: number): number {
		const { head, header } = this;
		let at = start;
		while (at < bytes.length && this.missing < 0) {
			head[this.headLength++] = bytes[at++];
			const taken = header.read(head, 0, this.headLength);
			if (taken === 0) continue;
			this.headLength = 0;
			if (taken === MALFORMED) this.fail(now, PROTOCOL_ERROR, "malformed frame");
			else this.beginFrame(now);
			if (this.state === OVER) return bytes.length;
			if (this.missing === 0) this.endFrame(now);
		}
		return at;
	}

	/** Checks a header against what came before it. */
	private beginFrame(now: Millis): void {
		const { header, kind } = this;
		// Frames of clients are masked, those of servers never. @see RFC 6455 §5.1
		if (header.isMasked !== (this.options.random === undefined)) return this.fail(now, PROTOCOL_ERROR, "wrong masking");
		if (header.isControl) {
			this.controlLength = 0;
		} else {
			if ((header.opcode === CONTINUATION) !== (kind !== CONTINUATION))
				return this.fail(now, PROTOCOL_ERROR, "unexpected frame");
			if (this.messageLength + header.length > this.messageMax)
				return this.fail(now, MESSAGE_TOO_BIG, "message too long");
			if (header.opcode !== CONTINUATION) this.kind = header.opcode;
			this.reserve(this.messageLength + header.length);
		}
		this.missing = header.length;
	}

	private reserve(length: number): void {
		if (this.message.length >= length) return;
		const larger = new Uint8Array(Math.min(this.messageMax, Math.max(length, 2 * this.message.length)));
		larger.set(this.message.subarray(0, this.messageLength));
		this.message = larger;
	}

	private takePayload(now: Millis, bytes: Uint8Array, start: number): number {
		const { header } = this;
		const end = Math.min(bytes.length, start + this.missing);
		const into = header.isControl ? this.control : this.message;
		const at = header.isControl ? this.controlLength : this.messageLength;
		for (let i = start; i < end; i++) into[at + i - start] = bytes[i];
		if (header.isMasked) applyMask(into, at, at + end - start, header.mask, header.length - this.missing);
		if (header.isControl) this.controlLength += end - start;
		else this.messageLength += end - start;
		this.missing -= end - start;
		if (this.missing === 0) this.endFrame(now);
		return end;
	}

	private endFrame(now: Millis): void {
		const { header } = this;
		this.missing = -1;
		if (header.isControl) return this.controlled(now);
		if (!header.isFinal) return;
		const isText = this.kind === TEXT;
		const { message, messageLength } = this;
		this.kind = CONTINUATION;
		this.messageLength = 0;
		// What is still on its way after our CLOSE is of no interest.
		if (this.state !== OPEN) return;
		if (isText && !isUtf8(message, 0, messageLength)) return this.fail(now, INVALID_PAYLOAD, "text is not UTF-8");
		this.sink.message(now, message, 0, messageLength, isText);
	}

	private controlled(now: Millis): void {
		const { header, control, controlLength: length } = this;
		if (header.opcode === CLOSE) return this.closedByPeer(now);
		// A peer that asks without reading gets no more answers than fit.
		if (header.opcode !== PING || this.state !== OPEN || this.queued > this.queueMax + CONTROL_QUEUE_MAX) return;
		this.frame(PONG, control, 0, length);
	}

	private closedByPeer(now: Millis): void {
		const { control, controlLength: length } = this;
		const code = length < 2 ? NO_STATUS : (control[0] << 8) | control[1];
		const isValid = length === 0 || (length >= 2 && isCloseCode(code) && isUtf8(control, 2, length));
		if (!isValid) return this.fail(now, PROTOCOL_ERROR, "malformed CLOSE");
		if (this.state === OPEN) this.frame(CLOSE, control, 0, Math.min(2, length));
		this.conclude(code, utf8Decode(control, 2, Math.max(2, length)));
		this.flush();
	}

	/** Ends the connection because of what the other side has sent. */
	private fail(now: Millis, code: number, reason: string): void {
		if (this.state === OPEN) this.begin(now, code, reason);
		this.finish(code, reason);
		this.flush();
	}

	private begin(now: Millis, code: number, reason: string): void {
		const text = utf8Encode(reason);
		const length = Math.min(CONTROL_MAX, 2 + text.length);
		const payload = new Uint8Array(length);
		payload[0] = code >> 8;
		payload[1] = code;
		for (let i = 2; i < length; i++) payload[i] = text[i - 2];
		this.ending = { code, reason };
		this.state = CLOSING;
		this.deadline = now + CLOSE_TIME;
		this.frame(CLOSE, payload, 0, length);
	}

	/** Ends with the code and the reason that were given here, or else with these. */
	private conclude(code: number, reason: string): void {
		this.finish(this.ending?.code ?? code, this.ending?.reason ?? reason);
	}

	/** Nothing more is read; what waits is still sent. */
	private finish(code: number, reason: string): void {
		if (this.state === OVER) return;
		this.state = OVER;
		this.message = NOTHING;
		this.deadline = Infinity;
		this.sink.closed(code, reason);
	}
}
