import type { TunnelService } from "../../src/peer/tunnel/tunnel-contract";
import type {
	ConnectOptions,
	Listener,
	ListenerSink,
	ListenOptions,
	Network,
	Stream,
	StreamSink,
} from "../../src/ports/net";
import { WrappedNetwork } from "../../src/ports/wrapped-network";
import type { TunnelPair, TunnelSide } from "./tunnel-pair";

/** The listeners of the device, and the ports that the next streams are for. */
class Ports {
	readonly listeners = new Map<number, ListenerSink>();
	/** The port and the local port of each stream that was opened, in order: the wire keeps it. */
	readonly wanted: (readonly [number, number])[] = [];
	private next = 40_000;

	draw(): number {
		return this.next++;
	}
}

const SILENT: StreamSink = { room: () => {}, received: () => {}, ended: () => {}, gone: () => {} };

/** A stream with the addresses and ports that a network would give it. */
class NamedStream implements Stream {
	constructor(
		private readonly stream: Stream,
		readonly localAddress: string,
		readonly localPort: number,
		readonly remoteAddress: string,
		readonly remotePort: number,
	) {}

	get secure(): boolean {
		return this.stream.secure;
	}
	get room(): number {
		return this.stream.room;
	}
	get queued(): number {
		return this.stream.queued;
	}
	get sent(): number {
		return this.stream.sent ?? 0;
	}
	write(bytes: Uint8Array, start: number, end: number): void {
		this.stream.write(bytes, start, end);
	}
	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.stream.writeShared(bytes, start, end);
	}
	offer: Stream["offer"] = (bytes, start, end, lease) => this.stream.offer(bytes, start, end, lease);
	reading(on: boolean): void {
		this.stream.reading(on);
	}
	end(): void {
		this.stream.end();
	}
	abort(): void {
		this.stream.abort();
	}
}

/** A network whose TCP connections are streams of a tunnel: from the caller to the device. */
export class TunnelNetwork extends WrappedNetwork {
	private constructor(
		network: Network,
		private readonly side: TunnelSide,
		private readonly ports: Ports,
		private readonly addresses: readonly [string, string],
		private readonly service: TunnelService,
	) {
		super(network);
	}

	/** Makes the networks of both sides of a tunnel. @param addresses those of the caller and of the device */
	static pair(
		{ caller, device }: TunnelPair,
		networks: readonly [Network, Network],
		[from, to]: readonly [string, string],
		service: TunnelService,
	): [TunnelNetwork, TunnelNetwork] {
		const ports = new Ports();
		device.accepted = (_service, stream) => {
			const [port, localPort] = ports.wanted.shift() ?? [0, 0];
			const listener = ports.listeners.get(port);
			const sink = listener?.accepted(new NamedStream(stream, to, port, from, localPort));
			// A tunnel can only refuse a stream; a listener that refuses a connection resets it.
			if (listener !== undefined && sink === undefined) stream.abort();
			return sink ?? (listener && SILENT);
		};
		return [
			new TunnelNetwork(networks[0], caller, ports, [from, to], service),
			new TunnelNetwork(networks[1], device, ports, [to, from], service),
		];
	}

	override connect(options: ConnectOptions, sink: StreamSink): Stream {
		const { address, port } = options;
		const [local, remote] = this.addresses;
		if (address !== remote) return this.network.connect(options, sink);
		const localPort = this.ports.draw();
		this.ports.wanted.push([port, localPort]);
		return new NamedStream(this.side.tunnel.open(this.service, sink), local, localPort, address, port);
	}

	override listen({ address = this.addresses[0], port }: ListenOptions, sink: ListenerSink): Listener {
		const { listeners } = this.ports;
		const wanted = port === 0 ? this.ports.draw() : port;
		const listener = { port: 0, isClosed: false, close: (): void => {} };
		listener.close = () => {
			listener.isClosed = true;
			if (listener.port !== 0) listeners.delete(listener.port);
			listener.port = 0;
		};
		this.side.pump.after(0, () => {
			if (listener.isClosed) return;
			if (address !== this.addresses[0]) sink.failed("no-address", "no such address");
			else if (listeners.has(wanted)) sink.failed("in-use", "in use");
			else {
				listeners.set(wanted, sink);
				listener.port = wanted;
				sink.opened();
			}
		});
		return listener;
	}
}
