import { detailOf, netFailureOf } from "../../src/app/errno";
import { parseIpv4 } from "../../src/core/ipv4";
import type { Listener, ListenerSink, ListenOptions } from "../../src/ports/net";
import { type ListenerSocket, Listening } from "./ecma-419";
import { codeOf } from "./error-code";
import { later } from "./later";
import { XsStream } from "./stream";

/** A listening TCP port on an ECMA-419 listener. @see Listener */
export class XsListener implements Listener {
	port = 0;
	private io: ListenerSocket | undefined;
	private closed = false;

	constructor(
		private readonly options: ListenOptions,
		private readonly sink: ListenerSink,
	) {
		later(() => this.listen());
	}

	close(): void {
		this.closed = true;
		this.io?.close();
		this.io = undefined;
	}

	/** From the socket: a connection came in. */
	readable(): void {
		const raw = this.io?.read();
		if (raw === undefined) return;
		const stream = XsStream.accepted(raw);
		const sink = this.sink.accepted(stream);
		if (sink === undefined) stream.abort();
		else stream.serve(sink);
	}

	/** From the socket: the port is lost. */
	lost(code: string | undefined): void {
		if (this.closed) return;
		this.close();
		this.sink.failed("failed", code ?? "the port is lost");
	}

	private listen(): void {
		if (this.closed) return;
		const { address, port } = this.options;
		try {
			if (address !== undefined && parseIpv4(address) === undefined) {
				throw new Error(`EADDRNOTAVAIL: ${address} is no IPv4 address`);
			}
			this.io = new Listening({
				...(address !== undefined && { address }),
				port,
				target: this,
				onReadable,
				onError,
			});
		} catch (error) {
			this.sink.failed(netFailureOf(codeOf(error)), detailOf(error));
			return;
		}
		this.port = this.io.port ?? port;
		this.sink.opened();
	}
}

function onReadable(this: ListenerSocket, count: number): void {
	for (let i = 0; i < count; i++) (this.target as XsListener).readable();
}

function onError(this: ListenerSocket, code?: string): void {
	(this.target as XsListener).lost(code);
}
