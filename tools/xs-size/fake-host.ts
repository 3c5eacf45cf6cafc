import type { Octets } from "../../src/core/time";
import type { Frame } from "../../src/media/frame";
import type { FrameSink, FrameSource } from "../../src/ports/camera";
import type { Clock } from "../../src/ports/clock";
import { LoopFanOut } from "../../src/ports/fan-out";
import type {
	FanOutGroup,
	Listener,
	ListenerSink,
	ListenOptions,
	Network,
	Stream,
	StreamSink,
	UdpOptions,
	UdpSink,
	UdpSocket,
} from "../../src/ports/net";
import type { Store } from "../../src/ports/store";

/** A clock that stands still until {@link runTo}. */
export class StepClock implements Clock {
	private time = 0;
	private at = Infinity;
	private ring: (() => void) | undefined;

	now(): number {
		return this.time;
	}

	utc(): undefined {
		return undefined;
	}

	set(at: number, ring: () => void): void {
		this.at = at;
		this.ring = ring;
	}

	/** Advances to `time`, and calls everything that is due until then. */
	runTo(time: number): void {
		while (this.at <= time) {
			this.time = Math.max(this.time, this.at);
			this.at = Infinity;
			this.ring?.();
		}
		this.time = time;
	}
}

/** A connection whose peer accepts everything and counts it. */
export class SinkStream implements Stream {
	readonly queued = 0;
	readonly localAddress = "192.168.0.2";
	readonly localPort = 8000;
	readonly remotePort = 40000;
	readonly secure = false;
	written = 0;
	ended = false;

	constructor(
		readonly room: Octets,
		readonly remoteAddress: string,
	) {}

	write(_bytes: Uint8Array, start: number, end: number): void {
		this.written += end - start;
	}
	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.write(bytes, start, end);
	}
	offer(bytes: Uint8Array, start: number, end: number): boolean {
		this.write(bytes, start, end);
		return true;
	}
	reading(): void {}
	end(): void {
		this.ended = true;
	}
	abort(): void {
		this.ended = true;
	}
}

/** A network with one interface; the scene plays the other devices. */
export class SceneNetwork implements Network {
	readonly sinks: { readonly options: UdpOptions; readonly sink: UdpSink }[] = [];
	/** In the order in which they began to listen: that of pages first. */
	private readonly listeners: ListenerSink[] = [];
	private readonly path = Object.freeze({ name: "wlan0", address: "192.168.0.2", prefix: 24, gateway: "192.168.0.1" });
	private readonly all = Object.freeze([this.path]);

	paths() {
		return this.all;
	}

	ipv6Paths() {
		return [];
	}

	fanOut(): FanOutGroup {
		return new LoopFanOut();
	}

	watch(): void {}

	udp(options: UdpOptions, sink: UdpSink): UdpSocket {
		this.sinks.push({ options, sink });
		return {
			port: options.port || 50000,
			peer: (address, port) => ({ address, port }),
			send() {},
			sendTo() {},
			sendBatch() {},
			close() {},
		};
	}

	listen({ port }: ListenOptions, sink: ListenerSink): Listener {
		this.listeners.push(sink);
		return { port, close() {} };
	}

	connect(_options: object, _sink: StreamSink): Stream {
		return new SinkStream(0, "192.168.0.1");
	}

	/** Reports that all sockets are open, first the listeners. */
	open(): void {
		for (const sink of this.listeners) sink.opened();
		for (const { sink } of this.sinks) sink.opened();
	}

	/** Connects a visitor. @param place of the listener, from 0 on @throws {Error} when the camera refuses it */
	visit(stream: SinkStream, place = 0): StreamSink {
		const sink = this.listeners[place]?.accepted(stream);
		if (sink === undefined) throw new Error("the camera refused a visitor");
		sink.room();
		return sink;
	}
}

/** A store in memory. */
export class MapStore implements Store {
	private readonly values = new Map<string, string>();

	read(key: string): string | undefined {
		return this.values.get(key);
	}
	write(key: string, value: string): void {
		this.values.set(key, value);
	}
	delete(key: string): void {
		this.values.delete(key);
	}
}

/** A source of frames that the scene makes. */
export class HandSource implements FrameSource {
	readonly description = "frames of the scene";
	private sink: FrameSink | undefined;

	start(sink: FrameSink): void {
		this.sink = sink;
	}
	stop(): void {
		this.sink = undefined;
	}
	push(frame: Frame): void {
		this.sink?.frame(frame);
	}
}
