import type { Need } from "../../src/access/role";
import { onvif } from "../../src/app/onvif/onvif-extra";
import { HttpServer } from "../../src/http/http-server";
import { InlineLumaReader } from "../../src/storage/motion/inline-luma-reader";
import { VirtualHome } from "./virtual-home";

/** A route as the product registers it. */
export interface RegisteredRoute {
	readonly method: string;
	readonly path: string;
	readonly need: Need;
}

/** One request of a crawl. */
export interface CrawlRequest {
	/** The kind of credentials, for messages. */
	readonly kind: string;
	readonly method: string;
	/** In its final form. */
	readonly target: string;
	readonly fields: readonly string[];
	readonly body: string;
	/** Logs in by Digest with this password. */
	readonly login?: string;
}

/** All distinct answers, each with the indices of the requests that got it; empty if none came. */
export type CrawlResult = readonly (readonly [answer: string, requests: readonly number[]])[];

/** Credentials that must not be accepted. */
export interface Disguise {
	readonly kind: string;
	readonly fields?: readonly string[];
	/** Query string to append to the target. */
	readonly query?: string;
	readonly login?: string;
}

/** All methods of HTTP, and an unknown one. @see RFC 9110 §9.3, RFC 5789 */
const METHODS: readonly string[] = Object.freeze([
	"GET",
	"HEAD",
	"POST",
	"PUT",
	"DELETE",
	"OPTIONS",
	"PATCH",
	"TRACE",
	"CONNECT",
	"FETCH",
]);

/** Methods that routes use; tried with every disguise. */
const SERVED: readonly string[] = Object.freeze(["GET", "POST"]);

/** Paths that scanners try, and spellings of paths that have misled servers. */
export const UNLIKELY: readonly string[] = Object.freeze([
	"/../etc/passwd",
	"/..%2fetc%2fpasswd",
	"/%2e%2e/%2e%2e/etc/passwd",
	"/.git/config",
	"/.env",
	"/index.html",
	"/description.xml",
	"/cgi-bin/luci",
	"/cgi-bin/snapshot.cgi?user=admin&pwd=",
	"/onvif/device_service",
	"/ISAPI/System/deviceInfo",
	"/server-status",
	"/portal/",
	"//portal",
	"/./portal",
	"/PORTAL",
	"/portal%00.css",
	"/portal;jsessionid=1",
	"/api/v1/",
	"/api/v1/cameras/",
	"/api/v1/cameras/0/name/more",
	"/api/v2/status",
	"/stream.mjpeg/",
	"/stream.mjpeg?fps=1&link=",
	"/snapshot.jpg?pass=&link=",
	"/login?pass=o",
	"http://127.0.0.1/portal",
	"http://[::1]/api/v1/settings",
	"127.0.0.1:8000",
	"portal",
	"*",
]);

/** Lists the routes of a camera with all its optional ones, by building one in a virtual house. */
export function registeredRoutes(): readonly RegisteredRoute[] {
	const routes: RegisteredRoute[] = [];
	const { prototype } = HttpServer;
	const { route, table } = prototype;
	prototype.route = function (method, path, handler, need, body) {
		routes.push({ method, path, need: need as Need });
		return route.call(this, method, path, handler, need, body);
	};
	prototype.table = function (added) {
		routes.push(...(added.entries as readonly RegisteredRoute[]));
		return table.call(this, added);
	};
	try {
		const home = new VirtualHome(1);
		home.extras = [onvif({ luma: new InlineLumaReader(), fps: 10 })];
		home.add({ presence: "on" });
	} finally {
		prototype.route = route;
		prototype.table = table;
	}
	return routes;
}

/** Fills a camera's identity into the parameters of a route's pattern. */
export function pathOf(route: RegisteredRoute, id: string): string {
	return route.path.replace(/\{[^}]*\}/, id);
}

/** Finds links to the same server in a page, a style sheet or a script. */
export function linksIn(text: string): readonly string[] {
	const found = text.matchAll(/(?:href|src|action|poster|formaction)="(\/[^"]*)"|["'`(](\/[a-z][^"'`)\s$]*)["'`)$]/g);
	const links = Array.from(found, ([, attribute, quoted]) => attribute ?? quoted);
	return [...new Set(links.map((link) => link.replaceAll("&amp;", "&").replace(/#.*/, "")))];
}

/**
 * Lists all requests of a crawl: every target with every method without credentials, and with the methods in use with
 * each disguise.
 * @param bodies valid bodies by path; an empty form for all others
 */
export function requestsOf(
	targets: readonly string[],
	disguises: readonly Disguise[],
	bodies: ReadonlyMap<string, string>,
): readonly CrawlRequest[] {
	const requests: CrawlRequest[] = [];
	for (const [index, { kind, fields = [], query = "", login }] of disguises.entries()) {
		for (const method of index === 0 ? METHODS : SERVED) {
			for (const path of targets) {
				const target = query === "" ? path : path + (path.includes("?") ? "&" : "?") + query;
				const bodiless = method === "GET" || method === "HEAD" || method === "CONNECT" || method === "TRACE";
				const body = bodiless ? "" : (bodies.get(path) ?? "");
				requests.push({ kind, method, target, fields, body, ...(login !== undefined && { login }) });
			}
		}
	}
	return requests;
}

/** Writes a request as it goes over the wire. A field `Host` of its own takes the place of `authority`. */
export function octetsOf({ method, target, fields, body }: CrawlRequest, authority: string): string {
	const host = fields.some((field) => field.startsWith("Host:")) ? [] : [`Host: ${authority}`];
	const type = body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded";
	const content = body === "" ? [] : [`Content-Type: ${type}`, `Content-Length: ${body.length}`];
	return [`${method} ${target} HTTP/1.1`, ...host, "Connection: close", ...fields, ...content, "", body].join("\r\n");
}
