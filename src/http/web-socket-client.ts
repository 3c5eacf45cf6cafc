import type { EndReason, StreamMachine, StreamOutbox } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import { authorityFor, type HttpUrl } from "../wire/http-url";
import { HTTP_RESPONSES, RESPONSE_LIMITS } from "../wire/text-message";
import { TextMessageReader } from "../wire/text-message-reader";
import { ABNORMAL_CLOSURE } from "../wire/websocket-frame";
import { isWebSocketAnswer, WEBSOCKET_KEY_OCTETS, webSocketQuestion } from "../wire/websocket-handshake";
import { writeHead } from "./response-head";
import { WebSocket, type WebSocketOptions, type WebSocketSink } from "./web-socket";

/** What a client needs. */
export interface WebSocketClientOptions extends WebSocketOptions {
	/** Where the connection leads; `wss` is a secure URL. The owner opens it. */
	readonly url: HttpUrl;
	/** The one subprotocol, which the server must choose. */
	readonly protocol: string;
	readonly random: { fill(bytes: Uint8Array): void };
	/** How long it may take until the connection is open, from the making of this object. @default 15000 */
	readonly openTime?: Millis;
}

const OPEN_TIME: Millis = 15_000;
/** The most that a server may send together with its answer. */
const PIECE_MAX: Octets = 65536;

/**
 * The client's side of a WebSocket, from the handshake on: the machine at the end of a connection that the owner opens.
 * @see RFC 6455 §4.1
 */
export class WebSocketClient implements StreamMachine {
	deadline: Millis;
	/** Set by the owner. @see WebSocket.late */
	late: { called(): void } | undefined;
	/** Sends messages once the connection is open. */
	readonly socket: WebSocket;
	private readonly reader = new TextMessageReader(HTTP_RESPONSES, RESPONSE_LIMITS);
	private readonly key = new Uint8Array(WEBSOCKET_KEY_OCTETS);
	private hasAsked = false;
	private isOpen = false;
	private isOver = false;
	private out: StreamOutbox | undefined;

	constructor(
		now: Millis,
		private readonly options: WebSocketClientOptions,
		private readonly sink: WebSocketSink,
	) {
		this.deadline = now + (options.openTime ?? OPEN_TIME);
		options.random.fill(this.key);
		const passing: WebSocketSink = {
			opened: (socket) => sink.opened(socket),
			message: (at, bytes, start, end, isText) => sink.message(at, bytes, start, end, isText),
			closed: (code, reason) => {
				this.isOver = true;
				sink.closed(code, reason);
			},
		};
		this.socket = new WebSocket(passing, options);
		this.socket.late = { called: () => this.follow() };
	}

	/** Ends the connection: in order if it is open. @see WebSocket.close */
	close(now: Millis): void {
		this.socket.close(now);
		if (this.isOpen) return;
		this.deadline = Infinity;
		this.out?.abort();
		this.late?.called();
	}

	room(now: Millis, out: StreamOutbox): void {
		this.out = out;
		if (this.isOver && !this.isOpen) return out.abort();
		if (this.hasAsked) {
			this.socket.room(now, out);
			return;
		}
		this.hasAsked = true;
		const { url, protocol } = this.options;
		const fields = [["Host", authorityFor(url)] as const, ...webSocketQuestion(this.key, protocol)];
		const head = writeHead(`GET ${url.target} HTTP/1.1`, fields);
		if (out.room < head.length) return this.refuse("no room for the request");
		out.write(head, 0, head.length);
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.out = out;
		if (this.isOpen) {
			this.socket.feed(now, bytes, out);
			this.deadline = this.socket.deadline;
			return;
		}
		if (this.isOver) return;
		const { reader } = this;
		let at = 0;
		while (at < bytes.length && !reader.headDone && reader.fault === undefined) {
			const taken = reader.feed(bytes, at);
			if (taken === 0) break;
			at += taken;
		}
		if (reader.fault !== undefined || bytes.length > PIECE_MAX) return this.refuse("malformed answer");
		if (!reader.headDone) return;
		const { message } = reader;
		if (!isWebSocketAnswer(message, this.key, this.options.protocol))
			return this.refuse(`the server answered ${message.status}`);
		reader.release();
		this.isOpen = true;
		this.socket.open(now, out);
		if (at < bytes.length) this.socket.feed(now, bytes.subarray(at), out);
		this.deadline = this.socket.deadline;
	}

	ended(now: Millis, why: EndReason): void {
		if (this.isOpen) this.socket.ended(now, why);
		else this.refuse(why);
		this.deadline = this.isOpen ? this.socket.deadline : Infinity;
	}

	expire(now: Millis, out: StreamOutbox): void {
		if (now < this.deadline) return;
		if (this.isOpen) this.socket.expire(now, out);
		else this.refuse("timeout");
		this.deadline = this.isOpen ? this.socket.deadline : Infinity;
	}

	/** The connection is not opened. */
	private refuse(reason: string): void {
		this.deadline = Infinity;
		if (!this.isOver) {
			this.isOver = true;
			this.sink.closed(ABNORMAL_CLOSURE, reason);
		}
		this.out?.abort();
	}

	private follow(): void {
		this.deadline = this.socket.deadline;
		this.late?.called();
	}
}
