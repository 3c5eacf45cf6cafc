import { utf8Encode } from "../../base/text";
import type { Pump } from "../../core/pump";
import type { EndReason } from "../../core/stream";
import type { Millis } from "../../core/time";
import { NO_STORE, responseHead } from "../../http/response-head";
import type { TunnelService } from "../../peer/tunnel/tunnel-contract";
import type { Network, Stream, StreamSink } from "../../ports/net";
import type { Page } from "../../web/page";
import { StreamPair, type StreamPairOwner } from "../peer/stream-pair";
import { LocalPort, type LocalPortOwner, type LocalVisit } from "./local-port";
import { asksForPage, HEAD_MAX, hostOfRequest } from "./request-host";
import { VIEWER_MESSAGES } from "./viewer-messages";

/** How long a browser waits for a device before it gets a page that says so. */
export const PATIENCE: Millis = 1000;
/** How long a connection may take to say what it wants, and to end after it was answered here. */
export const HEAD_TIME: Millis = 10_000;

/** Waits for a {@link ProxiedDevice}. */
export interface DeviceWaiter {
	/** There is a tunnel, or none can be had. Called once. */
	settled(): void;
}

/** A device to which a {@link LocalProxy} leads. */
export interface ProxiedDevice {
	/** True while there is a tunnel. */
	readonly isOpen: boolean;
	/** @see PeerConnection.open */
	open(service: TunnelService, sink: StreamSink): Stream;
	/** Opens the tunnel, if there is none. */
	wake(waiter: DeviceWaiter): void;
	/** It no longer waits. */
	leave(waiter: DeviceWaiter): void;
}

/** Whom a {@link LocalProxy} serves. */
export interface LocalProxyOwner extends LocalPortOwner {
	readonly pump: Pump;
	/**
	 * Chooses the device for a request.
	 * @param host in the request, in lower case and without its port; empty: it names none
	 * @returns text for people: there is no such device; `undefined`: it is for the program's own pages
	 */
	deviceOf(host: string): ProxiedDevice | string | undefined;
	/** Serves the program's own pages. @returns `undefined`: there are too many connections */
	accept(stream: Stream): StreamSink | undefined;
	/** Makes the page for a browser while a device is not reached. @param reason why a device that is connected does not answer */
	waitingPage(device: ProxiedDevice, reason: string): Page;
}

/** The local port of all pages: the host that a browser names chooses the device. */
export class LocalProxy extends LocalPort {
	constructor(
		network: Network,
		port: number,
		readonly owner: LocalProxyOwner,
	) {
		super(network, port, owner);
	}

	protected visit(stream: Stream): StreamSink {
		const visit = new Visit(this, stream);
		this.came(visit);
		return visit;
	}
}

/** A browser's connection; its first request says which device it is for. */
class Visit implements StreamSink, StreamPairOwner, LocalVisit, DeviceWaiter {
	private head = NOTHING;
	/** The device that the request is for, while it is not connected. */
	private device: ProxiedDevice | undefined;
	private isPage = false;
	private rest: StreamSink | undefined;
	private pair: StreamPair | undefined;
	private isAnswered = false;
	/** The browser sends no more, although its request waits for the device. */
	private hasEnded = false;
	private isGone = false;

	constructor(
		private readonly proxy: LocalProxy,
		private readonly stream: Stream,
	) {
		proxy.owner.pump.after(HEAD_TIME, () => this.endLate());
	}

	/** @see LocalVisit */
	get isIdle(): boolean {
		return this.rest === undefined && (this.isAnswered || this.device === undefined);
	}

	room(): void {
		this.rest?.room();
	}

	received(bytes: Uint8Array): void {
		if (this.rest !== undefined) return this.rest.received(bytes);
		if (this.isAnswered) return;
		const { length } = this.head;
		const head = new Uint8Array(Math.min(length + bytes.length, 2 * HEAD_MAX + bytes.length));
		head.set(this.head);
		head.set(bytes, length);
		this.head = head;
		if (this.device !== undefined) return;
		const host = hostOfRequest(head, head.length);
		const isPage = asksForPage(head, head.length);
		if (host !== undefined && isPage !== undefined) this.begin(host, isPage);
	}

