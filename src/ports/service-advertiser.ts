import type { Path } from "../core/path";

/** A service as DNS-SD describes it. @see RFC 6763 */
export interface Service {
	/** The name that people see: at most 63 octets of UTF-8. The host may replace dots. */
	readonly instance: string;
	readonly type: "_http._tcp" | "_rtsp._tcp";
	readonly port: number;
	/** The pairs of its TXT record, at most 200 octets in all. @see RFC 6763 §6 */
	readonly text: Readonly<Record<string, string>>;
	/** A unique name for this machine, of letters, digits and hyphens. The host may use another. */
	readonly host: string;
}

/** Receives the events of advertised services. Never called during a call to the advertiser. */
export interface ServiceSink {
	/**
	 * The service can be found now.
	 * @param instance its name, which differs from the wanted one when a neighbour has that already
	 * @param host the `.local` name of this machine, such as `porthole-00112233.local`
	 */
	advertised(instance: string, host: string): void;
	/** The service can't be advertised; the advertiser tries again by itself. */
	failed(message: string): void;
}

/**
 * Advertises services by name on the local network (DNS-SD over Multicast DNS), so that people pick the camera from a list
 * instead of typing an address. The host resolves name conflicts (RFC 6762 §9).
 */
export interface ServiceAdvertiser {
	/**
	 * Advertises a service on these interfaces. It replaces the service of the same type: a new name withdraws the old one, a
	 * new text alone is an update. Call it again when interfaces come or go; it does nothing when nothing has changed. Without
	 * interfaces nothing is advertised.
	 */
	advertise(service: Service, paths: readonly Path[], sink: ServiceSink): void;
	/** Withdraws all services. `done` is always called, within a second; the sink is not called any more. */
	withdraw(done?: () => void): void;
}

/** The null object of a host that advertises nothing, or where another program does. */
export const NO_SERVICE_ADVERTISER: ServiceAdvertiser = Object.freeze({
	advertise(): void {},
	withdraw(done?: () => void): void {
		done?.();
	},
});
