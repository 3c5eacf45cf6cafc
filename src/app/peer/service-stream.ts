import { ipFamily } from "../../core/ip-address";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Lookup, Resolver } from "../../ports/resolver";
import { lookUpHost } from "../../ports/resolver";
import type { HttpUrl } from "../../wire/http-url";
import { type TransportHost, WebSocketTransport, type WebSocketTransportSink } from "./web-socket-transport";

/** How long the lookup of a name may take, and the opening of a connection. */
const LOOKUP_TIME: Millis = 4000;
const OPEN_TIME: Millis = 5000;

/** What a {@link ServiceStream} needs. */
export interface ServiceStreamHost extends TransportHost {
	readonly pump: Pump;
	readonly resolver: Resolver;
}

/** Receives what happens to a {@link ServiceStream}; never during a call to it. */
export interface ServiceStreamSink {
	/** The connection is open, to this address. */
	streamOpened(address: string, url: HttpUrl): void;
	/** A message arrived; valid during the call only. */
	streamReceived(bytes: Uint8Array): void;
	/** The connection is over, or none could be opened. Called once, as the last call. */
	streamClosed(wasOpen: boolean): void;
}

/** A connection to the first of several WebSockets that opens: the way to a rendezvous server where UDP is blocked. */
export class ServiceStream implements WebSocketTransportSink {
	private transport: WebSocketTransport | undefined;
	private lookup: Lookup | undefined;
	private next = 0;
	private address = "";
	private isOpen = false;
	private isOver = false;

	/** @param urls in the order in which they are tried */
	constructor(
		private readonly host: ServiceStreamHost,
		private readonly urls: readonly HttpUrl[],
		private readonly sink: ServiceStreamSink,
	) {
		host.pump.after(0, () => this.tryNext());
	}

	/** Sends `bytes[start, end)`; lost while the connection is not open. */
	send(bytes: Uint8Array, start: number, end: number): void {
		if (this.isOpen) this.transport?.send(bytes, start, end);
	}

	/** Ends the connection; nothing is called any more. Harmless when repeated. */
	close(): void {
		this.isOver = true;
		this.lookup?.cancel();
		this.transport?.close();
	}

	/** @see WebSocketTransportSink */
	opened(): void {
		if (this.isOver) return;
		this.isOpen = true;
		this.sink.streamOpened(this.address, this.urls[this.next - 1]);
	}

	/** @see WebSocketTransportSink */
	received(bytes: Uint8Array): void {
		if (!this.isOver) this.sink.streamReceived(bytes);
	}

	/** @see WebSocketTransportSink */
	closed(): void {
		if (this.isOver) return;
		if (this.isOpen) this.end();
		else this.tryNext();
	}

	private tryNext(): void {
		if (this.isOver) return;
		const url = this.urls[this.next++];
		if (url === undefined) return this.end();
		if (ipFamily(url.host) !== undefined) return this.connect(url.host, url);
		this.lookup = lookUpHost(this.host.resolver, url.host, LOOKUP_TIME, (answer) => {
			if (this.isOver) return;
			if (answer.failure === undefined) this.connect(answer.records[0].address, url);
			else this.tryNext();
		});
	}

	private connect(address: string, url: HttpUrl): void {
		this.address = address;
		this.transport = new WebSocketTransport(this.host, this.host.pump, address, url, this, OPEN_TIME);
	}

	private end(): void {
		this.isOver = true;
		this.sink.streamClosed(this.isOpen);
	}
}
