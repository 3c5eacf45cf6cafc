import type { Clock } from "../../ports/clock";
import type { Log } from "../../ports/log";
import type { Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { Resolver } from "../../ports/resolver";

/** What an endpoint needs of the host. */
export interface EndpointHost {
	readonly network: Network;
	readonly random: Random;
	readonly clock: Pick<Clock, "utc">;
	readonly resolver: Resolver;
	readonly log: Log;
}

/** How an endpoint is set up. */
export interface EndpointOptions {
	/** The identity of this peer, PEER_DIGITS: a device's identity, or one drawn by a viewer's program. */
	readonly peer: string;
	/** `camera`, `nas`, `viewer` … */
	readonly kind: string;
	/** The local UDP port; 0: any. While it is in use, another one is taken. */
	readonly port: number;
	/** The most links at a time. @default 32 */
	readonly links?: number;
	/** How many sockets may be opened for birthday probing. @default 0 */
	readonly spread?: number;
}
