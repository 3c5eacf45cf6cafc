import type { Path } from "../core/path";
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
} from "./net";

/** A network that passes everything on to another one; subclasses do some of it in their own way. */
export class WrappedNetwork implements Network {
	constructor(protected readonly network: Network) {}

	connect(options: ConnectOptions, sink: StreamSink): Stream {
		return this.network.connect(options, sink);
	}

	listen(options: ListenOptions, sink: ListenerSink): Listener {
		return this.network.listen(options, sink);
	}

	udp(options: UdpOptions, sink: UdpSink): UdpSocket {
		return this.network.udp(options, sink);
	}

	fanOut(): FanOutGroup {
		return this.network.fanOut();
	}

	paths(): readonly Path[] {
		return this.network.paths();
	}

	ipv6Paths(): readonly Path[] {
		return this.network.ipv6Paths();
	}

	/** There is one watcher, which is not the one of this object's user. */
	watch(): void {}
}
