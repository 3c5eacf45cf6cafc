import type { Path } from "../core/path";
import type { Pump } from "../core/pump";
import type { EndReason } from "../core/stream";
import type {
	ConnectOptions,
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
} from "../ports/net";
import { isOfOtherMachine } from "./allow-list";

/**
 * The network for connections to servers that viewers have named: it connects to no address of this machine, whatever a name resolves to
 * or a server redirects to, so that nobody reaches the relay's own services, or the relay itself, by the relay (REP-11).
 */
export class GuardedNetwork implements Network {
	/** @param isOurs tells whether an address is one of this machine */
	constructor(
		private readonly network: Network,
		private readonly pump: Pick<Pump, "after">,
		private readonly isOurs: (address: string) => boolean,
	) {}

	connect(options: ConnectOptions, sink: StreamSink): Stream {
		const { address, port } = options;
		if (isOfOtherMachine(address) && !this.isOurs(address)) return this.network.connect(options, sink);
		const stream = new RefusedStream(address, port, options.tls !== undefined);
		this.pump.after(0, () => stream.end(sink, "refused"));
		return stream;
	}

	paths(): readonly Path[] {
		return this.network.paths();
	}

	ipv6Paths(): readonly Path[] {
		return this.network.ipv6Paths();
	}

	/** There is one watcher, which is not that of these connections. */
	watch(): void {}

	udp(options: UdpOptions, sink: UdpSink): UdpSocket {
		return this.network.udp(options, sink);
	}

	listen(options: ListenOptions, sink: ListenerSink): Listener {
		return this.network.listen(options, sink);
	}

	fanOut(): FanOutGroup {
		return this.network.fanOut();
	}
}

/** A connection that was never opened. */
class RefusedStream implements Stream {
	readonly room = 0;
	readonly queued = 0;
	readonly localAddress = "";
	readonly localPort = 0;
	private isOver = false;

	constructor(
		readonly remoteAddress: string,
		readonly remotePort: number,
		readonly secure: boolean,
	) {}

	write(): void {}

	writeShared(): void {}

	offer(): boolean {
		return false;
	}

	reading(): void {}

	abort(): void {}

	/** Ends it, for its sink; nothing for its owner. */
	end(sink?: StreamSink, why: EndReason = "refused"): void {
		if (sink === undefined || this.isOver) return;
		this.isOver = true;
		sink.ended(why);
		sink.gone();
	}
}
