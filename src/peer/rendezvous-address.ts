import { parseDigits } from "../base/digits";
import { fromHex, isHex } from "../base/hex";
import { canonicalIp } from "../core/ip-address";
import { KEY_OCTETS } from "../ports/ciphers";
import { isHostName } from "../ports/resolver";

/** The default UDP port of rendezvous servers, which is that of STUN. @see RFC 8489 §8 */
export const RENDEZVOUS_PORT = 3478;
/** How many servers a setting may name. */
export const SERVERS_MAX = 8;

/** Where a server is: an address or a name, and a port. */
export interface ServerAddress {
	/** A name, or an address in canonical form. */
	readonly host: string;
	/** 0: none is given, so that the name may be that of a service (SRV), and else the default port is meant. */
	readonly port: number;
}

/** Rendezvous servers that have the same key: instances of one service, any of which will do. */
export interface RendezvousAddress {
	/** The servers' public key, KEY_OCTETS. */
	readonly key: Uint8Array;
	/** 1 to SERVERS_MAX. */
	readonly servers: readonly ServerAddress[];
}

/**
 * Parses the setting of the rendezvous servers: `KEY@HOST[:PORT]`, several of them with commas between. `undefined` when it is
 * malformed, or when the keys differ: tickets and registrations are good for one service.
 * @param text KEY is 64 hexadecimal digits; HOST a name, an IPv4 address, or an IPv6 address in brackets
 */
export function parseRendezvous(text: string): RendezvousAddress | undefined {
	const servers: ServerAddress[] = [];
	let key = "";
	for (const item of text.split(",", SERVERS_MAX + 1)) {
		const entry = item.trim();
		const at = entry.indexOf("@");
		const digits = entry.slice(0, Math.max(0, at)).toLowerCase();
		if (!isHex(digits, 2 * KEY_OCTETS) || (key !== "" && key !== digits)) return undefined;
		key = digits;
		const server = parseServer(entry.slice(at + 1));
		if (server === undefined) return undefined;
		servers.push(server);
	}
	const octets = fromHex(key, KEY_OCTETS);
	return octets === undefined || servers.length > SERVERS_MAX ? undefined : { key: octets, servers };
}

/** Parses a list of servers, `HOST[:PORT]` with commas between; `undefined` when it is malformed. Empty text is an empty list. */
export function parseServers(text: string): readonly ServerAddress[] | undefined {
	if (text.trim() === "") return [];
	const servers: ServerAddress[] = [];
	for (const item of text.split(",", SERVERS_MAX + 1)) {
		const server = parseServer(item.trim());
		if (server === undefined) return undefined;
		servers.push(server);
	}
	return servers.length > SERVERS_MAX ? undefined : servers;
}

function parseServer(text: string): ServerAddress | undefined {
	let host = text;
	let rest = "";
	if (text.startsWith("[")) {
		const end = text.indexOf("]");
		if (end < 0) return undefined;
		host = text.slice(1, end);
		rest = text.slice(end + 1);
		if (!host.includes(":")) return undefined;
	} else {
		const colon = text.indexOf(":");
		if (colon >= 0) {
			host = text.slice(0, colon);
			rest = text.slice(colon);
		}
	}
	const address = host.includes("%") ? undefined : canonicalIp(host);
	if (address === undefined && !isHostName(host)) return undefined;
	let port = 0;
	if (rest !== "") {
		const given = rest.startsWith(":") ? parseDigits(rest.slice(1), 10) : undefined;
		if (given === undefined || given < 1 || given > 65535) return undefined;
		port = given;
	}
	return { host: address ?? host.toLowerCase(), port };
}
