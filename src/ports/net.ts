import type { Endpoint } from "../core/endpoint-table";
import type { Path } from "../core/path";
import type { EndReason, Lease, StreamOutbox } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import type { LogLevel } from "./log";

/** Why a socket could not be opened, or failed later. */
export type NetFailure = "in-use" | "not-permitted" | "no-address" | "failed";

/**
 * How a UDP socket is bound. Its family is that of `address`, or else of `path`, or else IPv4. A socket has one family.
 */
export interface UdpOptions {
	/**
	 * The local address, which is the source of everything sent. Absent, `0.0.0.0` or `::` means any address, or the path's own
	 * where the host needs it to tell interfaces apart. A socket with an address may not receive groups and broadcasts.
	 */
	readonly address?: string;
	/** The local port; 0 means any free one. */
	readonly port: number;
	/** True: other sockets may bind the same port (SSDP's 1900). @default false */
	readonly reuse?: boolean;
	/** The interface that multicast and broadcast datagrams leave by, and on which groups are joined. */
	readonly path?: Path;
	/** Multicast groups to receive. */
	readonly groups?: readonly string[];
	/** True: broadcasts may be sent and are received. IPv6 has none. @default false */
	readonly broadcast?: boolean;
	/** Time to live of multicast datagrams. @default 1 */
	readonly multicastTtl?: number;
	/**
	 * True: `address` may be that of another machine, for which this one answers (Linux: IP_TRANSPARENT; it needs CAP_NET_ADMIN, and
	 * rules that lead such packets here). A host that can't do it fails with NO_TRANSPARENT_UDP. @default false
	 */
	readonly transparent?: boolean;
}

/**
 * A handle for the far end of datagrams, so that the host parses its address once. It is valid for one socket, until that socket
 * is closed.
 *
 * Addresses are in canonical form; link-local IPv6 addresses have their zone.
 */
export interface UdpPeer extends Endpoint {}

/** Receives the datagrams of a UDP socket. Never called during a call to the socket, nor after `close`. */
export interface UdpSink {
	/** The socket is bound; {@link UdpSocket.port} is known. */
	opened(): void;
	/**
	 * A datagram arrived; `bytes` is valid during the call only.
	 * @param peer the sender: the same object each time while the socket remembers it ({@link PEERS_MAX})
	 */
	received(bytes: Uint8Array, peer: UdpPeer): void;
	/** The socket could not be bound, or no longer works; close it. `detail` is for the log. */
	failed(why: NetFailure, detail: string): void;
}

/** How many peers a socket remembers at a time. A handle that it has forgotten stays valid. */
export const PEERS_MAX = 256;

/** A UDP socket. A datagram that can't be sent is lost, as on the wire. */
export interface UdpSocket {
	/** The bound port; 0 before `opened`, and after `failed` and `close`. */
	readonly port: number;
	/** Returns the handle for an address and a port; `undefined` when they are malformed or of the other family. */
	peer(address: string, port: number): UdpPeer | undefined;
	/** Sends `bytes[start, end)` to a peer of this socket; the bytes are the caller's again when the call returns. */
	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void;
	/**
	 * Sends several adjacent datagrams: datagram `i` is `bytes[offsets[i], offsets[i + 1])`. Hosts with segmentation offload
	 * (UDP_SEGMENT) send a run of equal lengths, which a shorter one may end, in one system call. The arrays are the caller's again
	 * when the call returns.
	 * @param offsets `count + 1` ascending offsets
	 */
	sendBatch(peer: UdpPeer, bytes: Uint8Array, offsets: Uint32Array, count: number): void;
	/** Sends `bytes[start, end)` to an address that needs no handle, such as a group; otherwise like {@link sendTo}. */
	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void;
	/** Frees the socket; harmless when repeated. */
	close(): void;
}

/** Receives the events of a TCP connection. Never called during a call to the stream. */
export interface StreamSink {
	/** There is room to write. The first call means that the connection is open. @see StreamMachine.room */
	room(): void;
	received(bytes: Uint8Array): void;
	/** The peer sends no more, or the connection is gone. Called once. `detail`, if the host has any, is for the log. */
	ended(why: EndReason, detail?: string): void;
	/** Both directions are over. Called once, as the last call. */
	gone(): void;
}

/** A TCP connection: the outbox of a stream machine, with the addresses of both ends. */
export interface Stream extends StreamOutbox {
	/** True when the connection uses TLS ({@link ListenOptions.tls} or {@link ConnectOptions.tls}). */
	readonly secure: boolean;
	readonly remoteAddress: string;
	readonly remotePort: number;
	readonly localAddress: string;
	readonly localPort: number;
}

/**
 * How a client uses TLS (1.2 or newer). The connection is open once the handshake is done. It ends with `certificate` when the
 * server's certificate is not accepted, with `timeout` when the handshake takes too long, and with `tls` when it fails in
 * another way. A host without TLS ends it with `tls` and {@link NO_TLS_CLIENT}.
 */
