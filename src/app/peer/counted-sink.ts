import type { StreamSink } from "../../ports/net";

/** Passes the events of a stream on to a service, and tells the counter of streams when this one is gone. */
export function countedSink(sink: StreamSink, gone: () => void): StreamSink {
	return {
		room: () => sink.room(),
		received: (bytes) => sink.received(bytes),
		ended: (why, detail) => sink.ended(why, detail),
		gone: () => {
			gone();
			sink.gone();
		},
	};
}
