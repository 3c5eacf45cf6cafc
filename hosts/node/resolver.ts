import { type LookupAddress, lookup, Resolver as NodeDns } from "node:dns";
import { canonicalIp, type IpFamily } from "../../src/core/ip-address";
import type { Millis } from "../../src/core/time";
import { detailOf } from "../../src/ports/errno";
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
} from "../../src/ports/resolver";
import { codeOf } from "./error-code";

/** How often a server is asked within the time limit. */
const TRIES = 3;

/**
 * Resolves names on `node:dns`. @see Resolver
 *
 * It asks the DNS servers first, as only they return a time to live, and then the system, which uses the hosts file and
 * Multicast DNS. For names without a dot and in `.local` it asks only the system. Node returns no time to live for services.
 */
export class NodeResolver implements Resolver {
	private readonly pending = { count: 0 };

	/** @param servers the only servers to ask, with ports: `127.0.0.1:5353`. @default those of the system */
	constructor(private readonly servers?: readonly string[]) {}

	addresses(name: string, family: IpFamily, limit: Millis, done: ResolverDone<AddressRecord>): Lookup {
		const query = new Query(this.pending, name, limit, done, addressRecords);
		if (!query.begun) return query;
		const system = this.servers === undefined;
		if (system && isLocal(name)) {
			query.askSystem(name, family);
			return query;
		}
		const dns = query.dns(this.servers);
		const answered = (error: Error | null, records: AddressRecord[] | undefined) => {
			if (error !== null && system && failureOf(error) !== "timeout") query.askSystem(name, family);
			else query.answered(error, records);
		};
		if (family === 4) dns.resolve4(name, { ttl: true }, answered);
		else dns.resolve6(name, { ttl: true }, answered);
		return query;
	}

	services(name: string, limit: Millis, done: ResolverDone<ServiceRecord>): Lookup {
		const query = new Query(this.pending, name, limit, done, serviceRecords);
		if (query.begun) {
			query.dns(this.servers).resolveSrv(name, (error, records) => {
				query.answered(
					error,
					records?.map(({ name: target, port, priority, weight }) => ({ target, port, priority, weight, ttl: 0 })),
				);
			});
		}
		return query;
	}
}

/** One lookup, which answers once and within its time limit. */
class Query<Record> implements Lookup {
	/** False when the lookup was refused; it then ends by itself. */
	readonly begun: boolean;
	private over = false;
	private timer: NodeJS.Timeout | undefined;
	private channel: NodeDns | undefined;

	/** @param tidy checks, sorts and limits the records of the server */
	constructor(
		private readonly pending: { count: number },
		name: string,
		private readonly limit: Millis,
		private readonly done: ResolverDone<Record>,
		private readonly tidy: (records: readonly Record[]) => Record[],
	) {
		const refusal = !isHostName(name) ? "bad-name" : pending.count >= LOOKUPS_MAX ? "busy" : undefined;
		pending.count++;
		this.begun = refusal === undefined;
		if (refusal !== undefined) {
			const detail = refusal === "busy" ? `there are ${LOOKUPS_MAX} lookups already` : "not a valid host name";
			process.nextTick(() => this.end({ failure: refusal, detail }));
			return;
		}
		this.timer = setTimeout(() => this.end({ failure: "timeout", detail: `no answer within ${limit} ms` }), limit);
	}

	cancel(): void {
		this.close();
	}

	/** Opens the channel to the servers for this lookup. */
	dns(servers: readonly string[] | undefined): NodeDns {
		const channel = new NodeDns({ timeout: Math.max(1, Math.ceil(this.limit / TRIES)), tries: TRIES });
		if (servers !== undefined) channel.setServers(servers);
		this.channel = channel;
		return channel;
	}

	/** Asks the system's resolver. It can't be interrupted; an answer after the end is ignored. */
	askSystem(name: string, family: IpFamily): void {
		if (this.over) return;
		lookup(name, { family, all: true }, (error, found: LookupAddress[] | undefined) => {
			const records = (found ?? []).map(({ address }) => ({ address, ttl: 0 }));
			this.answered(error, records as Record[]);
		});
	}

	answered(error: Error | null, records: readonly Record[] | undefined): void {
		if (error !== null) {
			this.end({ failure: failureOf(error), detail: detailOf(error) });
			return;
		}
		const tidied = this.tidy(records ?? []);
		if (tidied.length > 0) this.end({ records: tidied });
		else this.end({ failure: "not-found", detail: "no usable record" });
	}

	private end(answer: ResolverAnswer<Record>): void {
		if (this.over) return;
		this.close();
		// Neither during the call nor in a callback that would take an exception of `done` for its own.
		process.nextTick(this.done, answer);
	}

	private close(): void {
		if (this.over) return;
		this.over = true;
		this.pending.count--;
		clearTimeout(this.timer);
		this.channel?.cancel();
	}
}

function isLocal(name: string): boolean {
	const bare = (name.endsWith(".") ? name.slice(0, -1) : name).toLowerCase();
	return !bare.includes(".") || bare.endsWith(".local") || bare.endsWith(".localhost");
}

function addressRecords(records: readonly AddressRecord[]): AddressRecord[] {
	const tidied: AddressRecord[] = [];
	for (const { address, ttl } of records.slice(0, RECORDS_MAX)) {
		const canonical = canonicalIp(address);
		if (canonical !== undefined) tidied.push(Object.freeze({ address: canonical, ttl }));
	}
	return tidied;
}

function serviceRecords(records: readonly ServiceRecord[]): ServiceRecord[] {
	return records
		.filter(({ target }) => isHostName(target))
		.sort((a, b) => a.priority - b.priority)
		.slice(0, RECORDS_MAX)
		.map((record) => Object.freeze(record));
}

/** Translates the codes of c-ares and getaddrinfo. */
function failureOf(error: unknown): ResolveFailure {
	switch (codeOf(error)) {
		case "ENOTFOUND":
		case "ENODATA":
			return "not-found";
		case "ETIMEOUT":
		case "ECANCELLED":
			return "timeout";
		case "ESERVFAIL":
		case "EREFUSED":
		case "EFORMERR":
		case "EBADRESP":
		case "ENOTIMP":
			return "server";
		case "ECONNREFUSED":
		case "EAI_AGAIN":
			return "no-server";
		default:
			return "failed";
	}
}
