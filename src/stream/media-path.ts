import type { Millis } from "../core/time";
import type { UdpPeer, UdpSocket } from "../ports/net";
import type { UnitStatus } from "./stream-table";
import type { Answered } from "./stream-transport";

/** A stream as its processing units see it: receives the RTCP packets of its client, wherever they arrive. */
export interface ReportSink {
	/** The client's address in canonical form; nothing from elsewhere is taken. */
	readonly client: string;
	/** The stream's own source: by it a report is matched to this stream where several share a socket (STR-7, STR-21). */
	readonly ssrc: number;
	/** The client's source, which a shared socket learns from its reports; absent: not known. */
	clientSource?: number;
	/** A datagram or interleaved block that is the client's; `bytes` is valid during the call. */
	report(now: Millis, bytes: Uint8Array, start: number, end: number): void;
}

/** Whom a media path leads to. */
export interface MediaPathRequest {
	/** The client's address: that of its control connection. */
	readonly client: string;
	readonly rtpPort: number;
	readonly rtcpPort: number;
	/** The address that the control connection came to. */
	readonly local: string;
	readonly reports: ReportSink;
}

/** The processing units of one stream, with the ports that the address management table gives them (STR-2, STR-4). */
export interface MediaPath {
	/** What to advertise in `source=`; empty: leave it out. */
	readonly source: string;
	/** The advertised ports, an even and the next odd one, unless a table says otherwise. */
	readonly rtpPort: number;
	readonly rtcpPort: number;
	/** RTP packets leave by this socket to this peer. */
	readonly socket: UdpSocket;
	readonly peer: UdpPeer;
	/** False in the first form (STR-6): reports are neither sent nor received. */
	readonly hasReports: boolean;
	/** True: reports can come in, and the client is far away, so silence means that packets don't reach it (STR-22). */
	readonly expectsReports: boolean;
	/** Its units, for the stream transport table (STR-2). */
	readonly units: readonly UnitStatus[];
	/** Sends a compound RTCP packet to the client; does nothing without reports. */
	sendReport(bytes: Uint8Array, start: number, end: number): void;
	/** Frees the ports; harmless when repeated. */
	close(): void;
}

/** Opens processing units. */
export interface MediaPaths {
	/** Opens the units for one stream; refused with 461 for a client in no network of the table, 503 without a free port. */
	open(now: Millis, request: MediaPathRequest, answered: Answered<MediaPath>): void;
}
