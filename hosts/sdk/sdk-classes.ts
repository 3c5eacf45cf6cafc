import EmbeddedListener from "embedded:io/socket/listener";
import EmbeddedTcp from "embedded:io/socket/tcp";
import EmbeddedUdp from "embedded:io/socket/udp";
import EmbeddedTime from "time";
import EmbeddedTimer from "timer";
import type { Millis, Octets } from "../../src/core/time";

/** A TCP socket as the SDK's sources have it, which is more than its published types say. */
export interface SdkTcpSocket {
	/** The option of that name. */
	readonly target?: unknown;
	readonly remoteAddress?: string;
	readonly remotePort?: number;
	/** All that has come in. With a buffer as its argument it throws unless that much has come in. */
	read(): ArrayBuffer | undefined;
	/** Copies all of it, or throws "would block". @returns how much it would take now; `undefined`: the connection is broken */
	write(bytes: Uint8Array): Octets | undefined;
	close(): void;
}

/** A listening socket of the SDK. */
export interface SdkListenerSocket {
	readonly port: number;
	/** The next connection that came in. */
	read(): SdkTcpSocket | undefined;
	close(): void;
}

/** A UDP socket of the SDK. */
export interface SdkUdpIo {
	read(): (ArrayBuffer & { readonly address: string; readonly port: number }) | undefined;
	write(bytes: Uint8Array, address: string, port: number): void;
	close(): void;
	/** Joins a group on all interfaces; on microcontrollers only. */
	add?(group: string): void;
}

/** Marks a timer that is set. */
export interface SdkTimer {
	readonly brand?: boolean;
}

/** The SDK's classes with the types above. */
export const Tcp = EmbeddedTcp as unknown as new (options: object) => SdkTcpSocket;
/** @see Tcp */
export const Listening = EmbeddedListener as unknown as new (options: object) => SdkListenerSocket;
/** @see Tcp */
export const Udp = EmbeddedUdp as unknown as new (options: object) => SdkUdpIo;
/** @see Tcp */
export const Time = EmbeddedTime as unknown as { readonly ticks: Millis; set(seconds: number): void };
/** Timers of the SDK; one that has rung is gone, and may not be cleared. */
export const Timer = EmbeddedTimer as unknown as {
	set(callback: () => void, delay: Millis): SdkTimer;
	repeat(callback: () => void, delay: Millis): SdkTimer;
	clear(timer: SdkTimer): void;
};
