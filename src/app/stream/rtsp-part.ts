import { isSessionOf } from "../../access/role";
import type { Handle, StreamHandle, StreamOwner } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { GatewayEvent } from "../../gateway/gateway-events";
import type { WantedMapping } from "../../gateway/wanted-mapping";
import type { FrameSource } from "../../ports/camera";
import type { Stream, StreamSink } from "../../ports/net";
import { type RTSP_SERVER_SCHEMA, RTSP_SERVER_SETTINGS } from "../../settings/rtsp-server-schema";
import type { ValuesOf } from "../../settings/schema";
import type { TLS_SCHEMA } from "../../settings/tls-schema";
import type { ParameterTaker } from "../../stream/control/parameter-taker";
import { RefusalLines } from "../../stream/control/refusal-lines";
import type { RtspConnection } from "../../stream/control/rtsp-connection";
import type { RtspExchange } from "../../stream/control/rtsp-exchange";
import { RtspServer, type RtspServerHost } from "../../stream/control/rtsp-server";
import type { RtspSession } from "../../stream/control/rtsp-session";
import type { RtspServerLimits } from "../../stream/control/rtsp-settings";
import type { RtspTarget } from "../../stream/control/rtsp-target";
import { UNREACHABLE_REASON } from "../../stream/units/udp-reachability";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import type { Fact } from "../../web/camera-page";
import { MESSAGES } from "../../web/messages";
import type { Notice } from "../../web/notices";
import type { ProgramAddress, ProgramHosts } from "../../web/program-address";
import type { FleetService } from "../../wire/fleet-service";
import type { AccessPart } from "../access/access-part";
import { isTunnelled } from "../audience";
import type { GatewayPart } from "../gateway/gateway-part";
import { ListeningPort, type PortOwner } from "../listening-port";
import type { Node, NodeSettings } from "../node";
import { reportTakerOf } from "../origin/report-taker";
import type { Metric, Part, SiteRequest } from "../part";
import { rtspUrlOf } from "../url-of";
import { listStreams, rtspMetrics, rtspStatus } from "./rtsp-status";
import { SharedStream } from "./shared-stream";
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

const NO_SERVICES: readonly FleetService[] = Object.freeze([]);

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
	/** Knows the port of the pages on the gateway. */
	readonly fleet: { readonly self: { readonly externalPort: number } };
	/** Has the camera's pictures; absent: it serves none of its own. */
	readonly video?: { readonly source: Pick<FrameSource, "h264"> };
}

