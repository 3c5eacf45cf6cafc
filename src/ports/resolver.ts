import type { IpFamily } from "../core/ip-address";
import type { Millis, Seconds } from "../core/time";

/** Why a name was not resolved. */
export type ResolveFailure =
	/** The name, or a record of that type, does not exist. */
	| "not-found"
	/** No answer within the time limit. */
	| "timeout"
	/** The server answered that it can't or will not (SERVFAIL, REFUSED), or with something malformed. */
	| "server"
	/** There is no server to ask: no network, none configured, or a host without a resolver. */
	| "no-server"
	/** {@link isHostName} refuses the name. */
	| "bad-name"
	/** {@link LOOKUPS_MAX} lookups are under way. */
	| "busy"
	/** Anything else; the detail says what. */
	| "failed";

/** An A or AAAA record. @see RFC 1035 §3.4.1, RFC 3596 §2.1 */
export interface AddressRecord {
	readonly address: string;
	/** How long it may be kept; 0 where the host does not say: ask again whenever it is needed. */
	readonly ttl: Seconds;
}

/** An SRV record. @see RFC 2782 */
export interface ServiceRecord {
	/** The name of the host that offers the service. */
	readonly target: string;
	readonly port: number;
	/** Lower ones are tried first. */
	readonly priority: number;
	/** Among equal priorities one of weight 2 is chosen twice as often as one of weight 1. */
	readonly weight: number;
	/** @see AddressRecord.ttl */
	readonly ttl: Seconds;
}

/** How a lookup ended: with at least one and at most {@link RECORDS_MAX} records, or with a typed failure. */
export type ResolverAnswer<Record> =
	| { readonly failure?: undefined; readonly records: readonly Record[] }
	| { readonly failure: ResolveFailure; readonly detail: string };

/** Hears once how a lookup ended; never called inside the call that started it, nor after {@link Lookup.cancel}. */
export type ResolverDone<Record> = (answer: ResolverAnswer<Record>) => void;

/** A lookup that is under way. */
export interface Lookup {
	/** Forgets the lookup; harmless when it has ended. */
	cancel(): void;
}

/** Resolves names by DNS, and by whatever else the host knows names from (a hosts file, Multicast DNS). */
export interface Resolver {
	/** Looks up the addresses of a host. @param limit the lookup ends with `timeout` after this time */
	addresses(name: string, family: IpFamily, limit: Millis, done: ResolverDone<AddressRecord>): Lookup;
	/**
	 * Looks up a service, sorted by priority.
	 * @param name with service and protocol, as `_stun._udp.example.org`
	 * @param limit the lookup ends with `timeout` after this time
	 */
	services(name: string, limit: Millis, done: ResolverDone<ServiceRecord>): Lookup;
}

/** The most lookups that are under way at a time. */
export const LOOKUPS_MAX = 64;
/** The most records of one answer; more are left out. */
export const RECORDS_MAX = 16;

/**
 * Whether a name may be looked up: labels of 1 to 63 letters, digits, hyphens and underscores, no hyphen at either end of
 * a label, 253 characters in all; one dot at the end is permitted. An IPv4 address is no name.
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

/** The null object of a host that can't resolve names: `no-server`, inside the call. */
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
