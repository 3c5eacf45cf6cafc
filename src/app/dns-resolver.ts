import { canonicalIp, type IpFamily, ipFamily } from "../core/ip-address";
import type { Millis } from "../core/time";
import type { NetFailure, Network, UdpPeer, UdpSink, UdpSocket } from "../ports/net";
import type { Random } from "../ports/random";
import {
	type AddressRecord,
	isHostName,
	LOOKUPS_MAX,
	type Lookup,
	RECORDS_MAX,
	type ResolveFailure,
	type Resolver,
	type ResolverAnswer,
	type ResolverDone,
	type ServiceRecord,
} from "../ports/resolver";
import {
	DNS_A,
	DNS_AAAA,
	DNS_NAME_ERROR,
	DNS_QUERY_MAX,
	DNS_SRV,
	type DnsAnswer,
	type DnsRecord,
	encodeDnsQuery,
	isDnsAnswer,
	parseDnsAnswer,
} from "../wire/dns";

/** The port of name servers. @see RFC 1035 §4.2.1 */
export const DNS_PORT = 53;
/** How long to wait for the first server; twice as long in each further round. */
const PATIENCE: Millis = 1000;

/** A server to ask. */
export interface NameServer {
	readonly address: string;
	readonly port: number;
}

/** The timers of a host. */
export interface DnsTimers {
	set(run: () => void, delay: Millis): object;
	clear(timer: object): void;
}

/** Where names are known, and who knows the others. */
export interface NameSources {
	/** The servers, asked for at each lookup, as they change with the network. */
	servers(): readonly NameServer[];
	/** Addresses of a name that need no server; none: ask. */
	known(name: string, family: IpFamily): readonly string[];
}

/** Resolves names by DNS over UDP, for hosts that bring no resolver of their own. @see Resolver */
export class DnsResolver implements Resolver {
	private under = 0;

	constructor(
		readonly network: Network,
		readonly random: Random,
		readonly timers: DnsTimers,
		private readonly sources: NameSources,
	) {}

	addresses(name: string, family: IpFamily, limit: Millis, done: ResolverDone<AddressRecord>): Lookup {
		const known = this.sources.known(name, family);
		const type = family === 4 ? DNS_A : DNS_AAAA;
		const records = known.map((address): AddressRecord => ({ address, ttl: 0 }));
		return this.look(name, type, limit, done, addressOf, records);
	}

	services(name: string, limit: Millis, done: ResolverDone<ServiceRecord>): Lookup {
		return this.look(name, DNS_SRV, limit, done, serviceOf, []);
	}

	/** From a lookup: it is over. */
	ended(): void {
		this.under--;
	}

	private look<Record>(
		name: string,
		type: number,
		limit: Millis,
		done: ResolverDone<Record>,
		convert: (record: DnsRecord) => Record,
		known: readonly Record[],
	): Lookup {
		const servers = this.sources.servers();
		const lookup = new DnsLookup(this, name, type, done, convert, servers);
		if (!isHostName(name))
			lookup.endLater({ failure: "bad-name", detail: `${JSON.stringify(name)} is not a host name` });
		else if (known.length > 0) lookup.endLater({ records: known });
		else if (this.under >= LOOKUPS_MAX)
			lookup.endLater({ failure: "busy", detail: `${LOOKUPS_MAX} lookups are under way` });
		else if (servers.length === 0) lookup.endLater({ failure: "no-server", detail: "no name server is known" });
		else {
			this.under++;
			lookup.start(limit);
		}
		return lookup;
	}
}

/** One lookup: a socket of its own, so that an attacker must guess its port to forge an answer. @see RFC 5452 §4.5 */
class DnsLookup<Record> implements Lookup, UdpSink {
	private socket: UdpSocket | undefined;
	private readonly query = new Uint8Array(DNS_QUERY_MAX);
	private length = 0;
	private id = 0;
	/** How many times a server was asked. */
	private tries = 0;
	private attempt: object | undefined;
	private limit: object | undefined;
	private failure: ResolveFailure = "timeout";
	private counted = false;
	private over = false;

