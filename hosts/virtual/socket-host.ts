import type { Prng } from "../../src/base/prng";
import type { Nic } from "./nic";
import type { Packet } from "./packet";
import type { TcpSettings } from "./tcp-settings";
import type { World } from "./world";

/** The next hop of a packet. */
export interface Route {
	readonly nic: Nic;
	readonly nextHop: string;
}

/** A machine, as its sockets see it. */
export interface SocketHost {
	readonly world: World;
	/** For the addresses and ports that the network stack draws. */
	readonly prng: Prng;
	readonly tcp: TcpSettings;
	readonly nics: readonly Nic[];
	/** True when `address` is an address of the machine. */
	owns(address: string): boolean;
	/** True for multicast addresses and the broadcast addresses of `nic`. */
	isForAll(destination: string, nic: Nic): boolean;
	/** Finds the route to a unicast address. */
	route(destination: string): Route | undefined;
	/** Sends a packet of the machine; `nic` is the interface for multicast and broadcast. It is lost without a route. */
	send(packet: Packet, nic?: Nic): void;
}

/** What the sockets of a machine share, from power-on to crash. */
export interface SocketTable {
	readonly machine: SocketHost;
	/** False after a crash: nothing that belongs to this network does anything any more. */
	readonly alive: boolean;
	/** Calls `run` at the same instant, but after the current call, unless the power fails before. */
	soon(run: () => void): void;
	/** Draws a port that no socket uses. */
	freePort(): number;
}
