import { nextPause } from "../core/backoff";
import type { Path } from "../core/path";
import type { Handle, Pump } from "../core/pump";
import type { Millis } from "../core/time";
import type { Log } from "../ports/log";
import type { NetFailure, Network, UdpOptions, UdpPeer, UdpSink, UdpSocket } from "../ports/net";

/** The pauses before a socket that could not be bound is tried again. */
const RETRY: Millis = 5000;
const RETRY_MAX: Millis = 80_000;
/** The most datagrams kept until a socket is open. */
const EARLY_MAX = 16;

/** Takes datagrams; `bytes` is valid during the call only. A machine's handle is one. */
export interface DatagramReceiver {
	receive(path: Path, address: string, port: number, bytes: Uint8Array): void;
}

/** Tells how the socket on one interface is bound. */
export type SocketOptions = (path: Path) => UdpOptions;

/**
 * Gives a machine one UDP socket on each network interface, and sends its datagrams by the right one.
 *
 * A socket that fails is opened again; meanwhile what is sent by it is lost, as on the wire.
 */
export class UdpBinding {
	private readonly sockets = new Map<Path, PathSocket>();

	/**
	 * @param area for the log: the part that speaks
	 * @param options a function of a module, so that it costs no memory
	 */
	constructor(
		readonly network: Network,
		readonly pump: Pump,
		readonly log: Log,
		readonly area: string,
		readonly options: SocketOptions,
		readonly receiver: DatagramReceiver,
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

/** A datagram that was sent before its socket was open. */
interface EarlyDatagram {
	readonly address: string;
	readonly port: number;
	readonly bytes: Uint8Array;
}

/** One socket; as a machine of the pump it opens itself again after a failure. */
class PathSocket implements UdpSink {
	deadline = Infinity;
	private readonly handle: Handle<PathSocket, undefined>;
	private socket: UdpSocket | undefined;
	private isOpen = false;
	private isClosed = false;
	/** What was sent before the socket was open: start-up messages must not be lost. */
	private early: EarlyDatagram[] = [];
	/** The time from the last failure to the next attempt; 0 after a success. */
	private pause: Millis = 0;
	private fault = "";

	constructor(
		private readonly binding: UdpBinding,
		private readonly path: Path,
	) {
		this.handle = binding.pump.add(this, undefined);
		this.expire();
	}

	expire(): void {
		this.deadline = Infinity;
		this.socket = this.binding.network.udp(this.binding.options(this.path), this);
	}

	opened(): void {
		if (this.isClosed) return;
		this.isOpen = true;
		this.fault = "";
		this.pause = 0;
		for (const { address, port, bytes } of this.early) this.socket?.send(bytes, 0, bytes.length, address, port);
		this.early = [];
	}

	received(bytes: Uint8Array, peer: UdpPeer): void {
		this.binding.receiver.receive(this.path, peer.address, peer.port, bytes);
	}

	failed(why: NetFailure, detail: string): void {
		const { pump, log, area } = this.binding;
		const fault = `UDP socket on ${this.path.name} (${this.path.address}): ${why}: ${detail}; trying again`;
		if (fault !== this.fault) log.write("warn", area, fault);
		this.fault = fault;
		this.socket?.close();
		this.socket = undefined;
		this.isOpen = false;
		this.pause = nextPause(this.pause, RETRY, RETRY_MAX);
		this.deadline = pump.now() + this.pause;
		this.handle.called();
	}

	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		if (this.isOpen) this.socket?.send(bytes, start, end, address, port);
		else if (this.early.length < EARLY_MAX) this.early.push({ address, port, bytes: bytes.slice(start, end) });
	}

	close(): void {
		this.isClosed = true;
		this.handle.remove();
		this.socket?.close();
	}
}
