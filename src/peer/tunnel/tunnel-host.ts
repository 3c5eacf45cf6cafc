import { Allowance } from "../../base/allowance";
import type { Pump } from "../../core/pump";
import type { Ciphers } from "../../ports/ciphers";
import type { TunnelHost } from "./tunnel-contract";
import type { TunnelLimits } from "./tunnel-limits";

/**
 * Makes what all tunnels of a program share; each program makes one, so that the handshakes of all together are bounded, and those
 * of one address to half of that.
 */
export function tunnelHost(pump: Pump, ciphers: Ciphers, limits: TunnelLimits): TunnelHost {
	const most = limits.handshakesPerSecond;
	return { pump, ciphers, limits, handshakes: new Allowance(most, Math.ceil(most / 2)) };
}
