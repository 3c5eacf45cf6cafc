import { type IpFamily, ipFamily } from "../../core/ip-address";
import type { Millis } from "../../core/time";
import type { ServerPlace } from "../../peer/managers/server-line";
import { RENDEZVOUS_PORT, type ServerAddress } from "../../peer/rendezvous-address";
import type { Random } from "../../ports/random";
import type { Lookup, Resolver, ServiceRecord } from "../../ports/resolver";

/** The SRV names of services by UDP; the host's name follows. @see RFC 2782, RFC 8489 §8.1 */
export const RENDEZVOUS_SERVICE = "_porthole._udp.";
export const STUN_SERVICE = "_stun._udp.";

/** The time limit of each lookup. */
const LIMIT: Millis = 4000;
/** The most addresses that are used. */
const ENDPOINTS_MAX = 16;

/**
 * Looks up the addresses of servers (P2P-17). A name without a port may be that of a service (SRV); without such records it is that of
 * a host, at the default port.
 * @param service {@link RENDEZVOUS_SERVICE} or {@link STUN_SERVICE}
 * @param families those that this host has, the preferred one first
 * @param done called once, perhaps during the call, with the addresses in the order in which they are to be tried; none: nothing was found
 */
export function lookUpServers(
	resolver: Resolver,
	random: Pick<Random, "unit">,
	servers: readonly ServerAddress[],
	service: string,
	families: readonly IpFamily[],
	done: (endpoints: readonly ServerPlace[]) => void,
): Lookup {
	const search = new Search(resolver, random, service, families, servers.length, done);
	for (let place = 0; place < servers.length; place++) search.server(servers[place], place);
	search.begun();
	return search;
}

/** All lookups of one list. */
class Search implements Lookup {
	/** For each server its lists, in the order in which they were asked for, whenever they arrive. */
	private readonly found: ServerPlace[][][];
	private readonly lookups: Lookup[] = [];
	/** Lookups without an answer, and one until all servers were looked at. */
	private open = 1;
	private isOver = false;

	constructor(
		private readonly resolver: Resolver,
		private readonly random: Pick<Random, "unit">,
		private readonly service: string,
		private readonly families: readonly IpFamily[],
		count: number,
		private readonly done: (endpoints: readonly ServerPlace[]) => void,
	) {
		this.found = Array.from({ length: count }, () => []);
	}

	cancel(): void {
		this.isOver = true;
		for (const lookup of this.lookups) lookup.cancel();
	}

	server({ host, port }: ServerAddress, place: number): void {
		const family = ipFamily(host);
		if (family !== undefined) {
			if (this.families.includes(family))
				this.found[place].push([{ address: host, port: port || RENDEZVOUS_PORT, host }]);
		} else if (port !== 0) this.addresses(host, port, place);
		else {
			this.open++;
			this.lookups.push(
				this.resolver.services(this.service + host, LIMIT, (answer) => {
					if (answer.failure !== undefined) this.addresses(host, RENDEZVOUS_PORT, place);
					else for (const record of this.ordered(answer.records)) this.target(record, place);
					this.closeOne();
				}),
			);
		}
	}

	/** All servers were looked at. */
	begun(): void {
		this.closeOne();
	}

	private target({ target, port }: ServiceRecord, place: number): void {
		// A target of "." says that there is no such service. @see RFC 2782
		if (target !== "" && target !== ".") this.addresses(target, port, place);
	}

	private addresses(host: string, port: number, place: number): void {
		for (const family of this.families) {
			const list: ServerPlace[] = [];
			this.found[place].push(list);
			this.open++;
			this.lookups.push(
				this.resolver.addresses(host, family, LIMIT, (answer) => {
					if (answer.failure === undefined)
						for (const { address } of answer.records) list.push({ address, port, host });
					this.closeOne();
				}),
			);
		}
	}

	/** By priority; among equal ones at random, by weight. @see RFC 2782 */
	private ordered(records: readonly ServiceRecord[]): readonly ServiceRecord[] {
		const keyed = records.map((record) => ({ record, draw: this.random.unit() ** (1 / (record.weight + 0.01)) }));
		keyed.sort((a, b) => a.record.priority - b.record.priority || b.draw - a.draw);
		return keyed.map(({ record }) => record);
	}

	private closeOne(): void {
		if (--this.open > 0 || this.isOver) return;
		this.isOver = true;
		const all: ServerPlace[] = [];
		for (const lists of this.found) for (const list of lists) all.push(...list);
		this.done(all.slice(0, ENDPOINTS_MAX));
	}
}
