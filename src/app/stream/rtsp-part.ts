import { formatEndpoint } from "../../core/ip-address";
import type { Handle, StreamHandle, StreamOwner } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { GatewayEvent } from "../../gateway/gateway-events";
import type { WantedMapping } from "../../gateway/wanted-mapping";
import type { Stream, StreamSink } from "../../ports/net";
import type { RTSP_SERVER_SCHEMA } from "../../settings/rtsp-server-schema";
import type { ValuesOf } from "../../settings/schema";
import type { TLS_SCHEMA } from "../../settings/tls-schema";
import type { ParameterTaker } from "../../stream/control/parameter-taker";
import { RefusalLines } from "../../stream/control/refusal-lines";
import type { RtspConnection } from "../../stream/control/rtsp-connection";
import type { RtspExchange } from "../../stream/control/rtsp-exchange";
import { RtspServer, type RtspServerHost } from "../../stream/control/rtsp-server";
import { PLAYING, type RtspSession } from "../../stream/control/rtsp-session";
import type { RtspServerLimits } from "../../stream/control/rtsp-settings";
import type { RtspTarget } from "../../stream/control/rtsp-target";
import { UNREACHABLE_REASON } from "../../stream/units/udp-reachability";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import type { Fact } from "../../web/camera-page";
import { MESSAGES } from "../../web/messages";
import type { Notice } from "../../web/notices";
import type { FleetService } from "../../wire/fleet-service";
import type { AccessPart } from "../access/access-part";
import type { GatewayPart } from "../gateway/gateway-part";
import { ListeningPort, type PortOwner } from "../listening-port";
import type { Node, NodeSettings } from "../node";
import { reportTakerOf } from "../origin/report-taker";
import type { Metric, Part, SiteRequest } from "../part";
import type { StreamService, UdpTrouble } from "./stream-service";

/** The settings of the RTSP part; without `rtspMapped` the gateway is not asked for a port. */
export type RtspPartSettings = NodeSettings &
	ValuesOf<typeof TLS_SCHEMA> &
	Omit<ValuesOf<typeof RTSP_SERVER_SCHEMA>, "rtspMapped"> &
	Partial<Pick<ValuesOf<typeof RTSP_SERVER_SCHEMA>, "rtspMapped">>;

/** The content that players of a camera are pointed to. */
const PATH = "/live";
/** How many ports the gateway is asked for, from the port inside on: the cameras of a home share one gateway. */
const CANDIDATES = 16;
/** The share of a host's connections that may be RTSP's: streams by UDP have two sockets besides. */
const SHARE = 8;

/** What a session without a stream has sent. */
const NOTHING = Object.freeze({ packets: 0, octets: 0, missed: 0 });

/** Operations on the sessions of players. */
const OPERATIONS: readonly ApiOperation<RtspPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/streams",
		need: "owner",
		about:
			"The RTSP sessions: client, content, framing (udp, tcp), state, seconds since it began, packets sent, pictures missed, processing units with their ports, and what the client reports: loss, jitter, round trip.",
		run: (part: RtspPart) => ({ body: { streams: part.list() } }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/streams/{id}/end",
		need: "owner",
		about: "Ends an RTSP session. Its client can begin another. It has no effect on one that has ended.",
		run: (
			part: RtspPart,
			_form: ReadonlyMap<string, string>,
			_request: SiteRequest,
			[id]: readonly string[],
		): ApiAnswer => part.endStream(id),
	}),
]);

/** The parts of a camera that the RTSP part depends on. */
export interface RtspPartNeeds {
	readonly access: Pick<AccessPart, "authenticator" | "credentials">;
	readonly gateway: Pick<GatewayPart, "want" | "listen">;
}

/**
 * Serves video players and recorders by RTSP, plain and over TLS on one port: listening port, accounts, gateway mapping,
 * announcement, pages (STR-1 … STR-3).
 */
export class RtspPart implements Part, PortOwner, RtspServerHost, StreamOwner<RtspConnection> {
	readonly operations = OPERATIONS;
	/** @see PortOwner */
	readonly area = "stream";
	/** @see PortOwner */
	readonly flag = "--rtsp-port";
	readonly server: RtspServer;
	private readonly handle: Handle<RtspServer, undefined>;
	private readonly streams = new Set<StreamHandle<RtspConnection>>();
	private port: ListeningPort | undefined;
	/** Why the port is closed; empty: it is open, or not wanted. */
	private fault = "";
	private readonly refusals = new RefusalLines();
	private mapping: WantedMapping | undefined;
	/** @see RtspServerHost */
	taker: ParameterTaker | undefined;
	/** What is announced; replaced when it changes. */
	private announced: readonly FleetService[] = [];

