import type { Octets } from "../../core/time";
import type { Stream, StreamSink } from "../../ports/net";
import type { RtcChannel, RtcChannelSink } from "../../ports/web-rtc";

/** What may be written before the channel has taken it. */
const ROOM: Octets = 131_072;
/** Octets of one message: all implementations take them. @see RFC 8831 §6.6 */
const MESSAGE: Octets = 16_384;
/** The most that is kept while the service does not read: there is no back-pressure on a channel. */
const HELD_MAX: Octets = 262_144;

/** Runs something after the current call. */
export type Later = (run: () => void) => void;

/** A reliable data channel as a service of the device sees it: a TCP connection, encrypted, from the virtual address of the caller. */
export class ChannelStream implements Stream, RtcChannelSink {
	readonly secure = true;
	readonly remotePort = 0;
	readonly localAddress = "";
	readonly localPort = 0;
	/** @see StreamOutbox.sent */
	sent: Octets = 0;
	private sink: StreamSink | undefined;
	private isEnding = false;
	private isOver = false;
	private isReading = true;
	private held: Uint8Array[] = [];
	private heldLength: Octets = 0;

	/** @param remoteAddress the virtual address of the caller */
	constructor(
		private readonly channel: RtcChannel,
		readonly remoteAddress: string,
		private readonly later: Later,
	) {}

	get room(): Octets {
		return this.isEnding || this.isOver ? 0 : Math.max(0, ROOM - this.channel.buffered);
	}

	get queued(): Octets {
		return this.isOver ? 0 : this.channel.buffered;
	}

	/** Sets the sink of the service; called once. */
	attach(sink: StreamSink): this {
		this.sink = sink;
		this.later(() => {
			if (!this.isOver) sink.room();
		});
		return this;
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		if (this.isEnding || this.isOver) return;
		this.sent += end - start;
		for (let at = start; at < end; at += MESSAGE) this.channel.send(bytes, at, Math.min(end, at + MESSAGE));
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.write(bytes, start, end);
	}

	offer(bytes: Uint8Array, start: number, end: number): boolean {
		if (this.isEnding || this.isOver || this.channel.buffered > 0) return false;
		this.write(bytes, start, end);
		return true;
	}

	reading(on: boolean): void {
		this.isReading = on;
		if (on && this.held.length > 0) this.later(() => this.release());
	}

	end(): void {
		if (this.isEnding) return;
		this.isEnding = true;
		// What was sent before still arrives.
		if (!this.isOver) this.channel.close();
	}

	abort(): void {
		if (this.isOver) return;
		this.channel.close();
		this.finish("reset");
	}

	/** @see RtcChannelSink */
	received(bytes: Uint8Array): void {
		if (this.isOver) return;
		if (this.isReading && this.held.length === 0) {
			this.sink?.received(bytes);
			return;
		}
		this.heldLength += bytes.length;
		if (this.heldLength > HELD_MAX) this.abort();
		else this.held.push(bytes.slice());
	}

	/** @see RtcChannelSink */
	drained(): void {
		if (!this.isOver && !this.isEnding) this.sink?.room();
	}

	/** @see RtcChannelSink */
	closed(): void {
		this.finish("closed");
	}

	private release(): void {
		while (this.isReading && !this.isOver) {
			const bytes = this.held.shift();
			if (bytes === undefined) return;
			this.heldLength -= bytes.length;
			this.sink?.received(bytes);
		}
	}

	private finish(why: "closed" | "reset"): void {
		if (this.isOver) return;
		this.isOver = true;
		this.held = [];
		const { sink } = this;
		this.sink = undefined;
		this.later(() => {
			sink?.ended(why);
			sink?.gone();
		});
	}
}
