import type { Millis } from "../core/time";
import { fieldOf, type Headers, hasToken } from "../wire/text-message";
import { ConnectionLimits } from "./connection-limits";
import { type BodyWish, type ConnectionOwner, HttpConnection, type RouteRunner } from "./http-connection";
import { type HttpHandler, type HttpReply, type HttpRequest, originOf } from "./http-request";
import {
	HTTP_SERVER_DEFAULTS,
	type HttpCounters,
	type HttpServerOptions,
	type HttpServerSettings,
} from "./http-server-settings";
import type { HttpRefusal, HttpSite } from "./http-site";
import { NO_STORE } from "./response-head";

/** @see HttpRoute.body */
const BODY_MAX = 16384;

/** One route: a method and a path, and what they require. */
export interface HttpRoute<Need = unknown> {
	/** Any method. A `GET` route also answers `HEAD`. */
	readonly method: string;
	/** An exact path; or one with segments in braces, which match any segment; or a prefix that ends in `/*`. */
	readonly path: string;
	/** What the gate requires of the client. */
	readonly need: Need;
	/**
	 * The largest body: it is collected before the handler runs. With `stream` the handler runs at the end of the head
	 * and takes the body by `HttpReply.receive`.
	 * @default 16384
	 */
	readonly body?: BodyWish;
}

/** Routes in a frozen table of a module, which stays in flash. */
export interface RouteTable<Visitor = unknown, Need = unknown> extends RouteRunner<Visitor> {
	readonly entries: readonly HttpRoute<Need>[];
}

/** {@link HttpConnection}, or a class that extends it: what a server makes of each connection. */
export type ConnectionClass<Visitor> = new (
	...parameters: ConstructorParameters<typeof HttpConnection<Visitor>>
) => HttpConnection<Visitor>;

/** The routes that {@link HttpServer.route} adds. */
class RouteList<Visitor, Need> implements RouteTable<Visitor, Need | undefined> {
	readonly entries: HttpRoute<Need | undefined>[] = [];
	private readonly handlers: HttpHandler<Visitor>[] = [];

	add(route: HttpRoute<Need | undefined>, handler: HttpHandler<Visitor>): void {
		this.entries.push(route);
		this.handlers.push(handler);
	}

	run(index: number, request: HttpRequest<Visitor>, reply: HttpReply): void {
		this.handlers[index](request, reply);
	}
}

/**
 * Serves HTTP/1.1 on any number of connections.
 *
 * It routes requests by method and path. Authorization and the look of refusals are up to its {@link HttpSite}.
 * @typeParam Visitor what the gate of the site knows about a client
 * @typeParam Need what a route requires of a client
 * @see RFC 9110, RFC 9112, IMG-19
 */
export class HttpServer<Visitor = unknown, Need = unknown> implements ConnectionOwner<Visitor> {
	readonly settings: HttpServerSettings;
	readonly counters: HttpCounters = { accepted: 0, refused: 0, displaced: 0, requests: 0, malformed: 0, timeouts: 0 };
	private readonly routes = new RouteList<Visitor, Need>();
	private readonly tables: RouteTable<Visitor, Need | undefined>[] = [this.routes];
	private readonly limits: ConnectionLimits;

	constructor(
		settings: HttpServerOptions,
		private readonly site: HttpSite<Visitor, Need>,
		private readonly makes: ConnectionClass<Visitor> = HttpConnection,
	) {
		this.settings = { ...HTTP_SERVER_DEFAULTS, ...settings };
		this.limits = new ConnectionLimits(this.settings.connections, this.settings.connectionsPerAddress);
	}

	/** Number of open connections. */
	get connections(): number {
		return this.limits.open;
	}

	/**
	 * Adds a route; the parameters are those of {@link HttpRoute}.
	 * @throws TypeError when the server has a gate and `need` is missing
	 */
	route(method: string, path: string, handler: HttpHandler<Visitor>, need?: Need, body?: BodyWish): this {
		if (this.site.gate !== undefined && need === undefined) throw new TypeError(`route ${path} has no need`);
		this.routes.add(body === undefined ? { method, path, need } : { method, path, need, body }, handler);
		return this;
	}

	/** Adds the routes of a table. */
	table(table: RouteTable<Visitor, Need>): this {
		this.tables.push(table);
		return this;
	}

	/** Accepts a connection; returns `undefined` when a limit is reached. */
	accept(
		now: Millis,
		remoteAddress: string,
		localAddress: string,
		localPort: number,
		secure = false,
	): HttpConnection<Visitor> | undefined {
		const free = this.limits.makeRoom(remoteAddress);
		this.counters.displaced = this.limits.displaced;
		if (!free) {
			this.counters.refused++;
			return undefined;
		}
		this.counters.accepted++;
		const connection = new this.makes(this, now, remoteAddress, localAddress, localPort, secure);
		this.limits.add(connection);
		return connection;
	}

	/** Called by a connection when a request of it was admitted, or first admitted for an owner. */
	admitted(connection: HttpConnection<Visitor>, owner: boolean): boolean {
		const stays = this.limits.trust(connection, owner);
		this.counters.displaced = this.limits.displaced;
		return stays;
	}

