import EmbeddedListener from "embedded:io/socket/listener";
import EmbeddedTcp from "embedded:io/socket/tcp";
import EmbeddedUdp from "embedded:io/socket/udp";
import type { Octets } from "../../../src/core/time";
import type { UdpPeer } from "../../../src/ports/net";

/**
 * A TCP socket of native/class-tcp.c: ECMA-419 §10.5 with half-close, reset and `send`. Callbacks find the option
 * `target` at `this.target`.
 */
export interface TcpSocket {
	readonly target?: unknown;
	/** Fills `buffer` as far as there is something to read. @returns how many octets; `undefined` for none */
	read(buffer: Uint8Array): Octets | undefined;
	/** Takes all of it, or throws. @returns how much it would take now */
	write(buffer: Uint8Array): Octets;
	close(): void;
	/** Absent until the connection is open. */
	readonly remoteAddress?: string;
	readonly remotePort?: number;
	readonly localAddress?: string;
	readonly localPort?: number;
	/** Sends `bytes[start, end)` without copying. @returns how much was taken; `onWritable` follows when not all was */
	send(bytes: Uint8Array, start: number, end: number): Octets;
	/** Whether a fan-out group may send by it: nothing is queued, and it will not end. 1 or 0; 0 at first. */
	offerable(on: number): void;
	/** Ends the sending side; what the peer still sends is read. */
	end(): void;
	/** Drops the connection with a reset. */
	abort(): void;
	/** True: octets go by TLS. */
	readonly secure: boolean;
	/** Octets that the kernel took; by TLS those of TLS. It keeps its last value when the socket is closed. */
	readonly sent: Octets;
}

/** Options of {@link Tcp}. */
export interface TcpSocketOptions {
	/** Takes over this socket's connection; or `address` and `port` say where to connect. */
	readonly from?: TcpSocket;
	readonly address?: string;
	readonly port?: number;
	readonly localAddress?: string;
	/** 1: the local address may be another machine's (IP_TRANSPARENT). */
	readonly transparent?: number;
	/** For TLS: the server's name, which is sent (SNI) and must match the certificate, or its address. */
	readonly serverName?: string;
	/** 0: any certificate is accepted. @default 1 */
	readonly verify?: number;
	/** Path of a PEM file with the only authorities to trust. @default those of the system */
	readonly authority?: string;
	/** How long the handshake may take, in milliseconds. */
	readonly handshakeTime?: number;
	/** Seconds of silence after which the peer is asked whether it is still alive. */
	readonly keepAlive?: number;
	readonly target: unknown;
	onReadable(this: TcpSocket, count: Octets): void;
	onWritable(this: TcpSocket, count: Octets): void;
	/** The connection is gone. `why` is the name of errno, or ETLS or ECERTIFICATE; a message may follow behind a colon. */
	onError(this: TcpSocket, why: string): void;
	/** The peer has ended its sending side. */
	onEnd(this: TcpSocket): void;
}

/** A listening socket of native/class-listener.c: ECMA-419 §10.6 with TLS. */
export interface ListenerSocket {
	readonly target?: unknown;
	/** The next connection that came in. */
	read(): TcpSocket | undefined;
	readonly port: number;
	close(): void;
	/**
	 * Reads certificate and key again if their files have changed, for new connections.
	 * @returns `undefined` when they have not; else the reason why the new ones were rejected, empty when they were accepted
	 */
	renew(): string | undefined;
}

/** Options of {@link Listening}. */
export interface ListenerSocketOptions {
	readonly address?: string;
	readonly port: number;
	/** 1: connections to other machines come in too (IP_TRANSPARENT). */
	readonly transparent?: number;
	/** Paths of PEM files: TLS and plain connections come in. The constructor throws if they cannot be used. */
	readonly certificate?: string;
	readonly key?: string;
	/** The most handshakes at a time, in all and from one address, and how long each may take, in milliseconds. */
	readonly handshakes?: number;
	readonly handshakesPerAddress?: number;
	readonly handshakeTime?: number;
	/** A handshake failed; the message is for the log. */
	onRemark?(this: ListenerSocket, words: string): void;
	readonly target: unknown;
	onReadable(this: ListenerSocket, count: number): void;
	onError(this: ListenerSocket, code: string): void;
}

/** The far end of datagrams. @see UdpPeer */
export class LinuxPeer implements UdpPeer {
	/** @param name the address as the system has it, made once */
	constructor(
		readonly address: string,
		readonly port: number,
		readonly name: ArrayBuffer,
	) {}
}

/** A UDP socket of native/class-udp.c. A datagram that cannot be sent is lost, as on the wire. */
export interface UdpIo {
	readonly target?: unknown;
	readonly port: number;
	/** Returns the object of a peer; `undefined` when the address or the port is not valid, or of the other family. */
	peer(address: string, port: number): LinuxPeer | undefined;
	/** @param name that of the {@link LinuxPeer} */
	sendTo(name: ArrayBuffer, bytes: Uint8Array, start: number, end: number): void;
	/** Datagram `i` is `bytes[offsets[i], offsets[i + 1])`. */
	sendBatch(name: ArrayBuffer, bytes: Uint8Array, offsets: Uint32Array, count: number): void;
	/** Sends `bytes[start, end)`. */
	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void;
	close(): void;
}

/** Options of {@link Udp}. */
export interface UdpIoOptions {
	readonly address?: string;
	readonly port: number;
	/** Numbers stand for true and false. */
	readonly reuse?: number;
	readonly broadcast?: number;
	readonly multicastTtl?: number;
	/** 1: the address may be another machine's (IP_TRANSPARENT). */
	readonly transparent?: number;
	/** Address of the interface. */
	readonly path?: string;
	/** Separated by spaces. */
	readonly groups?: string;
	readonly target: unknown;
	onError(this: UdpIo, code: string): void;
	/** Makes the object of a new peer, which the socket keeps. @param name the address as the system has it */
	onPeer(this: UdpIo, address: string, port: number, name: ArrayBuffer): LinuxPeer;
	/** One datagram; `bytes` is the same object each time, its content changes. */
	onDatagram(this: UdpIo, bytes: Uint8Array, peer: LinuxPeer): void;
}

/** The native socket classes with the types above. */
export const Tcp = EmbeddedTcp as unknown as new (options: TcpSocketOptions) => TcpSocket;
/** @see Tcp */
export const Listening = EmbeddedListener as unknown as new (options: ListenerSocketOptions) => ListenerSocket;
/** @see Tcp */
export const Udp = EmbeddedUdp as unknown as new (options: UdpIoOptions) => UdpIo;
