import type { Need, Proof, Role } from "../access/role";
import type { Millis } from "../core/time";
import { MESSAGES } from "../web/messages";
import { refuse } from "../web/refusal";
import { fieldOf, type HttpMessage, hasToken } from "../wire/http-message";
import { ConnectionLimits } from "./connection-limits";
import { HttpConnection } from "./http-connection";
import { originOf } from "./http-form";
import { NO_STORE } from "./response-head";

/** A request as a handler sees it. */
export interface HttpRequest {
	readonly method: string;
	/** Decoded; never goes up. @see parseTarget */
	readonly path: string;
	readonly query: ReadonlyMap<string, string>;
	readonly message: HttpMessage;
	readonly remoteAddress: string;
	/** Our address and port that the visitor reached. */
	readonly localAddress: string;
	readonly localPort: number;
	/** True: it came in by TLS. */
	readonly secure: boolean;
	/** Who the visitor is; `undefined` for a stranger, and where there is no gate. */
	role: Role | undefined;
	/** By what he showed it; counts where there is a role. */
	proof: Proof;
	/** When that ends, in seconds as {@link Moment} reckons them; 0: nothing that ends later may come of it. */
	until: number;
	/** True once a gate has answered in the handler's place. */
	answered: boolean;
	readonly now: Millis;
}

/** Decides who may have what is asked for. */
export interface Gate {
	/** Finds out who the visitor is; @returns false when it has answered in the handler's place */
	admit(request: HttpRequest, need: Need, reply: HttpReply): boolean;
}

/** Answers one request, once: at once, or later from ordinary asynchronous code. */
export type HttpReply = Pick<HttpConnection, "send" | "text" | "stream" | "redirect" | "error">;

/** Answers requests of one route. */
export type HttpHandler = (request: HttpRequest, reply: HttpReply) => void;

/** How a server guards itself; times in milliseconds. */
export interface HttpServerSettings {
	/** Connections at a time. @default 64 */
	readonly connections: number;
	/** Connections at a time from one address. @default 32 */
	readonly connectionsPerAddress: number;
	/** From the first octet of a request to the end of its head. @default 10000 */
	readonly headTimeout: Millis;
	/** From the end of the head to the end of the body. @default 15000 */
	readonly bodyTimeout: Millis;
	/** Between requests. @default 30000 */
	readonly idleTimeout: Millis;
	/** The same for a stranger: who has had no request admitted. @default 10000 */
	readonly strangerTimeout: Millis;
	/** For a handler to answer; then 504. @default 15000 */
	readonly handlerTimeout: Millis;
	/** For a visitor who takes nothing of what is sent. @default 30000 */
	readonly stallTimeout: Millis;
}

/** @see HttpServerSettings */
const HTTP_SERVER_DEFAULTS: HttpServerSettings = Object.freeze({
	connections: 64,
	connectionsPerAddress: 32,
	headTimeout: 10000,
	bodyTimeout: 15000,
	idleTimeout: 30000,
	strangerTimeout: 10000,
	handlerTimeout: 15000,
	stallTimeout: 30000,
});

/** What a server has seen since its start. */
export interface HttpCounters {
	accepted: number;
	/** Connections refused by a limit. */
	refused: number;
	/** Connections of strangers that were dropped in favour of others. */
	displaced: number;
	requests: number;
	/** Requests that could not be read. */
	malformed: number;
	/** Connections dropped because the visitor was too slow. */
	timeouts: number;
}

/** Routes in a frozen table of a module, which costs a device no memory but flash. */
export interface RouteTable {
	/** A path is exact, or has segments in braces that stand for any. */
	readonly entries: readonly { readonly method: "GET" | "POST"; readonly path: string; readonly need: Need }[];
	/** Answers a request for one of the entries. */
	run(index: number, request: HttpRequest, reply: HttpReply): void;
}

interface Route {
	readonly method: string;
	readonly path: string;
	readonly handler: HttpHandler;
	readonly need: Need;
}

/** Serves HTTP/1.1 on any number of connections. @see RFC 9110, RFC 9112, IMG-19 */
export class HttpServer {
	readonly settings: HttpServerSettings;
	readonly counters: HttpCounters = { accepted: 0, refused: 0, displaced: 0, requests: 0, malformed: 0, timeouts: 0 };
	private readonly routes: Route[] = [];
	private readonly tables: RouteTable[] = [];
	private readonly limits: ConnectionLimits;

	/**
	 * @param utc tells the date for the Date field; `undefined` while it is unknown
	 * @param gate asked before every route; absent: all is open
	 * @param failed takes the words of a handler's exception, for the log
	 */
	constructor(
		settings: Partial<HttpServerSettings>,
		readonly utc: () => Millis | undefined,
		private readonly gate?: Gate,
		private readonly failed: (words: string) => void = () => {},
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
	 * @param need who may have it; the gate sees to it
	 */
	route(method: "GET" | "POST", path: string, handler: HttpHandler, need: Need = "owner"): this {
		this.routes.push({ method, path, handler, need });
		return this;
	}

	/** Lets a table answer its paths. */
	table(table: RouteTable): this {
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
	): HttpConnection | undefined {
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
	admitted(connection: HttpConnection): void {
		this.limits.admit(connection);
	}

	/** A connection is over; called by it, once. */
	closed(connection: HttpConnection): void {
		this.limits.leave(connection);
	}

	/** Finds who answers a request, and lets him; called by a connection. */
	handle(request: HttpRequest, reply: HttpConnection): void {
		this.counters.requests++;
		const method = request.method === "HEAD" ? "GET" : request.method;
		const allowed: string[] = [];
		const route = this.find(method, request.path, allowed);
		// What there is not needs as much as what there is: a stranger can't tell one from the other.
		if (this.gate !== undefined && !this.gate.admit(request, route?.need ?? "viewer", reply)) return;
		if (this.gate === undefined || request.role !== undefined) reply.admit();
		if (route === undefined) {
			if (allowed.length > 0)
				refuse(request, reply, 405, MESSAGES.refused.method, [["Allow", allowed.join(", ")], ...NO_STORE]);
			else refuse(request, reply, 404, MESSAGES.refused.nowhere);
		} else if (method === "POST" && isForeign(request)) {
			refuse(request, reply, 403, MESSAGES.refused.otherSite);
		} else {
			this.run(route.handler, request, reply);
		}
	}

	/** @param allowed takes the methods that the path knows, if it does not know this one */
	private find(method: string, path: string, allowed: string[]): Pick<Route, "need" | "handler"> | undefined {
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

	/** A handler's mistake must not end the program: its visitor is told, the others see nothing of it. */
	private run(handler: HttpHandler, request: HttpRequest, reply: HttpReply): void {
		try {
			handler(request, reply);
		} catch (error) {
			this.failed(
				`${request.method} ${request.path}: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
			);
			reply.error(500, MESSAGES.refused.broken);
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
