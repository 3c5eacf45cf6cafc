import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { EndpointTable } from "../../src/core/endpoint-table";
import { canonicalIp, type IpFamily, ipFamily, zoneOf } from "../../src/core/ip-address";
import { broadcastAddress } from "../../src/core/ipv4";
import type { Path } from "../../src/core/path";
import type { Octets } from "../../src/core/time";
import { detailOf, netFailureOf } from "../../src/ports/errno";
import { PEERS_MAX, type UdpOptions, type UdpPeer, type UdpSink, type UdpSocket } from "../../src/ports/net";
import { NO_TRANSPARENT_UDP } from "../../src/ports/transparent";
import { codeOf } from "./error-code";
import { SendBuffer } from "./send-buffer";

const LIMITED_BROADCAST = "255.255.255.255";
/** How many octets Node may queue while the kernel's buffer is full; more are lost. */
const QUEUE_MAX: Octets = 1 << 20;
/** The datagrams that are being sent, of any socket. */
const buffer = new SendBuffer();
/** The offsets of a single datagram. */
const whole = new Uint32Array(2);

/**
 * A UDP socket on `node:dgram`. @see UdpSocket
 *
 * Node can't bind a socket to an interface, and a socket bound to any address receives the groups of all interfaces. So a socket
 * with a `path` that wants groups or broadcasts is bound to the path's address, and has additional sockets that only receive:
 * one bound to each group and broadcast address. They ignore senders in another interface's network.
 */
export class NodeUdpSocket implements UdpSocket {
	port = 0;
	private readonly main: Socket;
	private readonly family: IpFamily | undefined;
	/** The address that it is bound to. */
	private readonly address: string;
	private readonly receivers: Socket[] = [];
	private readonly peers = new EndpointTable<UdpPeer>(PEERS_MAX, (address, port) => Object.freeze({ address, port }));
	private open = false;
	private failed = false;
	private closed = false;

	/** @param elsewhere returns true when a sender is in the network of another interface than `path` */
	constructor(
		private readonly options: UdpOptions,
		private readonly sink: UdpSink,
		private readonly elsewhere: (path: Path, sender: string) => boolean,
	) {
		const { path, address, groups = [], broadcast = false } = options;
		const family = ipFamily(address ?? path?.address ?? "0.0.0.0");
		const any = family === 6 ? "::" : "0.0.0.0";
		this.family = family;
		this.address = address ?? (path !== undefined && (groups.length > 0 || broadcast) ? path.address : any);
		this.main = this.create(options.reuse ?? false);
		this.main.on("error", (error) => this.fail(error));
		this.main.on("message", (message, from) => this.receive(message, from));
		// With this lookup function Node would call back at once, but the sink must not be called during `udp`.
		process.nextTick(() => this.bind());
	}

	peer(address: string, port: number): UdpPeer | undefined {
		const family = ipFamily(address);
		if (family === undefined || family !== this.family || !isPort(port)) return undefined;
		return this.peers.get(canonicalIp(address) as string, port);
	}

	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void {
		whole[0] = start;
		whole[1] = end;
		this.sendAll(bytes, whole, 1, peer.port, peer.address);
	}

