import type { UdpPeer, UdpSocket } from "../../ports/net";
import type { MediaPath, ReportSink } from "../media-path";
import type { UnitStatus } from "../stream-table";
import type { RtcpReceiver } from "./rtcp-receiver";
import type { RtcpSender } from "./rtcp-sender";
import type { RtcpUnit } from "./rtcp-unit";
import type { RtpSender } from "./rtp-sender";
import type { ReportMember } from "./unit-socket";

/** One RTCP unit for both directions, or up to two. */
export interface RtcpUnits {
	readonly both?: RtcpUnit;
	readonly sender?: RtcpSender;
	readonly receiver?: RtcpReceiver;
}

/** What the client is told. */
export interface Advertised {
	readonly source: string;
	readonly rtpPort: number;
	readonly rtcpPort: number;
	readonly expectsReports: boolean;
}

/** The processing units of one stream. @see MediaPath */
export class StreamUnits implements MediaPath {
	readonly source: string;
	readonly rtpPort: number;
	readonly rtcpPort: number;
	readonly expectsReports: boolean;
	readonly hasReports: boolean;
	readonly socket: UdpSocket;
	readonly peer: UdpPeer;
	private closed = false;

	/** @param freed called once, when the units are closed */
	constructor(
		private readonly rtp: RtpSender,
		private readonly rtcp: RtcpUnits,
		advertised: Advertised,
		private readonly freed: () => void,
	) {
		const { both, sender, receiver } = rtcp;
		this.source = advertised.source;
		this.rtpPort = advertised.rtpPort;
		this.rtcpPort = advertised.rtcpPort;
		this.expectsReports = advertised.expectsReports;
		this.hasReports = both !== undefined || sender !== undefined || receiver !== undefined;
		this.socket = rtp.socket;
		this.peer = rtp.peer;
	}

	/** Made when it is asked for: few ask, and every stream would keep it. */
	get units(): readonly UnitStatus[] {
		const { both, sender, receiver } = this.rtcp;
		const units: UnitStatus[] = [this.rtp.status];
		for (const unit of [both, sender, receiver]) if (unit !== undefined) units.push(unit.status);
		if (!this.hasReports) units.push({ unit: "none", bound: "", advertisedPort: this.rtcpPort });
		return units;
	}

	sendReport(bytes: Uint8Array, start: number, end: number): void {
		if (this.closed) return;
		(this.rtcp.both ?? this.rtcp.sender)?.sendReport(bytes, start, end);
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.rtp.close();
		this.rtcp.both?.close();
		this.rtcp.sender?.close();
		this.rtcp.receiver?.close();
		this.freed();
	}
}

/** The stream of a path, as its sockets know it. */
export class PathMember implements ReportMember {
	source = -1;

	constructor(
		readonly client: string,
		readonly ssrc: number,
		readonly reports: ReportSink,
	) {}
}
