import files from "porthole:files";
import { DnsResolver, type DnsTimers, type NameServer } from "../../../src/app/dns-resolver";
import { utf8Decode } from "../../../src/base/text";
import type { Network } from "../../../src/ports/net";
import type { Random } from "../../../src/ports/random";
import { parseHosts, parseServers } from "./name-files";
import { Timer } from "./timers";

/** Where the system names its servers and its own names. */
const SERVERS_FILE = "/etc/resolv.conf";
const HOSTS_FILE = "/etc/hosts";
/** The largest of these files that is read, in octets. */
const FILE_MAX = 1 << 20;

/**
 * Resolves names by the system's hosts file, and by DNS over UDP at the system's servers. @see Resolver
 *
 * Both files are read at each lookup, as they change when the network does. A service on the machine that knows more
 * names (systemd-resolved, dnsmasq) is such a server.
 */
export class LinuxResolver extends DnsResolver {
	/** @param servers in place of those of the system; the hosts file is left out then */
	constructor(network: Network, random: Random, servers?: readonly NameServer[]) {
		super(network, random, Timer as DnsTimers, {
			servers: () => servers ?? parseServers(textOf(SERVERS_FILE)),
			known: (name, family) => (servers === undefined ? parseHosts(textOf(HOSTS_FILE), name, family) : []),
		});
	}
}

function textOf(path: string): string {
	try {
		return utf8Decode(new Uint8Array(files.read(path, FILE_MAX))) ?? "";
	} catch {
		return "";
	}
}
