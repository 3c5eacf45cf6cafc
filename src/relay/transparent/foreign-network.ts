import type { Network, UdpOptions, UdpSink, UdpSocket } from "../../ports/net";
import { WrappedNetwork } from "../../ports/wrapped-network";

/** The network of a transparent relay: UDP sockets may be bound to addresses of other machines, as if they were there. */
export class ForeignNetwork extends WrappedNetwork {
	/** @param isOurs tells whether an address is one of this machine */
	constructor(
		network: Network,
		private readonly isOurs: (address: string) => boolean,
	) {
		super(network);
	}

	override udp(options: UdpOptions, sink: UdpSink): UdpSocket {
		const { address } = options;
		const isForeign = address !== undefined && address !== "0.0.0.0" && address !== "::" && !this.isOurs(address);
		return this.network.udp(isForeign ? { ...options, transparent: true } : options, sink);
	}
}
