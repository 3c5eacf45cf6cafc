import { Socket, type SocketConstructorOpts } from "node:net";
import type { TLSSocket } from "node:tls";
import { canonicalIp, ipFamily } from "../../src/core/ip-address";
import type { EndReason, Lease } from "../../src/core/stream";
import type { Millis, Octets } from "../../src/core/time";
import { detailOf, endReasonOf } from "../../src/ports/errno";
import { type ConnectOptions, HANDSHAKE_TIME, STREAM_ROOM, type Stream, type StreamSink } from "../../src/ports/net";
import { codeOf } from "./error-code";
import { handshakeFailureOf, secureClient } from "./tls-client";

/**
 * How much Node queues before it emits `drain` afterwards. With one octet, every write that the kernel does not take whole is
 * followed by `drain`. (Node never refuses a write; {@link NodeStream.room} is the limit.)
 */
export const DRAIN_ALWAYS: Octets = 1;

/**
 * What all opened connections without TLS read into: what arrives is valid during the call only. Node would make 64 kB for each
 * read, which is garbage right afterwards: tens of megabytes with 64 cameras.
 */
const READ_BUFFER = new Uint8Array(65_536);

/** What Node.js has of a connection inside: all octets given to it, and those that the kernel has not taken. */
interface Handle {
	readonly bytesWritten?: Octets;
	readonly writeQueueSize: Octets;
}

/**
 * One TCP connection on `node:net`, accepted or opened. @see Stream
 *
 * A reset that arrives while reading is off may be reported as `closed`, as libuv takes the hang-up for an end.
 */
export class NodeStream implements Stream {
	remoteAddress = "";
	remotePort = 0;
	localAddress = "";
	localPort = 0;
	private sink: StreamSink | undefined;
	private open = false;
	private ending = false;
	private over = false;
	/** True while Node queues data that the kernel has not taken; the sink is notified afterwards. */
	private short = false;
	private paused = false;
	/** The lease of the frame that is being sent. */
	private lease: Lease | undefined;
	/** Octets of the handle that the kernel had not taken when that was last looked at: the connection may be lost with them. */
	private unsent: Octets = 0;
	/** The time limit of the TLS handshake while it is in progress. */
	private handshake: NodeJS.Timeout | undefined;
	/** The callback of each write over TLS, whose sockets emit `drain` only after about 16 kB. */
	private readonly written: (() => void) | undefined;

	/** @param raw the TCP connection when `socket` is TLS on top of it */
	private constructor(
		private readonly socket: Socket,
		private readonly raw?: Socket,
	) {
		if (raw !== undefined) this.written = () => this.socket.writableLength === 0 && this.drained();
	}

	/**
	 * Wraps an incoming connection. The caller calls {@link serve} or {@link abort} next.
	 * @param raw the TCP connection when `socket` is TLS on top of it
	 */
	static accepted(socket: Socket, raw?: Socket): NodeStream {
		const stream = new NodeStream(socket, raw);
		stream.learnAddresses();
		// A reset before there is a sink must not end the process.
		socket.on("error", ignore);
		return stream;
	}

	/** Opens a connection. Failures are reported to the sink later. */
	static connect(options: ConnectOptions, sink: StreamSink): NodeStream {
		let stream: NodeStream;
		const onread = { buffer: READ_BUFFER, callback: (length: number) => stream.received(READ_BUFFER, length) };
		const settings = {
			allowHalfOpen: true,
			writableHighWaterMark: DRAIN_ALWAYS,
			...(options.tls === undefined && { onread }),
		};
		const raw = new Socket(settings as SocketConstructorOpts);
		try {
			stream = options.tls === undefined ? new NodeStream(raw) : new NodeStream(secureClient(raw, options.tls), raw);
		} catch (error) {
			stream = new NodeStream(raw);
			stream.attach(sink);
			stream.fail("tls", detailOf(error));
			return stream;
		}
		stream.remoteAddress = options.address;
		stream.remotePort = options.port;
		stream.attach(sink);
		const localAddress = options.localAddress ?? options.path?.address;
		if (!reachable(options.address, options.port, localAddress)) {
			stream.fail("unreachable");
			return stream;
		}
		if (options.tls === undefined) {
			raw.once("connect", () => stream.opened());
		} else {
			const { handshakeTime = HANDSHAKE_TIME } = options.tls;
			raw.once("connect", () => stream.awaitHandshake(handshakeTime));
			stream.socket.once("secureConnect", () => stream.opened());
		}
		raw.connect({
			host: options.address,
			port: options.port,
			noDelay: true,
			...(localAddress !== undefined && { localAddress }),
		});
		return stream;
	}

	/** Gives an accepted connection its sink, and reports room to it. */
	serve(sink: StreamSink): void {
		this.attach(sink);
		// A listener that peeked at the first octet has paused it.
		if (!this.paused) this.socket.resume();
		if (!this.socket.destroyed) this.opened();
	}

	get secure(): boolean {
		return this.raw !== undefined;
	}

	get sent(): Octets {
		const socket = this.raw ?? this.socket;
		const handle = (socket as unknown as { readonly _handle: Handle | null | undefined })._handle;
		if (handle?.bytesWritten !== undefined) {
			this.unsent = handle.writeQueueSize;
			return handle.bytesWritten - this.unsent;
		}
		// Node.js keeps what it gave to its handle, and drops what it had queued itself.
		return Math.max(0, socket.bytesWritten - this.unsent);
	}

