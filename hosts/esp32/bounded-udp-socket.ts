import { EndpointTable } from "../../src/core/endpoint-table";
import { ipFamily } from "../../src/core/ip-address";
import { PEERS_MAX, type UdpOptions, type UdpPeer, type UdpSink, type UdpSocket } from "../../src/ports/net";
import { Timer } from "../sdk/sdk-classes";

/** The largest datagram that is received; larger ones are cut off. */
const DATAGRAM_MAX = 1472;
/** The most datagrams that the native socket queues. */
const QUEUE = 16;

/** Options of the native socket: texts and numbers only, which are easy to read in C. */
interface NativeOptions {
	readonly address: string;
	readonly port: number;
	readonly reuse: number;
	readonly timeToLive: number;
	readonly path: string;
	/** Separated by spaces. */
	readonly groups: string;
	onReadable(): void;
}

/**
 * A UDP socket of lwIP's raw interface (hosts/esp32/native/udp-socket.c).
 *
 * It has what the SDK's socket lacks: a queue with an end, an address to bind to, a port that can be shared, groups of one
 * interface, and whole datagrams where lwIP gives them in pieces.
 */
class NativeUdp extends Native("xs_porthole_udp_destructor") {
	constructor(options: NativeOptions) {
		super();
		native("xs_porthole_udp").call(this, options);
	}
	/** Copies the oldest datagram. @returns its length; -1 for none */
	read(into: Uint8Array): number {
		return native("xs_porthole_udp_read").call(this, into) as number;
	}
	/** @returns false when it could not be sent */
	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): boolean {
		return native("xs_porthole_udp_send").call(this, bytes, start, end, address, port) as boolean;
	}
	/** Where the datagram read last came from. */
	get address(): string {
		return native("xs_porthole_udp_address").call(this) as string;
	}
	get remotePort(): number {
		return native("xs_porthole_udp_remote_port").call(this) as number;
	}
	/** The bound port. */
	get port(): number {
		return native("xs_porthole_udp_port").call(this) as number;
	}
	close(): void {
		native("xs_porthole_udp_close").call(this);
	}
}

/** A UDP socket on ESP32. @see UdpSocket */
export class BoundedUdpSocket implements UdpSocket {
	port = 0;
	private io: NativeUdp | undefined;
	private readonly peers = new EndpointTable<UdpPeer>(PEERS_MAX, (address, port) => ({ address, port }));
	private readonly datagram = new Uint8Array(DATAGRAM_MAX);

	constructor(
		options: UdpOptions,
		private readonly sink: UdpSink,
	) {
		try {
			this.io = new NativeUdp({
				address: options.address ?? "",
				port: options.port,
				reuse: options.reuse === true ? 1 : 0,
				timeToLive: options.multicastTtl ?? 1,
				path: options.path?.address ?? "",
				groups: (options.groups ?? []).join(" "),
				onReadable: () => this.readable(),
			});
			Timer.set(() => this.opened(), 0);
		} catch (error) {
			Timer.set(() => sink.failed("in-use", `port ${options.port}: ${(error as Error).message}`), 0);
		}
	}

	peer(address: string, port: number): UdpPeer | undefined {
		return ipFamily(address) === 4 && port > 0 && port <= 65535 ? this.peers.get(address, port) : undefined;
	}

	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void {
		this.send(bytes, start, end, peer.address, peer.port);
	}

	sendBatch(peer: UdpPeer, bytes: Uint8Array, offsets: Uint32Array, count: number): void {
		for (let i = 0; i < count; i++) this.send(bytes, offsets[i], offsets[i + 1], peer.address, peer.port);
	}

	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		// A datagram that can't be sent is lost, as on the wire.
		this.io?.send(bytes, start, end, address, port);
	}

	close(): void {
		this.io?.close();
		this.io = undefined;
		this.port = 0;
	}

	private opened(): void {
		if (this.io === undefined) return;
		this.port = this.io.port;
		this.sink.opened();
	}

	private readable(): void {
		// Datagrams that arrive in the meantime are announced again.
		for (let i = 0; i < QUEUE && this.io !== undefined; i++) {
			const length = this.io.read(this.datagram);
			if (length < 0) return;
			this.sink.received(this.datagram.subarray(0, length), this.peers.get(this.io.address, this.io.remotePort));
		}
	}
}
