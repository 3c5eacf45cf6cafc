import { canonicalIp, ipFamily, ipKind, sameIpNetwork } from "../../src/core/ip-address";
import { broadcastAddress, sameNetwork } from "../../src/core/ipv4";
import type { Path } from "../../src/core/path";
import type { Lan } from "./lan";
import type { ArpMessage, LanStation } from "./lan-station";
import { Link, type LinkSettings } from "./link";
import { isIpv6, type Packet } from "./packet";

/** The settings that an interface gets from DHCP. */
export interface AddressSettings {
	readonly address: string;
	/** Bits of the network part. @default 24 */
	readonly prefix?: number;
	/** The router for packets to other networks. */
	readonly gateway?: string;
}

/** The machine that an interface belongs to, as the interface sees it. */
export interface NicOwner {
	readonly on: boolean;
	/** True while it does not answer anything. */
	readonly suspended: boolean;
	receive(packet: Packet, nic: Nic): void;
	/** An address or the state of a cable has changed. */
	pathsChanged(): void;
}

/** Connects a machine to a network by a {@link Link}. It has at most one IPv4 address of its own, and any number of IPv6 addresses. */
export class Nic implements LanStation {
	readonly link: Link;
	/** The path of the IPv4 address; `undefined` while there is none. A change makes a new object. */
	path: Path | undefined;
	/** A path for each IPv6 address. */
	ipv6Paths: readonly Path[] = [];
	/** The broadcast address of {@link path}'s network. */
	broadcast = "";
	/** Multicast groups that the machine has joined here, with the number of sockets that did. */
	readonly groups = new Map<string, number>();
	/** Floating addresses, which have no paths; a crash removes them. */
	readonly floating = new Set<string>();
	/** Receives the ARP messages of other interfaces. */
	arpWatcher: ((message: ArpMessage) => void) | undefined;

	constructor(
		private readonly owner: NicOwner,
		readonly lan: Lan,
		readonly name: string,
		readonly mac: string,
		link: Partial<LinkSettings>,
	) {
		this.link = new Link(lan.world.fork(), { ...lan.link, ...link }, () => owner.pathsChanged());
		lan.attach(this);
	}

	/** Sets, changes or (with `undefined`) removes the address, as a DHCP server does. */
	configure(settings: AddressSettings | undefined): void {
		if (this.path !== undefined) this.lan.unclaim(this.path.address, this);
		if (settings === undefined) {
			this.path = undefined;
		} else {
			const { address, prefix = 24, gateway } = settings;
			const base = { name: this.name, address, prefix, mac: this.mac };
			this.path = Object.freeze(gateway === undefined ? base : { ...base, gateway });
			this.broadcast = broadcastAddress(address, prefix);
			this.lan.claim(address, this);
		}
		this.owner.pathsChanged();
	}

	/**
	 * Adds an IPv6 address in canonical form, as after a router advertisement. Link-local addresses are not modelled.
	 */
	addIpv6({ address, prefix = 64, gateway }: AddressSettings): void {
		if (ipFamily(address) !== 6 || canonicalIp(address) !== address || ipKind(address) === "link-local") {
			throw new RangeError(`${address} is not a canonical IPv6 address that can be routed`);
		}
		const base = { name: this.name, address, prefix, mac: this.mac };
		const path = Object.freeze(gateway === undefined ? base : { ...base, gateway });
		this.ipv6Paths = Object.freeze([...this.ipv6Paths, path]);
		this.lan.claim(address, this);
		this.owner.pathsChanged();
	}

	/** Removes an IPv6 address. */
	removeIpv6(address: string): void {
		this.ipv6Paths = Object.freeze(this.ipv6Paths.filter((path) => path.address !== address));
		this.lan.unclaim(address, this);
		this.owner.pathsChanged();
	}

	/** True when packets can leave by this interface. */
	get up(): boolean {
		return (this.path !== undefined || this.ipv6Paths.length > 0) && this.link.up;
	}

	/** Returns the path that packets to `address`, in this or another network, would leave by. */
	pathTo(address: string): Path | undefined {
		if (!isIpv6(address)) return this.path;
		for (const path of this.ipv6Paths) if (sameIpNetwork(path.address, address, path.prefix)) return path;
		return this.ipv6Paths.find(({ gateway }) => gateway !== undefined) ?? this.ipv6Paths[0];
	}

	/** True when `address` is in a network of this interface. */
	reaches(address: string): boolean {
		if (isIpv6(address)) return this.ipv6Paths.some((path) => sameIpNetwork(path.address, address, path.prefix));
		return this.path !== undefined && sameNetwork(this.path.address, address, this.path.prefix);
	}

	/** True when the interface answers for `address`. */
	has(address: string): boolean {
		if (this.path?.address === address || (this.floating.size > 0 && this.floating.has(address))) return true;
		return this.ipv6Paths.length > 0 && this.ipv6Paths.some((path) => path.address === address);
	}

	/** Receives an ARP message; it is lost if the machine is off or the cable unplugged. */
	hear(message: ArpMessage): void {
		if (!this.link.up || !this.owner.on || this.owner.suspended) {
			this.link.lost++;
			return;
		}
		const { kind, address, from } = message;
		if (kind === "probe" && this.has(address)) this.lan.arp(this, { kind: "answer", address, from: this }, from);
		this.arpWatcher?.(message);
	}

	/** Receives a packet for the machine; it is lost if the machine is off or the cable unplugged. */
	deliver(packet: Packet): void {
		if (this.link.up && this.owner.on) this.owner.receive(packet, this);
		else this.link.lost++;
	}
}
