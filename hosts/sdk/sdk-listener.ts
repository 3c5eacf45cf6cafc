import { type Listener, type ListenerSink, type ListenOptions, NO_TLS } from "../../src/ports/net";
import { Listening, type SdkListenerSocket, Timer } from "./sdk-classes";
import { SdkStream } from "./sdk-stream";

/** A listening TCP port on the Moddable SDK's sockets, at all addresses of the device. @see Listener */
export class SdkListener implements Listener {
	port = 0;
	private raw: SdkListenerSocket | undefined;

	/** @param localAddress the streams' own address */
	constructor(
		options: ListenOptions,
		private readonly localAddress: () => string,
		private readonly sink: ListenerSink,
	) {
		if (options.tls !== undefined) {
			Timer.set(() => sink.failed("failed", NO_TLS), 0);
			return;
		}
		try {
			this.raw = new Listening({ port: options.port, onReadable: (count: number) => this.accept(count) });
			Timer.set(() => this.opened(), 0);
		} catch (error) {
			// The sockets do not report a reason; in practice the port is taken.
			Timer.set(() => sink.failed("in-use", `port ${options.port}: ${(error as Error).message}`), 0);
		}
	}

	close(): void {
		this.raw?.close();
		this.raw = undefined;
	}

	private opened(): void {
		if (this.raw === undefined) return;
		this.port = this.raw.port;
		this.sink.opened();
	}

	private accept(count: number): void {
		// Does not read until nothing is left: on a PC such a call would leak a socket object.
		for (let i = 0; i < count && this.raw !== undefined; i++) {
			const from = this.raw.read();
			if (from === undefined) return;
			const stream = SdkStream.accepted(from, this.localAddress(), this.port);
			const sink = this.sink.accepted(stream);
			if (sink === undefined) stream.abort();
			else stream.serve(sink);
		}
	}
}
