import type { MjpegFeedHost } from "../../../src/camera/mjpeg-feed";
import { Pump } from "../../../src/core/pump";
import { knownUtc, NodeClock } from "../clock";
import { NodeNetwork } from "../network";
import { NodeRandom } from "../random";
import { NodeResolver } from "../resolver";

/** Makes what a source that is reached by the network needs of this host, with a pump of its own. */
export function sourceHost(): MjpegFeedHost {
	return {
		pump: new Pump(new NodeClock()),
		network: new NodeNetwork(),
		resolver: new NodeResolver(),
		random: new NodeRandom(),
		utc: knownUtc,
	};
}
