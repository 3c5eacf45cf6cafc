import type { Path } from "../../core/path";
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
} from "../../ports/net";

/** The network of a transparent relay: UDP sockets may be bound to addresses of other machines, as if they were there. */
export class ForeignNetwork implements Network {
	/** @param isOurs tells whether an address is one of this machine */
	constructor(
		private readonly network: Network,
		private readonly isOurs: (address: string) => boolean,
	) {}

	udp(options: UdpOptions, sink: UdpSink): UdpSocket {
		const { address } = options;
		const isForeign = address !== undefined && address !== "0.0.0.0" && address !== "::" && !this.isOurs(address);
		return this.network.udp(isForeign ? { ...options, transparent: true } : options, sink);
	}

	paths(): readonly Path[] {
		return this.network.paths();
	}

	ipv6Paths(): readonly Path[] {
		return this.network.ipv6Paths();
	}

	/** There is one watcher, which is not that of these sockets. */
	watch(): void {}

	listen(options: ListenOptions, sink: ListenerSink): Listener {
		return this.network.listen(options, sink);
	}

	connect(options: ConnectOptions, sink: StreamSink): Stream {
		return this.network.connect(options, sink);
	}

	fanOut(): FanOutGroup {
		return this.network.fanOut();
	}
}