	constructor(
		private readonly resolver: DnsResolver,
		private readonly name: string,
		private readonly type: number,
		private readonly done: ResolverDone<Record>,
		private readonly convert: (record: DnsRecord) => Record,
		private readonly servers: readonly NameServer[],
	) {}

	start(limit: Millis): void {
		const octets = new Uint8Array(2);
		this.resolver.random.fill(octets);
		this.counted = true;
		this.id = (octets[0] << 8) | octets[1];
		this.length = encodeDnsQuery(this.id, this.name, this.type, this.query);
		this.limit = this.resolver.timers.set(
			() => {
				// A timer that has rung may not be cleared.
				this.limit = undefined;
				this.fail("timeout", "no answer in time");
			},
			Math.max(0, limit),
		);
		this.ask();
	}

	/** Ends the lookup after the call that started it. */
	endLater(answer: ResolverAnswer<Record>): void {
		this.resolver.timers.set(() => this.end(answer), 0);
	}

	cancel(): void {
		this.over = true;
		this.release();
	}

	opened(): void {
		const { address, port } = this.server;
		this.socket?.send(this.query, 0, this.length, address, port);
	}

	received(bytes: Uint8Array, peer: UdpPeer): void {
		const { address, port } = this.server;
		if (peer.port !== port || peer.address !== canonicalIp(address) || !isDnsAnswer(bytes, this.id)) return;
		const answer = parseDnsAnswer(bytes, this.name, this.type);
		if (answer === undefined) this.refused("a malformed answer");
		else this.answered(answer);
	}

	failed(_why: NetFailure, detail: string): void {
		this.failure = "no-server";
		this.next(detail);
	}

	private get server(): NameServer {
		return this.servers[(this.tries - 1) % this.servers.length];
	}

	/** Asks the next server; each round waits longer. */
	private ask(): void {
		const round = Math.floor(this.tries / this.servers.length);
		this.tries++;
		this.socket?.close();
		const { address } = this.server;
		this.socket = this.resolver.network.udp({ port: 0, address: ipFamily(address) === 6 ? "::" : "0.0.0.0" }, this);
		if (this.attempt !== undefined) this.resolver.timers.clear(this.attempt);
		this.attempt = this.resolver.timers.set(
			() => {
				this.attempt = undefined;
				this.ask();
			},
			PATIENCE * 2 ** Math.min(round, 6),
		);
	}

	private answered({ code, records }: DnsAnswer): void {
		if (code !== 0 && code !== DNS_NAME_ERROR) {
			this.refused(`the server answered with error ${code}`);
			return;
		}
		if (records.length === 0) {
			this.fail("not-found", code === 0 ? "the name has no such record" : "the name does not exist");
			return;
		}
		const sorted = [...records].sort((a, b) => a.priority - b.priority).slice(0, RECORDS_MAX);
		this.end({ records: sorted.map(this.convert) });
	}

	private refused(detail: string): void {
		this.failure = "server";
		this.next(detail);
	}

	/** Tries the next server, or gives up when all were asked. */
	private next(detail: string): void {
		if (this.tries < this.servers.length) this.ask();
		else this.fail(this.failure, detail);
	}

	private fail(failure: ResolveFailure, detail: string): void {
		this.end({ failure, detail });
	}

	private end(answer: ResolverAnswer<Record>): void {
		if (this.over) return;
		this.over = true;
		this.release();
		this.done(answer);
	}

	private release(): void {
		this.socket?.close();
		this.socket = undefined;
		for (const timer of [this.attempt, this.limit]) if (timer !== undefined) this.resolver.timers.clear(timer);
		this.attempt = undefined;
		this.limit = undefined;
		if (this.counted) this.resolver.ended();
		this.counted = false;
	}
}

function addressOf({ address, ttl }: DnsRecord): AddressRecord {
	return { address, ttl };
}

function serviceOf({ target, port, priority, weight, ttl }: DnsRecord): ServiceRecord {
	return { target, port, priority, weight, ttl };
}
