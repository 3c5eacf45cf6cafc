import type { EndReason } from "../../src/core/stream";
import type { Listener, ListenerSink, NetFailure, Stream, StreamSink } from "../../src/ports/net";
import type { Guard, HostPorts } from "./port-fixture";

/** One end of a TCP connection, all that it was told, and the order that the contract asks for. */
export class StreamProbe implements StreamSink {
	stream!: Stream;
	rooms = 0;
	ends: EndReason[] = [];
	goings = 0;
	length = 0;
	onRoom: (() => void) | undefined;
	onReceived: (() => void) | undefined;
	private readonly chunks: Uint8Array[] = [];

	constructor(readonly guard: Guard) {}

	/** Connects from `host`. */
	static connect(
		guard: Guard,
		host: HostPorts,
		address: string,
		port: number,
		localAddress?: string,
		prepare?: (probe: StreamProbe) => void,
	): StreamProbe {
		const probe = new StreamProbe(guard);
		prepare?.(probe);
		const options = { address, port, ...(localAddress !== undefined && { localAddress }) };
		probe.stream = guard.call(() => host.network.connect(options, probe));
		return probe;
	}

	/** All octets received. */
	get content(): Uint8Array {
		const all = new Uint8Array(this.length);
		let at = 0;
		for (const chunk of this.chunks) {
			all.set(chunk, at);
			at += chunk.length;
		}
		return all;
	}

	room(): void {
		this.told("room");
		this.rooms++;
		this.onRoom?.();
	}

	received(bytes: Uint8Array): void {
		this.told("received");
		if (this.rooms === 0) this.fault("received before the connection was open");
		if (this.ends.length > 0) this.fault("received after ended");
		this.chunks.push(new Uint8Array(bytes));
		this.length += bytes.length;
		this.onReceived?.();
	}

	ended(why: EndReason): void {
		this.told("ended");
		if (this.ends.length > 0) this.fault("ended twice");
		this.ends.push(why);
	}

	gone(): void {
		this.told("gone");
		if (this.ends.length === 0) this.fault("gone before ended");
		this.goings++;
	}

	write(bytes: Uint8Array, start = 0, end = bytes.length): void {
		this.guard.call(() => this.stream.write(bytes, start, end));
	}

	reading(on: boolean): void {
		this.guard.call(() => this.stream.reading(on));
	}

	end(): void {
		this.guard.call(() => this.stream.end());
	}

	abort(): void {
		this.guard.call(() => this.stream.abort());
	}

	/**
	 * Writes `bytes` in slices as there is room, now and later.
	 * @param done called once all is written
	 */
	pour(bytes: Uint8Array, slice: number, done: () => void): void {
		let at = 0;
		const fill = (): void => {
			while (at < bytes.length && this.stream.room > 0) {
				const start = at;
				at = Math.min(bytes.length, at + Math.min(slice, this.stream.room));
				this.guard.call(() => this.stream.writeShared(bytes, start, at));
			}
			if (at < bytes.length) return;
			this.onRoom = undefined;
			done();
		};
		this.onRoom = fill;
		fill();
	}

	private told(what: string): void {
		this.guard.called(what);
		if (this.goings > 0) this.fault(`${what} after gone`);
	}

	private fault(what: string): void {
		this.guard.faults.push(what);
	}
}

/** A listening port, the connections that came in, and how they are treated. */
export class ListenerProbe implements ListenerSink {
	readonly listener: Listener;
	readonly streams: StreamProbe[] = [];
	readonly failures: NetFailure[] = [];
	openings = 0;
	closed = false;
	refusing = false;
	/** Called with each accepted end before its sink is returned. */
	onAccepted: ((probe: StreamProbe) => void) | undefined;

	constructor(
		private readonly guard: Guard,
		host: HostPorts,
		options: { address?: string; port: number },
	) {
		this.listener = guard.call(() => host.network.listen(options, this));
	}

	opened(): void {
		this.told("opened");
		this.openings++;
	}

	accepted(stream: Stream): StreamSink | undefined {
		this.told("accepted");
		const probe = new StreamProbe(this.guard);
		probe.stream = stream;
		if (this.refusing) return undefined;
		this.streams.push(probe);
		this.onAccepted?.(probe);
		return probe;
	}

	failed(why: NetFailure, detail: string): void {
		this.told("failed");
		if (typeof detail !== "string" || detail === "") this.guard.faults.push("a failure without words");
		this.failures.push(why);
	}

	close(): void {
		this.closed = true;
		this.guard.call(() => this.listener.close());
	}

	private told(what: string): void {
		this.guard.called(what);
		if (this.closed) this.guard.faults.push(`${what} after close`);
	}
}
