import type { Path } from "../../src/core/path";
import { LoopFanOut } from "../../src/ports/fan-out";
import type {
	ConnectOptions,
	FanOutGroup,
	Listener,
	ListenerSink,
	ListenOptions,
	Network,
	Stream,
	StreamSink,
	UdpOptions,
	UdpSink,
	UdpSocket,
} from "../../src/ports/net";
import type { Nic } from "./nic";
import { isIpv6, type Packet } from "./packet";
import type { SocketHost, SocketTable } from "./socket-host";
import { TcpStack } from "./tcp-stack";
import { type UdpTable, VirtualUdp } from "./virtual-udp";

const LOOPBACK: Path = Object.freeze({ name: "lo", address: "127.0.0.1", prefix: 8 });

/** The first ephemeral port, and their number. */
const EPHEMERAL_FIRST = 49152;
const EPHEMERAL_COUNT = 16384;

/** The network of a machine, from power-on to crash. Afterwards nothing happens and nothing is called. */
export class VirtualNetwork implements Network, SocketTable, UdpTable {
	/** False after a crash: nothing that belongs to this network does anything any more. */
	alive = true;
	private readonly udpSockets = new Map<number, VirtualUdp[]>();
	private readonly tcp: TcpStack;
	private watcher: (() => void) | undefined;

	constructor(readonly machine: SocketHost) {
		this.tcp = new TcpStack(this);
	}

	paths(): readonly Path[] {
		const paths: Path[] = [];
		for (const nic of this.machine.nics) if (nic.path !== undefined && nic.link.up) paths.push(nic.path);
		return paths.length > 0 ? paths : [LOOPBACK];
	}

	ipv6Paths(): readonly Path[] {
		const paths: Path[] = [];
		for (const nic of this.machine.nics) if (nic.link.up) paths.push(...nic.ipv6Paths);
		return paths;
	}

	fanOut(): FanOutGroup {
		return new LoopFanOut();
	}

	watch(changed: (() => void) | undefined): void {
		this.watcher = changed;
	}

	udp(options: UdpOptions, sink: UdpSink): UdpSocket {
		return new VirtualUdp(this, options, sink);
	}

	listen(options: ListenOptions, sink: ListenerSink): Listener {
		return this.tcp.listen(options, sink);
	}

	connect(options: ConnectOptions, sink: StreamSink): Stream {
		return this.tcp.connect(options, sink);
	}

	/** Calls `run` at the same instant, but after the current call, unless the power fails before. */
	soon(run: () => void): void {
		const world = this.machine.world;
		world.at(world.now, () => {
			if (this.alive) run();
		});
	}

	/** Receives a packet for this machine; `nic` is `undefined` when the machine itself sent it. */
	deliver(packet: Packet, nic: Nic | undefined): void {
		if (!this.alive) return;
		if (packet.tcp !== undefined) {
			this.tcp.receive(packet, packet.tcp);
			return;
		}
		const sockets = this.udpSockets.get(packet.destinationPort);
		if (sockets === undefined) return;
		if (nic !== undefined && this.machine.isForAll(packet.destination, nic)) this.deliverToAll(sockets, packet, nic);
		else this.deliverToOne(sockets, packet);
	}

	/** True when a transparent socket, or a connection that one accepted, is at the destination of a packet. */
	hasTransparent(packet: Packet): boolean {
		if (packet.tcp !== undefined) return this.tcp.has(packet);
		const sockets = this.udpSockets.get(packet.destinationPort);
		return sockets?.some((socket) => socket.boundAddress === packet.destination) ?? false;
	}

	/** Adds a bound socket. @returns false when its port is in use */
	bind(socket: VirtualUdp): boolean {
		const sockets = this.udpSockets.get(socket.port) ?? [];
		for (const other of sockets) if (other.conflictsWith(socket)) return false;
		sockets.push(socket);
		this.udpSockets.set(socket.port, sockets);
		return true;
	}

	unbind(socket: VirtualUdp): void {
		const left = this.udpSockets.get(socket.port)?.filter((other) => other !== socket) ?? [];
		if (left.length > 0) this.udpSockets.set(socket.port, left);
		else this.udpSockets.delete(socket.port);
	}

	/** Draws a port that no UDP socket and no TCP connection uses. */
	freePort(): number {
		for (;;) {
			const port = EPHEMERAL_FIRST + this.machine.prng.below(EPHEMERAL_COUNT);
			if (!this.udpSockets.has(port) && !this.tcp.uses(port)) return port;
		}
	}

	pathsChanged(): void {
		this.soon(() => this.watcher?.());
	}

	/** The power fails. */
	stop(): void {
		this.alive = false;
		this.watcher = undefined;
	}

	/** Loops a multicast or broadcast datagram back to the sockets of this machine, as real stacks do. */
	loopBack(packet: Packet, nic: Nic): void {
		const sockets = this.udpSockets.get(packet.destinationPort);
		if (sockets !== undefined) this.soon(() => this.deliverToAll(sockets, packet, nic));
	}

	private deliverToAll(sockets: readonly VirtualUdp[], packet: Packet, nic: Nic): void {
		for (const socket of [...sockets]) if (socket.hears(packet.destination, nic)) socket.receive(packet);
	}

	private deliverToOne(sockets: readonly VirtualUdp[], packet: Packet): void {
		let best: VirtualUdp | undefined;
		const six = isIpv6(packet.destination);
		for (const socket of sockets) {
			if (socket.six !== six) continue;
			const address = socket.boundAddress;
			if (address === packet.destination) best = socket;
			else if (address === undefined && best?.boundAddress === undefined) best = socket;
		}
		best?.receive(packet);
	}
}
