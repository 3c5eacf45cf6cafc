import { nextPause } from "../../core/backoff";
import { networkOf } from "../../core/ip-address";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { LogLevel } from "../../ports/log";
import type { Listener, ListenerSink, NetFailure, Stream, StreamSink } from "../../ports/net";
import type { Site, SiteStream } from "../site";
import type { DualStackAddresses } from "./dual-stack-addresses";

/** The pauses before a listening port that could not be had is tried again. */
const RETRY: Millis = 5000;
const RETRY_MAX: Millis = 40_000;
/** Bits of the network that one household, or one attacker, has at least. @see RFC 6177 §2 */
const SITE_BITS = 64;

/** Serves the pages of a site by IPv6 too, on the same port. */
export class Ipv6Port implements ListenerSink {
	deadline: Millis = Infinity;
	private readonly handle: Handle<Ipv6Port, undefined>;
	private listener: Listener | undefined;
	private pause: Millis = 0;
	private fault = "";

	constructor(
		private readonly site: Site,
		private readonly addresses: DualStackAddresses,
	) {
		this.handle = site.node.pump.add(this, undefined);
		this.expire();
	}

	expire(): void {
		this.deadline = Infinity;
		const { host, settings } = this.site.node;
		const tls = { certificate: settings.tlsCertificate, key: settings.tlsKey };
		const options = { address: "::", port: settings.httpPort, ...(tls.certificate !== "" && { tls }) };
		this.listener = host.network.listen(options, this);
	}

	opened(): void {
		this.pause = 0;
		this.fault = "";
	}

	/**
	 * Passes a connection to the site. Somebody who has one address of a network elsewhere has all of them, so limits count the network.
	 */
	accepted(stream: Stream): StreamSink | undefined {
		const { site, addresses } = this;
		const { remoteAddress, localAddress, localPort, secure } = stream;
		const visitor = addresses.isNear(remoteAddress) ? remoteAddress : networkOf(remoteAddress, SITE_BITS);
		const connection = site.server.accept(site.node.now, visitor ?? remoteAddress, localAddress, localPort, secure);
		if (connection === undefined) return undefined;
		const handle: SiteStream = site.node.pump.addStream(connection);
		handle.owner = site;
		connection.late = handle;
		site.streams.add(handle);
		return handle.attach(stream);
	}

	failed(_why: NetFailure, detail: string): void {
		const { node } = this.site;
		const fault = `Port ${node.settings.httpPort} can't be opened for IPv6: ${detail}. Trying again.`;
		if (fault !== this.fault) node.host.log.write("warn", "ipv6", fault);
		this.fault = fault;
		this.listener?.close();
		this.pause = nextPause(this.pause, RETRY, RETRY_MAX);
		this.deadline = node.now + this.pause;
		this.handle.called();
	}

	remark(level: LogLevel, message: string): void {
		this.site.node.host.log.write(level, "ipv6", message);
	}

	close(): void {
		this.handle.remove();
		this.listener?.close();
	}
}
