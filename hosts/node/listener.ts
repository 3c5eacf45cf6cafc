import { createServer, type Server, type Socket } from "node:net";
import { ipFamily } from "../../src/core/ip-address";
import { detailOf, netFailureOf } from "../../src/ports/errno";
import type { Listener, ListenerSink, ListenOptions, NetFailure } from "../../src/ports/net";
import { codeOf } from "./error-code";
import { DRAIN_ALWAYS, NodeStream } from "./stream";
import { TlsAcceptor } from "./tls-acceptor";

/** How many connections the kernel keeps until they are accepted. */
const BACKLOG = 511;

/** A listening TCP port on `node:net`, with `node:tls` if it has an identity. @see Listener */
export class NodeListener implements Listener {
	port = 0;
	private readonly server: Server;
	private closed = false;
	private acceptor: TlsAcceptor | undefined;

	constructor(
		options: ListenOptions,
		private readonly sink: ListenerSink,
	) {
		this.server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: DRAIN_ALWAYS });
		this.server.on("connection", (socket) => {
			if (this.acceptor === undefined) this.accept(socket);
			else this.acceptor.take(socket);
		});
		this.server.on("error", (error) => this.fail(error));
		this.server.on("listening", () => this.opened());
		const host = options.address ?? "0.0.0.0";
		if (options.tls !== undefined) {
			try {
				this.acceptor = new TlsAcceptor(options.tls, sink, (socket, raw) => this.accept(socket, raw));
			} catch (error) {
				process.nextTick(() => this.refuse("failed", detailOf(error)));
				return;
			}
		}
		const family = ipFamily(host);
		if (family === undefined) process.nextTick(() => this.refuse("no-address", `${host} is not an IP address`));
		else this.server.listen({ host, port: options.port, backlog: BACKLOG, ipv6Only: family === 6 });
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.server.close();
		this.acceptor?.close();
	}

	private opened(): void {
		if (this.closed) return;
		const bound = this.server.address();
		if (bound !== null && typeof bound === "object") this.port = bound.port;
		this.sink.opened();
	}

	private accept(socket: Socket, raw?: Socket): void {
		const stream = NodeStream.accepted(socket, raw);
		const sink = this.closed ? undefined : this.sink.accepted(stream);
		if (sink === undefined) stream.abort();
		else stream.serve(sink);
	}

	private fail(error: Error): void {
		// A connection that can't be accepted (no descriptors left) does not close the port.
		if (this.closed || this.server.listening) return;
		this.sink.failed(netFailureOf(codeOf(error)), detailOf(error));
	}

	private refuse(why: NetFailure, detail: string): void {
		if (!this.closed) this.sink.failed(why, detail);
	}
}
