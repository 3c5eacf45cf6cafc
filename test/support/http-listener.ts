import type { Pump, StreamHandle } from "../../src/core/pump";
import type { HttpConnection } from "../../src/http/http-connection";
import type { HttpServer } from "../../src/http/http-server";
import type { Listener, ListenerSink, Network, Stream, StreamSink } from "../../src/ports/net";

/** Serves an HTTP server at a port of any host's network. */
export class HttpListener implements ListenerSink {
	private readonly listener: Listener;

	private constructor(
		network: Network,
		private readonly pump: Pump,
		private readonly server: HttpServer,
		address: string,
		port: number,
		private readonly started: () => void,
	) {
		this.listener = network.listen({ address, port }, this);
	}

	/** Listens. @param port 0: any that is free */
	static open(network: Network, pump: Pump, server: HttpServer, address: string, port = 0): Promise<HttpListener> {
		return new Promise((resolve) => {
			const listener: HttpListener = new HttpListener(network, pump, server, address, port, () => resolve(listener));
		});
	}

	/** The port at which it listens. */
	get port(): number {
		return this.listener.port;
	}

	close(): void {
		this.listener.close();
	}

	/** @see ListenerSink */
	opened(): void {
		this.started();
	}

	/** @see ListenerSink */
	accepted(stream: Stream): StreamSink | undefined {
		const { remoteAddress, localAddress, localPort } = stream;
		const connection = this.server.accept(this.pump.now(), remoteAddress, localAddress, localPort);
		if (connection === undefined) return undefined;
		const handle: StreamHandle<HttpConnection> = this.pump.addStream(connection);
		connection.late = handle;
		return handle.attach(stream);
	}

	/** @see ListenerSink */
	failed(why: string, detail: string): void {
		throw new Error(`${why}: ${detail}`);
	}
}
