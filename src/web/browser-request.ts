import { type HttpRequest, originOf } from "../http/http-request";
import { fieldOf } from "../wire/text-message";

/** Returns the host that the client called this device by, in lower case and without its port; may be empty. */
export function hostOf({ message }: HttpRequest): string {
	const host = (fieldOf(message, "host") ?? "").toLowerCase();
	const colon = host.indexOf(":", host.indexOf("]") + 1);
	return colon < 0 ? host : host.slice(0, colon);
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
 * ours that asks for pictures or data is told by its Referer.
 * @see Fetch Metadata Request Headers §2
 */
export function isSurelyBrowser({ message }: HttpRequest): boolean {
	return (
		fieldOf(message, "sec-fetch-mode") !== undefined ||
		fieldOf(message, "sec-fetch-site") !== undefined ||
		fieldOf(message, "sec-fetch-dest") !== undefined ||
		fieldOf(message, "referer") !== undefined
	);
}

/** Returns the page of ours that a form was on; the first page where that is unknown, or was the login page. */
export function backFrom(request: HttpRequest): string {
	const referer = fieldOf(request.message, "referer") ?? "";
	const own = `${originOf(request)}/`;
	const path = referer.startsWith(own) ? referer.slice(own.length - 1) : "/";
	return path[1] === "/" || path[1] === "\\" || path.startsWith("/login") || path.startsWith("/api/") ? "/" : path;
}
