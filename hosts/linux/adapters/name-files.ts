import { type IpFamily, ipFamily } from "../../../src/core/ip-address";

/** A DNS server. */
export interface NameServer {
	readonly address: string;
	readonly port: number;
}

/** The most servers that are asked. @see resolv.conf(5) */
const SERVERS_MAX = 3;
const DNS_PORT = 53;

/** Reads the servers that `/etc/resolv.conf` names. */
export function parseServers(text: string): NameServer[] {
	const servers: NameServer[] = [];
	for (const line of text.split("\n")) {
		const [word, address = ""] = wordsOf(line);
		if (word !== "nameserver" || ipFamily(address) === undefined || servers.length === SERVERS_MAX) continue;
		servers.push({ address, port: DNS_PORT });
	}
	return servers;
}

/**
 * Finds a name's addresses in the text of `/etc/hosts`; `localhost` is known without it.
 * @see hosts(5), RFC 6761 §6.3
 */
export function parseHosts(text: string, name: string, family: IpFamily): string[] {
	const wanted = (name.endsWith(".") ? name.slice(0, -1) : name).toLowerCase();
	const found: string[] = [];
	for (const line of text.split("\n")) {
		const [address = "", ...names] = wordsOf(line);
		if (ipFamily(address) === family && names.some((one) => one.toLowerCase() === wanted)) found.push(address);
	}
	if (found.length === 0 && wanted === "localhost") found.push(family === 4 ? "127.0.0.1" : "::1");
	return found;
}

/** Splits a line into its words, without the comment. */
function wordsOf(line: string): string[] {
	const words: string[] = [];
	let start = -1;
	for (let i = 0; i <= line.length; i++) {
		const character = i < line.length ? line[i] : "#";
		const blank =
			character === " " || character === "\t" || character === "\r" || character === "#" || character === ";";
		if (!blank && start < 0) start = i;
		if (blank && start >= 0) {
			words.push(line.slice(start, i));
			start = -1;
		}
		if (character === "#" || character === ";") break;
	}
	return words;
}
