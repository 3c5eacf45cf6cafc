import { nextPause } from "../../core/backoff";
import { formatEndpoint } from "../../core/ip-address";
import type { Machine } from "../../core/machine";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { NasEndpoint } from "../../settings/stream-link-schema";
import type { StreamReport } from "../../stream/distribution/stream-report";
import { LinkConnection } from "../../stream/remote/link-connection";
import { RemoteTransport, type RemoteTransportHost } from "../../stream/remote/remote-transport";
import type { Node } from "../node";
import { NO_LINK_KEY } from "./link-key";
import type { StreamService } from "./stream-service";

/** The pauses before a NAS that could not be reached is tried again: it may be starting, and streams wait for it. */
const RETRY: Millis = 500;
const RETRY_MAX: Millis = 5000;

/** The distribution at a NAS as the RTSP part of a control host sees it: keeps a link to it (STR-12). */
export class RemoteService implements StreamService, RemoteTransportHost, Machine<undefined> {
	readonly transport: RemoteTransport;
	/** When the NAS is tried again. */
	deadline: Millis = Infinity;
	/** Why there is no link, for the log and pages; empty: there is one. */
	fault = "";
	private readonly handle: Handle<RemoteTransport, undefined>;
	private readonly retry: Handle<RemoteService, undefined>;
	private pause: Millis = 0;
	private isClosed = false;

	/**
	 * @param nas where it is
	 * @param key returns the secret of both; empty: there is none
	 */
	constructor(
		private readonly node: Node,
		private readonly nas: NasEndpoint,
		private readonly key: () => string,
	) {
		this.transport = new RemoteTransport(this);
		this.handle = node.pump.add(this.transport, undefined);
		this.retry = node.pump.add(this, undefined);
	}

	/** Connects. */
	start(): void {
		this.expire(this.node.now);
	}

	get streams(): number {
		return this.transport.size;
	}

	get playing(): number {
		return this.transport.playing;
	}

	get totals(): StreamService["totals"] {
		return this.transport.totals;
	}

	report(stream: number): StreamReport | undefined {
		return this.transport.report(stream);
	}

	close(now: Millis): void {
		this.isClosed = true;
		this.transport.close(now);
		this.retry.remove();
	}

	/** Tries to reach the NAS. @see Machine */
	expire(now: Millis): void {
		this.deadline = Infinity;
		const { pump, host } = this.node;
		const key = this.key();
		if (key === "") return this.detached(now, NO_LINK_KEY);
		const link = new LinkConnection("control", key, host.random, now, this.transport, this.nas.address, "");
		const handle = pump.addStream(link);
		handle.attach(host.network.connect(this.nas, handle));
	}

	/** @see RemoteTransportHost */
	get random() {
		return this.node.host.random;
	}

	/** @see RemoteTransportHost */
	get id(): string {
		return this.node.identity.id;
	}

	/** @see RemoteTransportHost */
	rearm(): void {
		this.node.pump.rearm(this.handle);
	}

	/** @see RemoteTransportHost */
	attached(): void {
		this.pause = 0;
		this.fault = "";
		this.log("info", `connected to the NAS at ${this.place}`);
		this.node.changed();
	}

	/** @see RemoteTransportHost */
	detached(now: Millis, reason: string): void {
		if (this.isClosed) return;
		const fault = `the NAS at ${this.place}: ${reason}`;
		if (fault !== this.fault) {
			this.log("warn", fault);
			this.fault = fault;
			this.node.changed();
		}
		this.pause = nextPause(this.pause, RETRY, RETRY_MAX);
		this.deadline = now + this.pause;
		this.node.pump.rearm(this.retry);
	}

	/** Where the NAS is, for people. */
	get place(): string {
		return formatEndpoint(this.nas.address, this.nas.port);
	}

	private log(level: "info" | "warn", text: string): void {
		this.node.host.log.write(level, "link", text);
	}
}
