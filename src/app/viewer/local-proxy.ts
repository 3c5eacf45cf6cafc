import { utf8Encode } from "../../base/text";
import type { Pump } from "../../core/pump";
import type { EndReason } from "../../core/stream";
import type { Millis } from "../../core/time";
import type { Listener, ListenerSink, NetFailure, Network, Stream, StreamSink } from "../../ports/net";
import type { PeerConnection } from "../peer/peer-connection";
import { StreamPair, type StreamPairOwner } from "../peer/stream-pair";
import { HEAD_MAX, hostOfRequest } from "./request-host";
import { VIEWER_MESSAGES } from "./viewer-messages";

/** Ports are opened for this machine alone. */
const LOOPBACK = "127.0.0.1";
/** How many connections each port accepts at a time. */
export const VISITS_MAX = 64;
/** How long a connection may take until its request says which device it is for, and one that has ended here until it is gone. */
export const HEAD_TIME: Millis = 10_000;

/** Whom a {@link LocalProxy} serves. */
export interface LocalProxyOwner {
	/**
	 * Chooses the device for a request.
	 * @param host in the request, in lower case and without its port; empty: it names none
	 * @returns text for people: there is no such device
	 */
	deviceOf(host: string): PeerConnection | string;
	/** The port is open. */
	opened(port: number): void;
	/** The port could not be opened. */
	failed(why: NetFailure, detail: string): void;
}

/** A port of this machine that leads to devices by their tunnels. */
abstract class LocalPort implements ListenerSink, StreamPairOwner {
	private readonly listener: Listener;
	protected readonly pairs = new Set<StreamPair>();
	protected visits = 0;
	private isClosed = false;

	/** @param port 0: any free one */
	constructor(
		network: Network,
		port: number,
		protected readonly owner: Pick<LocalProxyOwner, "opened" | "failed">,
	) {
		this.listener = network.listen({ address: LOOPBACK, port }, this);
	}

	/** The port; 0 before it is open. */
	get port(): number {
		return this.listener.port;
	}

	opened(): void {
		this.owner.opened(this.listener.port);
	}

	failed(why: NetFailure, detail: string): void {
		this.owner.failed(why, detail);
	}

	accepted(stream: Stream): StreamSink | undefined {
		if (this.isClosed || (this.visits >= VISITS_MAX && !this.makeRoom())) return undefined;
		this.visits++;
		return this.visit(stream);
	}

	/** @see StreamPairOwner */
	pairGone(pair: StreamPair): void {
		if (this.pairs.delete(pair)) this.visits--;
	}

	close(): void {
		this.isClosed = true;
		this.listener.close();
		for (const pair of this.pairs) pair.abort();
	}

	/** All connections are taken. @returns whether one more is accepted, as another one was dropped for it */
	protected makeRoom(): boolean {
		return false;
	}

	protected abstract visit(stream: Stream): StreamSink;
}

/** The local port of a device's RTSP server, for players. */
export class RtspPort extends LocalPort {
	constructor(
		network: Network,
		port: number,
		private readonly device: () => PeerConnection,
		owner: Pick<LocalProxyOwner, "opened" | "failed">,
	) {
		super(network, port, owner);
	}

	protected visit(stream: Stream): StreamSink {
		const pair = new StreamPair(this);
		this.pairs.add(pair);
		pair.join(stream, this.device().open("rtsp", pair.far));
		return pair.near;
	}
}

/** The local port of all pages: the host that a browser names chooses the device. */
export class LocalProxy extends LocalPort {
	/** The connections that have no device, the one whose time ends first first. */
	private readonly waiting = new Set<Visit>();
	private isPlanned = false;

	constructor(
		private readonly pump: Pump,
		network: Network,
		port: number,
		private readonly devices: LocalProxyOwner,
	) {
		super(network, port, devices);
	}

