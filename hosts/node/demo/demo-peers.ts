import { HomeDevicesPart } from "../../../src/app/peer/home-devices-part";
import { PairingPart } from "../../../src/app/peer/pairing-part";
import type { PeerExtra, PeerSupply } from "../../../src/app/peer/peer-part-services";
import { TunnelDoorPart } from "../../../src/app/peer/tunnel-door-part";
import type { PathKind } from "../../../src/peer/peer-path";
import { LARGE_TUNNEL } from "../../../src/peer/tunnel/tunnel-limits";
import type { VirtualMachine } from "../../virtual/virtual-machine";
import type { DemoSupply } from "./demo-scene";

/** How many UDP sockets a device may open for birthday probing. */
const SPREAD = 64;

/** Tunnels to one device of the demo. */
export class DemoPeers {
	/** Of the program that runs, or ran last. */
	door: TunnelDoorPart | undefined;
	/** The settings of a device that is reached through NATs, and by no port of its router. */
	readonly given: ReadonlyMap<string, string>;

	/** @param rendezvous the setting of the rendezvous server */
	constructor(
		private readonly machine: VirtualMachine,
		private readonly demo: DemoSupply,
		rendezvous: string,
	) {
		this.given = new Map([
			["rendezvous", rendezvous],
			["peer-mapped", "off"],
		]);
	}

	/** What the device has for peer to peer. */
	get supply(): PeerSupply {
		return { ciphers: this.demo.ciphers, resolver: this.machine.resolver, spread: SPREAD };
	}

	/** The parts that build on it. */
	get extras(): readonly PeerExtra[] {
		return [
			(services) => {
				this.door = new TunnelDoorPart(services, LARGE_TUNNEL);
				return this.door;
			},
			(services) => new PairingPart(services, this.demo.qrCode),
			(services) => new HomeDevicesPart(services),
		];
	}

	/** The way that a viewer's tunnel takes to get here; `undefined`: there is none. */
	get path(): PathKind | undefined {
		for (const tunnel of this.door?.list() ?? []) if (tunnel["path"] !== "") return tunnel["path"] as PathKind;
		return undefined;
	}
}
