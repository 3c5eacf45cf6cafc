import type { Endpoint } from "../core/endpoint-table";
import type { Path } from "../core/path";
import type { EndReason, Lease, StreamOutbox } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import type { LogLevel } from "./log";

/** Why a socket could not be had, or failed later. */
export type NetFailure = "in-use" | "not-permitted" | "no-address" | "failed";

/**
 * How a UDP socket is bound. Its family is that of `address`, or else of `path`, or else IPv4; a socket has one family.
 */
export interface UdpOptions {
	/**
	 * Local address, from which everything is sent; absent, `0.0.0.0` or `::`: any, or the path's own where the host needs that to
	 * keep interfaces apart. With an address groups and broadcasts may not be heard.
	 */
	readonly address?: string;
	/** Local port; 0: any free one. */
	readonly port: number;
	/** True: other sockets may bind the same port (SSDP's 1900). @default false */
	readonly reuse?: boolean;
	/** The interface by which multicast and broadcast leave, and on which groups are joined. */
	readonly path?: Path;
	/** Multicast groups to receive. */
	readonly groups?: readonly string[];
	/** True: broadcasts may be sent, and are heard. IPv6 has none. @default false */
	readonly broadcast?: boolean;
	/** Time to live of multicast datagrams. @default 1 */
	readonly multicastTtl?: number;
}

/**
 * The far end of datagrams, as a handle: the host has parsed its address once. Valid as long as its socket, for this socket only.
 *
 * Addresses are written canonically; link-local ones of IPv6 with their zone.
 */
export interface UdpPeer extends Endpoint {}

/** Receives what comes in on a UDP socket; never called inside a call of the socket, nor after `close`. */
export interface UdpSink {
	/** The socket is bound; {@link UdpSocket.port} is known. */
	opened(): void;
	/**
	 * One datagram; `bytes` is valid during the call only.
	 * @param peer where it came from: the same object as before while the socket remembers it ({@link PEERS_MAX})
	 */
	received(bytes: Uint8Array, peer: UdpPeer): void;
	/** The socket could not be bound, or is dead; close it. `detail` is for the log. */
	failed(why: NetFailure, detail: string): void;
}

/** The most peers that a socket remembers at a time. A handle that it has forgotten stays valid. */
export const PEERS_MAX = 256;

/** A UDP socket. A datagram that can't be sent is lost, as on the wire. */
export interface UdpSocket {
	/** The bound port; 0 before `opened`, and after `failed` and `close`. */
	readonly port: number;
	/** Returns the handle of an address and a port, `undefined` when they are none or of the other family. */
	peer(address: string, port: number): UdpPeer | undefined;
	/** Sends `bytes[start, end)`, copied if need be, to a peer of this socket's. */
	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void;
	/**
	 * Sends several datagrams that lie one behind the other: datagram `i` is `bytes[offsets[i], offsets[i + 1])`. Copied if need be.
	 * A host with segmentation offload (UDP_SEGMENT) sends those of equal length, with a shorter one at the end, at once.
	 * @param offsets `count + 1` of them, rising; the caller's again when the call returns
	 */
	sendBatch(peer: UdpPeer, bytes: Uint8Array, offsets: Uint32Array, count: number): void;
	/** Sends `bytes[start, end)`, copied if need be, to an address that is not worth a handle: a group, a broadcast. */
	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void;
	/** Frees the socket; harmless when repeated. */
	close(): void;
}

/** Receives what happens on a TCP connection; never called inside a call of the stream. */
export interface StreamSink {
	/** There is room; the first call says that the connection is open. @see StreamMachine.room */
	room(): void;
	received(bytes: Uint8Array): void;
	/** The peer sends no more, or the connection is gone. Called once. `detail` is for the log, where the host knows more. */
	ended(why: EndReason, detail?: string): void;
	/** Both directions are over and nothing will be called any more. Called once, last. */
	gone(): void;
}

/** A TCP connection: the outbox of a stream machine, and where it leads. */
export interface Stream extends StreamOutbox {
	/** True: it speaks TLS, by {@link ListenOptions.tls} or {@link ConnectOptions.tls}. */
	readonly secure: boolean;
	readonly remoteAddress: string;
	readonly remotePort: number;
	readonly localAddress: string;
	readonly localPort: number;
}

