import type { Millis } from "../../core/time";
import type { Framing } from "../packets/packet-burst";
import type { StreamListener } from "../stream-transport";
import { SESSION_TIME } from "./rtsp-settings";

/** What a session is doing; numbers, as XS copies a string each time it is compared. */
export type SessionState = number;
/** SETUP is not answered yet. */
export const SETTING_UP: SessionState = 0;
export const READY: SessionState = 1;
export const PLAYING: SessionState = 2;
/** It has ended; nobody finds it any more. */
export const OVER: SessionState = 3;

/** The control connection of a session, as the session sees it. */
export interface SessionCarrier {
	/** The sessions that end with it, or that its requests belong to. */
	readonly sessions: readonly RtspSession[];
	/** Whether the client has taken all that was sent so far. */
	readonly hasTakenAll: boolean;
	/** The session belongs to this connection from now on. */
	attach(session: RtspSession): void;
	/** The session has ended, or belongs to another connection. */
	detach(now: Millis, session: RtspSession): void;
	/** Drops the connection. */
	drop(): void;
}

/** Ends sessions. */
export interface SessionOwner {
	/** The stream of a session has ended by itself. */
	streamEnded(now: Millis, session: RtspSession, reason: string): void;
	/** Ends a session with its connection. */
	dismiss(now: Millis, session: RtspSession, reason: string): void;
}

/** The client of a session, and its content. */
export interface SessionRequest {
	/** @see ContentDescription.id */
	readonly content: string;
	/** The URL of the track as the client knows it; empty when it has sent none. */
	readonly url: string;
	readonly framing: Framing;
	/** The client's address. */
	readonly address: string;
	/** The login by which it was admitted. @see streamSessionOf @default none that can end by itself */
	readonly login?: string;
}

/**
 * One control session: one stream of one content to one client (STR-2, STR-3).
 *
 * With the framing `udp` it may outlive its connection, until its time is over; with `tcp` it ends with it.
 * @see RFC 2326 §3.4, §12.37, §A
 */
export class RtspSession implements StreamListener {
	state = SETTING_UP;
	/** The stream transport session. */
	stream = -1;
	/** Whether a request of it waits for the distribution. */
	isBusy = true;
	/** Whether it has ever played. */
	hasPlayed = false;
	/** When it ends without a sign of life. */
	until: Millis;
	/** The connection that it ends with, or that its last request came by. */
	carrier: SessionCarrier | undefined;

	/** @param id unguessable */
	constructor(
		private readonly owner: SessionOwner,
		readonly id: string,
		readonly request: SessionRequest,
		readonly since: Millis,
	) {
		this.until = since + 1000 * SESSION_TIME;
	}

	/** Its client has given a sign of life. */
	alive(now: Millis): void {
		this.until = now + 1000 * SESSION_TIME;
	}

	/** It belongs to this connection from now on. */
	carriedBy(now: Millis, carrier: SessionCarrier): void {
		if (this.carrier === carrier) return;
		this.carrier?.detach(now, this);
		this.carrier = carrier;
		carrier.attach(this);
	}

	/** @see StreamListener */
	streamEnded(now: Millis, stream: number, reason: string): void {
		if (stream === this.stream && this.state !== OVER) this.owner.streamEnded(now, this, reason);
	}

	/** @see StreamListener */
	streamLost(now: Millis, stream: number, reason: string): void {
		if (stream === this.stream && this.state !== OVER) this.owner.dismiss(now, this, reason);
	}

	/** @see StreamListener */
	streamAlive(now: Millis, stream: number): void {
		if (stream === this.stream) this.alive(now);
	}
}
