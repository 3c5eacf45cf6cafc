import type { Millis } from "../../core/time";
import type { StreamReport } from "../../stream/distribution/stream-report";
import type { StreamTransport } from "../../stream/stream-transport";

/** What went wrong with streams by UDP. */
export interface UdpTrouble {
	/** Streams that ended because no packet reached the client (STR-22). */
	readonly unreachable: number;
	/** Addresses of clients that are sent to interleaved TCP for a while. */
	readonly refused: number;
	/** Datagrams that arrived at the ports of streams and belong to none of them. */
	readonly dropped: number;
}

/** The distribution of stream data with its contents, as the RTSP part sees it. */
export interface StreamService {
	readonly transport: StreamTransport;
	/** Streams that are set up, and how many of them play. */
	readonly streams: number;
	readonly playing: number;
	/** The totals of all streams, those included that have ended. */
	readonly totals: Pick<StreamReport, "packets" | "octets" | "missed">;
	/** What a stream has sent and how it arrives; `undefined`: there is no such stream. */
	report(stream: number): StreamReport | undefined;
	/** Absent: the service does not send by UDP. */
	udpTrouble?(now: Millis): UdpTrouble;
	/** Ends all streams. */
	close(now: Millis): void;
}
