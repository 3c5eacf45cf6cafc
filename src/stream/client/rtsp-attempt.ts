import { ClientLogin, type DigestSecret } from "../../access/client-login";
import type { EventSink } from "../../core/event-ring";
import type { Outlet } from "../../core/machine";
import type { Pump, StreamHandle, StreamOwner } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Network, Stream } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { RtspUrl } from "../../wire/rtsp-url";
import type { Framing } from "../packets/packet-burst";
import type { PortPairs } from "../units/port-pairs";
import { ClientPortPair, type PortPairOwner } from "./client-port-pair";
import { MediaReceiver } from "./media-receiver";
import type { ParameterRequest } from "./parameter-request";
import type { RtpSink } from "./rtp-sink";
import { RtspClient } from "./rtsp-client";
import type { RtspClientEvent } from "./rtsp-client-event";
import type { RtspFailure } from "./rtsp-failure";

/** What an attempt needs of its host. */
export interface AttemptHost {
	readonly pump: Pump;
	readonly network: Network;
	readonly random: Random;
}

/** How an attempt connects. @see RtspFeedOptions */
export interface AttemptOptions {
	readonly basic: boolean;
	readonly certificate: string;
	readonly secret?: DigestSecret;
	readonly fields?: readonly string[];
}

/** Learns what becomes of an attempt: one of these is called, once. */
export interface AttemptOwner {
	/** Gets the packets. */
	readonly sink: RtpSink;
	readonly pairs: PortPairs;
	redirected(now: Millis, url: RtspUrl): void;
	/** @param playedFor how long packets have come */
	ended(now: Millis, failure: RtspFailure, playedFor: Millis): void;
}

/** One connection to an RTSP server with its UDP ports, from the attempt to open it to its end. */
export class RtspAttempt
	implements Outlet<RtspClientEvent>, EventSink<RtspClientEvent>, PortPairOwner, StreamOwner<RtspClient>
{
	readonly media: MediaReceiver;
	private readonly handle: StreamHandle<RtspClient>;
	private stream: Stream | undefined;
	private pair: ClientPortPair | undefined;
	/** When PLAY was answered; -1: not yet. */
	private since: Millis = -1;
	private isUdp = false;
	private isOver = false;

	constructor(
		private readonly host: AttemptHost,
		private readonly options: AttemptOptions,
		private readonly url: RtspUrl,
		framing: Framing,
		private readonly owner: AttemptOwner,
	) {
		const { user, password, secure } = url;
		const isVerified = secure && options.certificate !== "any";
		this.media = new MediaReceiver(owner.sink, host.random);
		const login = new ClientLogin(user, options.secret ?? password, host.random, isVerified || options.basic);
		this.handle = host.pump.addStream(
			new RtspClient(host.pump.now(), url, framing, login, this.media, this, options.fields),
		);
		this.handle.owner = this;
	}

	/** True: the server plays by UDP, but no packet has come. */
	get lacksUdp(): boolean {
		return this.isUdp && this.media.packets === 0;
	}

	/** Opens the connection. Called once. */
	connect(address: string): void {
		const { host, handle, url, options } = this;
		const { certificate } = options;
		const tls = {
			serverName: url.host,
			verify: certificate !== "any",
			...(isFile(certificate) && { ca: certificate }),
		};
		this.stream = host.network.connect({ address, port: url.port, ...(url.secure && { tls }) }, handle);
		handle.attach(this.stream);
	}

	/** Sends a request SET_PARAMETER over the session. */
	set(request: ParameterRequest): void {
		this.handle.call((client, now) => client.set(now, request));
	}

	/** Ends the session. No packet is handed on any more, and nothing reported but requests that are not answered. */
	leave(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.handle.call((client, now) => client.leave(now));
		this.close();
	}

	/** Called by the client; the event is delivered after its call. */
	emit(event: RtspClientEvent): void {
		this.host.pump.post(this, event);
	}

	/** @see EventSink */
	on(event: RtspClientEvent): void {
		if (event.kind === "set") return event.request.answered(this.host.pump.now(), event.answer);
		if (this.isOver) return;
		if (event.kind === "ports") this.openPorts();
		else if (event.kind === "playing") {
			this.since = this.host.pump.now();
			this.isUdp = event.framing === "udp";
			if (!this.isUdp) this.close();
		} else this.over(event);
	}

	/** @see PortPairOwner */
	portsOpened(pair: ClientPortPair | undefined): void {
		this.handle.call((client, now) => client.ports(now, pair));
	}

	/** @see PortPairOwner */
	datagram(isReport: boolean, bytes: Uint8Array): boolean {
		const isVideo = this.handle.machine.datagram(this.host.pump.now(), isReport, bytes, 0, bytes.length);
		this.handle.called();
		return isVideo;
	}

	/** The connection is gone. @see StreamOwner */
	streamGone(): void {
		this.close();
	}

	private over(event: RtspClientEvent & { kind: "over" }): void {
		this.isOver = true;
		this.close();
		const now = this.host.pump.now();
		const playedFor = this.since < 0 || this.media.packets === 0 ? 0 : now - this.since;
		if (event.redirect !== undefined) this.owner.redirected(now, event.redirect);
		else if (event.failure !== undefined) this.owner.ended(now, event.failure, playedFor);
	}

	private openPorts(): void {
		const { stream, owner } = this;
		if (stream === undefined) return;
		this.pair = new ClientPortPair(owner.pairs, stream.remoteAddress, this);
		this.pair.open(stream.localAddress);
	}

	/** Frees the ports, and gives up a connection that is not open yet. */
	private close(): void {
		this.pair?.close();
		this.pair = undefined;
		if (this.isOver && !this.handle.machine.wasOpen) this.stream?.abort();
		if (this.isOver) this.stream = undefined;
	}
}

function isFile(certificate: string): boolean {
	return certificate !== "" && certificate !== "any";
}
