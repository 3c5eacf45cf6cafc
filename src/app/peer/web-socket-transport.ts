import type { Pump, StreamHandle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { WebSocketSink } from "../../http/web-socket";
import { WebSocketClient } from "../../http/web-socket-client";
import type { HttpUrl } from "../../wire/http-url";
import { STUN_MAX } from "../../wire/stun";
import type { NodeHost } from "../node-host";

/** The path of the WebSockets of rendezvous servers. */
export const RENDEZVOUS_PATH = "/socket";
/** The subprotocol of STUN messages, one in each binary message: what else goes by UDP. */
export const STUN_PROTOCOL = "stun.porthole";
/** The subprotocol of signals, as JSON texts. @see SignalMessage */
export const SIGNAL_PROTOCOL = "signal.porthole";

/** How long a TLS handshake may take: a server without TLS may not even refuse it. */
export const HANDSHAKE: Millis = 3000;

/** Receives what a {@link WebSocketTransport} brings. Never called during a call to it. */
export interface WebSocketTransportSink {
	/** The connection is open: messages may be sent. */
	opened(): void;
	/** A message arrived; `bytes` is valid during the call only, and may be changed in place. */
	received(bytes: Uint8Array): void;
	/** The connection is over, or was never opened. Called once, as the last call. `detail` is for the log. */
	closed(detail: string): void;
}

/** What a connection to a rendezvous server needs of its host. */
export type TransportHost = Pick<NodeHost, "network" | "random">;

/**
 * Carries messages of and to one rendezvous server over a WebSocket, where UDP does not get through.
 *
 * Certificates are not checked, as servers have no names that they must prove: both sides authenticate each other's messages with the
 * key of the home's account.
 */
export class WebSocketTransport implements WebSocketSink {
	private readonly handle: StreamHandle<WebSocketClient>;
	private isOver = false;

	/**
	 * Opens the connection.
	 * @param address of the server, to which the host of the URL was resolved
	 * @param url `https` for TLS
	 */
	constructor(
		{ network, random }: TransportHost,
		pump: Pump,
		address: string,
		url: HttpUrl,
		private readonly sink: WebSocketTransportSink,
		openTime?: Millis,
	) {
		const options = { url, protocol: STUN_PROTOCOL, random, messageMax: STUN_MAX, ...(openTime && { openTime }) };
		const client = new WebSocketClient(pump.now(), options, this);
		this.handle = pump.addStream(client);
		client.late = this.handle;
		const tls = url.secure ? { tls: { serverName: url.host, verify: false, handshakeTime: HANDSHAKE } } : {};
		this.handle.attach(network.connect({ address, port: url.port, ...tls }, this.handle));
	}

	/** Sends `bytes[start, end)` as one message. @returns false: the connection is not open, or too much waits already */
	send(bytes: Uint8Array, start: number, end: number): boolean {
		return this.handle.machine.socket.send(bytes, start, end);
	}

	/** Ends the connection; {@link WebSocketTransportSink.closed} is not called any more. Harmless when repeated. */
	close(): void {
		this.isOver = true;
		this.handle.call((client, now) => client.close(now));
	}

	/** @see WebSocketSink */
	opened(): void {
		if (!this.isOver) this.sink.opened();
	}

	/** @see WebSocketSink */
	message(_now: Millis, bytes: Uint8Array, start: number, end: number, isText: boolean): void {
		if (!this.isOver && !isText) this.sink.received(bytes.subarray(start, end));
	}

	/** @see WebSocketSink */
	closed(code: number, reason: string): void {
		if (this.isOver) return;
		this.isOver = true;
		this.sink.closed(reason === "" ? `code ${code}` : reason);
	}
}