/**
 * How a connection speaks TLS (1.2 or newer) as a client. The connection is open when the handshake is done; one whose
 * server fails the check ends with `certificate`, any other handshake that fails with `tls`. A host without TLS ends with
 * `tls` and {@link NO_TLS_CLIENT}.
 */
export interface TlsClientOptions {
	/** Whom the certificate must be for: a name, which is sent too (SNI), or an address. */
	readonly serverName: string;
	/**
	 * False: any certificate is accepted, so nobody knows to whom is spoken. For peers that are known otherwise.
	 * @default true
	 */
	readonly verify?: boolean;
	/** Path of a PEM file with the only authorities to trust. @default those of the system */
	readonly ca?: string;
	/** How long the handshake may take. @default 10000 */
	readonly handshakeTime?: Millis;
}

/** How a TCP connection is opened. */
export interface ConnectOptions {
	/** IPv4 or IPv6; link-local ones of IPv6 with their zone. Names are the resolver's affair. */
	readonly address: string;
	readonly port: number;
	/** Local address to connect from: chooses the interface. */
	readonly localAddress?: string;
	/** The interface to leave by. Its address is the local one, unless `localAddress` says otherwise. */
	readonly path?: Path;
	readonly tls?: TlsClientOptions;
}

/** The files that prove by TLS who a server is. */
export interface TlsIdentity {
	/** Path of a PEM file: the server's own certificate first, then the chain to its authority. */
	readonly certificate: string;
	/** Path of a PEM file: the private key of that certificate, without a passphrase. */
	readonly key: string;
	/** How often the files are looked at; changed ones are read anew. @default 10000 */
	readonly lookEvery?: Millis;
	/**
	 * How long a connection may take until it has sent its first plain octet or is through its handshake.
	 * @default 10000
	 */
	readonly handshakeTime?: Millis;
}

/** How a TCP port is listened on. */
export interface ListenOptions {
	/** Local address; absent or `0.0.0.0`: any of IPv4; `::`: any of IPv6 and none of IPv4. */
	readonly address?: string;
	/** Local port; 0: any free one. */
	readonly port: number;
	/**
	 * Takes TLS (1.2 or newer) and plain connections on the one port; the first octet tells which. Files that can't be used
	 * are a failure; if new ones can't, the old ones go on. A host without TLS fails with {@link NO_TLS}.
	 */
	readonly tls?: TlsIdentity;
}

/** What a host without TLS says when it is asked for it. */
export const NO_TLS = "this host has no TLS: start it without --tls-certificate and --tls-key";
/** The detail of a TLS connection that a host without a TLS client was asked to open. */
export const NO_TLS_CLIENT = "this host has no TLS client";
/** What a host remarks when it has read changed files of a {@link TlsIdentity}. */
export const TLS_RENEWED = "the TLS certificate was read anew";
/** What a host remarks, with the reason behind a colon, when it can't use them. */
export const TLS_KEPT = "new TLS files are not taken, the old ones are kept";
/** How often the files of a {@link TlsIdentity} are looked at, if it says nothing. */
export const TLS_LOOK_EVERY: Millis = 10_000;
/** How long a handshake may take, if {@link TlsIdentity} says nothing. */
export const HANDSHAKE_TIME: Millis = 10_000;
/**
 * The most connections of a listener with TLS that are not through yet. One more, here or by
 * {@link HANDSHAKES_PER_ADDRESS}, and the oldest of the address that holds most of them is dropped; of several that hold
 * as many it is the newcomer's own, or else the one whose oldest is the oldest. So no flood keeps others from the door.
 */
export const HANDSHAKES_MAX = 64;
/** The most of {@link HANDSHAKES_MAX} from one address: a browser or a proxy that opens many at once has its room. */
export const HANDSHAKES_PER_ADDRESS = 32;

/** Receives what happens on a listening port. */
export interface ListenerSink {
	/** The port is listening; {@link Listener.port} is known. */
	opened(): void;
	/**
	 * A connection came in; by TLS, its handshake is done. Returns its sink, or `undefined` to refuse it (it is reset).
	 */
	accepted(stream: Stream): StreamSink | undefined;
	/** The port could not be had, or is lost. `detail` is for the log. */
	failed(why: NetFailure, detail: string): void;
	/** Something for the log that changes nothing: a certificate that was read anew or can't be, a handshake that failed. */
	remark?(level: LogLevel, words: string): void;
}