	/**
	 * @param service sends what players watch
	 * @param path of the content that players are pointed to
	 */
	constructor(
		readonly node: Node<RtspPartSettings>,
		private readonly needs: RtspPartNeeds,
		private readonly service: StreamService,
		private readonly path = PATH,
	) {
		const { pump } = node;
		this.server = new RtspServer(RtspPart.limits(node), service.transport, this);
		this.handle = pump.add(this.server, undefined);
		// Only the timer: events of others are not delivered in the middle of a call.
		this.server.late = { called: () => pump.rearm(this.handle) };
		needs.access.credentials.listen({ sessionsEnded: () => this.sessionsEnded() });
		needs.gateway.listen(this);
	}

	/** How many connections and sessions a device has: as the settings say, and as its host can. */
	static limits({ host, settings }: Node<RtspPartSettings>): RtspServerLimits {
		const most = Math.max(1, Math.floor((host.connections ?? Infinity) / SHARE));
		const connections = Math.min(settings.rtspConnections, most);
		return { connections, connectionsPerAddress: Math.min(settings.rtspConnectionsPerAddress, connections) };
	}

	/** @see RtspServerHost */
	get authenticator(): RtspServerHost["authenticator"] {
		return this.needs.access.authenticator;
	}

	/** @see RtspServerHost */
	get random() {
		return this.node.host.random;
	}

	start(): void {
		const { rtspPort, rtspMapped } = this.node.settings;
		if (rtspPort === 0) return;
		this.taker = reportTakerOf(this.node.parts);
		this.port = new ListeningPort(this, rtspPort);
		if (rtspMapped === true) {
			const candidates: number[] = [];
			for (let port = rtspPort; port <= 65535 && candidates.length < CANDIDATES; port++) candidates.push(port);
			this.mapping = this.needs.gateway.want({ protocol: "TCP", internalPort: rtspPort, candidates, service: "rtsp" });
		}
	}

	leave(done: () => void): void {
		this.port?.close();
		this.handle.call((server, now) => server.endAll(now, "the camera is stopping"));
		for (const { out } of this.streams) out.abort();
		this.service.close(this.node.now);
		done();
	}

	/** @see GatewayListener */
	onGateway(event: GatewayEvent): void {
		if (event.type === "mapping" && event.mapping === this.mapping) this.changed();
	}

	services(): readonly FleetService[] {
		return this.announced;
	}

	notices(): readonly Notice[] {
		const { noStreams, noUdp, noUdpRemedy } = MESSAGES.notices;
		const list: Notice[] = this.fault === "" ? [] : [{ message: noStreams, remedy: this.fault }];
		if ((this.udpTrouble?.refused ?? 0) > 0) list.push({ message: noUdp, remedy: noUdpRemedy });
		return list;
	}

	facts(): readonly Fact[] {
		const { addresses, settings } = this.node;
		const list: Fact[] = [];
		if (settings.rtspPort === 0) return list;
		const inside = addresses.lanAddress();
		if (inside !== "") list.push([MESSAGES.facts.streams, rtspUrl(inside, settings.rtspPort, this.path)]);
		const outside = this.mapping?.externalPort ?? 0;
		if (outside !== 0 && addresses.externalHost !== "")
			list.push([MESSAGES.facts.streamsOutside, rtspUrl(addresses.externalHost, outside, this.path)]);
		return list;
	}

	status(): Record<string, unknown> {
		const { server, service } = this;
		const { connections, counters, sessions } = server;
		const { packets, missed, octets } = service.totals;
		const { rtspPort } = this.node.settings;
		const udp = this.udpTrouble;
		return {
			rtsp: {
				...counters,
				port: rtspPort,
				externalPort: this.mapping?.externalPort ?? 0,
				connections,
				open: sessions.size,
				playing: service.playing,
				packets,
				octets,
				missed,
				...(udp !== undefined && { udp }),
			},
		};
	}

