import type { EndReason } from "../../core/stream";
import type { Stream, StreamSink } from "../../ports/net";
import { isRtspStart } from "../../wire/first-line";
import type { PortOwner } from "../listening-port";

/**
 * A connection to a port of the pages, which is served by RTSP if it begins with a request of RTSP (ONE-3).
 *
 * Until the first octets tell, the pages have it: their limits and time limits hold.
 */
export class SharedStream implements StreamSink {
	/** The first octets while they do not tell yet. */
	private held: Uint8Array | undefined;
	private isDecided = false;

	/**
	 * @param sink serves the pages on the connection
	 * @param rtsp takes the connection over; returns `undefined` when it has no room
	 */
	constructor(
		private readonly stream: Stream,
		private sink: StreamSink,
		private readonly rtsp: Pick<PortOwner, "accept">,
	) {}

	room(): void {
		this.sink.room();
	}

	received(bytes: Uint8Array): void {
		if (this.isDecided) this.sink.received(bytes);
		else this.decide(this.held === undefined ? bytes : joined(this.held, bytes));
	}

	ended(why: EndReason, detail?: string): void {
		this.release();
		this.sink.ended(why, detail);
	}

	gone(): void {
		this.sink.gone();
	}

	private decide(bytes: Uint8Array): void {
		const isRtsp = isRtspStart(bytes);
		// The host uses its buffer again.
		this.held = isRtsp === undefined ? bytes.slice() : undefined;
		if (isRtsp === undefined) return;
		this.isDecided = true;
		if (isRtsp && !this.change()) return;
		this.sink.received(bytes);
	}

	/** @returns false: there was no room for the connection */
	private change(): boolean {
		const { stream, sink: pages } = this;
		const sink = this.rtsp.accept(stream);
		if (sink === undefined) {
			stream.abort();
			return false;
		}
		this.sink = sink;
		pages.gone();
		sink.room();
		return true;
	}

	/** Nothing more comes: the pages get what there is. */
	private release(): void {
		const { held } = this;
		this.held = undefined;
		this.isDecided = true;
		if (held !== undefined) this.sink.received(held);
	}
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
	const all = new Uint8Array(first.length + second.length);
	all.set(first);
	all.set(second, first.length);
	return all;
}