	sendBatch(peer: UdpPeer, bytes: Uint8Array, offsets: Uint32Array, count: number): void {
		this.sendAll(bytes, offsets, count, peer.port, peer.address);
	}

	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		if (ipFamily(address) !== this.family || !isPort(port)) return;
		whole[0] = start;
		whole[1] = end;
		this.sendAll(bytes, whole, 1, port, address);
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.open = false;
		this.port = 0;
		this.main.close();
		for (const receiver of this.receivers) receiver.close();
	}

	/** Node.js has no call for several datagrams. It queues what the kernel does not take, with a reference to the octets. */
	private sendAll(bytes: Uint8Array, offsets: Uint32Array, count: number, port: number, address: string): void {
		if (!this.open || count === 0 || this.main.getSendQueueSize() >= QUEUE_MAX) return;
		buffer.fill(bytes, offsets, count);
		const { views } = buffer;
		for (let i = 0; i < count; i++) this.main.send(views[i], port, address);
		if (this.main.getSendQueueCount() > 0) buffer.abandon();
	}

	private create(reuseAddr: boolean): Socket {
		const six = this.family === 6;
		const lookup = six ? literal6 : literal4;
		return createSocket({ type: six ? "udp6" : "udp4", ipv6Only: six, reuseAddr, lookup });
	}

	private bind(): void {
		if (this.closed) return;
		const { address } = this;
		if (this.options.transparent === true) {
			this.failed = true;
			this.sink.failed("not-permitted", NO_TRANSPARENT_UDP);
			return;
		}
		const valid = this.family !== undefined && ipFamily(address) === this.family;
		if (valid) this.main.bind({ address, port: this.options.port }, () => this.bound());
		else this.fail(Object.assign(new Error(`${address} is not an IP address`), { code: "EADDRNOTAVAIL" }));
	}

	private bound(): void {
		if (this.closed) return;
		this.port = this.main.address().port;
		const { path, groups = [], broadcast = false, multicastTtl = 1 } = this.options;
		const four = this.family === 4;
		try {
			this.main.setMulticastTTL(multicastTtl);
			if (four) this.main.setBroadcast(broadcast);
			if (path !== undefined) this.main.setMulticastInterface(interfaceOf(path, this.family));
			if (this.address === "0.0.0.0" || this.address === "::") {
				for (const group of new Set(groups)) this.join(this.main, group);
			} else {
				for (const group of new Set(groups)) this.addReceiver(group, true);
				if (broadcast && four) for (const all of broadcastsOf(path)) this.addReceiver(all, false);
			}
		} catch (error) {
			this.fail(error);
			return;
		}
		this.ready();
	}

	private join(socket: Socket, group: string): void {
		const { path } = this.options;
		if (path !== undefined) socket.addMembership(group, interfaceOf(path, this.family));
		else if (this.address === "0.0.0.0" || this.address === "::") socket.addMembership(group);
		else socket.addMembership(group, this.family === 6 ? `::%${zoneOf(this.address)}` : this.address);
	}

	private addReceiver(address: string, isGroup: boolean): void {
		if (this.failed) return;
		const { path } = this.options;
		const receiver = this.create(true);
		this.receivers.push(receiver);
		// Some systems can't bind to a broadcast address; then broadcasts are not received.
		receiver.on("error", (error) => isGroup && this.fail(error));
		receiver.on("message", (message, from) => {
			if (path === undefined || !this.elsewhere(path, from.address)) this.receive(message, from);
		});
		const zone = this.family === 6 ? zoneOf(path?.address ?? this.address) || path?.name : undefined;
		receiver.bind({ address: zone === undefined ? address : `${address}%${zone}`, port: this.port });
		if (isGroup && !this.failed) this.join(receiver, address);
	}

	private ready(): void {
		if (this.failed) return;
		this.open = true;
		this.sink.opened();
	}

	private receive(message: Buffer, from: RemoteInfo): void {
		if (!this.open) return;
		const peer = this.peers.get(from.address, from.port);
		this.sink.received(new Uint8Array(message.buffer, message.byteOffset, message.length), peer);
	}

	private fail(error: unknown): void {
		if (this.closed || this.failed) return;
		this.failed = true;
		this.open = false;
		this.port = 0;
		this.sink.failed(netFailureOf(codeOf(error)), detailOf(error));
	}
}

function isPort(port: number): boolean {
	return port > 0 && port <= 65535;
}

/** Returns the name of an interface for multicast calls: its address, or for IPv6 its zone. */
function interfaceOf(path: Path, family: IpFamily | undefined): string {
	return family === 6 ? `::%${zoneOf(path.address) || path.name}` : path.address;
}

/** The limited broadcast address, and that of a network. */
function broadcastsOf(path: Path | undefined): readonly string[] {
	if (path === undefined || path.prefix > 30) return [LIMITED_BROADCAST];
	return [LIMITED_BROADCAST, broadcastAddress(path.address, path.prefix)];
}

type LookupDone = (error: Error | null, address: string, family: number) => void;

/** Returns addresses unchanged and at once, so that no resolver is asked and `send` sends before it returns. */
function literal4(address: string, ...rest: unknown[]): void {
	(rest[rest.length - 1] as LookupDone)(null, address, 4);
}

/** The same for IPv6. */
function literal6(address: string, ...rest: unknown[]): void {
	(rest[rest.length - 1] as LookupDone)(null, address, 6);
}