	get room(): Octets {
		if (!this.open || this.ending) return 0;
		return Math.max(0, STREAM_ROOM - this.socket.writableLength);
	}

	get queued(): Octets {
		return this.socket.writableLength;
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		this.push(Buffer.from(bytes.subarray(start, end)));
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.push(view(bytes, start, end));
	}

	offer(bytes: Uint8Array, start: number, end: number, lease?: Lease): boolean {
		if (!this.open || this.ending || this.socket.destroyed || this.socket.writableLength > 0) return false;
		this.push(view(bytes, start, end));
		if (this.short && lease !== undefined) {
			lease.retain();
			this.lease = lease;
		}
		return true;
	}

	reading(on: boolean): void {
		this.paused = !on;
		if (on) this.socket.resume();
		else this.socket.pause();
	}

	end(): void {
		if (this.ending || this.socket.destroyed) return;
		this.ending = true;
		this.socket.end();
	}

	abort(): void {
		if (this.socket.destroyed) return;
		this.note();
		this.open = false;
		// Node would wait until the connection is open before it resets it.
		if (this.socket.connecting) this.socket.destroy();
		else (this.raw ?? this.socket).resetAndDestroy();
		this.socket.destroy();
	}

	private push(chunk: Buffer): void {
		if (!this.open || this.ending || chunk.length === 0 || this.socket.destroyed) return;
		this.socket.write(chunk, this.written);
		this.short = this.socket.writableLength > 0;
		if (this.short) this.note();
	}

	/** Looks at what the kernel has not taken. */
	private note(): void {
		void this.sent;
	}

	private attach(sink: StreamSink): void {
		this.sink = sink;
		this.socket.on("data", (chunk: Buffer) => this.received(chunk, chunk.length));
		this.socket.on("drain", () => this.drained());
		this.socket.on("end", () => {
			if (this.handshake === undefined) this.ended("closed");
			else this.ended("tls", "the server ended the connection during the TLS handshake");
		});
		this.socket.on("error", (error) => {
			const why =
				this.raw !== undefined && !this.open && !this.over ? this.handshakeFailure(error) : endReasonOf(codeOf(error));
			this.ended(why, detailOf(error));
		});
		this.socket.on("close", () => {
			this.open = false;
			clearTimeout(this.handshake);
			this.letGo();
			this.ended("reset");
			sink.gone();
		});
	}

	/** @returns true: more may be read */
	private received(bytes: Uint8Array, length: number): boolean {
		if (!this.over && !this.socket.destroyed)
			this.sink?.received(new Uint8Array(bytes.buffer, bytes.byteOffset, length));
		return true;
	}

	private opened(): void {
		if (this.socket.destroyed) return;
		clearTimeout(this.handshake);
		this.handshake = undefined;
		this.learnAddresses();
		this.open = true;
		this.sink?.room();
	}

	private drained(): void {
		this.unsent = 0;
		this.letGo();
		if (!this.short || !this.open || this.ending) return;
		this.short = false;
		this.sink?.room();
	}

	private ended(why: EndReason, detail?: string): void {
		if (this.over) return;
		this.over = true;
		if (why !== "closed") this.open = false;
		this.sink?.ended(why, detail);
	}

	/** Releases the lease of the frame that was being sent. */
	private letGo(): void {
		const { lease } = this;
		this.lease = undefined;
		lease?.release();
	}

	private awaitHandshake(limit: Millis): void {
		this.handshake = setTimeout(() => {
			this.ended("timeout", "the TLS handshake took too long");
			this.abort();
		}, limit);
	}

	private handshakeFailure(error: unknown): EndReason {
		// Before the TCP connection is open, the failure is not one of TLS.
		return this.handshake === undefined
			? endReasonOf(codeOf(error))
			: handshakeFailureOf(this.socket as TLSSocket, error);
	}

	/** Ends a connection that was not attempted. */
	private fail(why: EndReason, detail?: string): void {
		process.nextTick(() => {
			this.ended(why, detail);
			this.socket.destroy();
		});
	}

	private learnAddresses(): void {
		const socket = this.raw ?? this.socket;
		this.remoteAddress = socket.remoteAddress ?? canonicalIp(this.remoteAddress) ?? this.remoteAddress;
		this.remotePort = socket.remotePort ?? this.remotePort;
		this.localAddress = socket.localAddress ?? "";
		this.localPort = socket.localPort ?? 0;
	}
}

let viewed: Uint8Array | undefined;
let viewedStart = 0;
let lastView: Buffer = Buffer.alloc(0);

/** Returns octets as a Buffer without copying; the same object while the same octets go to several viewers. */
function view(bytes: Uint8Array, start: number, end: number): Buffer {
	if (bytes !== viewed || start !== viewedStart || end - start !== lastView.length) {
		lastView = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
		viewed = bytes;
		viewedStart = start;
	}
	return lastView;
}

/** True when all are valid addresses of one family, so that Node never asks its resolver. */
function reachable(address: string, port: number, localAddress: string | undefined): boolean {
	const family = ipFamily(address);
	const local = localAddress === undefined || ipFamily(localAddress) === family;
	return family !== undefined && local && Number.isInteger(port) && port > 0 && port <= 65535;
}

function ignore(): void {}
