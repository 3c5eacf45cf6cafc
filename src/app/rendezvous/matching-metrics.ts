import type { MatchingServer } from "../../peer/rendezvous/server/matching-server";
import type { AddressServer } from "../../peer/stun/address-server";
import type { Metric } from "../part";

/** The metrics of a rendezvous server. */
export function matchingMetrics(
	matching: MatchingServer | undefined,
	servers: readonly AddressServer[],
	keepAlives: number,
	connections: number,
): readonly Metric[] {
	const answered = servers.reduce((sum, server) => sum + server.answered, 0);
	const ignored = servers.reduce((sum, server) => sum + server.ignored, 0);
	const metrics: Metric[] = [
		["rendezvous_addresses_total", "counter", "Requests for an address that were answered", answered],
		["rendezvous_ignored_total", "counter", "Datagrams that are no STUN message for this server", ignored],
		["rendezvous_keep_alives_total", "counter", "Keep-alives that want no answer", keepAlives],
		["rendezvous_connections", "gauge", "Connections by WebSocket", connections],
	];
	if (matching === undefined) return metrics;
	const { table, counters, introducer } = matching;
	const { pushes } = introducer;
	metrics.push(
		["rendezvous_devices", "gauge", "Registered devices", table.size],
		["rendezvous_homes", "gauge", "Homes that are known", table.homeCount],
		["rendezvous_table_octets", "gauge", "Memory of the table of registered devices", table.octets],
		["rendezvous_registered_total", "counter", "Registrations", counters.registered],
		["rendezvous_refreshed_total", "counter", "Registrations that were refreshed", counters.refreshed],
		["rendezvous_withdrawn_total", "counter", "Registrations that devices have ended", counters.withdrawn],
		["rendezvous_searches_total", "counter", "Searches", counters.found],
		["rendezvous_introductions_total", "counter", "Introductions", counters.introduced],
		["rendezvous_pushes_lost_total", "counter", "Introductions that the device has not confirmed", pushes.lost],
		["rendezvous_challenged_total", "counter", "Requests that had to prove their address first", counters.challenged],
		["rendezvous_refused_total", "counter", "Requests that were refused", counters.refused],
		["rendezvous_dropped_total", "counter", "Requests without any answer", counters.dropped],
		["rendezvous_agreements_total", "counter", "Keys that were agreed with homes", counters.agreements],
	);
	return metrics;
}
