import { isCalled, parsePeerHost } from "../../peer/peer-name";
import type { Pairing } from "./pairing";

/**
 * Adds the pass of a paired home to the URL of one of its cameras, so that the owner need not: `rtsp://garage.cabin.peer/live` becomes
 * `rtsp://garage.cabin.peer/live?link=PASS`. All other URLs, and those that log in themselves, stay as they are.
 */
export function passedUrl(url: string, homes: readonly Pairing[]): string {
	const start = url.indexOf("://") + 3;
	if (start < 3) return url;
	let end = start;
	while (end < url.length && !"/?#".includes(url[end])) end++;
	const authority = url.slice(start, end);
	const colon = authority.indexOf(":");
	const name = parsePeerHost(colon < 0 ? authority : authority.slice(0, colon));
	if (name === undefined || authority.includes("@") || url.includes("link=")) return url;
	const home = homes.find((each) => isCalled(name.home, each.name, each.access.home));
	if (home === undefined || home.pass === "") return url;
	return `${url}${url.includes("?") ? "&" : "?"}link=${home.pass}`;
}