export interface TlsClientOptions {
	/** The name or address that the certificate must be valid for. A name is also sent to the server (SNI). */
	readonly serverName: string;
	/**
	 * False: any certificate is accepted, so the server is not authenticated. For peers that are authenticated in another way.
	 * @default true
	 */
	readonly verify?: boolean;
	/** Path of a PEM file with the certificate authorities to trust, and no others. @default those of the system */
	readonly ca?: string;
	/** How long the handshake may take. @default 10000 */
	readonly handshakeTime?: Millis;
}

/** How a TCP connection is opened. */
export interface ConnectOptions {
	/** IPv4 or IPv6; link-local IPv6 addresses need their zone. Names are not resolved here. */
	readonly address: string;
	readonly port: number;
	/** The local address to connect from, which chooses the interface. */
	readonly localAddress?: string;
	/** The interface to connect by. Its address is the local one unless `localAddress` is given. */
	readonly path?: Path;
	readonly tls?: TlsClientOptions;
	/**
	 * True: `localAddress` may be that of another machine. It is only to be asked for on a host that can do it. @default false
	 * @see UdpOptions.transparent
	 */
	readonly transparent?: boolean;
}

/** The files that authenticate a TLS server. */
export interface TlsIdentity {
	/** Path of a PEM file: the server's own certificate first, then the chain to its authority. */
	readonly certificate: string;
	/** Path of a PEM file: the private key of that certificate, without a passphrase. */
	readonly key: string;
	/** How often the files are checked for changes and read again. @default 10000 */
	readonly lookEvery?: Millis;
	/**
	 * How long a new connection may take to send its first plain octet or to complete its handshake.
	 * @default 10000
	 */
	readonly handshakeTime?: Millis;
}

/** How a TCP port is listened on. */
export interface ListenOptions {
	/** The local address. Absent or `0.0.0.0` means any IPv4 address; `::` means any IPv6 address and no IPv4 address. */
	readonly address?: string;
	/** The local port; 0 means any free one. */
	readonly port: number;
	/**
	 * Accepts TLS (1.2 or newer) and plain connections on the same port; the first octet tells which. Unusable files are a
	 * failure; when the files change and the new ones are unusable, the old ones stay in use. A host without TLS fails with
	 * {@link NO_TLS}.
	 */
	readonly tls?: TlsIdentity;
	/**
	 * True: connections to other machines come in too, where the rules of the kernel lead them here (Linux: TPROXY). The local address
	 * and port of such a stream are those that the client connected to. It needs CAP_NET_ADMIN; Node.js can't open such a socket and
	 * takes one that it inherits, as systemd passes it with `Transparent=yes`: the first one is for IPv4, the second one for IPv6, and
	 * `port` is not used. @default false
	 */
	readonly transparent?: boolean;
}

/** The detail of the failure when a host without TLS is asked for a TLS listener. */
export const NO_TLS = "this host has no TLS: start it without --tls-certificate and --tls-key";
/** The detail when a host without a TLS client is asked for a TLS connection. */
export const NO_TLS_CLIENT = "this host has no TLS client";
/** What a host reports after it has read changed files of a {@link TlsIdentity}. */
export const TLS_RENEWED = "the TLS certificate has changed and was reloaded";
/** What a host reports when it can't use the changed files; the reason follows after a colon. */
export const TLS_KEPT = "the changed TLS files can't be used, the old ones stay in use";
/** The default of {@link TlsIdentity.lookEvery}. */
export const TLS_LOOK_EVERY: Millis = 10_000;
/** The default time limit of a TLS handshake. */
export const HANDSHAKE_TIME: Millis = 10_000;
/**
 * How many connections of a TLS listener may be in their handshake. One more, here or beyond {@link HANDSHAKES_PER_ADDRESS},
 * drops the oldest of the address that holds the most. Of several addresses that hold equally many it is the new connection's
 * own, or else the one with the oldest connection. So a flood from one address does not lock out others.
 */
export const HANDSHAKES_MAX = 64;
/** How many of {@link HANDSHAKES_MAX} may come from one address; enough for a browser or proxy that opens many at once. */
export const HANDSHAKES_PER_ADDRESS = 32;

/** Receives the events of a listening port. */
export interface ListenerSink {
	/** The port is listening; {@link Listener.port} is known. */
	opened(): void;
	/**
	 * A connection came in; if it uses TLS, the handshake is done.
	 * @returns its sink, or `undefined` to refuse the connection, which is then reset
	 */
	accepted(stream: Stream): StreamSink | undefined;
	/** The port could not be opened, or is lost. `detail` is for the log. */
	failed(why: NetFailure, detail: string): void;
	/** Something for the log: a certificate that was reloaded or can't be, a handshake that failed. */
	remark?(level: LogLevel, message: string): void;
}

/** A listening TCP port. Closing it does not affect accepted connections. */
export interface Listener {
	/** The port; 0 before `opened`. */
	readonly port: number;
	close(): void;
}