	ended(why: EndReason, detail?: string): void {
		if (this.rest !== undefined) this.rest.ended(why, detail);
		else if (this.device !== undefined && why === "closed") this.hasEnded = true;
		else this.finish();
	}

	gone(): void {
		this.isGone = true;
		this.device?.leave(this);
		this.rest?.gone();
		if (this.pair === undefined) this.proxy.visitGone(this);
	}

	/** @see LocalVisit */
	abort(): void {
		if (this.pair !== undefined) this.pair.abort();
		else this.stream.abort();
	}

	/** @see DeviceWaiter */
	settled(): void {
		const { device } = this;
		if (device === undefined || this.isGone || this.isAnswered) return;
		device.leave(this);
		if (!device.isOpen) return this.showWaiting(device, "");
		this.stream.reading(true);
		this.join(device);
		if (this.hasEnded) this.rest?.ended("closed");
	}

	/** @see StreamPairOwner */
	unanswered(_near: Stream, why: EndReason, detail: string): void {
		const { device } = this;
		const reason = detail === "" ? why : detail;
		if (this.isPage && device !== undefined) return this.showWaiting(device, reason);
		this.answer(why === "timeout" ? 504 : 502, "text/plain", reason);
	}

	/** @see StreamPairOwner */
	pairGone(): void {
		this.proxy.visitGone(this);
	}

	/** Its time is over. A browser opens connections to spare, which want no answer. */
	private endLate(): void {
		if (this.isGone || this.isAnswered || !this.isIdle) return;
		if (this.head.length > 0) this.answer(408, "text/plain", VIEWER_MESSAGES.late);
		else this.finish();
	}

	/** Nothing more comes from here. */
	private finish(): void {
		this.isAnswered = true;
		this.head = NOTHING;
		this.stream.end();
		this.proxy.owner.pump.after(HEAD_TIME, () => {
			if (!this.isGone) this.stream.abort();
		});
	}

	/** The head of the request is there. */
	private begin(host: string, isPage: boolean): void {
		const { owner } = this.proxy;
		const device = owner.deviceOf(host);
		if (typeof device === "string") return this.answer(421, "text/plain", device);
		if (device === undefined) return this.serve();
		this.device = device;
		this.isPage = isPage;
		if (!isPage || device.isOpen) return this.join(device);
		// A program waits as long as the device takes; a person wants to see why.
		this.stream.reading(false);
		device.wake(this);
		owner.pump.after(PATIENCE, () => {
			if (this.rest === undefined) this.settled();
		});
	}

	/** Leads to the program's own pages. */
	private serve(): void {
		const sink = this.proxy.owner.accept(this.stream);
		if (sink === undefined) return this.answer(503, "text/plain", "Too many connections.");
		const { head } = this;
		this.head = NOTHING;
		this.rest = sink;
		sink.room();
		sink.received(head);
	}

	/** Leads to the device. */
	private join(device: ProxiedDevice): void {
		const { head, stream } = this;
		const pair = new StreamPair(this);
		this.head = NOTHING;
		this.pair = pair;
		this.rest = pair.near;
		pair.join(stream, device.open("http", pair.far), head);
	}

	private showWaiting(device: ProxiedDevice, reason: string): void {
		const page = this.proxy.owner.waitingPage(device, reason);
		this.answer(503, "text/html", page.body.parts.join(""), page.policy);
	}

	/** Answers in place of the device. */
	private answer(status: number, type: string, text: string, policy = ""): void {
		const { stream } = this;
		const body = utf8Encode(type === "text/html" ? text : `${text}\n`);
		const head = responseHead(status, [
			["Content-Type", `${type}; charset=utf-8`],
			["Content-Length", `${body.length}`],
			["X-Content-Type-Options", "nosniff"],
			...(policy === "" ? [] : [["Content-Security-Policy", policy] as const]),
			...NO_STORE,
			["Connection", "close"],
		]);
		if (stream.room >= head.length + body.length) {
			stream.write(head, 0, head.length);
			stream.write(body, 0, body.length);
		}
		this.finish();
	}
}

const NOTHING = new Uint8Array(0);
