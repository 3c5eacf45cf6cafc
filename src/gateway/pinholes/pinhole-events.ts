import type { TransportProtocol } from "../../wire/pcp";
import type { GatewayOutbox } from "../gateway-events";

/** A port of this machine that is to be reached by IPv6 from everywhere. */
export interface PinholeRequest {
	readonly protocol: TransportProtocol;
	/** Inside and outside alike: IPv6 translates nothing. Routers open ports below 1024 for nobody. */
	readonly port: number;
}

/** How the pinholes were opened; `firewall-off`: the gateway says that its IPv6 firewall lets everything in. */
export type PinholeMethod = "PCP" | "UPnP" | "firewall-off";

/**
 * Why there are no pinholes. `no-answer`: the gateway has neither PCP nor WANIPv6FirewallControl for IPv6. `not-allowed`: it has, and
 * its owner does not allow this machine to open ports, as a FRITZ!Box in its delivery state. `refused`: for another reason.
 */
export type PinholeTrouble = "no-answer" | "not-allowed" | "refused";

/** The events of the pinhole client. */
export type PinholeEvent =
	/** All ports are open now, at this address. */
	| { readonly type: "opened"; readonly by: PinholeMethod; readonly address: string }
	/** They are not, or not all of them; tried again in a minute. */
	| { readonly type: "closed"; readonly trouble: PinholeTrouble }
	/** All pinholes are closed, or can't be; no event follows. */
	| { readonly type: "left" };

/** What the pinhole client can do; its requests leave from the address of the request's path. */
export type PinholeOutbox = GatewayOutbox<PinholeEvent>;
