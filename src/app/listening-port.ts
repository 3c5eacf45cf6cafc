import { nextPause } from "../core/backoff";
import type { Millis } from "../core/time";
import type { LogLevel } from "../ports/log";
import type { Listener, ListenerSink, NetFailure, Stream, StreamSink } from "../ports/net";
import type { ValuesOf } from "../settings/schema";
import type { TLS_SCHEMA } from "../settings/tls-schema";
import type { Node, NodeSettings } from "./node";

/** The pauses before a listening port that could not be had is tried again. */
const RETRY: Millis = 5000;
const RETRY_MAX: Millis = 40_000;

/** What a {@link ListeningPort} belongs to. */
export interface PortOwner {
	readonly node: Node<NodeSettings & ValuesOf<typeof TLS_SCHEMA>>;
	/** For the log: `web`, `stream`. */
	readonly area: string;
	/** The flag that chooses another port: `--http-port`. */
	readonly flag: string;
	/** A connection came in. @see ListenerSink.accepted */
	accept(stream: Stream): StreamSink | undefined;
	/** The port is open, or not: then `fault` says why, for the log and for pages. */
	portChanged(fault: string): void;
}

/**
 * One listening TCP port, with TLS where the device has a certificate; as a machine of the pump it opens itself again after a
 * failure, unless the host would rather end.
 * @see NodeHost.portFailed
 */
export class ListeningPort implements ListenerSink {
	deadline: Millis = Infinity;
	private readonly handle;
	private listener: Listener | undefined;
	/** Why it is closed, as the log was told once. */
	private fault = "";
	/** The time from the last failure to the next attempt; 0 after a success. */
	private pause: Millis = 0;
	private wasOpen = false;

	/** @param isOptional true: the device is of use without it, as nobody has chosen it: a host never ends for its sake */
	constructor(
		private readonly owner: PortOwner,
		private readonly port: number,
		private readonly isOptional = false,
	) {
		this.handle = owner.node.pump.add(this, undefined);
		this.expire();
	}

	expire(): void {
		this.deadline = Infinity;
		const { host, settings } = this.owner.node;
		const tls = { certificate: settings.tlsCertificate, key: settings.tlsKey };
		this.listener = host.network.listen({ port: this.port, ...(tls.certificate !== "" && { tls }) }, this);
	}

	opened(): void {
		const { node, area } = this.owner;
		this.pause = 0;
		this.fault = "";
		this.wasOpen = true;
		node.host.log.write("info", area, `listening on port ${this.port}`);
		this.owner.portChanged("");
	}

	accepted(stream: Stream): StreamSink | undefined {
		return this.owner.accept(stream);
	}

	failed(why: NetFailure, detail: string): void {
		const { node, area, flag } = this.owner;
		const problem =
			why === "in-use"
				? `Port ${this.port} is in use. Stop the other program or pass ${flag}.`
				: `Port ${this.port} cannot be opened: ${detail}.${why === "not-permitted" ? ` Ports below 1024 need root or CAP_NET_BIND_SERVICE: pass another ${flag}.` : ""}`;
		if (!this.isOptional && !this.wasOpen && node.host.portFailed !== undefined) {
			this.listener?.close();
			node.host.portFailed(problem);
			return;
		}
		const fault = `${problem} Trying again.`;
		if (fault !== this.fault) node.host.log.write("error", area, fault);
		this.fault = fault;
		this.listener?.close();
		this.pause = nextPause(this.pause, RETRY, RETRY_MAX);
		this.deadline = node.now + this.pause;
		this.handle.called();
		this.owner.portChanged(fault);
	}

	remark(level: LogLevel, message: string): void {
		const { node, area } = this.owner;
		node.host.log.write(level, area, `port ${this.port}: ${message}`);
	}

	close(): void {
		this.handle.remove();
		this.listener?.close();
	}
}