/** The numbers in the RTP headers that one receiver gets. @see RFC 3550 §5.1 */
export interface RtpNumbers {
	/** The synchronization source, 32 bits. */
	readonly ssrc: number;
	/** The sequence number of the next packet, 16 bits. */
	readonly sequence: number;
}

/** One receiver of a {@link FanOutGroup}, with its counters. */
export interface FanOutReceiver {
	/** True: it is skipped without counting, as its rate or its share of the uplink allows no frame now. @default false */
	hold: boolean;
	/** Frames that it took, and frames that it missed because it was not ready. */
	readonly delivered: number;
	readonly missed: number;
	/** Octets of the frames that it took. */
	readonly octets: Octets;
	/** Packets of the frames that it took. */
	readonly packets: number;
	/**
	 * Of a UDP peer: the octets of the IP packets that the network stack took, with their IP and UDP headers, also of frames that it
	 * took in part. Absent: the host does not count them. @see wireOctets
	 */
	readonly wire?: Octets;
	/** The sequence number of its next RTP packet; 0 for a receiver without {@link RtpNumbers}. */
	readonly sequence: number;
	/** The value of {@link FanOutGroup.sends} for the last frame that it took; 0 before the first. */
	readonly last: number;
}

/**
 * Sends the same octets to many receivers in one call: to MJPEG viewers and relay viewers over TCP, to RTP clients over UDP.
 *
 * A native host sends to all receivers that are ready without returning to JavaScript for each. A receiver that is not on
 * {@link FanOutReceiver.hold} is ready when
 * - it is a stream that is open and has nothing queued ({@link StreamOutbox.offer}). The host sends the rest of a frame as the
 *   peer takes it, and calls the sink's `room` when all of it has left;
 * - it is a UDP peer whose socket is open. A datagram that the kernel does not take is lost, as on the wire.
 *
 * The others miss the frame; nothing is queued for them. A viewer that wants the newest frame as soon as it is ready compares
 * {@link FanOutReceiver.last} with {@link sends} in `room`, and offers that frame itself.
 *
 * A stream that has ended is never ready; its owner removes it.
 */
export interface FanOutGroup {
	/** How many receivers there are. */
	readonly size: number;
	/** Frames sent so far: calls of {@link send} and {@link sendBatch}. */
	readonly sends: number;
	/** Totals of all receivers, including those that were removed. */
	readonly delivered: number;
	readonly missed: number;
	/**
	 * Adds a TCP connection of this host. Others may write to it between frames.
	 * @param out the stream, or the outbox by which a machine knows it
	 */
	addStream(out: StreamOutbox): FanOutReceiver;
	/**
	 * Adds a peer of a UDP socket of this host.
	 * @param numbers where the packets are RTP: the host writes this receiver's SSRC and its own running sequence numbers into the
	 * octets 8 to 11 and 2 to 3 of each datagram just before it is sent, so that a receiver which skips frames has no gaps. The
	 * octets of a burst change in these places; a burst for UDP is not to be sent to streams.
	 */
	addPeer(socket: UdpSocket, peer: UdpPeer, numbers?: RtpNumbers): FanOutReceiver;
	/** Removes a receiver; harmless when repeated. A frame that was begun is still sent to its end. */
	remove(receiver: FanOutReceiver): void;
	/**
	 * Sends `bytes[start, end)` to all receivers that are ready; UDP peers get it as one datagram.
	 * @param lease retained while the host refers to the octets. Without a lease the octets must never change.
	 * @returns how many receivers took it
	 */
	send(bytes: Uint8Array, start: number, end: number, lease?: Lease): number;
	/**
	 * Sends a burst of adjacent packets: packet `i` is `bytes[offsets[i], offsets[i + 1])`. UDP peers get a datagram for each
	 * ({@link UdpSocket.sendBatch}), streams get all in one write.
	 * @param offsets `count + 1` ascending offsets; the array is the caller's again when the call returns
	 * @returns how many receivers took it
	 */
	sendBatch(bytes: Uint8Array, offsets: Uint32Array, count: number, lease?: Lease): number;
}

/** The network of a host. */
export interface Network {
	/** The interfaces that are up and have an IPv4 address; loopback only if there is no other. */
	paths(): readonly Path[];
	/**
	 * A path for each stable IPv6 address of the interfaces that are up: no temporary addresses (RFC 8981), none that are tentative
	 * or deprecated, and no loopback. Link-local addresses have a zone. Empty on a host without IPv6.
	 */
	ipv6Paths(): readonly Path[];
	/** Calls `changed` after {@link paths} or {@link ipv6Paths} may have changed. Replaces the watcher before; `undefined` stops. */
	watch(changed: (() => void) | undefined): void;
	udp(options: UdpOptions, sink: UdpSink): UdpSocket;
	listen(options: ListenOptions, sink: ListenerSink): Listener;
	connect(options: ConnectOptions, sink: StreamSink): Stream;
	/** Makes a group without receivers. Groups need no closing. */
	fanOut(): FanOutGroup;
}

/** The room of a stream on which nothing is queued, on hosts with plenty of memory. */
export const STREAM_ROOM: Octets = 262144;
