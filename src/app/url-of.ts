/**
 * The address of a device's pages; empty while its host or port is not known.
 * @param host a name or an address
 */
export function urlOf(host: string, port: number, secure: boolean): string {
	if (host === "" || port === 0) return "";
	return `${secure ? "https" : "http"}://${inUrl(host)}${port === (secure ? 443 : 80) ? "" : `:${port}`}/`;
}

/**
 * Where video players find a content; empty while the host or port is not known.
 * @param host a name or an address
 * @param path with a slash at its beginning
 * @param secure whether it is reached by TLS: neither pictures nor the token of a viewer link go in clear then
 */
export function rtspUrlOf(host: string, port: number, path: string, secure = false): string {
	return host === "" || port === 0 ? "" : `${secure ? "rtsps" : "rtsp"}://${inUrl(host)}:${port}${path}`;
}

/** A host as it stands in a URL; hosts of requests have brackets already. @see RFC 3986 §3.2.2 */
function inUrl(host: string): string {
	return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
