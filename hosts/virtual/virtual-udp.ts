import { canonicalIp, ipFamily } from "../../src/core/ip-address";
import type { UdpOptions, UdpPeer, UdpSink, UdpSocket } from "../../src/ports/net";
import type { Nic } from "./nic";
import { isIpv6, isMulticast, type Packet, TTL_DEFAULT } from "./packet";
import type { SocketTable } from "./socket-host";
import { DATAGRAM_MAX } from "./world";

/** The UDP sockets of a machine. */
export interface UdpTable extends SocketTable {
	/** Adds a socket whose port is chosen. @returns false when the port is in use */
	bind(socket: VirtualUdp): boolean;
	unbind(socket: VirtualUdp): void;
	/** Loops a multicast or broadcast datagram back to the sockets of the machine. */
	loopBack(packet: Packet, nic: Nic): void;
}

/** The value that received octets are overwritten with after the call. */
export const POISON = 0xa5;

/**
 * A UDP socket of a virtual machine.
 *
 * It takes the strictest reading of the contract: received octets are overwritten after the call, a socket receives only the
 * groups that it joined itself, and one that is bound to an address receives neither broadcast nor multicast.
 */
export class VirtualUdp implements UdpSocket {
	port = 0;
	/** The address that it is bound to; `undefined`: any address of its family. */
	readonly boundAddress: string | undefined;
	/** True for IPv6. */
	readonly six: boolean;
	private state: "opening" | "open" | "closed" = "opening";
	private readonly joined: Nic[] = [];

	constructor(
		private readonly network: UdpTable,
		private readonly options: UdpOptions,
		private readonly sink: UdpSink,
	) {
		const { address } = options;
		this.boundAddress = address === "0.0.0.0" || address === "::" ? undefined : address;
		this.six = isIpv6(address ?? options.path?.address ?? "");
		network.soon(() => this.open());
	}

	peer(address: string, port: number): UdpPeer | undefined {
		if (ipFamily(address) !== (this.six ? 6 : 4) || !(port > 0 && port <= 65535)) return undefined;
		return this.network.machine.world.endpoints.get(canonicalIp(address) as string, port);
	}

	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void {
		this.send(bytes, start, end, peer.address, peer.port);
	}

	sendBatch(peer: UdpPeer, bytes: Uint8Array, offsets: Uint32Array, count: number): void {
		for (let i = 0; i < count; i++) this.send(bytes, offsets[i], offsets[i + 1], peer.address, peer.port);
	}

	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		if (this.state !== "open" || !this.network.alive || end - start > DATAGRAM_MAX || isIpv6(address) !== this.six)
			return;
		const machine = this.network.machine;
		const out = this.nic();
		const forAll = out !== undefined && machine.isForAll(address, out);
		const multicast = isMulticast(address);
		if (forAll && !multicast && this.options.broadcast !== true) return;
		const nic = forAll ? out : machine.route(address)?.nic;
		const source = this.boundAddress ?? (machine.owns(address) ? address : this.sourceBy(nic, address));
		if (source === undefined) return;
		const packet: Packet = {
			source,
			sourcePort: this.port,
			destination: address,
			destinationPort: port,
			ttl: multicast ? (this.options.multicastTtl ?? 1) : TTL_DEFAULT,
			body: bytes.slice(start, end),
			tcp: undefined,
			sender: undefined,
		};
		machine.send(packet, nic);
		if (forAll && nic !== undefined) this.network.loopBack(packet, nic);
	}

	close(): void {
		if (this.state === "open") this.leave();
		this.state = "closed";
		this.port = 0;
	}

	/** True when the two sockets can't be bound at the same time. */
	conflictsWith(other: VirtualUdp): boolean {
		if (this.six !== other.six || (this.options.reuse === true && other.options.reuse === true)) return false;
		const [a, b] = [this.boundAddress, other.boundAddress];
		return a === b || a === undefined || b === undefined;
	}

	/** True when a broadcast, or a multicast to `destination`, that arrived at `nic` is for this socket. */
	hears(destination: string, nic: Nic): boolean {
		if (this.boundAddress !== undefined) return false;
		if (!isMulticast(destination)) return !this.six;
		return this.joined.includes(nic) && (this.options.groups?.includes(destination) ?? false);
	}

	receive(packet: Packet): void {
		if (this.state !== "open") return;
		// One buffer for all deliveries of the world, as they never nest and an allocation for each would be slow.
		const bytes = this.network.machine.world.delivery.subarray(0, packet.body.length);
		bytes.set(packet.body);
		this.sink.received(bytes, this.senderOf(packet));
		bytes.fill(POISON);
	}

	/** Returns the endpoint of the sender, which is looked up once for all receivers of the packet. */
	private senderOf(packet: Packet): UdpPeer {
		const known = packet.sender;
		// A NAT copies packets with another source.
		if (known !== undefined && known.address === packet.source && known.port === packet.sourcePort) return known;
		packet.sender = this.network.machine.world.endpoints.get(packet.source, packet.sourcePort);
		return packet.sender;
	}

	private open(): void {
		if (this.state !== "opening") return;
		const { address, port, groups, path, transparent = false } = this.options;
		const machine = this.network.machine;
		const nic = this.nic();
		const lacksAddress = this.boundAddress !== undefined && !transparent && !machine.owns(this.boundAddress);
		if (lacksAddress || (path !== undefined && !nic)) {
			this.fail("no-address", `this machine does not have the address ${address ?? path?.address}`);
			return;
		}
		this.port = port === 0 ? this.network.freePort() : port;
		if (!this.network.bind(this)) {
			this.port = 0;
			this.fail("in-use", `port ${port} is in use`);
			return;
		}
		this.state = "open";
		if (groups !== undefined && nic !== undefined) {
			this.joined.push(nic);
			for (const group of groups) nic.groups.set(group, (nic.groups.get(group) ?? 0) + 1);
		}
		this.sink.opened();
	}

	private fail(why: "no-address" | "in-use", detail: string): void {
		this.state = "closed";
		this.sink.failed(why, detail);
	}

	private leave(): void {
		if (!this.network.alive) return;
		this.network.unbind(this);
		for (const nic of this.joined) {
			for (const group of this.options.groups ?? []) {
				const left = (nic.groups.get(group) ?? 0) - 1;
				if (left > 0) nic.groups.set(group, left);
				else nic.groups.delete(group);
			}
		}
	}

	/** Returns the source address of datagrams that leave by an interface. */
	private sourceBy(nic: Nic | undefined, destination: string): string | undefined {
		const { path } = this.options;
		if (path !== undefined && nic?.has(path.address) === true) return path.address;
		return nic?.pathTo(destination)?.address;
	}

	/** Returns the interface for multicast and broadcast. */
	private nic(): Nic | undefined {
		const address = this.options.path?.address ?? this.boundAddress;
		for (const nic of this.network.machine.nics) {
			if (this.six ? nic.ipv6Paths.length === 0 : nic.path === undefined) continue;
			if (address === undefined ? nic.up : nic.has(address)) return nic;
		}
		return undefined;
	}
}
