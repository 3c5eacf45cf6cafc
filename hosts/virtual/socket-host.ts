import type { Prng } from "../../src/base/prng";
import type { Nic } from "./nic";
import type { Packet } from "./packet";
import type { TcpSettings } from "./tcp-settings";
import type { World } from "./world";

/** Where a packet goes next. */
export interface Route {
	readonly nic: Nic;
	readonly nextHop: string;
}

/** A machine, as its sockets see it. */
export interface SocketHost {
	readonly world: World;
	/** For addresses and ports that the machine's own stack draws. */
	readonly prng: Prng;
	readonly tcp: TcpSettings;
	readonly nics: readonly Nic[];
	/** True when `address` is one of the machine's own. */
	owns(address: string): boolean;
	/** True for multicast and for the broadcast addresses of `nic`. */
	isForAll(destination: string, nic: Nic): boolean;
	/** Finds the way to a unicast address. */
	route(destination: string): Route | undefined;
	/** Sends a packet of the machine's own; `nic` chooses the way of multicast and broadcast. Lost without a way. */
	send(packet: Packet, nic?: Nic): void;
}

/** What all sockets of a machine share, from power-on to crash. */
export interface SocketTable {
	readonly machine: SocketHost;
	/** False after a crash: whatever belongs to this network does nothing any more. */
	readonly alive: boolean;
	/** Lets `run` happen at once, but outside the present call, unless the power fails in between. */
	soon(run: () => void): void;
	/** Draws a port that no socket has. */
	freePort(): number;
}