	/** The head of a request is there. @returns the sink of all that follows; `undefined`: it was answered here */
	begin(visit: Visit, stream: Stream, host: string, head: Uint8Array): StreamSink | undefined {
		const device = this.devices.deviceOf(host);
		if (typeof device === "string") {
			answer(stream, "421 Misdirected Request", device);
			return undefined;
		}
		this.waiting.delete(visit);
		const pair = new StreamPair(this);
		this.pairs.add(pair);
		pair.join(stream, device.open("http", pair.far), head);
		return pair.near;
	}

	/** A connection is gone that had no device. */
	visitGone(visit: Visit): void {
		this.waiting.delete(visit);
		this.visits--;
	}

	override close(): void {
		super.close();
		for (const visit of this.waiting) visit.abort();
	}

	/** @see StreamPairOwner */
	unanswered(near: Stream, why: EndReason, detail: string): void {
		answer(near, why === "timeout" ? "504 Gateway Timeout" : "502 Bad Gateway", detail === "" ? why : detail);
	}

	/** A connection that has sent no request makes room: one that sends half a request, or none, keeps nobody out. */
	protected override makeRoom(): boolean {
		for (const oldest of this.waiting) {
			this.waiting.delete(oldest);
			oldest.abort();
			return true;
		}
		return false;
	}

	protected visit(stream: Stream): StreamSink {
		const visit = new Visit(this, stream);
		this.wait(visit);
		return visit;
	}

	private wait(visit: Visit): void {
		visit.until = this.pump.now() + HEAD_TIME;
		this.waiting.add(visit);
		this.plan();
	}

	private plan(): void {
		for (const { until } of this.waiting) {
			if (!this.isPlanned) this.pump.after(until - this.pump.now(), () => this.endLate());
			this.isPlanned = true;
			return;
		}
	}

	private endLate(): void {
		const now = this.pump.now();
		this.isPlanned = false;
		for (const visit of this.waiting) {
			if (visit.until > now) break;
			this.waiting.delete(visit);
			if (visit.endLate()) this.wait(visit);
		}
		this.plan();
	}
}

/** A browser's connection until its first request says which device it is for. */
class Visit implements StreamSink {
	private head = new Uint8Array(0);
	private rest: StreamSink | undefined;
	/** Nothing more is read: it was answered here, or has ended. */
	private isOver = false;
	/** When it is ended if it has no device by then. */
	until: Millis = Infinity;

	constructor(
		private readonly proxy: LocalProxy,
		private readonly stream: Stream,
	) {}

	room(): void {
		this.rest?.room();
	}

	received(bytes: Uint8Array): void {
		if (this.rest !== undefined) return this.rest.received(bytes);
		if (this.isOver) return;
		const head = new Uint8Array(Math.min(this.head.length + bytes.length, 2 * HEAD_MAX + bytes.length));
		head.set(this.head);
		head.set(bytes, this.head.length);
		this.head = head;
		const host = hostOfRequest(head, head.length);
		if (host === undefined) return;
		this.head = NOTHING;
		this.rest = this.proxy.begin(this, this.stream, host, head);
		if (this.rest === undefined) this.end();
	}

	/** Its time is over. @returns true: it was answered, and may take the answer */
	endLate(): boolean {
		if (this.isOver) {
			this.stream.abort();
			return false;
		}
		if (this.head.length > 0) answer(this.stream, "408 Request Timeout", VIEWER_MESSAGES.late);
		this.end();
		return true;
	}

	abort(): void {
		this.stream.abort();
	}

	private end(): void {
		this.isOver = true;
		this.head = NOTHING;
		this.stream.end();
	}

	ended(why: EndReason, detail?: string): void {
		if (this.rest !== undefined) this.rest.ended(why, detail);
		else this.end();
	}

	gone(): void {
		if (this.rest !== undefined) this.rest.gone();
		else this.proxy.visitGone(this);
	}
}

const NOTHING = new Uint8Array(0);

/** Answers a request in place of the device. */
function answer(stream: Stream, status: string, text: string): void {
	const body = utf8Encode(`${text}\n`);
	const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n`;
	const bytes = utf8Encode(head);
	if (stream.room < bytes.length + body.length) return;
	stream.write(bytes, 0, bytes.length);
	stream.write(body, 0, body.length);
}
