import { ipFamily, ipKind, sameIpNetwork } from "../../core/ip-address";
import type { Path } from "../../core/path";
import { DeviceAddresses } from "../device-addresses";

/**
 * The addresses of a device that is reached by IPv6 too.
 *
 * IPv6 visitors in a network of ours, or on the link, are near. They are not neighbours and not other devices for certain
 * ({@link isNeighbour}, {@link isOtherDevice}): the router, or a proxy on it, may have any address in the network.
 */
export class DualStackAddresses extends DeviceAddresses {
	/** The stable IPv6 addresses of this device. */
	ipv6Paths: readonly Path[] = [];

	/** Takes over what is known of IPv4. */
	constructor(before: DeviceAddresses, ...settings: ConstructorParameters<typeof DeviceAddresses>) {
		super(...settings);
		this.paths = before.paths;
		this.externalAddress = before.externalAddress;
		if (before.gatewayAddress !== "") this.gatewayAddress = before.gatewayAddress;
	}

	override isNear(visitor: string): boolean {
		if (ipFamily(visitor) !== 6) return super.isNear(visitor);
		const kind = ipKind(visitor);
		return kind === "loopback" || kind === "link-local" || this.isInIpv6Network(visitor);
	}

	override isThisMachine(visitor: string): boolean {
		if (ipFamily(visitor) !== 6) return super.isThisMachine(visitor);
		return ipKind(visitor) === "loopback" || this.ipv6Paths.some(({ address }) => address === visitor);
	}

	/** Whether an IPv6 address is in a network of ours: only there may another member of the fleet be. */
	isInIpv6Network(address: string): boolean {
		return this.ipv6Paths.some(
			(path) => ipKind(path.address) !== "link-local" && sameIpNetwork(path.address, address, path.prefix),
		);
	}
}
