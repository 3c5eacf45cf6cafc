import type { Moment } from "../access/access-tokens";
import { type Admission, type Need, permits } from "../access/role";
import type { Tickets } from "../access/tickets";
import { addressKind } from "../core/ipv4";
import type { Path } from "../core/path";
import type { StreamHandle, StreamOwner } from "../core/pump";
import type { Millis } from "../core/time";
import type { HttpConnection } from "../http/http-connection";
import type { HttpReply, HttpRequest } from "../http/http-request";
import { HttpServer, type RouteTable } from "../http/http-server";
import type { Gate, HttpRefusal, HttpSite } from "../http/http-site";
import type { Stream, StreamSink } from "../ports/net";
import type { HTTP_SCHEMA } from "../settings/http-schema";
import type { ValuesOf } from "../settings/schema";
import type { TLS_SCHEMA } from "../settings/tls-schema";
import { Api, type ApiHost } from "../web/api";
import { hostOf } from "../web/browser-request";
import type { Notice } from "../web/notices";
import type { OtherCamera } from "../web/other-camera-page";
import type { Page } from "../web/page";
import type { PageLink, Visitor } from "../web/page-header";
import { type Audience, PageStore } from "../web/page-store";
import { renderRefusal } from "../web/refusal";
import type { Headers } from "../wire/text-message";
import { ListeningPort, type PortOwner } from "./listening-port";
import type { Node, NodeSettings } from "./node";
import type { Metric, Part, Route, SiteRequest } from "./part";
import { urlOf } from "./url-of";

/** The settings of the site. */
export type SiteSettings = NodeSettings & ValuesOf<typeof HTTP_SCHEMA> & ValuesOf<typeof TLS_SCHEMA>;

/** Tells parts who a visitor is, as far as pages differ. */
export interface VisitorSource {
	visitor(request: SiteRequest): Visitor;
}

/** Where the page that lists all cameras is, and each other camera, for a visitor. */
export interface PortalLocator {
	portalUrl(request: SiteRequest): string;
	otherCamera(request: SiteRequest, id: string): OtherCamera | undefined;
}

/** Turns away a visitor who has not logged in, for a route for anyone that decides itself. */
export interface ChallengingGate {
	challenge(request: SiteRequest, reply: HttpReply): void;
}

/** The gate in front of all pages. */
export interface SiteGate extends Gate<Admission, Need>, ChallengingGate {
	/** Requests without credentials, and wrong passwords. */
	readonly counters: { readonly strangers: number; readonly wrongPasswords: number };
	/** Fields that keep the session of the visitor who has just ended all sessions. */
	renewed(request: SiteRequest): Headers;
}

/** What the pages of a site depend on besides what they show: passes for the pictures of other cameras, which change. */
export interface SiteTickets {
	readonly tickets: Tickets;
	moment(now: Millis): Moment;
}

type SiteConnection = HttpConnection<Admission>;
type SiteStream = StreamHandle<SiteConnection>;

/**
 * Serves what the parts bring: listening ports, the gate in front of all pages, routes, operations, navigation, and the
 * store of generated pages (IMG-14 … IMG-19).
 */
