import type { Millis } from "../../../core/time";
import type { Stream, StreamSink } from "../../../ports/net";
import type { ValuesOf } from "../../../settings/schema";
import type { STREAM_LINK_SCHEMA } from "../../../settings/stream-link-schema";
import type { TLS_SCHEMA } from "../../../settings/tls-schema";
import type { StreamReport } from "../../../stream/distribution/stream-report";
import { TransportServer, type TransportServerHost } from "../../../stream/remote/transport-server";
import type { StreamTransport } from "../../../stream/stream-transport";
import { NAS_LINK_MESSAGES } from "../../../web/nas-link-messages";
import type { Notice } from "../../../web/notices";
import type { Keyring } from "../../access/credential-store";
import { ListeningPort, type PortOwner } from "../../listening-port";
import type { Node, NodeSettings } from "../../node";
import type { Metric, Part } from "../../part";
import { linkKeyOf, NO_LINK_KEY } from "../../stream/link-key";
import type { StreamService } from "../../stream/stream-service";

/** The settings of the link part. */
export type LinkPartSettings = NodeSettings & ValuesOf<typeof STREAM_LINK_SCHEMA> & ValuesOf<typeof TLS_SCHEMA>;

/** Serves the clients of control hosts: the port that these connect to (STR-12). Without `--link-port` it does nothing. */
export class LinkPart implements Part, PortOwner, TransportServerHost {
	/** @see PortOwner */
	readonly area = "link";
	/** @see PortOwner */
	readonly flag = "--link-port";
	private readonly server: TransportServer;
	private readonly handle;
	private port: ListeningPort | undefined;
	private fault = "";
	/** Whether the log knows that there is no secret. */
	private isWarned = false;

	/** @param keyring of the fleet */
	constructor(
		readonly node: Node<LinkPartSettings>,
		private readonly keyring: Keyring,
		private readonly service: StreamService,
	) {
		this.server = new TransportServer(this);
		this.handle = node.pump.add(this.server, undefined);
	}

	start(): void {
		const { linkPort } = this.node.settings;
		if (linkPort !== 0) this.port = new ListeningPort(this, linkPort);
	}

	leave(done: () => void): void {
		this.port?.close();
		this.handle.call((server, now) => server.close(now));
		done();
	}

	notices(): readonly Notice[] {
		const { noLink } = NAS_LINK_MESSAGES.notices;
		return this.fault === "" ? [] : [{ message: noLink, remedy: this.fault }];
	}

	status(): Record<string, unknown> {
		const { links, streams, refused } = this.server;
		return { link: { port: this.node.settings.linkPort, controlHosts: links, streams, refused } };
	}

	metrics(): readonly Metric[] {
		const { links, streams, refused } = this.server;
		return [
			["link_control_hosts", "gauge", "Control hosts that are connected", links],
			["link_streams", "gauge", "Streams of clients of control hosts", streams],
			["link_refused_total", "counter", "Connections that were refused as control hosts", refused],
		];
	}

	/** @see PortOwner */
	accept(stream: Stream): StreamSink | undefined {
		const { now, pump, settings } = this.node;
		const key = linkKeyOf(settings.linkKey, this.keyring);
		if (key === "") {
			if (!this.isWarned) this.remark("warn", NO_LINK_KEY);
			this.isWarned = true;
			return undefined;
		}
		const connection = this.server.accept(now, key, stream.remoteAddress, stream.localAddress);
		return pump.addStream(connection).attach(stream);
	}

	/** @see PortOwner */
	portChanged(fault: string): void {
		if (fault === this.fault) return;
		this.fault = fault;
		this.node.changed();
	}

	/** @see TransportServerHost */
	get random() {
		return this.node.host.random;
	}

	/** @see PeerHost */
	get transport(): StreamTransport {
		return this.service.transport;
	}

	/** @see PeerHost */
	get totals(): StreamService["totals"] {
		return this.service.totals;
	}

	/** @see PeerHost */
	now(): Millis {
		return this.node.now;
	}

	/** @see PeerHost */
	report(stream: number): StreamReport | undefined {
		return this.service.report(stream);
	}

	/** @see TransportServerHost */
	rearm(): void {
		this.node.pump.rearm(this.handle);
	}

	/** @see TransportServerHost */
	remark(level: "info" | "warn", message: string): void {
		this.node.host.log.write(level, this.area, message);
	}
}
