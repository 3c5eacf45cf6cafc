import type { Path } from "../core/path";
import type { Pump } from "../core/pump";
import { FLEET_GROUP, FLEET_PORT } from "../fleet/fleet-settings";
import type { Log } from "../ports/log";
import type { Network } from "../ports/net";
import { SSDP_GROUP, SSDP_PORT } from "../wire/ssdp";
import { UdpBinding } from "./udp-binding";

/** Takes one datagram; `bytes` is valid during the call only. */
type Received = (path: Path, address: string, port: number, bytes: Uint8Array) => void;

/** The UDP sockets of a camera, one of each kind on each interface. */
export class CameraSockets {
	/** What this camera says to others, and what they answer. */
	readonly fleet: UdpBinding;
	/** Searches for gateways, PCP and NAT-PMP. */
	readonly gateway: UdpBinding;
	readonly ssdp: UdpBinding;
	private readonly ears: UdpBinding;

	constructor(
		network: Network,
		pump: Pump,
		log: Log,
		received: { readonly fleet: Received; readonly gateway: Received; readonly ssdp: Received },
	) {
		// Two sockets for the fleet: several cameras on one machine share the port that all are called at, and each is
		// answered at one of its own. All is said by the latter, whose address the fleet's seal binds: so it is bound to one.
		this.fleet = new UdpBinding(
			network,
			pump,
			log,
			"fleet",
			(path) => ({ address: path.address, port: 0, path, broadcast: true }),
			received.fleet,
		);
		this.ears = new UdpBinding(
			network,
			pump,
			log,
			"fleet",
			(path) => ({ port: FLEET_PORT, reuse: true, path, groups: [FLEET_GROUP], broadcast: true }),
			received.fleet,
		);
		this.gateway = new UdpBinding(
			network,
			pump,
			log,
			"gateway",
			(path) => ({ address: path.address, port: 0, path }),
			received.gateway,
		);
		this.ssdp = new UdpBinding(
			network,
			pump,
			log,
			"presence",
			(path) => ({ port: SSDP_PORT, reuse: true, path, groups: [SSDP_GROUP], multicastTtl: 2 }),
			received.ssdp,
		);
	}

	/** Opens sockets on new interfaces, closes those on interfaces that are gone. */
	setPaths(paths: readonly Path[]): void {
		for (const binding of [this.fleet, this.gateway, this.ears, this.ssdp]) binding.setPaths(paths);
	}

	/** Closes all once what was sent has left. */
	close(): void {
		this.setPaths([]);
	}
}
