import process from "porthole:process";
import { HomeDevicesPart } from "../../src/app/peer/home-devices-part";
import { PairingPart } from "../../src/app/peer/pairing-part";
import { PeerNetwork } from "../../src/app/peer/peer-network";
import type { PeerExtra, PeerSupply } from "../../src/app/peer/peer-part-services";
import { peerReach } from "../../src/app/peer/peer-reach-part";
import { TunnelDoorPart } from "../../src/app/peer/tunnel-door-part";
import { Pump } from "../../src/core/pump";
import { SPREAD_SOCKETS } from "../../src/peer/checks/port-guesses";
import { LARGE_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import type { Log } from "../../src/ports/log";
import { linuxCiphers } from "./adapters/ciphers";
import { LinuxClock } from "./adapters/clock";
import { LinuxInterfaces } from "./adapters/interface-source";
import { LinuxNetwork } from "./adapters/network";
import { LinuxRandom } from "./adapters/random";
import { LinuxResolver } from "./adapters/resolver";

/** Peer to peer of one program. */
export interface LinuxPeers {
	readonly supply: PeerSupply;
	/** The network of sources, which reaches cameras behind NATs too. */
	readonly network: PeerNetwork;
	/** The parts of cameras and NAS that build on peer to peer. */
	readonly extras: readonly PeerExtra[];
}

/** Makes what Linux has for peer to peer; `undefined` for a program that was built without OpenSSL. */
export function linuxPeers(): LinuxPeers | undefined {
	const ciphers = linuxCiphers(process.random);
	if (ciphers === undefined) return undefined;
	const plain = new LinuxNetwork(new LinuxInterfaces({}));
	const resolver = new LinuxResolver(plain, new LinuxRandom(process.random));
	const network = new PeerNetwork(plain, new Pump(new LinuxClock()));
	return {
		supply: { ciphers, resolver, spread: SPREAD_SOCKETS },
		network,
		extras: [
			(services) => new TunnelDoorPart(services, LARGE_TUNNEL),
			(services) => new PairingPart(services),
			(services) => new HomeDevicesPart(services),
			peerReach(network),
		],
	};
}

/** Says that a setting has no effect in a program without ciphers. */
export function warnOfNoPeers(peers: LinuxPeers | undefined, rendezvous: string, log: Log): void {
	if (peers === undefined && rendezvous !== "")
		log.write("error", "peer", "--rendezvous has no effect: this program was built without OpenSSL");
}
