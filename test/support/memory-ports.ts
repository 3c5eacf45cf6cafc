import type { Pump } from "../../src/core/pump";
import type { Listener, ListenerSink, ListenOptions, Stream, StreamSink } from "../../src/ports/net";
import { type MemoryStream, memoryStreams } from "./fake-tunnels";

/** Listening ports within the memory of a test, as part of a network. */
export class MemoryPorts {
	/** Ports that are in use by others. */
	readonly taken = new Set<number>();
	readonly asked: ListenOptions[] = [];
	private readonly sinks = new Map<number, ListenerSink>();

	constructor(private readonly pump: Pump) {}

	listen(options: ListenOptions, sink: ListenerSink): Listener {
		this.asked.push(options);
		const { pump, sinks, taken } = this;
		const { port } = options;
		pump.after(0, () => {
			if (taken.has(port)) return sink.failed("in-use", "");
			sinks.set(port, sink);
			sink.opened();
		});
		return {
			get port() {
				return sinks.has(port) ? port : 0;
			},
			close: () => void sinks.delete(port),
		};
	}

	/** The ports that are open. */
	get open(): readonly number[] {
		return [...this.sinks.keys()];
	}

	/** Connects to a port. @returns the client's end; `undefined`: refused */
	visit(port: number, sink: StreamSink): MemoryStream | undefined {
		const [near, far] = memoryStreams(this.pump);
		near.sink = sink;
		const taken = this.sinks.get(port)?.accepted(far as Stream);
		if (taken === undefined) return undefined;
		far.sink = taken;
		this.pump.after(0, () => {
			far.opened();
			near.opened();
		});
		return near;
	}
}
