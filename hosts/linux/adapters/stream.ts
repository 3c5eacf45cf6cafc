import { ipFamily } from "../../../src/core/ip-address";
import type { EndReason, Lease } from "../../../src/core/stream";
import type { Octets } from "../../../src/core/time";
import { endReasonOf } from "../../../src/ports/errno";
import {
	type ConnectOptions,
	HANDSHAKE_TIME,
	STREAM_ROOM,
	type Stream,
	type StreamSink,
	type TlsClientOptions,
} from "../../../src/ports/net";
import { codeOf } from "./error-code";
import { later } from "./later";
import { Tcp, type TcpSocket, type TcpSocketOptions } from "./native-sockets";
import { type Sender, SendQueue } from "./send-queue";

/** Input is read into one buffer for all streams: it is valid during the call only. */
const INPUT = 65536;
/** Seconds of silence before a keep-alive probe. */
const KEEP_ALIVE = 60;

let input: Uint8Array | undefined;

/**
 * One TCP connection, accepted or opened. @see Stream
 *
 * A frame goes from its buffer to the kernel without a copy and without an allocation.
 */
export class LinuxStream implements Stream, Sender {
	// The first fields are those that each write looks at: XS searches an object's properties in order.
	queued: Octets = 0;
	/** The socket while it is open and not ending. */
	private direct: TcpSocket | undefined;
	room: Octets = 0;
	remoteAddress = "";
	remotePort = 0;
	localAddress = "";
	localPort = 0;
	secure = false;
	private io: TcpSocket | undefined;
	/** The socket when it is closed. */
	private closed: TcpSocket | undefined;
	private sink: StreamSink | undefined;
	/** Octets that could not be sent at once; made when it is first needed. */
	private queue: SendQueue | undefined;
	private open = false;
	private ending = false;
	private paused = false;
	private unread = false;
	private over = false;
	private finished = false;

	/** Wraps a connection that came in. {@link serve} follows, or {@link abort}. */
	static accepted(io: TcpSocket): LinuxStream {
		const stream = new LinuxStream();
		stream.io = io;
		stream.learnAddresses(io);
		return stream;
	}

	/** Opens a connection; failures are reported to the sink later. */
	static connect(options: ConnectOptions, sink: StreamSink): LinuxStream {
		const { address, port, path, localAddress = path?.address, tls, transparent = false } = options;
		const stream = new LinuxStream();
		stream.remoteAddress = address;
		stream.remotePort = port;
		stream.sink = sink;
		try {
			if (ipFamily(address) === undefined || !isPort(port)) throw new Error("EADDRNOTAVAIL");
			stream.io = new Tcp({
				address,
				port,
				...(localAddress !== undefined && { localAddress }),
				...(transparent && { transparent: 1 }),
				...(tls !== undefined && tlsOptions(tls)),
				...callbacks(stream),
			});
		} catch (error) {
			const why = endReasonOf(codeOf(error));
			later(() => stream.lost(why));
		}
		return stream;
	}

	/** Gives an accepted connection its sink, and reports room to it later. */
	serve(sink: StreamSink): void {
		this.sink = sink;
		const { io } = this;
		if (io === undefined) return;
		try {
			this.io = new Tcp({ from: io, ...callbacks(this) });
		} catch (error) {
			this.io = undefined;
			const why = endReasonOf(codeOf(error));
			later(() => this.lost(why));
		}
	}

	get sent(): Octets {
		return (this.io ?? this.closed)?.sent ?? 0;
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		const { direct } = this;
		if (direct !== undefined && this.queued === 0) {
			const at = start + direct.send(bytes, start, end);
			if (at < end) this.enqueue(bytes, at, end);
			return;
		}
		const at = this.begin(bytes, start, end);
		if (at < end) this.enqueue(bytes, at, end);
	}

	offer(bytes: Uint8Array, start: number, end: number, lease?: Lease): boolean {
		if (!this.open || this.ending || this.queued > 0) return false;
		const at = start < end ? start + this.sendNow(bytes, start, end) : end;
		if (at < end) this.enqueue(bytes, at, end, lease);
		return true;
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		const at = this.begin(bytes, start, end);
		if (at < end) this.enqueue(bytes.slice(at, end), 0, end - at);
	}

	reading(on: boolean): void {
		this.paused = !on;
		if (on && this.unread) later(() => this.read());
	}

	end(): void {
		if (this.ending || this.io === undefined) return;
		this.ending = true;
		this.direct?.offerable(0);
		this.direct = undefined;
		this.room = 0;
		if (this.open && this.queued === 0) this.endSending();
	}

	abort(): void {
		const { io } = this;
		if (io === undefined) return;
		this.drop();
		io.abort();
		later(() => this.lost("reset"));
	}

	/** @see Sender */
	sendNow(bytes: Uint8Array, start: number, end: number): Octets {
		return (this.io as TcpSocket).send(bytes, start, end);
	}

	/** The native socket, for a fan-out group. */
	get socket(): TcpSocket | undefined {
		return this.io;
	}

