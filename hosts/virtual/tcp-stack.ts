import type { ConnectOptions, Listener, ListenerSink, ListenOptions, Stream, StreamSink } from "../../src/ports/net";
import { isIpv6, type Packet, type TcpHeader, TTL_DEFAULT } from "./packet";
import type { SocketHost, SocketTable } from "./socket-host";
import { type AcceptingListener, type ConnectionOwner, TcpConnection } from "./tcp-connection";

/** How many connections a machine has at most; more are reset. */
const CONNECTIONS_MAX = 4096;

const NOTHING = new Uint8Array(0);

/** A listening TCP port of a {@link TcpStack}. */
export class VirtualListener implements Listener, AcceptingListener {
	port = 0;
	state: "opening" | "open" | "closed" = "opening";

	/**
	 * @param address `undefined`: any address of its family
	 * @param six true: IPv6
	 * @param certificate the name in its certificate; `undefined` without TLS
	 * @param transparent true: connections to other machines come in too
	 */
	constructor(
		readonly address: string | undefined,
		readonly six: boolean,
		readonly certificate: string | undefined,
		readonly transparent: boolean,
		readonly sink: ListenerSink,
		private readonly stack: TcpStack,
	) {}

	/** True when both can't have the same port. */
	overlaps(other: VirtualListener): boolean {
		if (this.six !== other.six) return false;
		return this.address === other.address || this.address === undefined || other.address === undefined;
	}

	close(): void {
		if (this.state === "open") this.stack.unlisten(this);
		this.state = "closed";
	}
}

/** Keeps the TCP connections and listening ports of a machine, and passes each segment to its connection. */
export class TcpStack implements ConnectionOwner {
	private readonly listeners: VirtualListener[] = [];
	private readonly connections = new Map<string, TcpConnection>();
	private readonly ports = new Map<number, number>();

	constructor(readonly network: SocketTable) {}

	get machine(): SocketHost {
		return this.network.machine;
	}

	/** True when a listener or a connection uses the port. */
	uses(port: number): boolean {
		return this.ports.has(port) || this.listeners.some((listener) => listener.port === port);
	}

	listen(options: ListenOptions, sink: ListenerSink): Listener {
		const { address, transparent = false } = options;
		const any = address === "0.0.0.0" || address === "::";
		const six = isIpv6(address ?? "");
		const bound = any ? undefined : address;
		const listener = new VirtualListener(bound, six, options.tls?.certificate, transparent, sink, this);
		this.network.soon(() => this.open(listener, options.port));
		return listener;
	}

	unlisten(listener: VirtualListener): void {
		const at = this.listeners.indexOf(listener);
		if (at >= 0) this.listeners.splice(at, 1);
	}

	connect(options: ConnectOptions, sink: StreamSink): Stream {
		const { address, port, path, tls, transparent = false } = options;
		const machine = this.machine;
		const chosen = options.localAddress ?? path?.address;
		const local = chosen ?? (machine.owns(address) ? address : machine.route(address)?.nic.pathTo(address)?.address);
		const connection = new TcpConnection(
			this,
			local ?? "0.0.0.0",
			this.network.freePort(),
			address,
			port,
			machine.world.prng.u32(),
			sink,
			tls,
		);
		const possible = local !== undefined && (transparent || machine.owns(local)) && isIpv6(local) === isIpv6(address);
		if (!possible) connection.refuse("unreachable");
		else if (this.add(connection)) connection.open();
		else connection.refuse("failed");
		return connection;
	}

	/** True when a packet belongs to a connection. */
	has({ destination, destinationPort, source, sourcePort }: Packet): boolean {
		return this.connections.has(connectionKey(destination, destinationPort, source, sourcePort));
	}

	receive(packet: Packet, header: TcpHeader): void {
		const key = connectionKey(packet.destination, packet.destinationPort, packet.source, packet.sourcePort);
		const connection = this.connections.get(key);
		if (connection !== undefined && connection.flow === header.flow) {
			connection.receive(header, packet.body);
			return;
		}
		if (header.rst) return;
		const listener = header.syn && header.ack < 0 ? this.listenerFor(packet) : undefined;
		if (listener === undefined) {
			this.reset(packet, header);
			return;
		}
		connection?.replaced();
		const { destination, destinationPort, source, sourcePort } = packet;
		const accepted = new TcpConnection(this, destination, destinationPort, source, sourcePort, header.flow, undefined);
		if (this.add(accepted)) accepted.answer(listener, header);
		else this.reset(packet, header);
	}

	/** Removes a connection that is over. */
	remove(connection: TcpConnection): void {
		const key = keyOf(connection);
		if (this.connections.get(key) !== connection) return;
		this.connections.delete(key);
		const left = (this.ports.get(connection.localPort) ?? 1) - 1;
		if (left > 0) this.ports.set(connection.localPort, left);
		else this.ports.delete(connection.localPort);
	}

	private add(connection: TcpConnection): boolean {
		if (this.connections.size >= CONNECTIONS_MAX) return false;
		this.connections.set(keyOf(connection), connection);
		this.ports.set(connection.localPort, (this.ports.get(connection.localPort) ?? 0) + 1);
		return true;
	}

	private open(listener: VirtualListener, port: number): void {
		if (listener.state !== "opening") return;
		const { address, sink } = listener;
		if (address !== undefined && !this.machine.owns(address)) {
			listener.state = "closed";
			sink.failed("no-address", `this machine does not have the address ${address}`);
			return;
		}
		const wanted = port === 0 ? this.network.freePort() : port;
		for (const other of this.listeners) {
			if (other.port === wanted && other.overlaps(listener)) {
				listener.state = "closed";
				sink.failed("in-use", `port ${port} is in use`);
				return;
			}
		}
		listener.port = wanted;
		listener.state = "open";
		this.listeners.push(listener);
		sink.opened();
	}

	private listenerFor(packet: Packet): VirtualListener | undefined {
		let best: VirtualListener | undefined;
		const isOurs = this.machine.owns(packet.destination);
		for (const listener of this.listeners) {
			if (!isOurs && listener.transparent && listener.six === isIpv6(packet.destination)) return listener;
			if (!isOurs || listener.port !== packet.destinationPort || listener.six !== isIpv6(packet.destination)) continue;
			if (listener.address === packet.destination) return listener;
			if (listener.address === undefined) best = listener;
		}
		return best;
	}

	private reset(packet: Packet, header: TcpHeader): void {
		this.machine.send({
			source: packet.destination,
			sourcePort: packet.destinationPort,
			destination: packet.source,
			destinationPort: packet.sourcePort,
			ttl: TTL_DEFAULT,
			body: NOTHING,
			tcp: { flow: header.flow, syn: false, fin: false, rst: true, probe: false, seq: 0, ack: 0, limit: 0 },
		});
	}
}

function keyOf(connection: TcpConnection): string {
	const { localAddress, localPort, remoteAddress, remotePort } = connection;
	return connectionKey(localAddress, localPort, remoteAddress, remotePort);
}

function connectionKey(local: string, localPort: number, remote: string, remotePort: number): string {
	return `${local}:${localPort}-${remote}:${remotePort}`;
}
