import { HmacSha1 } from "../../base/sha1";
import type { Endpoint } from "../../core/endpoint-table";
import type { EventSink } from "../../core/event-ring";
import type { IpFamily } from "../../core/ip-address";
import type { Handle, Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import {
	type RequestEvent,
	type RequestWriter,
	ServerLine,
	type ServerLineOutbox,
	type ServerPlace,
} from "../../peer/managers/server-line";
import { SharingManager } from "../../peer/managers/sharing-manager";
import type { PeerAnswer, PeerCredentials } from "../../peer/rendezvous/peer-message";
import type { ServerAddress } from "../../peer/rendezvous-address";
import type { Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { Lookup, Resolver } from "../../ports/resolver";
import type { HttpUrl } from "../../wire/http-url";
import { StunReader } from "../../wire/stun-reader";
import { lookUpServers, RENDEZVOUS_SERVICE } from "./server-addresses";
import { ServiceStream, type ServiceStreamSink } from "./service-stream";

/** How old looked-up addresses may be before they are looked up again, and how old when a server did not answer. */
const FRESH: Millis = 3_600_000;
const FRESH_UNANSWERED: Millis = 10_000;

/** How long UDP alone is tried after no WebSocket could be opened either. */
const STREAM_PAUSE: Millis = 60_000;

/** What a service needs of the endpoint that it belongs to. */
export interface ServiceOwner {
	readonly network: Network;
	readonly pump: Pump;
	readonly random: Random;
	readonly resolver: Resolver;
	/** The families of addresses that can be used, the preferred one first. */
	families(): readonly IpFamily[];
	/** Sends a datagram from the one socket (P2P-16). */
	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void;
}

/** Returns credentials. @param key the account key or the secret of a ticket */
export function credentialsOf(username: string, key: Uint8Array): PeerCredentials {
	return { username, key, integrity: new HmacSha1(key) };
}

/**
 * One party's requests to one rendezvous service: looks its servers up, and asks them by UDP, or where that gets no answer by a WebSocket.
 */
export class RendezvousService implements ServerLineOutbox, EventSink<RequestEvent>, ServiceStreamSink {
	readonly sharing = new SharingManager((write, done) => this.ask(write, done));
	private readonly handle: Handle<ServerLine, ServerLineOutbox>;
	private lookup: Lookup | undefined;
	private lookedUpAt: Millis = -Infinity;
	private hasFailed = false;
	/** Requests that wait for the servers' addresses. */
	private waiting: { readonly write: RequestWriter; readonly done: RequestEvent["done"] }[] = [];
	private isClosed = false;
	/** When it was used last. */
	usedAt: Millis = 0;
	/** Takes what the server sends over a WebSocket. */
	taker: (message: StunReader) => void = (message) => this.receiveOfServer(message);
	/** Called when a WebSocket is lost, so that the server must be told everything again. */
	lost: () => void = () => {};
	/** The WebSocket that is used in place of UDP, or is being opened. */
	private stream: ServiceStream | undefined;
	/** The server's place at the WebSocket; `undefined`: UDP is used. */
	private streamPlace: ServerPlace | undefined;
	private streamTriedAt: Millis = -Infinity;
	private readonly reader = new StunReader();

	/**
	 * @param homeKey the public key of the home's account; absent for those with a ticket
	 * @param urls of the servers' WebSockets, in the order in which they are tried when UDP gets no answer
	 */
	constructor(
		private readonly owner: ServiceOwner,
		private readonly servers: readonly ServerAddress[],
		who: PeerCredentials,
		homeKey: Uint8Array | undefined,
		private readonly urls: readonly HttpUrl[],
	) {
		this.handle = owner.pump.add(new ServerLine(who, homeKey, owner.random), this as ServerLineOutbox);
	}

	get line(): ServerLine {
		return this.handle.machine;
	}

	/** The server that is asked at the moment; `undefined`: none is known. */
	get server(): Endpoint | undefined {
		return this.line.server;
	}

	/** Sends a request, once the servers' addresses are known. `done` is called once, later. */
	ask(write: RequestWriter, done: RequestEvent["done"]): void {
		this.usedAt = this.owner.pump.now();
		const isOpening = this.stream !== undefined && this.streamPlace === undefined;
		if (isOpening || this.lookup !== undefined || (this.streamPlace === undefined && this.isStale())) {
			this.waiting.push({ write, done });
			if (!isOpening && this.lookup === undefined) this.lookUp();
			return;
		}
		this.handle.call((line, now, out) => line.ask(now, write, (answer) => this.answered(answer, write, done), out));
	}

	/** True: the server is reached by a WebSocket, and does not see the UDP socket. */
	get isStream(): boolean {
		return this.streamPlace !== undefined;
	}

	/** A server has answered by UDP: no WebSocket is needed any more. */
	udpWorks(): void {
		if (this.streamPlace === undefined) return;
		this.closeStream();
		this.lost();
	}

	/** A STUN message arrived. @returns false when it answers no request of this one */
	receive(address: string, port: number, message: StunReader): boolean {
		return this.handle.call((line, now, out) => line.receive(now, address, port, message, out));
	}

	/** The network is another one: servers are looked up again before the next request. */
	forget(): void {
		this.closeStream();
		this.lookedUpAt = -Infinity;
		if (this.lookup === undefined) return;
		this.lookup.cancel();
		this.lookUp();
	}

	/** Gives all requests up; they are answered with `undefined`. */
	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.lookup?.cancel();
		this.stream?.close();
		this.handle.call((line, _now, out) => line.close(out));
		for (const { done } of this.waiting.splice(0)) this.emit({ answer: undefined, done });
		this.handle.remove();
		this.owner.pump.settle();
	}

	/** @see ServerLineOutbox */
	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		const { streamPlace } = this;
		if (streamPlace?.address === address && streamPlace.port === port) this.stream?.send(bytes, start, end);
		else this.owner.send(address, port, bytes, start, end);
	}

	/** @see ServerLineOutbox */
	emit(event: RequestEvent): void {
		this.owner.pump.post(this, event);
	}

	/** @see EventSink */
	on({ answer, done }: RequestEvent): void {
		done(answer);
	}

	/** @see ServiceStreamSink */
	streamOpened(address: string, { host, port }: HttpUrl): void {
		this.streamPlace = { address, port, host };
		this.line.setServers([this.streamPlace]);
		this.askWaiting();
	}

	/** @see ServiceStreamSink */
	streamReceived(bytes: Uint8Array): void {
		if (this.reader.read(bytes)) this.taker(this.reader);
	}

	/** @see ServiceStreamSink */
	streamClosed(wasOpen: boolean): void {
		this.closeStream();
		if (wasOpen) return this.lost();
		for (const { done } of this.waiting.splice(0)) done(undefined);
	}

	private receiveOfServer(message: StunReader): void {
		const { streamPlace } = this;
		if (streamPlace !== undefined) this.receive(streamPlace.address, streamPlace.port, message);
	}

	private answered(answer: PeerAnswer | undefined, write: RequestWriter, done: RequestEvent["done"]): void {
		this.hasFailed = answer === undefined;
		const now = this.owner.pump.now();
		const mayOpen = this.urls.length > 0 && !this.isClosed && now - this.streamTriedAt >= STREAM_PAUSE;
		if (answer !== undefined || (this.stream === undefined && !mayOpen)) return done(answer);
		if (this.streamPlace !== undefined) {
			// It is not answered over the WebSocket either.
			this.closeStream();
			return done(undefined);
		}
		this.waiting.push({ write, done });
		if (this.stream !== undefined) return;
		this.streamTriedAt = now;
		this.stream = new ServiceStream(this.owner, this.urls, this);
	}

	/** Goes back to UDP. */
	private closeStream(): void {
		const { stream, streamPlace } = this;
		this.stream = undefined;
		this.streamPlace = undefined;
		stream?.close();
		if (streamPlace === undefined) return;
		this.lookedUpAt = -Infinity;
		this.line.setServers([]);
	}

	private askWaiting(): void {
		for (const { write, done } of this.waiting.splice(0)) this.ask(write, done);
	}

	private isStale(): boolean {
		const age = this.owner.pump.now() - this.lookedUpAt;
		return age >= (this.hasFailed || this.server === undefined ? FRESH_UNANSWERED : FRESH);
	}

	private lookUp(): void {
		const { resolver, random, pump } = this.owner;
		let isDone = false;
		const lookup = lookUpServers(
			resolver,
			random,
			this.servers,
			RENDEZVOUS_SERVICE,
			this.owner.families(),
			(endpoints) => {
				isDone = true;
				this.lookup = undefined;
				this.lookedUpAt = pump.now();
				// What was found before may still be right when the name servers don't answer.
				if (endpoints.length > 0) this.line.setServers(endpoints);
				this.askWaiting();
			},
		);
		if (!isDone) this.lookup = lookup;
	}
}
