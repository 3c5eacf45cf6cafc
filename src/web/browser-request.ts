import { type HttpRequest, originOf } from "../http/http-request";
import { fieldOf } from "../wire/text-message";

/** Returns the host that the client called this device by, in lower case and without its port; may be empty. */
export function hostOf({ message }: HttpRequest): string {
	const host = (fieldOf(message, "host") ?? "").toLowerCase();
	const colon = host.indexOf(":", host.indexOf("]") + 1);
	return colon < 0 ? host : host.slice(0, colon);
}

/** Returns the port that the client used, by the Host field: routers and proxies have other ports than this device. */
export function portOf({ message, secure }: HttpRequest): number {
	const host = fieldOf(message, "host") ?? "";
	const port = Number(host.slice(host.lastIndexOf(":") + 1));
	return host.includes(":", host.indexOf("]") + 1) && port >= 1 && port <= 65535 ? Math.floor(port) : secure ? 443 : 80;
}

/** Tells whether a browser asks for a page, which is answered by a page. */
export function wantsHtml(request: HttpRequest): boolean {
	return (fieldOf(request.message, "accept") ?? "").includes("text/html");
}

/** Tells whether programs go to a path of their own accord: to pictures, recordings, operations and files. */
export function isForPrograms(path: string): boolean {
	return (
		path === "/snapshot.jpg" ||
		path === "/stream.mjpeg" ||
		path.startsWith("/api/") ||
		path.startsWith("/recordings/") ||
		isForFileClients(path)
	);
}

/** Tells whether a path is one of the file server, whose clients do not all know Digest. */
function isForFileClients(path: string): boolean {
	return path === "/dav" || path.startsWith("/dav/");
}

/**
 * Tells whether a browser asks, certainly. Browsers send Sec-Fetch fields to secure origins only; without them, a page of
 * ours that asks for pictures or data is told by its Referer, and the picture of another camera on a portal, which comes without
 * one, by the formats that browsers list. A challenge would make Chromium ask for a password over the page.
 * @see Fetch Metadata Request Headers §2
 */
export function isSurelyBrowser({ message }: HttpRequest): boolean {
	return (
		fieldOf(message, "sec-fetch-mode") !== undefined ||
		fieldOf(message, "sec-fetch-site") !== undefined ||
		fieldOf(message, "sec-fetch-dest") !== undefined ||
		fieldOf(message, "referer") !== undefined ||
		(fieldOf(message, "accept") ?? "").includes("image/webp")
	);
}

/** Returns the page of ours that a form was on; the first page where that is unknown, or was the login page. */
export function backFrom(request: HttpRequest): string {
	const referer = fieldOf(request.message, "referer") ?? "";
	const own = `${originOf(request)}/`;
	const path = referer.startsWith(own) ? referer.slice(own.length - 1) : "/";
	return path[1] === "/" || path[1] === "\\" || path.startsWith("/login") || path.startsWith("/api/") ? "/" : path;
}

/** The most places of a field that are looked at for a cookie's name. */
const COOKIE_LOOKS = 16;

/**
 * Returns the value of a cookie; `undefined` where it is absent or empty. It looks only where the name is: a field may have
 * thousands of pairs.
 * @see RFC 6265 §5.4
 */
export function cookieOf(request: HttpRequest, name: string): string | undefined {
	const start = `${name}=`;
	for (const [field, value] of request.message.fields) {
		if (field !== "cookie") continue;
		let at = value.indexOf(start);
		for (let i = 0; i < COOKIE_LOOKS && at >= 0; i++, at = value.indexOf(start, at + 1)) {
			if (at > 0 && !"; ".includes(value[at - 1])) continue;
			const end = value.indexOf(";", at);
			return value.slice(at + start.length, end < 0 ? undefined : end).trim() || undefined;
		}
	}
	return undefined;
}
