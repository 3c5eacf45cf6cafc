import type { EndReason, StreamMachine, StreamOutbox } from "../core/stream";
import type { Millis } from "../core/time";
import { fieldOf, type Headers } from "../wire/text-message";
import { OTHER_VERSION, parseWebSocketRequest, webSocketAnswer } from "../wire/websocket-handshake";
import { HttpConnection } from "./http-connection";
import { type HttpReply, type HttpRequest, originOf } from "./http-request";
import { HttpServer } from "./http-server";
import type { HttpServerOptions } from "./http-server-settings";
import type { HttpSite } from "./http-site";
import { NO_STORE, writeHead } from "./response-head";
import { WebSocket, type WebSocketOptions, type WebSocketSink } from "./web-socket";

/**
 * An HTTP server whose connections may go over to another protocol (RFC 9110 §7.8). It takes the place of a site's server before
 * the first connection: `site.server = new UpgradableServer(site.server.settings, site)`.
 */
export class UpgradableServer<Visitor = unknown, Need = unknown> extends HttpServer<Visitor, Need> {
	constructor(settings: HttpServerOptions, site: HttpSite<Visitor, Need>) {
		super(settings, site, UpgradableConnection);
	}
}

/** What takes a connection over; {@link open} is called once, before all else. */
interface ConnectionTaker extends StreamMachine {
	open(now: Millis, out: StreamOutbox): void;
}

/** A connection of HTTP that may go over to another protocol. */
class UpgradableConnection<Visitor> extends HttpConnection<Visitor> {
	/** What the connection is given to. */
	private taker: ConnectionTaker | undefined;
	/** Set during {@link feed}, the only time at which it can be given away. */
	private feeding: StreamOutbox | undefined;

	/**
	 * Answers the current request with 101 and gives the connection to another machine; called by the handler of the request.
	 * @returns false: not now, as the client has not waited for the answer to a request before
	 */
	upgrade(headers: Headers, taker: ConnectionTaker): boolean {
		const { feeding } = this;
		const head = writeHead("HTTP/1.1 101 Switching Protocols", headers);
		if (this.answered || feeding === undefined || feeding.room < head.length) return false;
		feeding.write(head, 0, head.length);
		this.taker = taker;
		return true;
	}

	override get isEndless(): boolean {
		return this.taker !== undefined || super.isEndless;
	}

	override feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		if (this.taker !== undefined) this.taker.feed(now, bytes, out);
		else if (!this.feedRequest(now, bytes, out)) return;
		this.follow();
	}

	override room(now: Millis, out: StreamOutbox): void {
		if (this.taker === undefined) return super.room(now, out);
		this.taker.room(now, out);
		this.follow();
	}

	override expire(now: Millis, out: StreamOutbox): void {
		if (this.taker === undefined) return super.expire(now, out);
		this.taker.expire(now, out);
		this.follow();
	}

	override ended(now: Millis, why: EndReason): void {
		if (this.taker === undefined) return super.ended(now, why);
		this.taker.ended(now, why);
		if (why !== "closed") super.ended(now, why);
		else this.follow();
	}

	/** @returns true: the connection was given away */
	private feedRequest(now: Millis, bytes: Uint8Array, out: StreamOutbox): boolean {
		this.feeding = out;
		super.feed(now, bytes, out);
		this.feeding = undefined;
		const { taker } = this;
		if (taker === undefined) return false;
		// A client waits for the answer before it sends more. @see RFC 6455 §4.1
		if (!endsWithHead(bytes)) {
			this.drop();
			return false;
		}
		out.reading(true);
		taker.open(now, out);
		return true;
	}

	/** The deadline is that of the other protocol. */
	follow(): void {
		this.deadline = this.taker?.deadline ?? this.deadline;
	}
}

/** Whether octets end as a head without a body does. */
function endsWithHead(bytes: Uint8Array): boolean {
	const { length } = bytes;
	return length >= 2 && bytes[length - 1] === 10 && bytes[length - 2] === 13;
}

/** How a route accepts WebSockets. */
export interface WebSocketRoute extends WebSocketOptions {
	/** The subprotocols, in the order of preference; a client must offer one of them. @see RFC 6455 §1.9 */
	readonly protocols: readonly string[];
	/**
	 * True: pages of any origin may connect, as nothing depends on cookies. False: only those of this server, whose visitor may be
	 * known by a cookie. @see RFC 6455 §10.2
	 */
	readonly anyOrigin: boolean;
}

/**
 * Answers a request for a WebSocket, in the handler of a GET route of an {@link UpgradableServer}.
 * @param make returns the sink of the connection for the chosen subprotocol
 */
export function acceptWebSocket(
	request: HttpRequest,
	reply: HttpReply,
	route: WebSocketRoute,
	make: (protocol: string) => WebSocketSink,
): void {
	const wish = parseWebSocketRequest(request.message);
	if (wish === "not-upgrade")
		return reply.error(426, "This address is for WebSockets.", [...OTHER_VERSION, ...NO_STORE]);
	if (wish === "version") return reply.error(426, "Only version 13 is supported.", [...OTHER_VERSION, ...NO_STORE]);
	if (wish === "malformed") return reply.error(400, "Malformed request for a WebSocket.", NO_STORE);
	const origin = fieldOf(request.message, "origin");
	if (!route.anyOrigin && origin !== undefined && origin !== originOf(request))
		return reply.error(403, "A page of another site asked for this.", NO_STORE);
	const protocol = route.protocols.find((name) => wish.protocols.includes(name));
	if (protocol === undefined)
		return reply.error(400, `The subprotocol must be one of ${route.protocols.join(", ")}.`, NO_STORE);
	if (!(reply instanceof UpgradableConnection)) return reply.error(501, "No WebSockets here.", NO_STORE);
	const socket = new WebSocket(make(protocol), route);
	socket.late = {
		called: () => {
			reply.follow();
			reply.late?.called();
		},
	};
	socket.trusted = () => void reply.admit(false);
	if (reply.upgrade(webSocketAnswer(wish.key, protocol), socket)) return;
	socket.close(request.now);
	reply.error(400, "A WebSocket needs a connection of its own.", NO_STORE);
}
