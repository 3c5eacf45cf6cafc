import type { Millis, Octets } from "../../core/time";
import type { StreamTransport } from "../../stream/stream-transport";

/** What one stream has sent so far. */
export interface StreamReport {
	readonly packets: number;
	readonly octets: Octets;
	/** Pictures that it missed because the client or the way to it was too slow. */
	readonly missed: number;
}

/** The distribution of stream data with its contents, as the RTSP part sees it. */
export interface StreamService {
	readonly transport: StreamTransport;
	/** Streams that are set up, and how many of them play. */
	readonly streams: number;
	readonly playing: number;
	/** The totals of all streams, those included that have ended. */
	readonly totals: StreamReport;
	/** Addresses of Internet clients that media by UDP does not reach at present (STR-22). */
	readonly unreachable: number;
	/** What a stream has sent; `undefined`: there is no such stream. */
	report(stream: number): StreamReport | undefined;
	/** Ends all streams. */
	close(now: Millis): void;
}
