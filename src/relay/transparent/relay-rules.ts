import type { Cidr } from "../../core/cidr";
import { ipFamily } from "../../core/ip-address";

/** Packets with this mark are this machine's own, whatever their destination; and the number of the table that says so. */
const RELAY_MARK = 28_783;

/** What connections a relay takes, and where they go. */
export interface RelayRoute {
	/** The interfaces to the access network. */
	readonly access: readonly string[];
	/** The TCP ports of origins whose connections are taken. */
	readonly ports: readonly number[];
	/** The networks of these origins; empty: any. */
	readonly origins: readonly Cidr[];
	/** The port where the relay takes them: `--transparent-port`. */
	readonly port: number;
}

/**
 * Writes the nftables rule set of a machine that is router and transparent relay (REP-1): what comes from the access network for such
 * a port of another machine goes to the relay, all else is routed as before. Loading it again replaces it.
 *
 * Connections of the relay itself do not come by these interfaces, so it never takes its own (REP-11).
 */
export function relayRules({ access, ports, origins, port }: RelayRoute): string {
	const comes = `iifname { ${access.map((name) => `"${name}"`).join(", ")} }`;
	const asked = `tcp dport { ${ports.join(", ")} }`;
	const take = (family: 4 | 6): string => {
		const nets = origins.filter(({ address }) => ipFamily(address) === family);
		if (nets.length === 0 && origins.length > 0) return "";
		const ip = family === 4 ? "ip" : "ip6";
		const to = nets.length === 0 ? "" : ` ${ip} daddr { ${nets.map(cidrText).join(", ")} }`;
		return `\t\t${comes} meta nfproto ipv${family}${to} ${asked} ${mark} tproxy ${ip} to :${port} counter accept\n`;
	};
	const mark = `meta mark set ${RELAY_MARK}`;
	return `table inet porthole_relay
delete table inet porthole_relay
table inet porthole_relay {
	chain take {
		type filter hook prerouting priority mangle; policy accept;
		meta l4proto { tcp, udp } socket transparent 1 socket wildcard 0 ${mark} accept comment "of connections and streams that the relay has"
		${comes} fib saddr type local counter drop comment "our own packets come back"
		${comes} fib daddr type { local, broadcast, multicast } accept comment "for this machine itself"
${take(4)}${take(6)}	}
}
`;
}

function cidrText({ address, prefix }: Cidr): string {
	return `${address}/${prefix}`;
}

/** The commands that make marked packets this machine's own; they are needed once after each start, and can't be part of a rule set. */
export function relayRouteCommands(): readonly string[] {
	return ["ip", "ip -6"].flatMap((ip) => [
		`${ip} rule add fwmark ${RELAY_MARK} lookup ${RELAY_MARK}`,
		`${ip} route add local default dev lo table ${RELAY_MARK}`,
	]);
}
