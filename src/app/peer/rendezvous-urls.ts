import type { RendezvousAddress } from "../../peer/rendezvous-address";
import { parseWebUrls } from "../../settings/peer-schema";
import type { HttpUrl } from "../../wire/http-url";
import { WATCH_PAGE } from "./watch-pages";
import { RENDEZVOUS_PATH } from "./web-socket-transport";

/** The default port of the pages of rendezvous servers. */
const RENDEZVOUS_WEB_PORT = 8080;
/** What networks that let little through let through in most cases. */
const HTTPS_PORT = 443;

/**
 * Returns where the WebSockets of rendezvous servers may be: for each server a list, in the order in which it is tried. Where the setting
 * says; else the port of HTTPS, and the default port with TLS and without. Without TLS an observer sees who calls whom; keys and
 * pictures are never there.
 * @param setting URLs of the servers' pages with commas between; empty: not given
 */
export function rendezvousUrls(setting: string, { servers }: RendezvousAddress): readonly (readonly HttpUrl[])[] {
	const target = RENDEZVOUS_PATH;
	if (setting !== "") return parseWebUrls(setting).map((url) => [{ ...url, target }]);
	return servers.map(({ host }) => [
		{ secure: true, host, port: HTTPS_PORT, target },
		{ secure: true, host, port: RENDEZVOUS_WEB_PORT, target },
		{ secure: false, host, port: RENDEZVOUS_WEB_PORT, target },
	]);
}

/** Returns the URL of the page for browsers at a server, without the fragment. @param url of its WebSockets */
export function watchUrlOf({ secure, host, port }: HttpUrl): string {
	const place = host.includes(":") ? `[${host}]` : host;
	const isUsual = port === (secure ? HTTPS_PORT : 80);
	return `${secure ? "https" : "http"}://${place}${isUsual ? "" : `:${port}`}${WATCH_PAGE}`;
}