export class Site
	implements Part, HttpSite<Admission, Need>, ApiHost, VisitorSource, PortOwner, StreamOwner<SiteConnection>
{
	/** @see PortOwner */
	readonly area = "web";
	/** @see PortOwner */
	readonly flag = "--http-port";
	server: HttpServer<Admission, Need>;
	/** Knows where the portal is; absent: it is here, at `/portal`. */
	portal: PortalLocator | undefined;
	private readonly ports = new Map<number, ListeningPort>();
	private readonly streams = new Set<SiteStream>();
	private readonly pages = new PageStore();
	/** In which turn of tickets the pages were made. */
	private turn = 0;

	constructor(
		readonly node: Node<SiteSettings>,
		readonly gate: SiteGate,
		private readonly tickets: SiteTickets,
	) {
		const { settings, host } = node;
		const connections = Math.min(settings.connections, host.connections ?? Infinity);
		// Some are always left for other addresses.
		const connectionsPerAddress = Math.min(
			settings.connectionsPerAddress,
			Math.max(1, connections - (connections >> 2)),
		);
		this.server = new HttpServer<Admission, Need>({ connections, connectionsPerAddress }, this);
	}

	/** Serves the routes and operations of a part. */
	serve(part: Part): void {
		if (part.routes !== undefined) this.server.table(new PartRoutes(part, part.routes));
		if (part.operations !== undefined) this.server.table(new Api(part.operations, part as never, this));
	}

	/** Opens the port inside the LAN. */
	start(): void {
		this.open(this.node.settings.httpPort);
	}

	/** Opens one more port; harmless when it is open (IMG-6). */
	open(port: number): void {
		if (!this.ports.has(port)) this.ports.set(port, new ListeningPort(this, port));
	}

	/** Closes a port that {@link open} opened; its connections continue. */
	close(port: number): void {
		this.ports.get(port)?.close();
		this.ports.delete(port);
	}

	/** Tells the owner where the pages are in the LAN. */
	pathsChanged(paths: readonly Path[]): void {
		const { host, settings, isSecure } = this.node;
		const urls = paths.map(({ address, name }) => `${urlOf(address, settings.httpPort, isSecure)} (${name})`);
		if (urls.length > 0) host.log.write("info", "web", `the pages are at ${urls.join(", ")}`);
		else host.log.write("warn", "web", "no network address yet");
	}

	leave(done: () => void): void {
		for (const port of this.ports.values()) port.close();
		for (const stream of this.streams) stream.out.abort();
		done();
	}

	/** What pages show has changed. */
	refresh(): void {
		this.pages.changed();
	}

	/** Ends all live streams: their visitors have to log in again. */
	sessionsEnded(): void {
		for (const stream of this.streams) if (stream.machine.isEndless) stream.out.abort();
	}

	/** Ends the live streams of one session: its user has logged out. */
	sessionEnded(session: string): void {
		for (const { machine, out } of this.streams) if (machine.isEndless && machine.session === session) out.abort();
	}

	/** @see HttpSite */
	sessionOf(visitor: Admission): string {
		return visitor.session ?? "";
	}

	/** What the owner should know now, of all parts. */
	notices(): readonly Notice[] {
		const notices: Notice[] = [];
		for (const part of this.node.parts) if (part !== this) notices.push(...(part.notices?.() ?? []));
		return notices;
	}

	/** Where links for a visitor lead: through the LAN, or through the Internet gateway. */
	audience(request: SiteRequest): Audience {
		const { addresses } = this.node;
		const { remoteAddress } = request;
		// A router stands for a visitor who came by it. A proxy here may stand for one in the LAN, who needs LAN links.
		if (this.isFar(request) && !addresses.isThisMachine(remoteAddress)) return "internet";
		const host = hostOf(request);
		const isLan = addresses.isNear(remoteAddress) || addresses.paths.some(({ address }) => address === host);
		return isLan ? "lan" : "internet";
	}

	/** Whether a visitor who asked for a public host may be in another LAN than ours, which must not get our tickets. */
	isFar(request: SiteRequest): boolean {
		const { addresses, settings } = this.node;
		const host = hostOf(request);
		const hostName = settings.hostName.toLowerCase();
		const isPublic = addressKind(host) === "public" || (hostName !== "" && host.startsWith(hostName));
		return (
			isPublic && !addresses.paths.some(({ address }) => address === host) && addresses.mayBeFar(request.remoteAddress)
		);
	}

	/** @see VisitorSource */
	visitor(request: SiteRequest): Visitor {
		const links: PageLink[] = [];
		for (const part of this.node.parts) {
			for (const { path, label, need } of part.navigation ?? []) {
				if (!permits(request.visitor?.role, need)) continue;
				const url = path === "/portal" && this.portal !== undefined ? this.portal.portalUrl(request) : path;
				links.push({ path, url, label });
			}
		}
		return { owner: request.visitor?.role === "owner", session: request.visitor?.proof === "session", links };
	}

	/**
	 * Answers with a page that is generated again only after what it shows has changed (IMG-14).
	 * @param name differs for all that the page depends on, besides the visitor
	 */
	page(name: string, request: SiteRequest, reply: HttpReply, generate: (audience: Audience) => Page): void {
		const { tickets } = this.tickets;
		const turn = tickets.periodOf(this.tickets.moment(request.now).seconds);
		if (turn !== this.turn) this.pages.changed();
		this.turn = turn;
		const audience = this.audience(request);
		const { role, proof } = request.visitor ?? {};
		const key = `${name} ${audience} ${role} ${proof === "session"} ${(request.visitor?.until ?? 0) > 0}`;
		this.pages.get(key, () => generate(audience)).reply(reply);
	}

	status(): Record<string, unknown> {
		const { connections, counters } = this.server;
		return { http: { ...counters, ...this.gate.counters, connections } };
	}

	metrics(): readonly Metric[] {
		const { connections, counters } = this.server;
		return [
			["http_connections", "gauge", "Connections that are open", connections],
			["http_connections_total", "counter", "Connections accepted", counters.accepted],
			["http_connections_refused_total", "counter", "Connections refused by a limit", counters.refused],
			[
				"http_strangers_displaced_total",
				"counter",
				"Connections of strangers, and idle ones of viewers, dropped in favour of others",
				counters.displaced,
			],
			["http_requests_total", "counter", "Requests", counters.requests],
			["http_malformed_total", "counter", "Requests that were malformed", counters.malformed],
			["http_timeouts_total", "counter", "Connections dropped because the client was too slow", counters.timeouts],
		];
	}

	/** A connection came in. @see ListenerSink.accepted */
	accept(stream: Stream): StreamSink | undefined {
		const { remoteAddress, localAddress, localPort, secure } = stream;
		const { now, pump } = this.node;
		const connection = this.server.accept(now, remoteAddress, localAddress, localPort, secure);
		if (connection === undefined) return undefined;
		const handle: SiteStream = pump.addStream(connection);
		handle.owner = this;
		connection.late = handle;
		this.streams.add(handle);
		return handle.attach(stream);
	}

	/** @see PortOwner */
	portChanged(fault: string): void {
		if (fault === "") this.node.serving();
	}

	/** @see StreamOwner */
	streamGone(handle: SiteStream): void {
		this.streams.delete(handle);
	}

	/** @see HttpSite */
	isOwner({ role }: Admission): boolean {
		return role === "owner";
	}

	/** @see HttpSite */
	now(): Millis {
		return this.node.now;
	}

	/** @see HttpSite */
	utc(): Millis | undefined {
		return this.node.host.clock.utc();
	}

	/** @see HttpSite */
	refuse(refusal: HttpRefusal, request: HttpRequest | undefined, reply: HttpReply): void {
		renderRefusal(refusal, request, reply);
	}

	/** @see HttpSite */
	failed({ method, path }: HttpRequest, error: unknown): void {
		const text = error instanceof Error ? (error.stack ?? error.message) : `${error}`;
		this.node.host.log.write("error", "web", `${method} ${path}: ${text}`);
	}

	/** @see ApiHost */
	get id(): string {
		return this.node.identity.id;
	}

	/** @see ApiHost */
	otherCamera(request: SiteRequest, id: string): OtherCamera | undefined {
		return this.portal?.otherCamera(request, id);
	}

	/** @see ApiHost */
	renewed(request: SiteRequest): Headers {
		return this.gate.renewed(request);
	}
}

/** The routes of one part, as the server knows them. */
class PartRoutes implements RouteTable<Admission, Need> {
	constructor(
		private readonly part: Part,
		readonly entries: readonly Route<never>[],
	) {}

	run(index: number, request: SiteRequest, reply: HttpReply): void {
		this.entries[index].run(this.part as never, request, reply);
	}
}
