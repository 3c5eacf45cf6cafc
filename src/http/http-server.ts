import type { Millis } from "../core/time";
import { fieldOf, hasToken } from "../wire/text-message";
import { ConnectionLimits } from "./connection-limits";
import { type ConnectionOwner, HttpConnection } from "./http-connection";
import { type HttpHandler, type HttpReply, type HttpRequest, originOf } from "./http-request";
import { HTTP_SERVER_DEFAULTS, type HttpCounters, type HttpServerSettings } from "./http-server-settings";
import type { HttpRefusal, HttpSite } from "./http-site";
import { NO_STORE } from "./response-head";

/** Routes in a frozen table of a module, which costs a device no memory but flash. */
export interface RouteTable<Visitor = unknown, Need = unknown> {
	/** A path is exact, or has segments in braces that stand for any. */
	readonly entries: readonly { readonly method: string; readonly path: string; readonly need: Need }[];
	/** Answers a request for one of the entries. */
	run(index: number, request: HttpRequest<Visitor>, reply: HttpReply): void;
}

interface Route<Visitor, Need> {
	readonly method: string;
	readonly path: string;
	readonly handler: HttpHandler<Visitor>;
	readonly need: Need | undefined;
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
	private readonly routes: Route<Visitor, Need>[] = [];
	private readonly tables: RouteTable<Visitor, Need>[] = [];
	private readonly limits: ConnectionLimits;

	constructor(
		settings: Partial<HttpServerSettings>,
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
	 * @param path exact, or a beginning that ends in `/*`
	 * @param need what the gate asks of a client; a server with a gate has no route without
	 */
	route(method: string, path: string, handler: HttpHandler<Visitor>, need?: Need): this {
		if (this.site.gate !== undefined && need === undefined) throw new TypeError(`route ${path} says no need`);
		this.routes.push({ method, path, handler, need });
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

	/** Returns the date for the Date field. */
	utc(): Millis | undefined {
		return this.site.utc();
	}

	/** Answers a request that the engine turns away. */
	refuse(refusal: HttpRefusal, request: HttpRequest<Visitor> | undefined, reply: HttpReply): void {
		if (this.site.refuse !== undefined) this.site.refuse(refusal, request, reply);
		// A renderer that does not answer must not keep the connection waiting.
		if (!reply.answered) reply.error(refusal.status, "", refusal.headers);
	}

	/** Finds the route of a request, asks the gate, and runs the handler; called by a connection. */
	handle(request: HttpRequest<Visitor>, reply: HttpConnection<Visitor>): void {
		this.counters.requests++;
		const method = request.method === "HEAD" ? "GET" : request.method;
		const allowed: string[] = [];
		const route = this.find(method, request.path, allowed);
		const { gate } = this.site;
		// Unknown paths need a login too, so that strangers cannot probe for routes.
		if (gate !== undefined && !gate.admit(request, route?.need, reply)) return;
		if (gate === undefined || request.visitor !== undefined) reply.admit();
		if (route === undefined) {
			if (allowed.length > 0) {
				const headers = [["Allow", allowed.join(", ")] as const, ...NO_STORE];
				this.refuse({ reason: "method-not-allowed", status: 405, headers }, request, reply);
			} else this.refuse({ reason: "not-found", status: 404, headers: NO_STORE }, request, reply);
		} else if (method === "POST" && isForeign(request)) {
			this.refuse({ reason: "cross-origin", status: 403, headers: NO_STORE }, request, reply);
		} else {
			this.run(route.handler, request, reply);
		}
	}

	/** @param allowed takes the methods that the path knows, if it does not know this one */
	private find(
		method: string,
		path: string,
		allowed: string[],
	): Pick<Route<Visitor, Need>, "need" | "handler"> | undefined {
		for (const route of this.routes) {
			if (!matches(route.path, path)) continue;
			if (route.method === method) return route;
			allowed.push(route.method === "GET" ? "GET, HEAD" : route.method);
		}
		for (const table of this.tables) {
			for (let i = 0; i < table.entries.length; i++) {
				const entry = table.entries[i];
				if (!matches(entry.path, path)) continue;
				if (entry.method === method)
					return { need: entry.need, handler: (request, reply) => table.run(i, request, reply) };
				allowed.push(entry.method === "GET" ? "GET, HEAD" : entry.method);
			}
		}
		return undefined;
	}

	/** A handler's mistake must not end the program: its client is told, the others see nothing of it. */
	private run(handler: HttpHandler<Visitor>, request: HttpRequest<Visitor>, reply: HttpReply): void {
		try {
			handler(request, reply);
		} catch (error) {
			this.site.failed?.(request, error);
			if (!reply.answered) this.refuse({ reason: "handler-failed", status: 500, headers: NO_STORE }, request, reply);
		}
	}
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

/** True for a POST that a browser sends for a page of another origin. @see RFC 6454 §7 */
function isForeign(request: HttpRequest): boolean {
	const origin = fieldOf(request.message, "origin");
	if (hasToken(request.message, "sec-fetch-site", "cross-site")) return true;
	return origin !== undefined && origin !== originOf(request);
}
