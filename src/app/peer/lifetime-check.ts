import type { EventSink } from "../../core/event-ring";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import { type LifetimeEvent, type LifetimeOutbox, MappingLifetime } from "../../peer/managers/mapping-lifetime";
import { readPeerAnswer } from "../../peer/rendezvous/peer-answer";
import type { ProvenAddress } from "../../peer/rendezvous/peer-message";
import { writeEcho, writeFind } from "../../peer/rendezvous/peer-request";
import type { Network, UdpPeer, UdpSink, UdpSocket } from "../../ports/net";
import { INDICATION, TRANSACTION_OCTETS } from "../../wire/stun";
import { StunReader } from "../../wire/stun-reader";
import type { RendezvousService, ServiceOwner } from "./rendezvous-service";

/** Learns how long the NAT keeps mappings. */
export interface LifetimeListener {
	survivedFor(gap: Millis): void;
	lapsedAfter(gap: Millis): void;
}

/** Finds out how long the NAT keeps a mapping, by a second socket that is closed afterwards. @see MappingLifetime */
export class LifetimeCheck implements UdpSink, LifetimeOutbox, EventSink<LifetimeEvent> {
	private readonly handle: Handle<MappingLifetime, LifetimeOutbox>;
	private readonly socket: UdpSocket;
	private readonly reader = new StunReader();
	private readonly transaction = new Uint8Array(TRANSACTION_OCTETS);
	/** The newest echo that was asked for. */
	private echo = new Uint8Array(TRANSACTION_OCTETS);
	private isClosed = false;

	/** @param service at which the device is registered */
	constructor(
		private readonly owner: ServiceOwner,
		network: Network,
		private readonly service: RendezvousService,
		private readonly listener: LifetimeListener,
	) {
		this.handle = owner.pump.add(new MappingLifetime(), this as LifetimeOutbox);
		const isSix = service.server?.address.includes(":") ?? false;
		this.socket = network.udp({ address: isSix ? "::" : "0.0.0.0", port: 0 }, this);
	}

	/** The port of the second socket; 0: it is closed. */
	get port(): number {
		return this.socket.port;
	}

	opened(): void {
		if (!this.isClosed) this.handle.call((lifetime, now, out) => lifetime.start(now, out));
	}

	received(bytes: Uint8Array, { address, port }: UdpPeer): void {
		const { reader, service } = this;
		if (this.isClosed || !service.line.isServer(address, port) || !reader.read(bytes)) return;
		if (reader.kind === INDICATION) {
			if (reader.isTransaction(this.echo)) this.handle.call((lifetime, now, out) => lifetime.echoed(now, out));
		} else if (reader.isTransaction(this.transaction)) {
			const answer = readPeerAnswer(reader, service.line.who);
			if (answer?.type !== "refused" || answer.nonce === undefined || answer.seen === undefined) return;
			const proof: ProvenAddress = { address: answer.seen.address, port: answer.seen.port, nonce: answer.nonce };
			this.handle.call((lifetime, now) => lifetime.proved(now, proof));
		}
	}

	/** Without a second socket the usual interval is kept. */
	failed(): void {
		this.close();
	}

	/** @see LifetimeOutbox */
	askProof(): void {
		const { server, line } = this.service;
		if (server === undefined) return;
		this.owner.random.fill(this.transaction);
		// Without a nonce nothing is searched: the answer is 438.
		const head = { transaction: this.transaction, roundTrip: 0 };
		const bytes = writeFind(line.who, head, { name: "", tag: "", after: "", withAddresses: false });
		this.socket.send(bytes, 0, bytes.length, server.address, server.port);
	}

	/** @see LifetimeOutbox */
	askEcho(proof: ProvenAddress): void {
		this.service.ask(
			(who, head) => {
				this.echo = head.transaction.slice();
				return writeEcho(who, { ...head, alsoAt: proof });
			},
			(answer) => {
				if (this.isClosed || answer === undefined) return;
				this.handle.call((lifetime, now, out) => lifetime.answered(now, answer.type === "echoed", out));
			},
		);
	}

	/** @see Outlet */
	emit(event: LifetimeEvent): void {
		this.owner.pump.post(this, event);
	}

	/** @see EventSink */
	on(event: LifetimeEvent): void {
		if (this.isClosed) return;
		if (event.type === "survived") this.listener.survivedFor(event.gap);
		else if (event.type === "lapsed") this.listener.lapsedAfter(event.gap);
		else this.close();
	}

	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.handle.remove();
		this.socket.close();
	}
}
