import { type Admission, isSessionOf, type Need, permits, streamSessionOf } from "../access/role";
import { toJson } from "../base/json";
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
import type { Notice } from "../web/notices";
import type { OtherCamera } from "../web/other-camera-page";
import type { Page } from "../web/page";
import type { PageLink, Visitor } from "../web/page-header";
import type { Audience } from "../web/page-store";
import { renderError, renderRefusal } from "../web/refusal";
import type { Headers } from "../wire/text-message";
import { audienceOf, isFar } from "./audience";
import { ChangesPart } from "./changes/changes-part";
import { ListeningPort, type PortOwner } from "./listening-port";
import type { Node, NodeSettings } from "./node";
import type { Metric, Part, Route, SiteRequest } from "./part";
import { SitePages, type SiteTickets } from "./site-pages";
import { StaticFiles } from "./static-files";
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
	/** What is known of all cameras, as far as the visitor may know it. */
	json(request: SiteRequest): unknown;
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

const NO_NOTICES: readonly Notice[] = Object.freeze([]);

type SiteConnection = HttpConnection<Admission>;
/** One connection of a visitor. */
export type SiteStream = StreamHandle<SiteConnection>;

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
	/** Tells open pages what has changed; a part of its own. */
	readonly changes: ChangesPart;
	private readonly ports = new Map<number, ListeningPort>();
	/** The open connections. */
	readonly streams = new Set<SiteStream>();
	private readonly pages: SitePages;
	/** The part that speaks another protocol on the same ports; absent: there is none. @see Part.share */
	private sharer: Part | undefined;

	constructor(
		readonly node: Node<SiteSettings>,
		readonly gate: SiteGate,
		tickets: SiteTickets,
	) {
		const { settings, host } = node;
		this.pages = new SitePages(tickets);
		this.changes = new ChangesPart(node, tickets);
		this.changes.watch("cameras", (request) => this.portal?.json(request));
		this.changes.watch("notices", (request) => ({ notices: this.noticesFor(request) }));
		const connections = Math.min(settings.connections, host.connections ?? Infinity);
		// Some are always left for other addresses.
		const most = Math.max(1, connections - (connections >> 2));
		const connectionsPerAddress = Math.min(settings.connectionsPerAddress, most);
		this.server = new HttpServer<Admission, Need>({ connections, connectionsPerAddress }, this);
	}

	/** Serves the routes, files and operations of a part. */
	serve(part: Part): void {
		if (part.routes !== undefined) this.server.table(new PartRoutes(part, part.routes));
		if (part.staticFiles !== undefined) this.server.table(new StaticFiles(part.staticFiles, this.node.host.gzip));
		if (part.share !== undefined) this.sharer = part;
		if (part.operations !== undefined) this.server.table(new Api(part.operations, part as never, this));
	}

	/** Opens the port inside the LAN. */
	start(): void {
		const { httpPort } = this.node.settings;
		this.ports.set(httpPort, new ListeningPort(this, httpPort));
	}

	/** Opens one more port; harmless when it is open (IMG-6). */
	open(port: number): void {
		if (!this.ports.has(port)) this.ports.set(port, new ListeningPort(this, port, true));
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

	/** Ends all live streams: their visitors have to log in again. The passes in stored pages are no longer good. */
	sessionsEnded(): void {
		this.refresh();
		this.sessionEnded();
	}

	/**
	 * Ends the live streams of one session or viewer link: its user has logged out, or the owner has revoked it.
	 * @param session absent: of all
	 */
	sessionEnded(session?: string): void {
		for (const { machine, out } of this.streams)
			if (machine.isEndless && (session === undefined || isSessionOf(machine.session, session))) out.abort();
	}

	/** @see HttpSite */
	sessionOf(visitor: Admission): string {
		return streamSessionOf(visitor);
	}

	/** What the owner should know now, of all parts. */
	notices(): readonly Notice[] {
		const notices: Notice[] = [];
		for (const part of this.node.parts) if (part !== this) notices.push(...(part.notices?.() ?? []));
		return notices;
	}

	/** What a visitor is told of {@link notices}: all of them only if it is the owner, who alone can act on them. */
	noticesFor({ visitor }: SiteRequest): readonly Notice[] {
		if (visitor === undefined) return NO_NOTICES;
		const notices = this.notices();
		if (visitor.role === "owner") return notices;
		return notices.filter(({ forViewers }) => forViewers === true).map(({ message }) => ({ message, remedy: "" }));
	}

	/** @see audienceOf */
	audience(request: SiteRequest): Audience {
		return audienceOf(this.node, request);
	}

	/** @see isFar */
	isFar(request: SiteRequest): boolean {
		return isFar(this.node, request);
	}

	/** @see VisitorSource */
	visitor(request: SiteRequest): Visitor {
		const links: PageLink[] = [];
		for (const part of this.node.parts) {
			for (const { path, label, need, isRare } of part.navigation ?? []) {
				if (!permits(request.visitor?.role, need)) continue;
				const url = path === "/portal" && this.portal !== undefined ? this.portal.portalUrl(request) : path;
				links.push({ path, url, label, isRare });
			}
		}
		const { role, proof } = request.visitor ?? {};
		return { owner: role === "owner", session: proof === "session", links, device: this.node.deviceName };
	}

	/**
	 * Answers with a page that is generated again only after what it shows has changed (IMG-14).
	 * @param name differs for all that the page depends on, besides the visitor
	 */
	page(name: string, request: SiteRequest, reply: HttpReply, generate: (audience: Audience) => Page): void {
		const audience = this.audience(request);
		// Notices end by time, and by what others do, without a word.
		this.pages.get(`${name} ${toJson(this.notices())}`, audience, request, () => generate(audience)).reply(reply);
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
			["http_timeouts_total", "counter", "Connections of clients that were too slow", counters.timeouts],
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
		handle.attach(stream);
		return this.sharer?.share?.(stream, handle) ?? handle;
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
	refuse(refusal: HttpRefusal, _request: HttpRequest | undefined, reply: HttpReply): void {
		renderRefusal(refusal, reply);
	}

	/** @see HttpSite */
	error(
		status: number,
		message: string,
		headers: Headers,
		request: SiteRequest | undefined,
		reply: HttpReply,
	): boolean {
		const visitor = request?.visitor === undefined ? undefined : this.visitor(request);
		return renderError(status, message, headers, request, reply, visitor);
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