	/** Called by a connection, once, when it is over. */
	closed(connection: HttpConnection<Visitor>): void {
		this.limits.remove(connection);
	}

	now(): Millis {
		return this.site.now();
	}

	utc(): Millis | undefined {
		return this.site.utc();
	}

	refuse(refusal: HttpRefusal, request: HttpRequest<Visitor> | undefined, reply: HttpReply): void {
		if (this.site.refuse !== undefined) this.site.refuse(refusal, request, reply);
		// A renderer that does not answer must not keep the connection waiting.
		if (!reply.answered) reply.error(refusal.status, "", refusal.headers);
	}

	/** Called by a connection that answers with an error. @see HttpSite.error */
	error(
		status: number,
		message: string,
		headers: Headers,
		request: HttpRequest<Visitor> | undefined,
		reply: HttpReply,
	): boolean {
		return this.site.error?.(status, message, headers, request, reply) ?? false;
	}

	failed(request: HttpRequest<Visitor>, error: unknown, reply: HttpReply): void {
		this.site.failed?.(request, error);
		if (!reply.answered) this.refuse({ reason: "handler-failed", status: 500, headers: NO_STORE }, request, reply);
	}

	/** Called by a connection at the end of each head: finds the route, asks the gate, and proceeds or refuses. */
	handle(request: HttpRequest<Visitor>, reply: HttpConnection<Visitor>): void {
		this.counters.requests++;
		const method = request.method === "HEAD" ? "GET" : request.method;
		const allowed: string[] = [];
		let route: HttpRoute<Need | undefined> | undefined;
		let runner: RouteRunner<Visitor> | undefined;
		let index = 0;
		for (let t = 0; t < this.tables.length && route === undefined; t++) {
			runner = this.tables[t];
			index = find(this.tables[t].entries, method, request.path, allowed);
			if (index >= 0) route = this.tables[t].entries[index];
		}
		const { gate } = this.site;
		// Unknown paths require a login too, so strangers cannot probe for routes.
		if (gate !== undefined && !gate.admit(request, route?.need, reply)) return;
		const { visitor } = request;
		if (gate === undefined || visitor !== undefined) {
			reply.session = visitor === undefined ? "" : (this.site.sessionOf?.(visitor) ?? "");
			const owner = visitor === undefined || (this.site.isOwner?.(visitor) ?? true);
			if (!reply.admit(owner)) {
				this.refuse({ reason: "crowded", status: 503, headers: [["Retry-After", "10"], ...NO_STORE] }, request, reply);
				return;
			}
		}
		if (route !== undefined && runner !== undefined) {
			if (isSafe(method) || !isForeign(request)) reply.proceed(runner, index, route.body ?? BODY_MAX);
			else this.refuse({ reason: "cross-origin", status: 403, headers: NO_STORE }, request, reply);
		} else if (allowed.length === 0) {
			this.refuse({ reason: "not-found", status: 404, headers: NO_STORE }, request, reply);
		} else {
			const headers = [["Allow", `${allowed.join(", ")}, OPTIONS`] as const, ...NO_STORE];
			if (method === "OPTIONS") reply.empty(204, headers);
			else this.refuse({ reason: "method-not-allowed", status: 405, headers }, request, reply);
		}
	}
}

/**
 * Finds the route of a method and a path in a table.
 * @param allowed receives the methods of the path when this one is not among them
 * @returns its index, or -1
 */
function find(entries: readonly HttpRoute[], method: string, path: string, allowed: string[]): number {
	for (let i = 0; i < entries.length; i++) {
		const entry = entries[i];
		if (!matches(entry.path, path)) continue;
		if (entry.method === method) return i;
		const name = entry.method === "GET" ? "GET, HEAD" : entry.method;
		if (!allowed.includes(name)) allowed.push(name);
	}
	return -1;
}

function matches(pattern: string, path: string): boolean {
	if (pattern.endsWith("/*")) return path.startsWith(pattern.slice(0, -1));
	return pattern === path || (pattern.includes("{") && parametersOf(pattern, path) !== undefined);
}

/** Returns the segments of a path that match those in braces; `undefined` when the path does not match. */
export function parametersOf(pattern: string, path: string): string[] | undefined {
	const wanted = pattern.split("/");
	const given = path.split("/");
	if (wanted.length !== given.length) return undefined;
	const parameters: string[] = [];
	for (let i = 0; i < wanted.length; i++) {
		if (wanted[i][0] === "{") parameters.push(given[i]);
		else if (wanted[i] !== given[i]) return undefined;
	}
	return parameters;
}

/** Whether a method does not change anything. @see RFC 9110 §9.2.1 */
function isSafe(method: string): boolean {
	return method === "GET" || method === "OPTIONS";
}

/** Whether a browser sent the request on behalf of a page of another origin. @see RFC 6454 §7 */
function isForeign(request: HttpRequest): boolean {
	const origin = fieldOf(request.message, "origin");
	if (hasToken(request.message, "sec-fetch-site", "cross-site")) return true;
	return origin !== undefined && origin !== originOf(request);
}
