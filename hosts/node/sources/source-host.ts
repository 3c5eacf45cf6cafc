import type { PeerNetwork } from "../../../src/app/peer/peer-network";
import type { MjpegFeedHost } from "../../../src/camera/mjpeg-feed";
import { Pump } from "../../../src/core/pump";
import { knownUtc, NodeClock } from "../clock";
import { NodeNetwork } from "../network";
import { NodeRandom } from "../random";
import { NodeResolver } from "../resolver";

/**
 * Makes what a source that is reached by the network needs of this host, with a pump of its own.
 * @param peers reaches cameras behind NATs too; absent: none are reached
 */
export function sourceHost(peers?: PeerNetwork): MjpegFeedHost {
	const resolver = new NodeResolver();
	return {
		pump: new Pump(new NodeClock()),
		network: peers ?? new NodeNetwork(),
		resolver: peers?.resolver(resolver) ?? resolver,
		random: new NodeRandom(),
		utc: knownUtc,
	};
}