	metrics(): readonly Metric[] {
		const { server, service } = this;
		const { counters } = server;
		const { packets, missed, octets } = service.totals;
		const { unreachable = 0, dropped = 0 } = this.udpTrouble ?? {};
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
	list(): readonly Record<string, unknown>[] {
		const { now } = this.node;
		const list: Record<string, unknown>[] = [];
		for (const { request, state, stream, since } of this.server.sessions.all()) {
			const report = this.service.report(stream) ?? NOTHING;
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

	/** Ends the session of a stream. @param id as {@link list} names it */
	endStream(id: string): ApiAnswer {
		for (const session of this.server.sessions.all()) {
			if (`${session.stream}` !== id || session.stream < 0) continue;
			this.handle.call((server, now) => server.dismiss(now, session, "ended by the owner"));
			return DONE;
		}
		return DONE;
	}

	/** @see PortOwner */
	accept(stream: Stream): StreamSink | undefined {
		const { remoteAddress, localAddress, secure } = stream;
		const { now, pump } = this.node;
		const connection = this.server.accept(now, remoteAddress, localAddress, secure);
		if (connection === undefined) return undefined;
		const handle = pump.addStream(connection);
		handle.owner = this;
		connection.late = handle;
		this.streams.add(handle);
		return handle.attach(stream);
	}

	/** @see PortOwner */
	portChanged(fault: string): void {
		if (fault === this.fault && this.announced.length > 0) return;
		this.fault = fault;
		this.changed();
	}

	/** @see StreamOwner */
	streamGone(handle: StreamHandle<RtspConnection>): void {
		this.streams.delete(handle);
	}

	/** Other parts may know a relay for viewers who find no room. One place is left free: for the relay. @see RtspServerHost */
	detourOf({ carrier, admission: visitor }: RtspExchange, { content: name }: RtspTarget, isCrowded: boolean): string {
		const { node, server } = this;
		const content = node.identity.id;
		const path = name === PATH.slice(1) ? content : name === "h264" ? `${content}/${name}` : "";
		if (path === "") return "";
		const { connections } = RtspPart.limits(node);
		const places = visitor?.role === "owner" ? connections : connections - Math.max(1, connections >> 2) - 1;
		const isFull = isCrowded || server.sessions.size + 1 > places;
		const { remoteAddress: address, secure } = carrier;
		for (const part of node.parts) {
			const url =
				part.detour?.({ now: node.now, protocol: "rtsp", secure, address, visitor, content, path, isFull }) ?? "";
			if (url !== "") return url;
		}
		return "";
	}

	/** @see RtspServerHost */
	refused(now: Millis, exchange: RtspExchange, status: number, detail: string): void {
		const line = this.refusals.lineOf(now, exchange, status, detail);
		if (line !== undefined) this.log(line);
	}

	/** @see RtspServerHost */
	began({ request }: RtspSession): void {
		this.log(`${request.address} plays ${request.content} by ${request.framing.toUpperCase()}`);
	}

	/** @see RtspServerHost */
	ended(now: Millis, { request, since }: RtspSession, reason: string): void {
		const seconds = Math.round((now - since) / 1000);
		this.log(`${request.address} stopped ${request.content} after ${seconds} s: ${reason}`);
		// The pages say what the player can do (STR-22).
		if (reason === UNREACHABLE_REASON) this.node.changed();
	}

	private get udpTrouble(): UdpTrouble | undefined {
		return this.service.udpTrouble?.(this.node.now);
	}

	/** Passwords have changed, or the owner has ended all sessions: players log in again. */
	private sessionsEnded(): void {
		this.handle.call((server, now) => server.endAll(now, "all logins have ended"));
		for (const { out } of this.streams) out.abort();
	}

	/** The port or its mapping has changed: announces it, and renews the pages. */
	private changed(): void {
		const { rtspPort } = this.node.settings;
		const externalPort = this.mapping?.externalPort ?? 0;
		const secure = this.node.isSecure;
		this.announced =
			this.fault === "" ? [Object.freeze({ kind: "rtsp", port: rtspPort, externalPort, path: this.path, secure })] : [];
		this.node.changed();
	}

	private log(text: string): void {
		this.node.host.log.write("info", this.area, text);
	}
}

function rtspUrl(host: string, port: number, path: string): string {
	return `rtsp://${formatEndpoint(host, port)}${path}`;
}
