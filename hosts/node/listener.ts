import { createServer, isIPv4, type Server, type Socket } from "node:net";
import { detailOf, netFailureOf } from "../../src/app/errno";
import type { Listener, ListenerSink, ListenOptions } from "../../src/ports/net";
import { codeOf } from "./error-code";
import { DRAIN_ALWAYS, NodeStream } from "./stream";

/** Connections that the kernel keeps until they are accepted. */
const BACKLOG = 511;

/** A listening TCP port on `node:net`. @see Listener */
export class NodeListener implements Listener {
	port = 0;
	private readonly server: Server;
	private closed = false;

	constructor(
		options: ListenOptions,
		private readonly sink: ListenerSink,
	) {
		this.server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: DRAIN_ALWAYS });
		this.server.on("connection", (socket) => this.accept(socket));
		this.server.on("error", (error) => this.fail(error));
		this.server.on("listening", () => this.opened());
		const host = options.address ?? "0.0.0.0";
		if (isIPv4(host)) this.server.listen({ host, port: options.port, backlog: BACKLOG });
		else process.nextTick(() => this.refuse(host));
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.server.close();
	}

	private opened(): void {
		if (this.closed) return;
		const bound = this.server.address();
		if (bound !== null && typeof bound === "object") this.port = bound.port;
		this.sink.opened();
	}

	private accept(socket: Socket): void {
		const stream = NodeStream.accepted(socket);
		const sink = this.closed ? undefined : this.sink.accepted(stream);
		if (sink === undefined) stream.abort();
		else stream.serve(sink);
	}

	private fail(error: Error): void {
		// One connection that can't be taken (no descriptors left) does not cost the port.
		if (this.closed || this.server.listening) return;
		this.sink.failed(netFailureOf(codeOf(error)), detailOf(error));
	}

	private refuse(host: string): void {
		if (!this.closed) this.sink.failed("no-address", `${host} is no IPv4 address`);
	}
}
