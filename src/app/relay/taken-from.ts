import { formatEndpoint } from "../../core/ip-address";
import type { DeviceAddresses } from "../device-addresses";

/**
 * Tells for what origin a connection was that came in: in transparent mode its local address is the origin's (REP-1).
 * @returns address and port, `192.0.2.7:8554`; empty: it came to an address of this relay
 */
export function takenFrom(
	addresses: Pick<DeviceAddresses, "isThisMachine">,
	localAddress: string,
	localPort: number,
): string {
	return addresses.isThisMachine(localAddress) ? "" : formatEndpoint(localAddress, localPort);
}
