import type { Machine } from "./machine";
import type { Path } from "./path";
import type { Millis } from "./time";

/** Sends datagrams by a chosen interface. The bytes are the machine's own again when `send` returns. */
export interface DatagramOutbox {
	/** Sends `bytes[start, end)` by `path`; a datagram that can't be sent is lost, as on the wire. */
	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void;
}

/** A machine fed by datagrams. `bytes` is valid during the call only. */
export interface DatagramMachine<Out extends DatagramOutbox> extends Machine<Out> {
	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array, out: Out): void;
}
