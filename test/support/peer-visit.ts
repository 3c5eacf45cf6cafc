import { PeerStream } from "../../src/app/peer/peer-stream";
import { latin1, utf8Encode } from "../../src/base/text";
import type { Pump } from "../../src/core/pump";
import type { Stream, StreamSink } from "../../src/ports/net";
import { memoryStreams } from "./fake-tunnels";

/** The virtual address of a viewer. */
export const VIEWER = "fd50:6f72:7468:0:1:2:3:4";

/**
 * Makes one request to a service of a device as if through a tunnel.
 * @param accept the service
 * @param run lets time pass
 * @returns all that came back; `refused` when the service did not take the connection
 */
export function peerVisit(
	pump: Pump,
	accept: (stream: Stream) => StreamSink | undefined,
	request: string,
	run: () => void,
	secure = false,
): string {
	const [near, far] = memoryStreams(pump);
	let text = "";
	near.sink = {
		room() {},
		received: (bytes) => {
			text += latin1(bytes);
		},
		ended() {},
		gone() {},
	};
	const sink = accept(new PeerStream(far, VIEWER, secure));
	if (sink === undefined) return "refused";
	far.sink = sink;
	far.opened();
	near.opened();
	const bytes = utf8Encode(request);
	near.write(bytes, 0, bytes.length);
	run();
	near.abort();
	run();
	return text;
}