/** A listening TCP port. Closing it leaves accepted connections alone. */
export interface Listener {
	/** The port; 0 before `opened`. */
	readonly port: number;
	close(): void;
}

/** One receiver of a {@link FanOutGroup}, with what it got so far. */
export interface FanOutReceiver {
	/** True: it is passed over, and nothing is counted: its rate or its share of the uplink allows no frame now. @default false */
	hold: boolean;
	/** Frames that it took whole, and that it missed because it was not ready. */
	readonly delivered: number;
	readonly missed: number;
	/** Octets of the frames that it took. */
	readonly octets: Octets;
	/** {@link FanOutGroup.sends} as it was with the last frame that it took; 0 before the first. */
	readonly last: number;
}

/**
 * Sends the same octets to many receivers in one call: MJPEG viewers and relay viewers over TCP, RTP clients over UDP.
 *
 * One call from JavaScript hands a frame to the host; a native host sends to all receivers that are ready without
 * returning to JavaScript for each. A receiver is ready when it is not on {@link FanOutReceiver.hold} and
 * - a stream: it is open and nothing is queued on it ({@link StreamOutbox.offer}). Once a stream has begun a frame, the
 *   host sends the rest as the peer takes it, and tells the stream's sink by `room` when all has left;
 * - a UDP peer: the socket is open. A datagram that the kernel does not take is lost, and its frame counts as missed.
 *
 * All others miss the frame; nothing is queued for them. A viewer that wants the newest frame as soon as it is
 * ready compares {@link FanOutReceiver.last} with {@link sends} in `room`, and offers that frame itself.
 *
 * A stream that has ended is never ready. Its owner removes it.
 */
export interface FanOutGroup {
	/** How many receivers there are. */
	readonly size: number;
	/** Frames sent so far: calls of {@link send} and {@link sendBatch}. */
	readonly sends: number;
	/** Sums over all receivers, those that have gone included. */
	readonly delivered: number;
	readonly missed: number;
	/**
	 * Adds a TCP connection of this host's. It may also be written to by others between frames.
	 * @param out the stream, or the outbox by which a machine knows it
	 */
	addStream(out: StreamOutbox): FanOutReceiver;
	/** Adds a peer of a UDP socket of this host's. */
	addPeer(socket: UdpSocket, peer: UdpPeer): FanOutReceiver;
	/** Lets a receiver go, and keeps its counts; harmless when it is not there. A frame that it has begun is sent to its end. */
	remove(receiver: FanOutReceiver): void;
	/**
	 * Sends `bytes[start, end)` to all that are ready; to UDP peers as one datagram.
	 * @param lease for octets that change later: held for as long as the host refers to them. Without one they never change.
	 * @returns how many took it
	 */
	send(bytes: Uint8Array, start: number, end: number, lease?: Lease): number;
	/**
	 * Sends a burst of packets that lie one behind the other: packet `i` is `bytes[offsets[i], offsets[i + 1])`. UDP peers
	 * get a datagram each ({@link UdpSocket.sendBatch}), streams get all in one write.
	 * @param offsets `count + 1` of them, rising; the caller's again when the call returns
	 * @returns how many took it
	 */
	sendBatch(bytes: Uint8Array, offsets: Uint32Array, count: number, lease?: Lease): number;
}

/** The network as a host gives it. */
export interface Network {
	/** The interfaces that are up and have an IPv4 address, without loopback unless there is nothing else. */
	paths(): readonly Path[];
	/**
	 * The interfaces that are up, once for each lasting IPv6 address: no temporary ones (RFC 8981), none that is tentative or
	 * deprecated, none of loopback. Link-local ones have a zone. Empty on a host without IPv6.
	 */
	ipv6Paths(): readonly Path[];
	/** Calls `changed` after {@link paths} or {@link ipv6Paths} may have changed; one watcher a call, `undefined` stops. */
	watch(changed: (() => void) | undefined): void;
	udp(options: UdpOptions, sink: UdpSink): UdpSocket;
	listen(options: ListenOptions, sink: ListenerSink): Listener;
	connect(options: ConnectOptions, sink: StreamSink): Stream;
	/** Makes a group without receivers. It needs no closing. */
	fanOut(): FanOutGroup;
}

/** The largest write that a stream promises room for when nothing is queued, on hosts with plenty of memory. */
export const STREAM_ROOM: Octets = 262144;
