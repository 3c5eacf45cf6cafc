import type { Network, Stream, StreamSink } from "../../ports/net";
import { StreamPair, type StreamPairOwner } from "../peer/stream-pair";
import { LocalPort, type LocalPortOwner } from "./local-port";
import type { ProxiedDevice } from "./local-proxy";

/** The local port of a device's RTSP server, for players. */
export class RtspPort extends LocalPort implements StreamPairOwner {
	constructor(
		network: Network,
		port: number,
		private readonly device: Pick<ProxiedDevice, "open">,
		follower: LocalPortOwner,
	) {
		super(network, port, follower);
	}

	/** @see StreamPairOwner */
	pairGone(pair: StreamPair): void {
		this.visitGone(pair);
	}

	protected visit(stream: Stream): StreamSink {
		const pair = new StreamPair(this);
		this.came(pair);
		pair.join(stream, this.device.open("rtsp", pair.far));
		return pair.near;
	}
}
