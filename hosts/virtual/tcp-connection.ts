import type { EndReason, Lease } from "../../src/core/stream";
import type { Millis, Octets } from "../../src/core/time";
import type { ListenerSink, Stream, StreamSink, TlsClientOptions } from "../../src/ports/net";
import { type TcpHeader, TTL_DEFAULT } from "./packet";
import type { SocketHost, SocketTable } from "./socket-host";
import { ReceiveQueue } from "./tcp-receive-queue";
import { type SendItem, SendQueue } from "./tcp-send-queue";
import type { TcpSettings } from "./tcp-settings";
import { POISON } from "./virtual-udp";
import type { WorldEvent } from "./world";

/** The first timeout of a SYN, and the minimum and maximum timeouts of other segments. @see RFC 6298 */
const SYN_RETRY: Millis = 1000;
const RETRY_MIN: Millis = 200;
const RETRY_MAX: Millis = 5000;
/** How long a finished connection answers a peer that missed the last acknowledgement. */
const LINGER: Millis = 2000;

const NOTHING = new Uint8Array(0);

/** The TCP stack of a machine, as its connections see it. */
export interface ConnectionOwner {
	readonly machine: SocketHost;
	readonly network: SocketTable;
	/** Removes a connection that is over. */
	remove(connection: TcpConnection): void;
}

/** A listening port, as its incoming connections see it. */
export interface AcceptingListener {
	readonly state: "opening" | "open" | "closed";
	readonly sink: ListenerSink;
	/** The name in its certificate; `undefined` without TLS. */
	readonly certificate: string | undefined;
}

/**
 * One end of a TCP connection: a reliable, ordered byte stream over links that are neither.
 *
 * A handshake takes a round trip, lost packets are sent again, so that loss appears as delay, a reader that stops blocks the
 * writer, and a peer that has restarted answers with a reset. There is no congestion control. TLS is only a mark on the
 * first packets: nothing is encrypted, but the name in the certificate is checked.
 * Writing more than {@link room} is a `RangeError`.
 */
export class TcpConnection implements Stream {
	secure = false;
	/** Octets written, and how many of them the network stack had not taken when the connection ended. */
	private pushed: Octets = 0;
	private unsent: Octets = 0;
	private state: "connecting" | "answering" | "open" | "over" = "connecting";
	private readonly settings: TcpSettings;
	private readonly out: SendQueue;
	private readonly in: ReceiveQueue;
	private listener: AcceptingListener | undefined;
	private isReading = true;
	private toldEnd = false;
	private starved = false;
	private timer: WorldEvent | undefined;
	private retry: Millis = SYN_RETRY;
	private retryBase: Millis = RETRY_MIN;
	private roundTrip = 0;
	private waitingSince: number;
	private recoverTo = 0;

	/**
	 * @param sink `undefined` until the listener has accepted the connection
	 * @param tls the TLS options of a client
	 */
	constructor(
		private readonly stack: ConnectionOwner,
		readonly localAddress: string,
		readonly localPort: number,
		readonly remoteAddress: string,
		readonly remotePort: number,
		readonly flow: number,
		private sink: StreamSink | undefined,
		private readonly tls?: TlsClientOptions,
	) {
		this.settings = stack.machine.tcp;
		this.out = new SendQueue(this.settings.segment);
		this.in = new ReceiveQueue(this.settings.window);
		this.waitingSince = this.now;
	}

	get room(): Octets {
		if (this.state !== "open" || this.out.ended) return 0;
		return Math.max(0, this.settings.room - this.queued);
	}

	get queued(): Octets {
		return this.state === "open" ? Math.max(0, this.out.octets - this.settings.sendBuffer) : 0;
	}

	get sent(): Octets {
		return this.pushed - (this.state === "over" ? this.unsent : this.queued);
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		if (this.state === "over") return;
		if (end - start > this.room) throw new RangeError(`wrote ${end - start} octets with room for ${this.room}`);
		this.out.push(bytes, start, end);
		this.pushed += end - start;
		if (this.room === 0) this.starved = true;
		this.transmit();
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.write(bytes, start, end);
	}

	offer(bytes: Uint8Array, start: number, end: number, _lease?: Lease): boolean {
		if (this.state !== "open" || this.out.ended || this.queued > 0) return false;
		this.out.push(bytes, start, end);
		this.pushed += end - start;
		if (this.room === 0) this.starved = true;
		this.transmit();
		return true;
	}

	reading(on: boolean): void {
		this.isReading = on;
		if (on) this.stack.network.soon(() => this.read(true));
	}

	end(): void {
		if (this.state === "over" || this.out.ended) return;
		this.out.pushEnd();
		if (this.state === "open") this.transmit();
	}

