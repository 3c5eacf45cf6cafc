import type { Authenticator } from "../../access/authenticator";
import type { Machine } from "../../core/machine";
import type { Millis, Octets } from "../../core/time";
import { ConnectionLimits, type LimitedConnection } from "../../http/connection-limits";
import { RtspWriter } from "../../wire/rtsp-writer";
import type { Headers } from "../../wire/text-message";
import type { StreamTransport } from "../stream-transport";
import type { ParameterTaker } from "./parameter-taker";
import { RtspConnection } from "./rtsp-connection";
import type { RtspConnectionOwner } from "./rtsp-connection-owner";
import { RtspControl, type RtspControlHost } from "./rtsp-control";
import type { ExchangeCarrier, RtspExchange } from "./rtsp-exchange";
import { RtspGate } from "./rtsp-gate";
import { OVER, PLAYING, type RtspSession } from "./rtsp-session";
import { RtspSessionTable } from "./rtsp-session-table";
import type { RtspCounters, RtspServerLimits } from "./rtsp-settings";
import type { RtspTarget } from "./rtsp-target";

/** The longest body of a request, unless a {@link ParameterTaker} takes longer ones. */
const BODY_MAX: Octets = 4096;

/** What an {@link RtspServer} needs from its owner. */
export interface RtspServerHost {
	readonly authenticator: Pick<Authenticator, "authenticate">;
	/** Unpredictable octets. */
	readonly random: { fill(bytes: Uint8Array): void };
	/** Takes SET_PARAMETER before the server does. @default nobody */
	readonly taker?: ParameterTaker | undefined;
	/** What a request names, where its URL does not tell the content by itself. @default what its URL says */
	targetOf?(exchange: RtspExchange, target: RtspTarget): RtspTarget;
	/** Fields that the answer to DESCRIBE has besides those of every server. @default none */
	describedBy?(content: string): Headers;
	/**
	 * Finds another way for a client that may watch, asked before its content is described.
	 * @param isCrowded true: there are too many connections for it to stay
	 * @returns the URL that it is sent to, with 302; empty: it stays. @default it stays
	 */
	detourOf?(exchange: RtspExchange, target: RtspTarget, isCrowded: boolean): string;
	/** A request was refused. @param detail the words of the answer; empty: none */
	refused?(now: Millis, exchange: RtspExchange, status: number, detail: string): void;
	/** A session plays. */
	began?(session: RtspSession): void;
	/** A session that played has ended. */
	ended?(now: Millis, session: RtspSession, reason: string): void;
}

/**
 * Serves RTSP 1.0 on any number of connections: control here, media by the {@link StreamTransport} (STR-1 … STR-3).
 *
 * As a machine it ends the sessions of clients that have fallen silent.
 * @see RFC 2326
 */
export class RtspServer implements Machine<undefined>, RtspConnectionOwner, RtspControlHost {
	readonly counters: RtspCounters = {
		accepted: 0,
		refused: 0,
		displaced: 0,
		requests: 0,
		malformed: 0,
		strangers: 0,
		timeouts: 0,
		sessions: 0,
	};
	readonly writer = new RtspWriter(16_384);
	readonly sessions: RtspSessionTable;
	/** Set by the owner. Called when {@link deadline} may have changed outside a call by the owner. */
	late: { called(): void } | undefined;
	private readonly limits: ConnectionLimits;
	private readonly gate: RtspGate;
	private readonly control: RtspControl;

	constructor(
		{ connections, connectionsPerAddress }: RtspServerLimits,
		private readonly transport: StreamTransport,
		private readonly host: RtspServerHost,
	) {
		this.limits = new ConnectionLimits(connections, connectionsPerAddress);
		this.sessions = new RtspSessionTable(connections, connectionsPerAddress);
		this.gate = new RtspGate(host.authenticator);
		this.control = new RtspControl(transport, this.gate, this);
	}

	/** Number of open connections. */
	get connections(): number {
		return this.limits.open;
	}

	get deadline(): Millis {
		return this.sessions.deadline;
	}

	/** Accepts a connection; returns `undefined` when a limit is reached. */
	accept(now: Millis, remoteAddress: string, localAddress: string, secure: boolean): RtspConnection | undefined {
		const free = this.limits.makeRoom(remoteAddress);
		this.counters.displaced = this.limits.displaced;
		if (!free) {
			this.counters.refused++;
			return undefined;
		}
		this.counters.accepted++;
		const connection = new RtspConnection(this, now, remoteAddress, localAddress, secure);
		this.limits.add(connection);
		return connection;
	}

	/** @see RtspControlHost */
	get taker(): ParameterTaker | undefined {
		return this.host.taker;
	}

	/** @see RtspConnectionOwner */
	get bodyMax(): Octets {
		return this.host.taker?.bodyMax ?? BODY_MAX;
	}

