import type { Millis, Seconds } from "../../../src/core/time";
import type { Router } from "../router";
import type { VirtualMachine } from "../virtual-machine";
import type { World } from "../world";
import type { DescribedGateway } from "./description";
import type { Mapping, PortTable } from "./port-table";

/** What the services of a virtual gateway need of it. */
export interface GatewayHost extends DescribedGateway {
	readonly world: World;
	readonly machine: VirtualMachine;
	readonly router: Router;
	readonly table: PortTable;
	/** Its present address on the WAN; `0.0.0.0` while it has none. */
	readonly wanAddress: string;
	/** Time since it started. */
	readonly uptime: Millis;
	/** Seconds since its table was created: what PCP and NAT-PMP report, so that clients notice a reboot (24). */
	readonly epoch: Seconds;
	/** Called before a client deletes a mapping by UPnP, with the client's address. */
	readonly deleting: ((mapping: Mapping, client: string) => void) | undefined;
	/** The UPnP daemon dies of a bug, while the router lives on, until the gateway restarts. */
	killDaemon(): void;
}