	abort(): void {
		if (this.state === "over") return;
		this.send(NOTHING, 0, { rst: true });
		this.close();
		this.stack.network.soon(() => this.tellGone("reset"));
	}

	/** Ends a connection that can't be opened, after the current call. */
	refuse(why: EndReason): void {
		this.close();
		this.stack.network.soon(() => this.tellGone(why));
	}

	/** Sends the first packet. */
	open(): void {
		this.send(NOTHING, 0, { syn: true, first: true });
		this.arm();
	}

	/** Answers the first packet of a peer. */
	answer(listener: AcceptingListener, header: TcpHeader): void {
		this.listener = listener;
		this.state = "answering";
		this.out.limit = header.limit;
		this.secure = header.tls !== undefined && listener.certificate !== undefined;
		this.send(NOTHING, 0, { syn: true });
		this.arm();
	}

	/** The peer has lost this connection and opens a new one with the same addresses and ports. */
	replaced(): void {
		if (this.state === "over") this.stack.remove(this);
		else this.fail("reset");
	}

	/** Receives a segment from the peer. */
	receive(header: TcpHeader, body: Uint8Array): void {
		if (header.rst) {
			if (this.state !== "over") this.fail(this.state === "connecting" ? "refused" : "reset");
			return;
		}
		if (this.state === "over") {
			// Never answer a bare acknowledgement, or two finished ends would answer each other forever.
			if (header.fin || header.probe || body.length > 0) this.send(NOTHING, this.out.sentEnd);
			return;
		}
		if (this.state === "connecting" ? !this.opened(header) : this.state === "answering" && !this.accepted(header))
			return;
		if (header.syn) {
			this.acknowledge();
			return;
		}
		this.waitingSince = this.now;
		this.credit(header);
		if (this.isOver()) return;
		if (body.length > 0 || header.fin || header.probe) {
			if (body.length > 0 || header.fin) this.in.put(header.seq, body, header.fin);
			this.read(false);
			if (!this.isOver()) this.acknowledge();
			this.finishIfDone();
		}
	}

	private get now(): number {
		return this.stack.machine.world.now;
	}

	// A method, as the compiler does not know that a sink may have ended the connection.
	private isOver(): boolean {
		return this.state === "over";
	}

	private opened(header: TcpHeader): boolean {
		if (!header.syn) return false;
		const why = this.tls === undefined ? undefined : handshakeFailure(this.tls, header.tls);
		if (why !== undefined) {
			this.send(NOTHING, 0, { rst: true });
			this.fail(why);
			return false;
		}
		this.secure = this.tls !== undefined;
		this.state = "open";
		this.out.limit = header.limit;
		if (this.retry === SYN_RETRY) this.measure(this.now - this.waitingSince);
		this.retry = this.retryBase;
		this.rearm();
		this.acknowledge();
		this.sink?.room();
		if (this.isOver()) return false;
		this.transmit();
		return false;
	}

	private accepted(header: TcpHeader): boolean {
		if (header.syn) {
			this.send(NOTHING, 0, { syn: true });
			return false;
		}
		this.state = "open";
		this.retry = this.retryBase;
		this.rearm();
		const listener = this.listener;
		const sink = listener?.state === "open" ? listener.sink.accepted(this) : undefined;
		if (this.isOver()) {
			this.sink = sink;
			return false;
		}
		if (sink === undefined) {
			this.send(NOTHING, 0, { rst: true });
			this.close();
			return false;
		}
		this.sink = sink;
		this.out.limit = Math.max(this.out.limit, header.limit);
		sink.room();
		return !this.isOver();
	}

	/** Takes the acknowledgement and the credit of the peer, and sends what they allow. */
	private credit(header: TcpHeader): void {
		const queued = this.queued;
		const last = this.out.acknowledge(header.ack);
		this.out.limit = Math.max(this.out.limit, header.limit);
		if (last !== undefined) {
			if (!last.resent) this.measure(this.now - last.sentAt);
			this.retry = this.retryBase;
			this.rearm();
			if (header.ack < this.recoverTo && this.out.first !== undefined) this.resend(this.out.first);
		}
		this.transmit();
		if ((this.starved && this.room > 0) || (queued > 0 && this.queued === 0)) {
			this.starved = false;
			this.sink?.room();
		}
		if (!this.isOver()) this.finishIfDone();
	}

	private transmit(): void {
		if (this.state !== "open") return;
		for (let item = this.out.next(this.now); item !== undefined; item = this.out.next(this.now)) {
			this.send(item.bytes, item.seq, { fin: item.fin });
		}
		this.arm();
	}

