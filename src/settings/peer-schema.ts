import { isHex } from "../base/hex";
import { type HttpUrl, parseUrl } from "../wire/http-url";
import { schema } from "./schema";
import { integer, onOff, text } from "./setting";

/** The form of the setting of rendezvous servers; the servers' addresses are looked at when they are used. */
const KEY_DIGITS = 64;
const SERVERS_MAX = 8;

/** Defines address servers. */
export const STUN_SERVERS = text({
	placeholder: "HOST[:PORT],…",
	editable: true,
	restart: true,
	expected: `1 to ${SERVERS_MAX} servers, HOST or HOST:PORT`,
	check: (value) => value === "" || areHosts(value.split(",")),
	help: "address servers (STUN) by which the kind of NAT is found out; two with different addresses tell more than one. Without a port, HOST may be a name with SRV records (_stun._udp); empty: the rendezvous servers",
});

/** Settings of peer to peer: how a device is reached behind any NAT. */
export const PEER_SCHEMA = schema("Peer to peer", {
	rendezvous: text({
		placeholder: "KEY@HOST[:PORT],…",
		check: (value) => value === "" || areServers(value),
		expected: `1 to ${SERVERS_MAX} servers as "porthole rendezvous" prints them, KEY@HOST or KEY@HOST:PORT, all with the same key`,
		editable: true,
		restart: true,
		help: "rendezvous servers, by which paired viewers find this device where no port can be mapped; every device of the home needs them; several are tried in turn. Without a port, HOST may be a name with SRV records (_porthole._udp); empty: none",
	}),
	rendezvousWeb: text({
		placeholder: "URL,…",
		editable: true,
		restart: true,
		expected: `1 to ${SERVERS_MAX} URLs that begin with https:// or http://`,
		check: (value) =>
			value === "" ||
			(value.split(",").length <= SERVERS_MAX && parseWebUrls(value).length === value.split(",").length),
		help: "addresses of the rendezvous servers' pages, by which browsers find this device; empty: the servers' ports 443 and 8080",
	}),
	stunServers: STUN_SERVERS,
	peerPort: integer({
		min: 0,
		max: 65535,
		default: 0,
		placeholder: "PORT",
		editable: true,
		restart: true,
		help: "UDP port for peer to peer; 0: one that is drawn at the first start and kept. While it is in use, another one is taken",
	}),
	peerMapped: onOff({
		default: true,
		editable: true,
		restart: true,
		help: "on: ask the Internet gateway for a UDP port for peer to peer too, if --mapping is on; only viewers that a rendezvous server has introduced get an answer there",
	}),
	peerLinks: integer({
		min: 1,
		max: 256,
		default: 32,
		help: "maximum number of viewers that are connected by peer to peer at a time",
	}),
});

/** Parses the URLs of the pages of rendezvous servers; malformed ones are left out. */
export function parseWebUrls(value: string): readonly HttpUrl[] {
	const urls: HttpUrl[] = [];
	for (const item of value.split(",")) {
		const url = parseUrl(item.trim());
		if (url !== undefined) urls.push(url);
	}
	return urls;
}

function areServers(value: string): boolean {
	const items = value.split(",").map((item) => item.trim());
	const key = items[0].slice(0, KEY_DIGITS).toLowerCase();
	const isKeyed = (item: string): boolean =>
		item.slice(0, KEY_DIGITS).toLowerCase() === key && item[KEY_DIGITS] === "@";
	return isHex(key, KEY_DIGITS) && items.every(isKeyed) && areHosts(items.map((item) => item.slice(KEY_DIGITS + 1)));
}

function areHosts(items: readonly string[]): boolean {
	return items.length <= SERVERS_MAX && items.every((item) => isHost(item.trim()));
}

/** Whether text may be a host and a port: looked at as closely as a mistake in typing needs. */
function isHost(item: string): boolean {
	const end = item.startsWith("[") ? item.indexOf("]") + 1 : item.includes(":") ? item.indexOf(":") : item.length;
	const host = item.slice(0, end);
	const rest = item.slice(end);
	if (host.length < 1 || host.length > 253) return false;
	for (let i = 0; i < host.length; i++)
		if (!"abcdefghijklmnopqrstuvwxyz0123456789.-_:[]".includes(host[i].toLowerCase())) return false;
	if (rest === "") return true;
	const port = Number(rest.slice(1));
	return rest[0] === ":" && rest.length > 1 && rest.length <= 6 && Number.isInteger(port) && port > 0 && port < 65536;
}