	/** Ends the sessions whose clients gave no sign of life. */
	expire(now: Millis): void {
		for (const session of this.sessions.overdue(now)) {
			const { carrier, request } = session;
			// Few players send anything on a connection that brings pictures. One that takes them is alive.
			if (request.framing === "tcp" && session.state === PLAYING && carrier?.hasTakenAll === true) session.alive(now);
			else {
				this.counters.timeouts++;
				this.end(now, session, "no sign of life");
				// Its connection has been silent as long.
				if (carrier?.sessions.length === 0) carrier.drop();
			}
			this.sessions.deadline = Math.min(this.sessions.deadline, session.state === OVER ? Infinity : session.until);
		}
	}

	/** Ends all sessions and connections: their users have to log in again. */
	endAll(now: Millis, reason: string): void {
		for (const session of [...this.sessions.all()]) this.dismiss(now, session, reason);
	}

	/** Ends a session with its connection: at the wish of the owner, or as its stream is lost. @see RtspControlHost */
	dismiss(now: Millis, session: RtspSession, reason: string): void {
		const { carrier } = session;
		this.end(now, session, reason);
		carrier?.drop();
	}

	/** @see RtspConnectionOwner */
	handle(now: Millis, exchange: RtspExchange): void {
		this.control.handle(now, exchange);
		this.counters.strangers = this.gate.strangers;
	}

	/** @see RtspConnectionOwner */
	refused(now: Millis, exchange: RtspExchange, status: number, detail: string): void {
		this.host.refused?.(now, exchange, status, detail);
	}

	/** @see RtspConnectionOwner */
	room(now: Millis, session: RtspSession): void {
		// The queue has drained, so the client takes what it gets.
		session.alive(now);
		if (session.state === PLAYING) this.transport.room(now, session.stream);
	}

	/** @see RtspConnectionOwner */
	interleaved(now: Millis, session: RtspSession, rtcp: boolean, bytes: Uint8Array, start: number, end: number): void {
		if (session.stream >= 0) this.transport.interleaved(now, session.stream, rtcp, bytes, start, end);
	}

	/** @see RtspConnectionOwner */
	closed(now: Millis, connection: ExchangeCarrier & LimitedConnection): void {
		for (const session of connection.sessions.slice()) {
			if (session.request.framing === "tcp") this.end(now, session, "the connection has ended");
			else connection.detach(now, session);
		}
		this.limits.remove(connection);
	}

	/** @see RtspControlHost */
	get random() {
		return this.host.random;
	}

	/** @see RtspControlHost */
	hasRoom(address: string, owner: boolean): boolean {
		return this.sessions.hasRoom(address, owner);
	}

	/** @see RtspControlHost */
	began(session: RtspSession): void {
		this.counters.sessions++;
		this.sessions.add(session);
		this.late?.called();
	}

	/** @see RtspControlHost */
	plays(session: RtspSession): void {
		if (!session.hasPlayed) this.host.began?.(session);
		session.hasPlayed = true;
	}

	/** @see RtspControlHost */
	targetOf(exchange: RtspExchange, target: RtspTarget): RtspTarget {
		return this.host.targetOf?.(exchange, target) ?? target;
	}

	/** @see RtspControlHost */
	describedBy(content: string): Headers {
		return this.host.describedBy?.(content) ?? [];
	}

	/** @see RtspControlHost */
	detourOf(exchange: RtspExchange, target: RtspTarget, isCrowded: boolean): string {
		return this.host.detourOf?.(exchange, target, isCrowded) ?? "";
	}

	/** @see RtspControlHost */
	find(id: string, address: string): RtspSession | undefined {
		return this.sessions.find(id, address);
	}

	/** @see RtspControlHost */
	admitted(exchange: RtspExchange): boolean {
		const { carrier, admission } = exchange;
		if (!(carrier instanceof RtspConnection)) return false;
		carrier.isTrusted = this.limits.trust(carrier, admission?.role === "owner");
		this.counters.displaced = this.limits.displaced;
		return carrier.isTrusted;
	}

	/** @see RtspControlHost */
	end(now: Millis, session: RtspSession, reason: string): void {
		if (session.state === OVER) return;
		this.forget(now, session, reason);
		if (session.stream >= 0) this.transport.teardown(now, session.stream);
	}

	/** @see RtspControlHost */
	streamEnded(now: Millis, session: RtspSession, reason: string): void {
		// A connection that takes nothing is dropped as an idle one; the client may still be saying goodbye.
		if (session.state !== OVER) this.forget(now, session, reason);
	}

	private forget(now: Millis, session: RtspSession, reason: string): void {
		this.sessions.remove(session);
		session.carrier?.detach(now, session);
		if (session.hasPlayed) this.host.ended?.(now, session, reason);
	}
}
