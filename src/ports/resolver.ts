import type { IpFamily } from "../core/ip-address";
import type { Millis, Seconds } from "../core/time";

/** Why a name was not resolved. */
export type ResolveFailure =
	/** The name does not exist, or has no record of that type. */
	| "not-found"
	/** No answer within the time limit. */
	| "timeout"
	/** The server failed or refused (SERVFAIL, REFUSED), or its answer is malformed. */
	| "server"
	/** There is no server to ask: no network, none configured, or no resolver on this host. */
	| "no-server"
	/** The name is not valid ({@link isHostName}). */
	| "bad-name"
	/** There are {@link LOOKUPS_MAX} lookups already. */
	| "busy"
	/** Anything else; the detail says what. */
	| "failed";

/** An A or AAAA record. @see RFC 1035 §3.4.1, RFC 3596 §2.1 */
export interface AddressRecord {
	readonly address: string;
	/** How long the record may be kept; 0 when the host does not know, so look it up again each time. */
	readonly ttl: Seconds;
}

/** An SRV record. @see RFC 2782 */
export interface ServiceRecord {
	/** The name of the host that offers the service. */
	readonly target: string;
	readonly port: number;
	/** Records with a lower value are tried first. */
	readonly priority: number;
	/** Among records of the same priority, one of weight 2 is chosen twice as often as one of weight 1. */
	readonly weight: number;
	/** @see AddressRecord.ttl */
	readonly ttl: Seconds;
}

/** How a lookup ended: with 1 to {@link RECORDS_MAX} records, or with a typed failure and a detail for the log. */
export type ResolverAnswer<Record> =
	| { readonly failure?: undefined; readonly records: readonly Record[] }
	| { readonly failure: ResolveFailure; readonly detail: string };

/** Called once, when a lookup has ended; never during the call that started it, nor after {@link Lookup.cancel}. */
export type ResolverDone<Record> = (answer: ResolverAnswer<Record>) => void;

/** A lookup in progress. */
export interface Lookup {
	/** Cancels the lookup; harmless when it has ended. */
	cancel(): void;
}

/** Resolves names by DNS, and by what else the host uses, such as a hosts file or Multicast DNS. */
export interface Resolver {
	/** Looks up the addresses of a host. @param limit time limit */
	addresses(name: string, family: IpFamily, limit: Millis, done: ResolverDone<AddressRecord>): Lookup;
	/**
	 * Looks up a service; the records are sorted by priority.
	 * @param name includes the service and the protocol: `_stun._udp.example.org`
	 * @param limit time limit
	 */
	services(name: string, limit: Millis, done: ResolverDone<ServiceRecord>): Lookup;
}

/** Looks up the IPv4 addresses of a host; its IPv6 addresses if it has none. @see Resolver.addresses */
export function lookUpHost(resolver: Resolver, name: string, limit: Millis, done: ResolverDone<AddressRecord>): Lookup {
	let lookup = resolver.addresses(name, 4, limit, (answer) => {
		if (answer.failure === "not-found") lookup = resolver.addresses(name, 6, limit, done);
		else done(answer);
	});
	return { cancel: () => lookup.cancel() };
}

/** How many lookups may be in progress. */
export const LOOKUPS_MAX = 64;
/** How many records an answer has at most; the rest is dropped. */
export const RECORDS_MAX = 16;

/**
 * Tells whether a name can be looked up: labels of 1 to 63 letters, digits, hyphens and underscores, no hyphen at either end of a
 * label, at most 253 characters, and optionally a dot at the end. An IPv4 address is not a name.
 */
export function isHostName(name: string): boolean {
	const length = name.endsWith(".") ? name.length - 1 : name.length;
	if (length < 1 || length > 253) return false;
	let label = 0;
	let digits = true;
	let before = 0x2e;
	for (let i = 0; i <= length; i++) {
		const code = i < length ? name.charCodeAt(i) : 0x2e;
		if (code === 0x2e) {
			if (label < 1 || label > 63 || before === 0x2d) return false;
			if (i < length) digits = true;
			label = 0;
		} else {
			const letter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
			const digit = code >= 0x30 && code <= 0x39;
			if (!letter && !digit && (code !== 0x2d || label === 0)) return false;
			if (!digit) digits = false;
			label++;
		}
		before = code;
	}
	// The last label of a host's name is never a number. @see RFC 3696 §2
	return !digits;
}

const NO_LOOKUP: Lookup = Object.freeze({ cancel() {} });

/** The null object of a host that can't resolve names: `no-server`, during the call. */
export const NO_RESOLVER: Resolver = Object.freeze({
	addresses(_name: string, _family: IpFamily, _limit: Millis, done: ResolverDone<AddressRecord>): Lookup {
		done({ failure: "no-server", detail: "this host can't resolve names" });
		return NO_LOOKUP;
	},
	services(_name: string, _limit: Millis, done: ResolverDone<ServiceRecord>): Lookup {
		done({ failure: "no-server", detail: "this host can't resolve names" });
		return NO_LOOKUP;
	},
});