/**
 * Serves video players and recorders by RTSP, plain and over TLS on one port: listening port, accounts, gateway mapping,
 * announcement, pages (STR-1 … STR-3). Players on the Internet come by the port of the pages, which RTSP shares (ONE-3).
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
	private isOpen = false;
	private readonly refusals = new RefusalLines();
	private mapping: WantedMapping | undefined;
	/** @see RtspServerHost */
	taker: ParameterTaker | undefined;
	/** What is announced while the port is open; replaced when it changes. */
	private announced: readonly FleetService[] = NO_SERVICES;

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
		needs.access.credentials.listen({
			sessionsEnded: () => this.sessionsEnded(),
			sessionEnded: (login) => this.loginEnded(login),
		});
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
		// Another device of this machine, or a program such as go2rtc, may have the usual port; one that was chosen must be had.
		this.port = new ListeningPort(this, rtspPort, rtspPort === RTSP_SERVER_SETTINGS.rtspPort.default);
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
		if (event.type === "mapping" && event.mapping === this.mapping) this.node.changed();
	}

	services(): readonly FleetService[] {
		if (!this.isOpen) return NO_SERVICES;
		const { path, node, externalPort } = this;
		if (this.announced[0]?.externalPort !== externalPort) {
			const service = { kind: "rtsp", port: node.settings.rtspPort, externalPort, path, secure: node.isSecure };
			this.announced = Object.freeze([Object.freeze(service)]);
		}
		return this.announced;
	}

	notices(): readonly Notice[] {
		const { noStreams, noUdp, noUdpRemedy } = MESSAGES.notices;
		const list: Notice[] = this.fault === "" ? [] : [{ message: noStreams, remedy: this.fault }];
		if ((this.udpTrouble?.refused ?? 0) > 0) list.push({ message: noUdp, remedy: noUdpRemedy });
		return list;
	}

	facts(): readonly Fact[] {
		const { addresses } = this.node;
		const list: Fact[] = [];
		// A camera shows them among its addresses for programs.
		if (this.needs.video !== undefined) return list;
		const { streams, streamsOutside } = MESSAGES.facts;
		for (const { lan, internet } of this.programAddresses({
			lan: addresses.lanAddress(),
			internet: addresses.externalHost,
		})) {
			if (lan !== "") list.push([streams, lan]);
			if (internet !== "") list.push([streamsOutside, internet]);
		}
		return list;
	}

	programAddresses({ lan, internet }: ProgramHosts): readonly ProgramAddress[] {
		const { rtspPort } = this.node.settings;
		if (rtspPort === 0) return [];
		const at = (path: string) => ({
			lan: rtspUrlOf(lan, rtspPort, path),
			internet: rtspUrlOf(internet, this.externalPort, path, this.node.isSecure),
			takesLink: true,
		});
		const live: ProgramAddress = { kind: "rtsp", ...at(this.path) };
		return this.needs.video?.source.h264 === undefined ? [live] : [live, { kind: "h264", ...at("/h264") }];
	}

	status(): Record<string, unknown> {
		const { rtspPort: port } = this.node.settings;
		const { server, service, externalPort, udpTrouble } = this;
		return { rtsp: rtspStatus(server, service, { port, externalPort }, udpTrouble) };
	}

	metrics(): readonly Metric[] {
		return rtspMetrics(this.server, this.service, this.udpTrouble);
	}

	/** The sessions, for the owner. @see listStreams */
	list(): readonly Record<string, unknown>[] {
		return listStreams(this.node.now, this.server, this.service);
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
		// Tunnels carry no UDP, whichever port of the device they lead to: media may come by the connection only.
		const isEncrypted = secure || isTunnelled(remoteAddress);
		const connection = this.server.accept(now, remoteAddress, localAddress, isEncrypted);
		if (connection === undefined) return undefined;
		const handle = pump.addStream(connection);
		handle.owner = this;
		connection.late = handle;
		this.streams.add(handle);
		return handle.attach(stream);
	}

	/** With a certificate only connections by TLS: the port of the pages shows nothing in clear then. @see Part */
	share(stream: Stream, pages: StreamSink): StreamSink {
		const isAllowed = stream.secure || !this.node.isSecure;
		return this.port === undefined || !isAllowed ? pages : new SharedStream(stream, pages, this);
	}

	/** @see PortOwner */
	portChanged(fault: string): void {
		const isOpen = fault === "";
		if (isOpen === this.isOpen && fault === this.fault) return;
		this.fault = fault;
		this.isOpen = isOpen;
		this.node.changed();
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

	/** A viewer link was revoked: what it began ends. A connection that has only shown a pass must not begin more by it. */
	private loginEnded(login: string): void {
		this.handle.call((server, now) => {
			for (const session of [...server.sessions.all()])
				if (isSessionOf(session.request.login ?? "", login)) server.dismiss(now, session, "its login has ended");
		});
		for (const { machine, out } of this.streams) if (machine.passed?.admission.link === login) out.abort();
	}

	/** Where players on the Internet find it: at a port of its own, or at that of the pages; 0: nowhere. */
	private get externalPort(): number {
		return this.mapping?.externalPort || this.needs.fleet.self.externalPort;
	}

	private log(text: string): void {
		this.node.host.log.write("info", this.area, text);
	}
}
