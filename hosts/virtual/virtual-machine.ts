import type { Prng } from "../../src/base/prng";
import type { Lan } from "./lan";
import type { LinkSettings } from "./link";
import { type AddressSettings, Nic, type NicOwner } from "./nic";
import { isMulticast, type Packet } from "./packet";
import type { Route, SocketHost } from "./socket-host";
import { TCP_DEFAULTS, type TcpSettings } from "./tcp-settings";
import { VirtualClock } from "./virtual-clock";
import { type DiskSettings, VirtualDisk } from "./virtual-disk";
import { VirtualFiles } from "./virtual-files";
import { VirtualLog } from "./virtual-log";
import { VirtualNetwork } from "./virtual-network";
import { VirtualRandom } from "./virtual-random";
import { VirtualResolver } from "./virtual-resolver";
import { VirtualStore } from "./virtual-store";
import type { World } from "./world";

/** Options of a {@link VirtualMachine}. */
export interface MachineOptions {
	/** False: `clock.utc()` is unknown. @default true */
	readonly knowsDate?: boolean;
	/** Settings of its TCP. */
	readonly tcp?: Partial<TcpSettings>;
	/** Settings of its disk. */
	readonly disk?: Partial<DiskSettings>;
}

/** Sees every packet of a router and may change or drop it, as a NAT does. */
export interface PacketHook {
	/** A packet arrived at `nic`. @returns the packet to continue with, or `undefined` to drop it */
	incoming(packet: Packet, nic: Nic): Packet | undefined;
	/** A forwarded packet is about to leave by `nic`. @returns the packet to send, or `undefined` to drop it */
	outgoing(packet: Packet, nic: Nic): Packet | undefined;
}

/** The rule of a kernel that leads connections to other machines to a transparent listener (nftables TPROXY). */
export interface TransparentRule {
	/** The interface by which the packets arrive. */
	readonly nic: Nic;
	/** The TCP ports of other machines whose connections are taken. */
	readonly ports: readonly number[];
}

/**
 * A machine of the virtual world, with all of src/ports, whose power can fail.
 *
 * {@link crash} ends everything at once: sockets disappear without notice, timers stop, and nothing is called any more.
 * {@link powerOn} makes a new `network`, `clock`, `resolver` and `files`, which the caller must read again. `store`, `random` and
 * `log` stay, and so does the synced data on the disk.
 */
export class VirtualMachine implements NicOwner, SocketHost {
	readonly nics: Nic[] = [];
	readonly store = new VirtualStore();
	readonly log: VirtualLog;
	readonly random: VirtualRandom;
	/** For the addresses and ports that the network stack draws. */
	readonly prng: Prng;
	readonly tcp: TcpSettings;
	network: VirtualNetwork;
	clock: VirtualClock;
	resolver: VirtualResolver;
	on = true;
	suspended = false;
	/** True: packets for other machines are forwarded. */
	forwarding = false;
	hook: PacketHook | undefined;
	/** Packets for other machines that its transparent sockets take. */
	transparent: TransparentRule | undefined;
	private ownDisk: VirtualDisk | undefined;
	private ownFiles: VirtualFiles | undefined;

	constructor(
		readonly world: World,
		readonly name: string,
		private readonly options: MachineOptions = {},
	) {
		this.prng = world.fork();
		this.random = new VirtualRandom(world.fork());
		this.log = new VirtualLog(world);
		this.tcp = { ...TCP_DEFAULTS, ...options.tcp };
		this.clock = new VirtualClock(world, options.knowsDate ?? true);
		this.network = new VirtualNetwork(this);
		this.resolver = this.newResolver();
	}

	/** The disk. It is made at the first access, so that a machine without files draws no random numbers for it. */
	get disk(): VirtualDisk {
		this.ownDisk ??= new VirtualDisk(this.world.fork(), this.options.disk);
		return this.ownDisk;
	}

	/** The files on {@link disk}, from power-on to crash. */
	get files(): VirtualFiles {
		if (this.ownFiles === undefined) {
			this.ownFiles = new VirtualFiles(this.world, this.disk, () => this.clock.utc());
			if (!this.on) this.ownFiles.stop();
		}
		return this.ownFiles;
	}

	/** Attaches the machine to a network by an interface `eth0`, `eth1` … Without `address` it has none yet. */
	attach(lan: Lan, address?: AddressSettings, link: Partial<LinkSettings> = {}): Nic {
		const tail = [0, 0, 0].map(() => (this.prng.below(256) + 256).toString(16).slice(1)).join(":");
		const nic = new Nic(this, lan, `eth${this.nics.length}`, `02:00:00:${tail}`, link);
		this.nics.push(nic);
		if (address !== undefined) nic.configure(address);
		return nic;
	}

