import type { EndReason, Lease } from "../../src/core/stream";
import type { Octets } from "../../src/core/time";
import type { ConnectOptions, Stream, StreamSink } from "../../src/ports/net";
import { type SdkTcpSocket, Tcp, Timer } from "./sdk-classes";

/**
 * One TCP connection on the Moddable SDK's sockets, accepted or opened. @see Stream
 *
 * It makes up for what those sockets lack: they have no half-closing, so {@link end} closes both
 * directions once all written data has been sent, and a peer that ends its side is gone; the reason why a connection broke
 * is not known, so a failed one that never opened counts as `refused`, and any other end as `closed`. The local address is
 * the network's.
 */
export class SdkStream implements Stream {
	remoteAddress: string;
	remotePort: number;
	private tcp: SdkTcpSocket | undefined;
	private sink: StreamSink | undefined;
	private space: Octets = 0;
	private open = false;
	private ending = false;
	private over = false;
	private paused = false;
	/** The rest of a frame that was taken whole: `tail[tailAt, tailEnd)`. */
	private tail: Uint8Array | undefined;
	private tailAt = 0;
	private tailEnd = 0;
	private tailLease: Lease | undefined;
	/** Octets were announced while reading was off. */
	private waiting = false;

	private constructor(
		options: object,
		readonly localAddress: string,
		readonly localPort: number,
		address: string,
		port: number,
	) {
		this.remoteAddress = address;
		this.remotePort = port;
		this.tcp = new Tcp({ ...options, target: this, nodelay: true, onReadable, onWritable, onError });
	}

	/** Wraps a connection that came in. {@link serve} follows, or {@link abort}. */
	static accepted(from: SdkTcpSocket, localAddress: string, localPort: number): SdkStream {
		const stream = new SdkStream({ from }, localAddress, localPort, "", 0);
		stream.remoteAddress = stream.tcp?.remoteAddress ?? "";
		stream.remotePort = stream.tcp?.remotePort ?? 0;
		return stream;
	}

	/** Opens a connection. @throws when the sockets refuse at once; the caller tells the sink later */
	static connect(options: ConnectOptions, localAddress: string, sink: StreamSink): SdkStream {
		const { address, port } = options;
		const stream = new SdkStream({ address, port }, localAddress, 0, address, port);
		stream.sink = sink;
		return stream;
	}

	/** Gives an accepted connection its sink, and reports room to it later. */
	serve(sink: StreamSink): void {
		this.sink = sink;
	}

	/** The SDK's sockets have no TLS. */
	get secure(): boolean {
		return false;
	}

	get room(): Octets {
		return this.open && !this.ending && this.tail === undefined ? this.space : 0;
	}

	/** Writing copies into the network stack; only offered octets may wait. */
	get queued(): Octets {
		return this.tail === undefined ? 0 : this.tailEnd - this.tailAt;
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		if (this.open && !this.ending) this.put(bytes, start, end);
	}

	private put(bytes: Uint8Array, start: number, end: number): void {
		if (this.tcp === undefined || end <= start) return;
		const part = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
		try {
			const left = this.tcp.write(part);
			// The sockets of a PC never report an error that a write meets.
			if (left === undefined) this.break("reset");
			else this.space = left;
		} catch {
			this.break("reset");
		}
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.write(bytes, start, end);
	}

	offer(bytes: Uint8Array, start: number, end: number, lease?: Lease): boolean {
		if (!this.open || this.ending || this.tcp === undefined || this.tail !== undefined) return false;
		const at = Math.min(end, start + this.space);
		this.write(bytes, start, at);
		if (at < end && this.open) {
			lease?.retain();
			this.tail = bytes;
			this.tailAt = at;
			this.tailEnd = end;
			this.tailLease = lease;
		}
		return true;
	}

	reading(on: boolean): void {
		this.paused = !on;
		if (on && this.waiting) Timer.set(() => this.readable(), 0);
	}

	end(): void {
		if (this.ending || this.tcp === undefined) return;
		this.ending = true;
		if (this.tail === undefined) this.break("closed");
	}

	abort(): void {
		if (this.tcp === undefined || this.over) return;
		this.close();
		this.break("reset");
	}

	/** There are octets to read; called by the socket. */
	readable(): void {
		if (this.tcp === undefined || this.over) return;
		this.waiting = this.paused;
		if (this.paused) return;
		const buffer = this.tcp.read();
		if (buffer !== undefined) this.sink?.received(new Uint8Array(buffer));
	}

	/** Octets may be written; called by the socket. */
	writable(count: Octets): void {
		if (this.tcp === undefined || this.over) return;
		this.open = true;
		this.space = count;
		if (this.tail !== undefined && !this.sendTail()) return;
		if (!this.ending) this.sink?.room();
	}

	/** The connection is over; called by the socket, which does not say why. */
	failed(): void {
		if (this.tcp === undefined) return;
		this.finish(this.open ? "closed" : "refused");
	}

	/** Writes what fits of the tail. @returns true when nothing is left of it */
	private sendTail(): boolean {
		const at = Math.min(this.tailEnd, this.tailAt + this.space);
		this.put(this.tail as Uint8Array, this.tailAt, at);
		this.tailAt = at;
		if (!this.open || at < this.tailEnd) return false;
		this.dropTail();
		if (this.ending) this.break("closed");
		return true;
	}

	private dropTail(): void {
		this.tail = undefined;
		this.tailLease?.release();
		this.tailLease = undefined;
	}

	/** Ends the connection after this turn: a sink is never called inside a call of the stream. */
	private break(why: EndReason): void {
		this.open = false;
		Timer.set(() => this.finish(why), 0);
	}

	private finish(why: EndReason): void {
		this.close();
		if (this.over) return;
		this.over = true;
		this.open = false;
		this.sink?.ended(why);
		this.sink?.gone();
	}

	private close(): void {
		this.dropTail();
		this.tcp?.close();
		this.tcp = undefined;
	}
}

function onReadable(this: SdkTcpSocket): void {
	(this.target as SdkStream).readable();
}

function onWritable(this: SdkTcpSocket, count: number): void {
	(this.target as SdkStream).writable(count);
}

function onError(this: SdkTcpSocket): void {
	(this.target as SdkStream).failed();
}
