import type { Path } from "../core/path";

/** A service as DNS-SD tells it. @see RFC 6763 */
export interface Service {
	/** What people see: at most 63 octets of UTF-8. A dot in it may become another character. */
	readonly instance: string;
	readonly type: "_http._tcp" | "_rtsp._tcp";
	readonly port: number;
	/** The pairs of its TXT record, few and short: 200 octets in all. @see RFC 6763 §6 */
	readonly text: Readonly<Record<string, string>>;
	/** A name for this machine that no other has: letters, digits and hyphens. The host may use another. */
	readonly host: string;
}

/** Hears of advertised services; never called inside a call of the advertiser. */
export interface ServiceSink {
	/**
	 * The service can be found now.
	 * @param instance the name that it got: another one when a neighbour has the name already
	 * @param host the `.local` name of this machine in it, such as `porthole-00112233.local`
	 */
	advertised(instance: string, host: string): void;
	/** It can't be found, in words; the advertiser tries again by itself. */
	failed(words: string): void;
}

/**
 * Lets neighbours find services by their names (DNS-SD over Multicast DNS), so that a person picks the camera from a list in place
 * of typing an address. Names that are taken already are settled by the host (RFC 6762 §9).
 */
export interface ServiceAdvertiser {
	/**
	 * Advertises a service on these interfaces, in place of what was advertised of its type before: under a new name the old
	 * one says goodbye; a new text alone is an update. To be called again when interfaces come or go; harmless when nothing
	 * has changed. Without interfaces nothing is advertised.
	 */
	advertise(service: Service, paths: readonly Path[], sink: ServiceSink): void;
	/** Says goodbye for all services. `done` is called in any case, within a second; the sink hears nothing more. */
	withdraw(done?: () => void): void;
}

/** The null object of a host on which something else advertises, or nothing. */
export const NO_SERVICE_ADVERTISER: ServiceAdvertiser = Object.freeze({
	advertise(): void {},
	withdraw(done?: () => void): void {
		done?.();
	},
});
