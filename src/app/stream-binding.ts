import type { Pump } from "../core/pump";
import type { EndReason, StreamMachine } from "../core/stream";
import type { Stream, StreamSink } from "../ports/net";

/** Joins a TCP connection of the host to the machine at this end of it. */
export class StreamBinding implements StreamSink {
	private stream: Stream | undefined;

	/** @param over called once when the connection is gone */
	constructor(
		private readonly pump: Pump,
		readonly machine: StreamMachine,
		private readonly over?: (binding: StreamBinding) => void,
	) {}

	/** Names the stream; called once, before anything else can happen. */
	attach(stream: Stream): this {
		this.stream = stream;
		this.pump.add(this.machine, stream);
		return this;
	}

	/** Drops the connection. */
	abort(): void {
		this.stream?.abort();
	}

	room(): void {
		this.machine.room(this.pump.now(), this.stream!);
		this.pump.ran(this.machine);
	}

	received(bytes: Uint8Array): void {
		this.machine.feed(this.pump.now(), bytes, this.stream!);
		this.pump.ran(this.machine);
	}

	ended(why: EndReason): void {
		this.machine.ended(this.pump.now(), why);
		this.pump.ran(this.machine);
	}

	gone(): void {
		this.machine.ended(this.pump.now(), "reset");
		this.pump.settle();
		this.pump.remove(this.machine);
		this.over?.(this);
	}
}