	/** From a fan-out group that sent a frame's beginning: the rest of it. */
	queueRest(bytes: Uint8Array, start: number, end: number, lease: Lease | undefined): void {
		this.enqueue(bytes, start, end, lease);
	}

	/** From the socket: there are octets. */
	readable(): void {
		this.unread = true;
		if (!this.paused) this.read();
	}

	/** From the socket: it is open, or takes more. */
	writable(): void {
		if (!this.open) {
			this.opened();
			return;
		}
		const before = this.room;
		const { queue } = this;
		const empty = queue === undefined || queue.flush(this);
		this.queued = queue === undefined ? 0 : queue.length;
		if (!this.ending) this.room = Math.max(0, STREAM_ROOM - this.queued);
		if (empty) this.direct?.offerable(1);
		if (!empty && (before > 0 || this.room === 0)) return;
		if (!this.ending) this.sink?.room();
		else if (empty) this.endSending();
	}

	/** From the socket: the peer has ended its sending side. */
	peerEnded(): void {
		this.tell("closed");
		this.finish();
	}

	/** From the socket, or from ourselves: the connection is gone; nothing follows. */
	lost(why: EndReason, detail?: string): void {
		this.drop();
		this.tell(why, detail);
		if (this.finished) return;
		this.finished = true;
		this.sink?.gone();
	}

	private opened(): void {
		this.open = true;
		const { io } = this;
		if (io !== undefined) this.learnAddresses(io);
		if (!this.ending) {
			this.room = STREAM_ROOM;
			this.direct = io;
			io?.offerable(1);
		}
		this.sink?.room();
		if (this.ending && this.queued === 0) this.endSending();
	}

	/** Sends at once if nothing waits. @returns from where on nothing was sent; `end` when nothing is left to do */
	private begin(bytes: Uint8Array, start: number, end: number): number {
		if (!this.open || this.ending || start >= end) return end;
		return this.queued > 0 ? start : start + this.sendNow(bytes, start, end);
	}

	private enqueue(bytes: Uint8Array, start: number, end: number, lease?: Lease): void {
		if (this.queued === 0) this.direct?.offerable(0);
		this.queue ??= new SendQueue();
		this.queue.push(bytes, start, end, lease);
		this.queued = this.queue.length;
		this.room = Math.max(0, STREAM_ROOM - this.queued);
	}

	private read(): void {
		const { io } = this;
		if (this.paused || !this.unread || io === undefined || this.over) return;
		this.unread = false;
		input ??= new Uint8Array(INPUT);
		const length = io.read(input);
		if (length !== undefined && length > 0) this.sink?.received(input.subarray(0, length));
	}

	private endSending(): void {
		const { io } = this;
		if (io === undefined) return;
		io.end();
		this.finish();
	}

	/** Closes once both directions are over. */
	private finish(): void {
		const { io } = this;
		if (io === undefined || !this.over || !this.ending || this.queued > 0) return;
		this.drop();
		io.close();
		later(() => this.lost("closed"));
	}

	private drop(): void {
		this.closed ??= this.io;
		this.io = undefined;
		this.direct = undefined;
		this.open = false;
		this.room = 0;
		this.queue?.clear();
		this.queued = 0;
	}

	private tell(why: EndReason, detail?: string): void {
		if (this.over) return;
		this.over = true;
		this.sink?.ended(why, detail);
	}

	private learnAddresses(io: TcpSocket): void {
		this.remoteAddress = io.remoteAddress ?? this.remoteAddress;
		this.remotePort = io.remotePort ?? this.remotePort;
		this.localAddress = io.localAddress ?? this.localAddress;
		this.localPort = io.localPort ?? this.localPort;
		this.secure = io.secure;
	}
}

function tlsOptions({ serverName, verify = true, ca, handshakeTime = HANDSHAKE_TIME }: TlsClientOptions) {
	return { serverName, verify: verify ? 1 : 0, handshakeTime, ...(ca !== undefined && { authority: ca }) };
}

function endReasonOfTls(code: string): EndReason {
	switch (code) {
		case "ETLS":
			return "tls";
		case "ECERTIFICATE":
			return "certificate";
		default:
			return endReasonOf(code);
	}
}

function isPort(port: number): boolean {
	return Number.isInteger(port) && port > 0 && port <= 65535;
}

/** The same functions for all sockets: `this.target` is the stream. */
function callbacks(target: LinuxStream): Omit<TcpSocketOptions, "from" | "address" | "port"> {
	return { target, keepAlive: KEEP_ALIVE, onReadable, onWritable, onError, onEnd };
}

function onReadable(this: TcpSocket): void {
	(this.target as LinuxStream).readable();
}

function onWritable(this: TcpSocket): void {
	(this.target as LinuxStream).writable();
}

function onError(this: TcpSocket, why: string): void {
	const colon = why.indexOf(": ");
	const stream = this.target as LinuxStream;
	if (colon < 0) stream.lost(endReasonOf(why));
	else stream.lost(endReasonOfTls(why.slice(0, colon)), why.slice(colon + 2));
}

function onEnd(this: TcpSocket): void {
	(this.target as LinuxStream).peerEnded();
}
