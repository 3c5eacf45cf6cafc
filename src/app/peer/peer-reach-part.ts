import { NEVER } from "../../peer/peer-ticket";
import { tunnelHost } from "../../peer/tunnel/tunnel-host";
import { LARGE_TUNNEL } from "../../peer/tunnel/tunnel-limits";
import type { Part } from "../part";
import { PeerHomes } from "./peer-homes";
import { type NamedHome, OWN_HOME, type PeerNetwork } from "./peer-network";
import type { PeerExtra, PeerServices } from "./peer-part-services";
import type { HomeAccess } from "./peer-services";
import { PeerDialer } from "./tunnel-dialer";

/** Lets a device reach cameras behind NATs by names such as `garage.cabin.peer`: those of its own home, and of homes it is paired with. */
export function peerReach(network: PeerNetwork): PeerExtra {
	return (services) => new PeerReachPart(services, network);
}

/** Attaches the network of a device's sources to peer to peer. */
class PeerReachPart implements Part {
	private own: HomeAccess | undefined;

	/** Attached at once: sources may look for cameras before this part starts. */
	constructor(
		private readonly peers: PeerServices,
		private readonly network: PeerNetwork,
	) {
		const { node, supply, endpoint, deviceKey } = peers;
		const { pump, memory } = node;
		const homes = new PeerHomes(memory);
		if (homes.damaged > 0)
			node.host.log.write("error", "peer", `${homes.damaged} stored homes are damaged: pair again`);
		const tunnels = tunnelHost(pump, supply.ciphers, LARGE_TUNNEL);
		const dialer = new PeerDialer(endpoint, tunnels, deviceKey, homes);
		network.attach({ endpoint, homes: () => this.homes(homes), connections: { pump, dialer } });
	}

	leave(done: () => void): void {
		this.network.close();
		done();
	}

	private homes(others: PeerHomes): readonly NamedHome[] {
		const { home } = this.peers.keys();
		// A device of the home makes tickets for itself; the home may have another key than before.
		if (this.own?.home !== home) this.own = this.peers.access("", NEVER);
		const own: NamedHome[] = this.own === undefined ? [] : [{ name: OWN_HOME, access: this.own }];
		return own.concat(others.all);
	}
}
