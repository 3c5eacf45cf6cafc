import type { StreamOutbox } from "../../core/stream";
import type { RtcpOutbox } from "./rtcp-session";

/** Sends reports between the messages of an RTSP connection; one that finds no room is left out. @see RFC 2326 §10.12 */
export class InterleavedReports implements RtcpOutbox {
	private readonly head = new Uint8Array(4);

	/** @param channel that of RTCP */
	constructor(
		private readonly out: StreamOutbox,
		private readonly channel: number,
	) {}

	sendReport(bytes: Uint8Array, start: number, end: number): void {
		const { head, out } = this;
		const length = end - start;
		if (out.room < head.length + length) return;
		head[0] = 0x24;
		head[1] = this.channel;
		head[2] = length >> 8;
		head[3] = length;
		out.write(head, 0, head.length);
		out.write(bytes, start, end);
	}
}
