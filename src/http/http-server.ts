import type { Millis } from "../core/time";
import { fieldOf, hasToken } from "../wire/text-message";
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

/** The largest body that is collected for a handler whose route says nothing else: that of a page's form. */
const BODY_MAX = 16384;

/** One route: which requests it takes. */
export interface HttpRoute<Need = unknown> {
	/** Any method; `GET` stands for `HEAD` as well. */
	readonly method: string;
	/** Exact, or with segments in braces that stand for any, or a beginning that ends in `/*`. */
	readonly path: string;
	/** What the gate asks of a client. */
	readonly need: Need;
	/**
	 * What becomes of the body: it is collected before the handler runs, up to so many octets, or the handler runs at the
	 * end of the head and takes the body by `HttpReply.receive`.
	 * @default 16384
	 */
	readonly body?: BodyWish;
}

/** Routes in a frozen table of a module, which costs a device no memory but flash. */
export interface RouteTable<Visitor = unknown, Need = unknown> extends RouteRunner<Visitor> {
	readonly entries: readonly HttpRoute<Need>[];
}

/** Routes that were added one by one. */
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
 * Serves HTTP/1.1 on any number of connections. It knows methods and paths; who may have what, and what a refusal
 * looks like, is its {@link HttpSite}'s.
 * @typeParam Visitor what the site's gate knows about a client
 * @typeParam Need what a route asks of a client
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
	) {
		this.settings = { ...HTTP_SERVER_DEFAULTS, ...settings };
		this.limits = new ConnectionLimits(this.settings.connections, this.settings.connectionsPerAddress);
	}

	/** Connections that are open. */
	get connections(): number {
		return this.limits.open;
	}

	/**
	 * Lets a handler answer a path. GET handlers answer HEAD too.
	 * @param path exact, or with segments in braces that stand for any, or a beginning that ends in `/*`
	 * @param need what the gate asks of a client; a server with a gate has no route without
	 * @param body what becomes of the body; @see HttpRoute.body
	 */
	route(method: string, path: string, handler: HttpHandler<Visitor>, need?: Need, body?: BodyWish): this {
		if (this.site.gate !== undefined && need === undefined) throw new TypeError(`route ${path} says no need`);
		this.routes.add(body === undefined ? { method, path, need } : { method, path, need, body }, handler);
		return this;
	}

	/** Lets a table answer its paths. */
	table(table: RouteTable<Visitor, Need>): this {
		this.tables.push(table);
		return this;
	}

	/** Takes a connection in; `undefined` when a limit says no. */
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
		const connection = new HttpConnection(this, now, remoteAddress, localAddress, localPort, secure);
		this.limits.enter(connection);
		return connection;
	}

	/** A request of this connection was admitted: whoever it is, is no stranger. */
	admitted(connection: HttpConnection<Visitor>): void {
		this.limits.admit(connection);
	}

	/** A connection is over; called by it, once. */
	closed(connection: HttpConnection<Visitor>): void {
		this.limits.leave(connection);
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

	failed(request: HttpRequest<Visitor>, error: unknown, reply: HttpReply): void {
		this.site.failed?.(request, error);
		if (!reply.answered) this.refuse({ reason: "handler-failed", status: 500, headers: NO_STORE }, request, reply);
	}

	/** Finds the route of a request, asks the gate, and lets the handler have it; called by a connection. */
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
		// Unknown paths need a login too, so that strangers cannot probe for routes.
		if (gate !== undefined && !gate.admit(request, route?.need, reply)) return;
		if (gate === undefined || request.visitor !== undefined) reply.admit();
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
 * Finds the route of a path in a table.
 * @param allowed takes the methods that the path knows, if it does not know this one
 * @returns its index; -1: there is none
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

/** The segments of a path that stand for those in braces; `undefined` when it is another path. */
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

/** True for methods that change nothing. @see RFC 9110 §9.2.1 */
function isSafe(method: string): boolean {
	return method === "GET" || method === "OPTIONS";
}

/** True for a request that a browser sends for a page of another origin. @see RFC 6454 §7 */
function isForeign(request: HttpRequest): boolean {
	const origin = fieldOf(request.message, "origin");
	if (hasToken(request.message, "sec-fetch-site", "cross-site")) return true;
	return origin !== undefined && origin !== originOf(request);
}
