import EmbeddedListener from "embedded:io/socket/listener";
import EmbeddedTcp from "embedded:io/socket/tcp";
import EmbeddedUdp from "embedded:io/socket/udp";
import type { Octets } from "../../src/core/time";

/**
 * A TCP socket as ECMA-419 §10.5 has it. What is optional is there on hosts/linux only, and looked for before use.
 * Callbacks find the option `target` at `this.target`.
 */
export interface TcpSocket {
	readonly target?: unknown;
	/** Fills `buffer` as far as there is something to read. @returns how many octets; `undefined` for none */
	read(buffer: Uint8Array): Octets | undefined;
	/** Takes all of it, or throws. @returns how much it would take now */
	write(buffer: Uint8Array): Octets;
	close(): void;
	readonly remoteAddress?: string;
	readonly remotePort?: number;
	readonly localAddress?: string;
	readonly localPort?: number;
	/** Sends `bytes[start, end)` without copying. @returns how much was taken; `onWritable` follows when not all was */
	send?(bytes: Uint8Array, start: number, end: number): Octets;
	/** Ends the sending side; what the peer still sends is read. */
	end?(): void;
	/** Drops the connection with a reset. */
	abort?(): void;
	/** True: octets go by TLS. */
	readonly secure?: boolean;
}

/** Options of {@link Tcp}. */
export interface TcpSocketOptions {
	/** Takes over this socket's connection; or `address` and `port` say where to connect. */
	readonly from?: TcpSocket;
	readonly address?: string;
	readonly port?: number;
	readonly localAddress?: string;
	/** Seconds of silence after which the peer is asked whether it is still there. */
	readonly keepAlive?: number;
	readonly target: unknown;
	onReadable(this: TcpSocket, count: Octets): void;
	onWritable(this: TcpSocket, count: Octets): void;
	/** The connection is gone. `code` is the name of errno; absent on the SDK, also at the end in good order. */
	onError(this: TcpSocket, code?: string): void;
	/** The peer sends no more; never called on the SDK. */
	onEnd(this: TcpSocket): void;
}

/** A listening socket as ECMA-419 §10.6 has it. */
export interface ListenerSocket {
	readonly target?: unknown;
	/** The next connection that came in. */
	read(): TcpSocket | undefined;
	readonly port?: number;
	close(): void;
	/**
	 * Reads certificate and key again if their files have changed, for connections that come from now on.
	 * @returns `undefined` when they have not; else why the new ones are not taken, empty when they are
	 */
	renew?(): string | undefined;
}

/** Options of {@link Listening}. */
export interface ListenerSocketOptions {
	readonly address?: string;
	readonly port: number;
	/** Paths of PEM files: TLS and plain connections come in. hosts/linux only; the socket class throws where it can't. */
	readonly certificate?: string;
	readonly key?: string;
	/** The most handshakes at a time, in all and from one address, and how long each may take, in milliseconds. */
	readonly handshakes?: number;
	readonly handshakesPerAddress?: number;
	readonly handshakeTime?: number;
	/** A handshake failed: words for the log. */
	onRemark?(this: ListenerSocket, words: string): void;
	readonly target: unknown;
	onReadable(this: ListenerSocket, count: number): void;
	onError(this: ListenerSocket, code?: string): void;
}

/** A datagram as `read` returns it. */
export interface ReceivedBuffer extends ArrayBuffer {
	readonly address: string;
	readonly port: number;
}

/** A UDP socket as ECMA-419 §10.7 has it. What is optional is there on hosts/linux only. */
export interface UdpIo {
	readonly target?: unknown;
	read(): ReceivedBuffer | undefined;
	write(buffer: Uint8Array, address: string, port: number): void;
	close(): void;
	readonly port?: number;
	send?(bytes: Uint8Array, start: number, end: number, address: string, port: number): void;
	/** Joins a multicast group (SDK, on some platforms). */
	add?(group: string): void;
}

/** Options of {@link Udp}; the SDK knows `address`, `port` and the first two callbacks. */
export interface UdpIoOptions {
	readonly address?: string;
	readonly port: number;
	/** Numbers stand for true and false. */
	readonly reuse?: number;
	readonly broadcast?: number;
	readonly multicastTtl?: number;
	/** Address of the interface. */
	readonly path?: string;
	/** With spaces between. */
	readonly groups?: string;
	readonly target: unknown;
	onReadable(this: UdpIo, count: number): void;
	onError(this: UdpIo, code?: string): void;
	/** In place of `onReadable` where the host has it; `bytes` is one object whose content changes. */
	onDatagram(this: UdpIo, bytes: Uint8Array, address: string, port: number): void;
}

/** The classes of this machine. Their published types differ from SDK to SDK; what we need of them is above. */
export const Tcp = EmbeddedTcp as unknown as new (options: TcpSocketOptions) => TcpSocket;
/** @see Tcp */
export const Listening = EmbeddedListener as unknown as new (options: ListenerSocketOptions) => ListenerSocket;
/** @see Tcp */
export const Udp = EmbeddedUdp as unknown as new (options: UdpIoOptions) => UdpIo;
