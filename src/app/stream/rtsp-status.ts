import type { Millis } from "../../core/time";
import type { RtspServer } from "../../stream/control/rtsp-server";
import { PLAYING } from "../../stream/control/rtsp-session";
import type { Metric } from "../part";
import type { StreamService, UdpTrouble } from "./stream-service";

/** What a session without a stream has sent. */
const NOTHING = Object.freeze({ packets: 0, octets: 0, missed: 0 });

/** The state of a stream server, for the status of the API. @param udp absent: it sends nothing by UDP */
export function rtspStatus(
	{ connections, counters, sessions }: RtspServer,
	{ totals, playing }: StreamService,
	ports: { readonly port: number; readonly externalPort: number },
	udp: UdpTrouble | undefined,
): Record<string, unknown> {
	const { packets, missed, octets } = totals;
	const open = sessions.size;
	return {
		...counters,
		...ports,
		connections,
		open,
		playing,
		packets,
		octets,
		missed,
		...(udp !== undefined && { udp }),
	};
}

/** The metrics of a stream server. @param udp absent: it sends nothing by UDP */
export function rtspMetrics(
	server: RtspServer,
	service: StreamService,
	udp: UdpTrouble | undefined,
): readonly Metric[] {
	const { counters } = server;
	const { packets, missed, octets } = service.totals;
	const { unreachable = 0, dropped = 0 } = udp ?? {};
	return [
		["rtsp_connections", "gauge", "RTSP connections that are open", server.connections],
		["rtsp_connections_total", "counter", "RTSP connections accepted", counters.accepted],
		["rtsp_connections_refused_total", "counter", "RTSP connections refused by a limit", counters.refused],
		["rtsp_requests_total", "counter", "RTSP requests", counters.requests],
		["rtsp_malformed_total", "counter", "RTSP messages that were malformed", counters.malformed],
		["rtsp_strangers_total", "counter", "RTSP requests answered 401", counters.strangers],
		["rtsp_timeouts_total", "counter", "RTSP clients that were too slow or silent", counters.timeouts],
		["rtsp_sessions", "gauge", "RTSP sessions", server.sessions.size],
		["rtsp_sessions_total", "counter", "RTSP sessions set up", counters.sessions],
		["rtsp_playing", "gauge", "RTSP sessions that play", service.playing],
		["rtsp_packets_total", "counter", "RTP packets sent", packets],
		["rtsp_octets_total", "counter", "Octets of RTP packets sent", octets],
		["rtsp_missed_total", "counter", "Pictures that RTSP clients missed because they were slow", missed],
		[
			"rtsp_unreachable_total",
			"counter",
			"RTSP streams by UDP that ended as no packet reached the client",
			unreachable,
		],
		["rtsp_dropped_total", "counter", "Datagrams at the ports of streams that belong to none of them", dropped],
	];
}

/** The sessions, for the owner. Their identifiers stay secret: streams are named by number. */
export function listStreams(
	now: Millis,
	{ sessions }: RtspServer,
	service: StreamService,
): readonly Record<string, unknown>[] {
	const list: Record<string, unknown>[] = [];
	for (const { request, state, stream, since } of sessions.all()) {
		const report = service.report(stream) ?? NOTHING;
		const seconds = Math.floor((now - since) / 1000);
		list.push({
			id: stream,
			client: request.address,
			content: request.content,
			framing: request.framing,
			state: state === PLAYING ? "playing" : "ready",
			seconds,
			...report,
		});
	}
	return list;
}
