import process from "porthole:process";
import type { PeerNetwork } from "../../../src/app/peer/peer-network";
import type { MjpegFeedHost } from "../../../src/camera/mjpeg-feed";
import { Pump } from "../../../src/core/pump";
import { LinuxClock } from "../adapters/clock";
import { LinuxInterfaces } from "../adapters/interface-source";
import { LinuxNetwork } from "../adapters/network";
import { LinuxRandom } from "../adapters/random";
import { LinuxResolver } from "../adapters/resolver";

/**
 * Makes what a source that is reached by the network needs of this host, with a pump of its own.
 * @param peers reaches cameras behind NATs too; absent: none are reached
 */
export function sourceHost(peers?: PeerNetwork): MjpegFeedHost {
	const clock = new LinuxClock();
	const network = new LinuxNetwork(new LinuxInterfaces({}));
	const random = new LinuxRandom(process.random);
	const resolver = new LinuxResolver(network, random);
	return {
		pump: new Pump(clock),
		network: peers ?? network,
		resolver: peers?.resolver(resolver) ?? resolver,
		random,
		utc: () => clock.utc(),
	};
}
