import { addressKind, sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";

/** Where a camera is, and who is near it: its interfaces, the gateway in front of it. */
export class DeviceAddresses {
	/** The interfaces that are up. */
	paths: readonly Path[] = [];
	/** The gateway's address on the Internet; empty while unknown. */
	externalAddress = "";
	/** The gateway's address in the LAN; empty while unknown. */
	gatewayAddress = "";

	/** @param hostName a domain name that leads to the gateway; empty for none */
	constructor(private readonly hostName: string) {}

	/** What stands in links for the gateway: the name in the settings, or its address; empty while there is none (IMG-5). */
	get externalHost(): string {
		return this.hostName || this.externalAddress;
	}

	/** Our address in the network of a visitor, or the first. */
	lanAddress(visitor = ""): string {
		return (this.paths.find((p) => sameNetwork(p.address, visitor, p.prefix)) ?? this.paths[0])?.address ?? "";
	}

	/** True for a visitor who comes from the LAN, or from another private network: his links lead through the LAN. */
	isNear(visitor: string): boolean {
		return addressKind(visitor) !== "public" || this.isInOurNetwork(visitor);
	}

	/**
	 * True for a neighbour in the LAN, or on this machine. Not for the gateway itself: some put their own address in the
	 * place of the Internet visitor's.
	 */
	isNeighbour(visitor: string): boolean {
		if (addressKind(visitor) === "loopback") return true;
		const gateway = visitor === this.gatewayAddress || this.paths.some((path) => path.gateway === visitor);
		return !gateway && this.isInOurNetwork(visitor);
	}

	private isInOurNetwork(visitor: string): boolean {
		return this.paths.some((path) => sameNetwork(path.address, visitor, path.prefix));
	}
}
