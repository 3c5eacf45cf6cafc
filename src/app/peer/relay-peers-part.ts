import type { Path } from "../../core/path";
import { drawPeer } from "../../peer/peer-identity";
import { tunnelHost } from "../../peer/tunnel/tunnel-host";
import { LARGE_TUNNEL } from "../../peer/tunnel/tunnel-limits";
import type { Part } from "../part";
import type { RelayExtra } from "../relay/relay";
import type { RelayServices } from "../relay/relay-services";
import { loadDeviceKey } from "./device-key";
import { UdpPeerEndpoint } from "./peer-endpoint";
import { PeerHomes } from "./peer-homes";
import type { PeerNetwork } from "./peer-network";
import type { PeerSupply } from "./peer-part-services";
import { PeerDialer } from "./tunnel-dialer";

/** Lets a relay pull from cameras behind NATs (ONE-7): by names such as `garage.cabin.peer`, of homes that it is paired with. */
export function relayPeers(network: PeerNetwork, supply: PeerSupply): RelayExtra {
	return (services) => new RelayPeersPart(services, network, supply);
}

class RelayPeersPart implements Part {
	private endpoint: UdpPeerEndpoint | undefined;

	constructor(
		private readonly relay: RelayServices,
		private readonly network: PeerNetwork,
		private readonly supply: PeerSupply,
	) {}

	start(): void {
		const { host, node } = this.relay;
		const { pump, memory } = node;
		const homes = new PeerHomes(memory);
		if (homes.damaged > 0) host.log.write("error", "peer", `${homes.damaged} stored homes are damaged: pair again`);
		if (homes.all.length === 0) return;
		const { ciphers, resolver, spread = 0 } = this.supply;
		const endpoint = new UdpPeerEndpoint(
			pump,
			{ network: this.network, random: host.random, clock: host.clock, log: host.log, resolver },
			{ peer: drawPeer(host.random), kind: "relay", port: 0, spread },
		);
		this.endpoint = endpoint;
		endpoint.start();
		const tunnels = tunnelHost(pump, ciphers, LARGE_TUNNEL);
		const dialer = new PeerDialer(endpoint, tunnels, loadDeviceKey(ciphers, host.store, memory), homes);
		this.network.attach({ endpoint, homes: () => homes.all, connections: { pump, dialer } });
	}

	pathsChanged(paths: readonly Path[]): void {
		this.endpoint?.setPaths(paths);
	}

	leave(done: () => void): void {
		this.network.close();
		done();
	}

	stop(): void {
		this.endpoint?.close();
	}
}
