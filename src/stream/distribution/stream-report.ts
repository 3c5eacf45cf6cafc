import type { Millis, Octets } from "../../core/time";
import type { BandwidthManager } from "../reports/bandwidth-manager";
import type { Reception } from "../reports/rtcp-session";
import type { UnitStatus } from "../stream-table";

/** What one stream has sent so far, and how it arrives. */
export interface StreamReport {
	readonly packets: number;
	readonly octets: Octets;
	/** Pictures that it missed because the client or the way to it was too slow. */
	readonly missed: number;
	/** Its processing units with their ports (STR-2). */
	readonly units?: readonly UnitStatus[];
	/** One picture in this many is sent, as the bandwidth manager decided; with `keyOnly` key pictures alone (STR-10). */
	readonly oneIn?: number;
	readonly keyOnly?: boolean;
	/** From the client's last report: packets lost, in percent, and times. */
	readonly lossPercent?: number;
	readonly jitter?: Millis;
	readonly roundTrip?: Millis;
}

/** A stream as a report needs it; a `StreamSession` is one. */
export interface ReportedStream {
	readonly packets: number;
	readonly octets: Octets;
	readonly missed: number;
	readonly units: readonly UnitStatus[];
	/** Absent: it takes all pictures. */
	readonly bandwidth: BandwidthManager | undefined;
	readonly rtcp: Reception | undefined;
}

/** Reports on a stream, for its owner: the ports are not for others. */
export function reportOf({ packets, octets, missed, units, bandwidth, rtcp }: ReportedStream): StreamReport {
	const report = {
		packets,
		octets,
		missed,
		units,
		oneIn: bandwidth?.divisor ?? 1,
		keyOnly: bandwidth?.keyOnly ?? false,
	};
	if (rtcp === undefined || rtcp.at === -Infinity) return report;
	const { loss, jitter, roundTrip } = rtcp;
	const heard = { lossPercent: Math.round(loss * 1000) / 10, jitter: Math.round(jitter) };
	return { ...report, ...heard, ...(roundTrip !== undefined && { roundTrip }) };
}