	/** Passes the octets that are in order to the reader. @param tell true: the peer learns the new credit */
	private read(tell: boolean): void {
		const wasReadable = this.in.readable;
		while (this.state === "open" && this.isReading && this.in.readable) {
			const bytes = this.in.take() as Uint8Array;
			this.sink?.received(bytes);
			bytes.fill(POISON);
		}
		if (this.state !== "open") return;
		if (tell && wasReadable) this.acknowledge();
		if (this.in.ended && !this.in.readable && !this.toldEnd && this.sink !== undefined) {
			this.toldEnd = true;
			this.sink.ended("closed");
		}
		if (tell) this.finishIfDone();
	}

	private finishIfDone(): void {
		if (this.state !== "open" || !this.toldEnd || !this.out.finished) return;
		const { world } = this.stack.machine;
		world.cancel(this.timer);
		this.state = "over";
		world.after(LINGER, () => this.stack.remove(this));
		this.tellGone("closed");
	}

	private measure(sample: Millis): void {
		this.roundTrip = this.roundTrip === 0 ? sample : this.roundTrip * 0.875 + sample * 0.125;
		this.retryBase = Math.min(RETRY_MAX, Math.max(RETRY_MIN, this.roundTrip * 2 + 50));
		this.retry = this.retryBase;
	}

	private rearm(): void {
		this.stack.machine.world.cancel(this.timer);
		this.timer = undefined;
		this.arm();
	}

	/** Sets the timer while an acknowledgement is expected. */
	private arm(): void {
		const waits = this.state !== "open" || this.out.outstanding || this.out.waiting;
		if (this.timer !== undefined || !waits || this.state === "over") return;
		if (this.state === "open") this.waitingSince = this.now;
		this.setTimer();
	}

	private setTimer(): void {
		const { world } = this.stack.machine;
		const limit = this.state === "open" ? this.settings.giveUp : this.settings.connectTimeout;
		this.timer = world.at(Math.min(this.now + this.retry, this.waitingSince + limit), () => {
			this.timer = undefined;
			if (this.stack.network.alive) this.expire(limit);
		});
	}

	private expire(limit: Millis): void {
		if (this.state === "over") return;
		// The same expression as in `setTimer`, as times are fractions and a difference could be a little less.
		if (this.now >= this.waitingSince + limit) {
			this.fail("timeout");
			return;
		}
		this.retry = Math.min(this.retry * 2, this.state === "open" ? RETRY_MAX : Infinity);
		const first = this.out.first;
		if (this.state !== "open") {
			this.send(NOTHING, 0, { syn: true, first: this.state === "connecting" });
		} else if (first !== undefined) {
			this.recoverTo = this.out.sentEnd;
			this.resend(first);
		} else if (this.out.waiting) {
			this.send(NOTHING, this.out.sentEnd, { probe: true });
		} else {
			return;
		}
		this.setTimer();
	}

	private resend(item: SendItem): void {
		item.resent = true;
		this.send(item.bytes, item.seq, { fin: item.fin });
	}

	private acknowledge(): void {
		this.send(NOTHING, this.out.sentEnd);
	}

	private fail(why: EndReason): void {
		this.close();
		this.tellGone(why);
	}

	private close(): void {
		this.unsent = this.sent < this.pushed ? this.pushed - this.sent : 0;
		this.stack.machine.world.cancel(this.timer);
		this.state = "over";
		this.stack.remove(this);
	}

	private tellGone(why: EndReason): void {
		const sink = this.sink;
		if (sink === undefined) return;
		if (!this.toldEnd) {
			this.toldEnd = true;
			sink.ended(why);
		}
		this.sink = undefined;
		sink.gone();
	}

	private send(body: Uint8Array, seq: number, flags: Flags = {}): void {
		if (!this.stack.network.alive) return;
		const { syn = false, fin = false, rst = false, probe = false, first = false } = flags;
		const ack = first ? -1 : this.in.next;
		const mark = this.tls?.serverName ?? (this.secure ? this.listener?.certificate : undefined);
		const tls = syn && mark !== undefined ? { tls: mark } : undefined;
		this.stack.machine.send({
			source: this.localAddress,
			sourcePort: this.localPort,
			destination: this.remoteAddress,
			destinationPort: this.remotePort,
			ttl: TTL_DEFAULT,
			body,
			tcp: { flow: this.flow, syn, fin, rst, probe, seq, ack, limit: this.in.limit, ...tls },
		});
	}
}

/** Returns why a TLS client does not accept a server. @param certificate the name in its certificate, if it has TLS */
function handshakeFailure(
	{ serverName, verify = true }: TlsClientOptions,
	certificate: string | undefined,
): EndReason | undefined {
	if (certificate === undefined) return "tls";
	return !verify || certificate === serverName ? undefined : "certificate";
}

interface Flags {
	readonly syn?: boolean;
	readonly fin?: boolean;
	readonly rst?: boolean;
	readonly probe?: boolean;
	/** True for the first packet of a connection, which acknowledges nothing. */
	readonly first?: boolean;
}
