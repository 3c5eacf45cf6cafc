import type { Endpoint } from "../../core/endpoint-table";
import { ipFamily } from "../../core/ip-address";
import type { Handle, Pump } from "../../core/pump";
import type { TurnServer } from "../../peer/candidate";
import type { StunOutbox } from "../../peer/stun/stun-transactions";
import { TurnClient, type TurnFailure, type TurnSink } from "../../peer/turn/turn-client";
import type { Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import { TurnConnection } from "./turn-connection";

/** What ways to a TURN server need of the endpoint. */
export interface RelayWayOwner {
	readonly pump: Pump;
	readonly random: Random;
	/** Opens TCP connections. */
	readonly network: Pick<Network, "connect">;
	/** Sends a datagram from the one socket (P2P-16). */
	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void;
}

/** Receives the events of a {@link RelayWay}. */
export interface RelayWaySink {
	allocated(way: RelayWay, relayed: Endpoint): void;
	/** `bytes` is valid during the call. */
	received(bytes: Uint8Array, from: Endpoint): void;
	/** Called once, as the last call. */
	failed(way: RelayWay, why: TurnFailure): void;
}

/** A TURN client with what carries it to its server. */
export abstract class RelayWay implements TurnSink, StunOutbox {
	abstract readonly isUdp: boolean;
	protected readonly handle: Handle<TurnClient, StunOutbox>;
	private isOver = false;

	constructor(
		protected readonly owner: RelayWayOwner,
		turn: TurnServer,
		private readonly sink: RelayWaySink,
	) {
		const client = new TurnClient(turn, owner.random, this, ipFamily(turn.address) ?? 4);
		this.handle = owner.pump.add(client, this as StunOutbox);
	}

	/** @see StunOutbox */
	abstract send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void;

	get relayed(): Endpoint | undefined {
		return this.handle.machine.relayed;
	}

	permit(address: string, port: number): void {
		this.handle.call((client, now, out) => client.permit(address, port, now, out));
	}

	release(address: string, port: number): void {
		this.handle.machine.release(address, port);
	}

	/** Sends a datagram to a peer. Without a function for the pump, as there is one for each packet. */
	sendTo(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		const { handle, owner } = this;
		handle.machine.send(address, port, bytes, start, end, owner.pump.now(), this);
		handle.called();
	}

	/** A message came from the server. @returns false when it is not of TURN */
	receive(bytes: Uint8Array): boolean {
		const { handle, owner } = this;
		const isTaken = handle.machine.received(bytes, owner.pump.now(), this);
		handle.called();
		return isTaken;
	}

	/** Gives the address back; harmless when repeated. No event follows. */
	close(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.handle.call((client, _now, out) => client.close(out));
		this.handle.remove();
	}

	/** @see TurnSink */
	allocated(relayed: Endpoint): void {
		if (!this.isOver) this.sink.allocated(this, relayed);
	}

	/** @see TurnSink */
	received(bytes: Uint8Array, start: number, end: number, from: Endpoint): void {
		if (!this.isOver) this.sink.received(bytes.subarray(start, end), from);
	}

	/** @see TurnSink */
	failed(why: TurnFailure): void {
		if (this.isOver) return;
		this.isOver = true;
		this.handle.remove();
		this.sink.failed(this, why);
	}

	/** Asks for the relayed address. */
	protected start(): void {
		this.handle.call((client, now, out) => client.start(now, out));
	}
}

/** By UDP, from the socket of all peer traffic. */
export class UdpWay extends RelayWay {
	readonly isUdp = true;

	constructor(owner: RelayWayOwner, turn: TurnServer, sink: RelayWaySink) {
		super(owner, turn, sink);
		this.start();
	}

	override send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		this.owner.send(address, port, bytes, start, end);
	}
}

/** By TCP, for networks that let no UDP through. */
export class TcpWay extends RelayWay {
	readonly isUdp = false;
	private readonly connection: TurnConnection;

	constructor(owner: RelayWayOwner, turn: TurnServer, sink: RelayWaySink) {
		super(owner, turn, sink);
		this.connection = new TurnConnection(owner.network, turn, {
			opened: () => this.start(),
			received: (message) => this.receive(message),
			lost: () => this.failed("no-answer"),
		});
	}

	override send(bytes: Uint8Array, start: number, end: number): void {
		this.connection.send(bytes, start, end);
	}

	override close(): void {
		super.close();
		this.connection.close();
	}

	override failed(why: TurnFailure): void {
		this.connection.close();
		super.failed(why);
	}
}
