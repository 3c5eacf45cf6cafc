import type { DatagramMachine, DatagramOutbox } from "../core/datagram";
import type { Path } from "../core/path";
import type { Pump } from "../core/pump";
import type { Log } from "../ports/log";
import type { NetFailure, Network, UdpOptions, UdpPeer, UdpSink, UdpSocket } from "../ports/net";

/** A socket that could not be bound is tried again after this many milliseconds. */
const RETRY = 5000;

/**
 * Gives a machine one UDP socket for each network interface, and sends its datagrams by the right one.
 *
 * A socket that fails is opened again; meanwhile what is sent by it is lost, as on the wire.
 */
export class UdpBinding {
	private readonly sockets = new Map<Path, PathSocket>();

	/**
	 * @param area for the log: the folder that speaks
	 * @param options how the socket of an interface is bound
	 * @param received takes each datagram
	 */
	constructor(
		readonly network: Network,
		readonly pump: Pump,
		readonly log: Log,
		readonly area: string,
		readonly options: (path: Path) => UdpOptions,
		readonly received: (path: Path, address: string, port: number, bytes: Uint8Array) => void,
	) {}

	/** Opens sockets on new interfaces, closes those on interfaces that are gone. */
	setPaths(paths: readonly Path[]): void {
		for (const [path, socket] of this.sockets) {
			if (paths.includes(path)) continue;
			socket.close();
			this.sockets.delete(path);
		}
		for (const path of paths) {
			if (!this.sockets.has(path)) this.sockets.set(path, new PathSocket(this, path));
		}
	}

	/** Sends by the socket of `path`. @see DatagramOutbox.send */
	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.sockets.get(path)?.send(address, port, bytes, start, end);
	}

	/** Closes all sockets once what was sent has left. */
	close(): void {
		this.setPaths([]);
	}
}

/** Feeds what a {@link UdpBinding} receives into a machine. */
export function feeding<Out extends DatagramOutbox>(pump: Pump, machine: DatagramMachine<Out>, out: Out) {
	return (path: Path, address: string, port: number, bytes: Uint8Array): void => {
		machine.receive(pump.now(), path, address, port, bytes, out);
		pump.ran(machine);
	};
}

/** One socket; as a machine of the pump it opens itself again after a failure. */
class PathSocket implements UdpSink {
	deadline = Infinity;
	private socket: UdpSocket | undefined;
	private open = false;
	private closed = false;
	/** What was sent before the socket was open: start-up messages are not to be lost. */
	private early: { address: string; port: number; bytes: Uint8Array }[] = [];

	constructor(
		private readonly binding: UdpBinding,
		private readonly path: Path,
	) {
		binding.pump.add(this, undefined);
		this.socket = binding.network.udp(binding.options(path), this);
	}

	expire(): void {
		this.deadline = Infinity;
		this.socket = this.binding.network.udp(this.binding.options(this.path), this);
	}

	opened(): void {
		if (this.closed) return;
		this.open = true;
		for (const { address, port, bytes } of this.early) this.socket?.send(bytes, 0, bytes.length, address, port);
		this.early = [];
	}

	received(bytes: Uint8Array, peer: UdpPeer): void {
		this.binding.received(this.path, peer.address, peer.port, bytes);
	}

	failed(why: NetFailure, detail: string): void {
		const { pump, log, area } = this.binding;
		log.write("warn", area, `UDP socket on ${this.path.name} (${this.path.address}): ${why}: ${detail}; trying again`);
		this.socket?.close();
		this.socket = undefined;
		this.open = false;
		this.deadline = pump.now() + RETRY;
		pump.ran(this);
	}

	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		if (this.open) this.socket?.send(bytes, start, end, address, port);
		else if (this.early.length < EARLY_MAX) this.early.push({ address, port, bytes: bytes.slice(start, end) });
	}

	close(): void {
		this.closed = true;
		this.binding.pump.remove(this);
		this.socket?.close();
	}
}

/** The most datagrams kept until a socket is open. */
const EARLY_MAX = 16;
