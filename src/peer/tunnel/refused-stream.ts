import type { Stream, StreamSink } from "../../ports/net";

/** A stream that could not be opened. */
export class RefusedStream implements Stream {
	readonly room = 0;
	readonly queued = 0;
	readonly sent = 0;
	readonly secure = false;
	readonly remoteAddress = "";
	readonly remotePort = 0;
	readonly localAddress = "";
	readonly localPort = 0;

	constructor(private sink: StreamSink | undefined) {}

	/** Tells the sink, once. */
	tell(): void {
		const { sink } = this;
		this.sink = undefined;
		sink?.ended("unreachable");
		sink?.gone();
	}

	write(): void {}

	writeShared(): void {}

	offer(): boolean {
		return false;
	}

	reading(): void {}

	end(): void {}

	abort(): void {}
}
