import { addressKind, sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";

/** The most routers that are remembered. */
const ROUTERS_MAX = 32;

/** The addresses of a device and of the gateway in front of it, and which visitors are near. */
export class DeviceAddresses {
	/** The interfaces that are up. */
	paths: readonly Path[] = [];
	/** The gateway's address on the Internet; empty while unknown. */
	externalAddress = "";
	private gateway = "";
	/** All addresses at which a router was seen; a LAN has few. */
	private readonly routers = new Set<string>();

	/**
	 * @param hostName a domain name that leads to the gateway, which its owner may change; empty for none
	 * @param hardwareOf returns the hardware address of a device in the LAN; empty: not known
	 */
	constructor(
		public hostName: string,
		private readonly hardwareOf: (address: string) => string = () => "",
	) {}

	/** The gateway's address in the LAN; empty while unknown. */
	get gatewayAddress(): string {
		return this.gateway;
	}

	set gatewayAddress(address: string) {
		this.gateway = address;
		this.sawRouter(address);
	}

	/** A router was seen at this address; it may have others. */
	sawRouter(address: string): void {
		if (this.routers.size < ROUTERS_MAX) this.routers.add(address);
	}

	/** The host in links from the Internet: the name in the settings, or the external address; empty while unknown (IMG-5). */
	get externalHost(): string {
		return this.hostName || this.externalAddress;
	}

	/**
	 * The public address that the Internet sees in place of one of this device's, as the gateway says (ONE-4).
	 * @returns empty: not known, or the address is in another network than the gateway
	 */
	outsideOf(address: string): string {
		const path = this.paths.find((each) => each.address === address);
		const isBehind = path !== undefined && sameNetwork(this.gateway, address, path.prefix);
		return isBehind && addressKind(this.externalAddress) === "public" ? this.externalAddress : "";
	}

	/** The address of this device in the network of a visitor, or its first address. */
	lanAddress(visitor = ""): string {
		return (this.paths.find((p) => sameNetwork(p.address, visitor, p.prefix)) ?? this.paths[0])?.address ?? "";
	}

	/** Whether a visitor comes from the LAN or another private network, so that links lead through the LAN. */
	isNear(visitor: string): boolean {
		return addressKind(visitor) !== "public" || this.isInOurNetwork(visitor);
	}

	/**
	 * Whether a visitor is in the LAN or on this machine. The gateway is not: some gateways replace the address of visitors
	 * from the Internet by their own.
	 */
	isNeighbour(visitor: string): boolean {
		if (addressKind(visitor) === "loopback") return true;
		const gateway = visitor === this.gatewayAddress || this.paths.some((path) => path.gateway === visitor);
		return !gateway && this.isInOurNetwork(visitor);
	}

	/**
	 * Whether a visitor is another device of the LAN for certain. This machine is not, as proxies and tunnels run on it, and
	 * no address of a router: traffic for these uses their addresses. A router's other addresses have the same hardware.
	 */
	isOtherDevice(visitor: string): boolean {
		return (
			this.isInOurNetwork(visitor) &&
			this.isNeighbour(visitor) &&
			visitor !== this.externalAddress &&
			!this.routers.has(visitor) &&
			!this.paths.some(({ address }) => address === visitor) &&
			!this.isRoutersHardware(this.hardwareOf(visitor))
		);
	}

	/** Whether a visitor comes from this machine. */
	isThisMachine(visitor: string): boolean {
		return addressKind(visitor) === "loopback" || this.paths.some(({ address }) => address === visitor);
	}

	/** Whether a visitor may be anywhere, because a router, or a program on this machine, may stand for it. */
	mayBeFar(visitor: string): boolean {
		const isHere = this.isThisMachine(visitor) || this.isInOurNetwork(visitor);
		return isHere ? !this.isOtherDevice(visitor) : !this.isNear(visitor);
	}

	private isRoutersHardware(hardware: string): boolean {
		if (hardware === "") return false;
		for (const { gateway = "" } of this.paths) if (gateway !== "" && this.hardwareOf(gateway) === hardware) return true;
		for (const router of this.routers) if (this.hardwareOf(router) === hardware) return true;
		return false;
	}

	private isInOurNetwork(visitor: string): boolean {
		return this.paths.some((path) => sameNetwork(path.address, visitor, path.prefix));
	}
}