	/** The first interface's address; empty while there is none. */
	get address(): string {
		return this.nics[0]?.path?.address ?? "";
	}

	/** The power fails, without notice to any program. */
	crash(): void {
		this.on = this.suspended = false;
		this.clock.stop();
		this.network.stop();
		this.resolver.stop();
		this.ownFiles?.stop();
		this.ownFiles = undefined;
		this.ownDisk?.crash();
		for (const nic of this.nics) {
			nic.groups.clear();
			// The network still delivers their packets here until another machine announces them.
			nic.floating.clear();
			nic.arpWatcher = undefined;
		}
	}

	/** Suspends the machine: it receives nothing and does nothing until {@link resume}, without noticing. */
	suspend(): void {
		this.suspended = true;
		this.clock.sleep();
	}

	/** Resumes a suspended machine. */
	resume(): void {
		this.suspended = false;
		this.clock.wake();
	}

	/** The power is back, with a new network and a new clock. The caller starts the program again. */
	powerOn(): void {
		if (this.on) this.crash();
		this.on = true;
		this.clock = new VirtualClock(this.world, this.options.knowsDate ?? true);
		this.network = new VirtualNetwork(this);
		this.resolver = this.newResolver();
		this.ownFiles = undefined;
	}

	pathsChanged(): void {
		if (this.on) this.network.pathsChanged();
	}

	/** True when `address` is an address of this machine. */
	owns(address: string): boolean {
		if (address.startsWith("127.") || address === "::1") return true;
		for (const nic of this.nics) if (nic.has(address)) return true;
		return false;
	}

	/** Finds the route to a unicast address: the longest matching network, or else the first default gateway. */
	route(destination: string): Route | undefined {
		let best: Nic | undefined;
		for (const nic of this.nics) {
			if (!nic.up || !nic.reaches(destination)) continue;
			if (best === undefined || prefixTo(nic, destination) > prefixTo(best, destination)) best = nic;
		}
		if (best !== undefined) return { nic: best, nextHop: destination };
		for (const nic of this.nics) {
			const gateway = nic.up ? nic.pathTo(destination)?.gateway : undefined;
			if (gateway !== undefined) return { nic, nextHop: gateway };
		}
		return undefined;
	}

	/** Sends a packet of this machine; `nic` is the interface for multicast and broadcast. It is lost without a route. */
	send(packet: Packet, nic?: Nic): void {
		if (!this.on) return;
		if (this.owns(packet.destination)) {
			const network = this.network;
			this.world.at(this.world.now, () => network.deliver(packet, undefined));
			return;
		}
		if (nic !== undefined && this.isForAll(packet.destination, nic)) {
			if (nic.up) nic.lan.send(nic, packet.destination, packet);
			return;
		}
		const route = this.route(packet.destination);
		route?.nic.lan.send(route.nic, route.nextHop, packet);
	}

	/** True for multicast addresses and the broadcast addresses of `nic`. */
	isForAll(destination: string, nic: Nic): boolean {
		return destination === nic.broadcast || destination === "255.255.255.255" || isMulticast(destination);
	}

	receive(packet: Packet, nic: Nic): void {
		if (this.suspended) return;
		const seen = this.hook === undefined ? packet : this.hook.incoming(packet, nic);
		if (seen === undefined) return;
		if (this.owns(seen.destination) || this.isForAll(seen.destination, nic) || this.takes(seen, nic))
			this.network.deliver(seen, nic);
		else if (this.forwarding) this.forward(seen);
	}

	/** True for packets of transparent sockets, and for the connections that {@link transparent} leads to them. */
	private takes(packet: Packet, nic: Nic): boolean {
		const rule = this.transparent;
		if (rule === undefined) return false;
		const isAsked = packet.tcp !== undefined && rule.ports.includes(packet.destinationPort);
		return (isAsked && nic === rule.nic) || this.network.hasTransparent(packet);
	}

	private newResolver(): VirtualResolver {
		return new VirtualResolver(this.world, this.world.names, () => this.nics.some((nic) => nic.up));
	}

	private forward(packet: Packet): void {
		const route = packet.ttl > 1 ? this.route(packet.destination) : undefined;
		if (route === undefined) return;
		const aged: Packet = { ...packet, ttl: packet.ttl - 1 };
		const sent = this.hook === undefined ? aged : this.hook.outgoing(aged, route.nic);
		if (sent !== undefined) route.nic.lan.send(route.nic, route.nextHop, sent);
	}
}

/** Returns the prefix of the network by which an interface reaches an address. */
function prefixTo(nic: Nic, address: string): number {
	return nic.pathTo(address)?.prefix ?? 0;
}
