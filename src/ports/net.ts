import type { Path } from "../core/path";
import type { EndReason, StreamOutbox } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import type { LogLevel } from "./log";

/** Why a socket could not be had, or failed later. */
export type NetFailure = "in-use" | "not-permitted" | "no-address" | "failed";

/** How a UDP socket is bound. */
export interface UdpOptions {
	/**
	 * Local address, from which all is sent, to whomever; absent: any, or `path`'s own where the host needs that to keep
	 * interfaces apart. With an address groups and broadcasts may not be heard.
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
	/** True: broadcasts may be sent, and are heard. @default false */
	readonly broadcast?: boolean;
	/** Time to live of multicast datagrams. @default 1 */
	readonly multicastTtl?: number;
}

/** Receives what comes in on a UDP socket; never called inside a call of the socket, nor after `close`. */
export interface UdpSink {
	/** The socket is bound; {@link UdpSocket.port} is known. */
	opened(): void;
	/** One datagram; `bytes` is valid during the call only. */
	received(bytes: Uint8Array, address: string, port: number): void;
	/** The socket could not be bound, or is dead; close it. `detail` is for the log. */
	failed(why: NetFailure, detail: string): void;
}

/** A UDP socket. */
export interface UdpSocket {
	/** The bound port; 0 before `opened`. */
	readonly port: number;
	/** Sends `bytes[start, end)`, copied if need be; a datagram that can't be sent is lost. */
	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void;
	/** Frees the socket; harmless when repeated. */
	close(): void;
}

/** Receives what happens on a TCP connection; never called inside a call of the stream. */
export interface StreamSink {
	/** There is room; the first call says that the connection is open. @see StreamMachine.room */
	room(): void;
	received(bytes: Uint8Array): void;
	/** The peer sends no more, or the connection is gone. Called once. */
	ended(why: EndReason): void;
	/** Both directions are over and nothing will be called any more. Called once, last. */
	gone(): void;
}

/** A TCP connection: the outbox of a stream machine, and where it leads. */
export interface Stream extends StreamOutbox {
	/** True: it came in by TLS, at a listener with {@link ListenOptions.tls}. */
	readonly secure: boolean;
	readonly remoteAddress: string;
	readonly remotePort: number;
	readonly localAddress: string;
	readonly localPort: number;
}

/** How a TCP connection is opened. */
export interface ConnectOptions {
	readonly address: string;
	readonly port: number;
	/** Local address to connect from: chooses the interface. */
	readonly localAddress?: string;
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
	/** Local address; absent: any. */
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

/** The network as a host gives it. */
export interface Network {
	/** The interfaces that are up and have an IPv4 address, without loopback unless there is nothing else. */
	paths(): readonly Path[];
	/** Calls `changed` after {@link paths} may have changed; one watcher a call, `undefined` stops. */
	watch(changed: (() => void) | undefined): void;
	udp(options: UdpOptions, sink: UdpSink): UdpSocket;
	listen(options: ListenOptions, sink: ListenerSink): Listener;
	connect(options: ConnectOptions, sink: StreamSink): Stream;
}

/** The largest write that a stream promises room for when nothing is queued, on hosts with plenty of memory. */
export const STREAM_ROOM: Octets = 262144;
