import type { StreamOutbox } from "../../core/stream";
import type { RtcpOutbox } from "./rtcp-session";

/** In front of each report; what is written is the writer's again at once. */
const HEAD = new Uint8Array([0x24, 0, 0, 0]);

/** Sends reports between the messages of an RTSP connection; one that finds no room is left out. @see RFC 2326 §10.12 */
export class InterleavedReports implements RtcpOutbox {
	/** @param channel that of RTCP */
	constructor(
		private readonly out: StreamOutbox,
		private readonly channel: number,
	) {}

	sendReport(bytes: Uint8Array, start: number, end: number): void {
		const { out } = this;
		const length = end - start;
		if (out.room < HEAD.length + length) return;
		HEAD[1] = this.channel;
		HEAD[2] = length >> 8;
		HEAD[3] = length;
		out.write(HEAD, 0, HEAD.length);
		out.write(bytes, start, end);
	}
}
