import type { EndReason } from "../../core/stream";
import type { Stream, StreamSink } from "../../ports/net";

/** A viewer's connection that was taken: its events go to the one who serves it at the moment. */
export class TakenStream implements StreamSink {
	/** The server that takes it. */
	target: StreamSink | undefined;
	isGone = false;

	/** @param over called once, when the connection is gone */
	constructor(
		readonly stream: Stream,
		private readonly over: (taken: TakenStream) => void,
	) {}

	room(): void {
		this.target?.room();
	}

	received(bytes: Uint8Array): void {
		this.target?.received(bytes);
	}

	ended(why: EndReason, detail?: string): void {
		this.target?.ended(why, detail);
	}

	gone(): void {
		this.isGone = true;
		this.target?.gone();
		this.over(this);
	}
}
