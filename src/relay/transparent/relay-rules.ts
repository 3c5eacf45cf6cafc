/** Packets with this mark are this machine's own, whatever their destination; and the number of the table that says so. */
export const RELAY_MARK = 28_783;

/** What connections a relay takes, and where they go. */
export interface RelayRoute {
	/** The interfaces to the access network. */
	readonly access: readonly string[];
	/** The TCP ports of origins whose connections are taken. */
	readonly ports: readonly number[];
	/** The port where the relay takes them: `--transparent-port`. */
	readonly port: number;
}

/**
 * Writes the nftables rule set of a machine that is router and transparent relay (REP-1): what comes from the access network for such
 * a port of another machine goes to the relay, all else is routed as before. Loading it again replaces it.
 *
 * Connections of the relay itself do not come by these interfaces, so it never takes its own (REP-11).
 */
export function relayRules({ access, ports, port }: RelayRoute): string {
	const comes = `iifname { ${access.map((name) => `"${name}"`).join(", ")} }`;
	const asked = `tcp dport { ${ports.join(", ")} }`;
	const mark = `meta mark set ${RELAY_MARK}`;
	return `table inet porthole_relay
delete table inet porthole_relay
table inet porthole_relay {
	chain take {
		type filter hook prerouting priority mangle; policy accept;
		meta l4proto { tcp, udp } socket transparent 1 socket wildcard 0 ${mark} accept comment "of connections and streams that the relay has"
		${comes} fib saddr type local counter drop comment "our own packets come back"
		${comes} fib daddr type { local, broadcast, multicast } accept comment "for this machine itself"
		${comes} meta nfproto ipv4 ${asked} ${mark} tproxy ip to :${port} counter accept
		${comes} meta nfproto ipv6 ${asked} ${mark} tproxy ip6 to :${port} counter accept
	}
}
`;
}

/** The commands that make marked packets this machine's own; they are needed once after each start, and can't be part of a rule set. */
export function relayRouteCommands(): readonly string[] {
	return ["ip", "ip -6"].flatMap((ip) => [
		`${ip} rule add fwmark ${RELAY_MARK} lookup ${RELAY_MARK}`,
		`${ip} route add local default dev lo table ${RELAY_MARK}`,
	]);
}
