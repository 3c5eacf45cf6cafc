import { type HttpUrl, parseUrl } from "./http-url";
import { decodePercent, encodeTarget, pathStart } from "./rtsp-source-url";

/** A URL of a camera with the login that stands in it. */
export interface HttpSourceUrl {
	/** Without user and password. */
	readonly url: HttpUrl;
	/** Empty: there is no login. */
	readonly user: string;
	readonly password: string;
}

/**
 * Parses the `http` or `https` URL of a camera as people type it: with user and password, and with characters that a request line
 * can't contain, which become percent-encoded; `undefined` if it is malformed.
 *
 * The last `@` before the path ends the password, and a percent sign that encodes nothing stands for itself.
 */
export function parseHttpSource(text: string): HttpSourceUrl | undefined {
	const scheme = text.slice(0, 8).toLowerCase();
	const start = scheme === "https://" ? 8 : scheme.startsWith("http://") ? 7 : -1;
	if (start < 0) return undefined;
	const rest = text.slice(start);
	const path = pathStart(rest);
	const at = path === 0 ? -1 : rest.lastIndexOf("@", path - 1);
	const login = at < 0 ? "" : rest.slice(0, at);
	const url = parseUrl(text.slice(0, start) + rest.slice(at + 1, path) + encodeTarget(rest.slice(path)));
	if (url === undefined) return undefined;
	const split = login.indexOf(":");
	const user = decodePercent(split < 0 ? login : login.slice(0, split));
	return { url, user, password: split < 0 ? "" : decodePercent(login.slice(split + 1)) };
}

/** Formats a URL for people and the log, without user and password. */
export function formatHttpUrl({ secure, host, port, target }: HttpUrl): string {
	const name = host.includes(":") ? `[${host}]` : host;
	return `${secure ? "https" : "http"}://${name}${port === (secure ? 443 : 80) ? "" : `:${port}`}${target}`;
}
