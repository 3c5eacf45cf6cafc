import type { Lan } from "./lan";
import type { LinkSettings } from "./link";
import { type Forwards, Nat } from "./nat";
import type { NatSettings } from "./nat-settings";
import type { AddressSettings, Nic } from "./nic";
import { VirtualMachine } from "./virtual-machine";
import type { World } from "./world";

/** The networks and addresses of a router. */
export interface RouterPlace {
	readonly lan: Lan;
	/** @default 192.168.0.1/24 */
	readonly inside?: AddressSettings;
	readonly wan: Lan;
	/** Its address on the WAN. @default none yet */
	readonly outside?: AddressSettings;
	/** The settings of its link to the WAN. */
	readonly link?: Partial<LinkSettings>;
}

/** The default address of a router on its LAN. */
export const INSIDE_DEFAULT: AddressSettings = Object.freeze({ address: "192.168.0.1", prefix: 24 });

const NO_FORWARDS: Forwards = Object.freeze({ find: () => undefined });

/** A machine that connects a LAN to a WAN by a NAT. `forwards` keeps the port mappings. */
export class Router {
	readonly machine: VirtualMachine;
	readonly inside: Nic;
	readonly outside: Nic;
	readonly nat: Nat;

	constructor(
		world: World,
		name: string,
		place: RouterPlace,
		nat: Partial<NatSettings> = {},
		forwards: Forwards = NO_FORWARDS,
	) {
		this.machine = new VirtualMachine(world, name);
		this.inside = this.machine.attach(place.lan, place.inside ?? INSIDE_DEFAULT);
		this.outside = this.machine.attach(place.wan, place.outside, place.link);
		this.machine.forwarding = true;
		this.nat = new Nat(world, this.outside, nat, forwards);
		this.machine.hook = this.nat;
	}

	/** The power fails. Sessions are lost as well. */
	crash(): void {
		this.machine.crash();
		this.nat.clear();
	}
}
