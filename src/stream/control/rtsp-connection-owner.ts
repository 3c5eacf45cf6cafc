import type { Millis, Octets } from "../../core/time";
import type { LimitedConnection } from "../../http/connection-limits";
import type { RtspWriter } from "../../wire/rtsp-writer";
import type { ExchangeCarrier, RtspExchange } from "./rtsp-exchange";
import type { RtspSession } from "./rtsp-session";
import type { RtspCounters } from "./rtsp-settings";

/** The server, as a connection sees it. */
export interface RtspConnectionOwner {
	readonly counters: RtspCounters;
	/** Writes the responses of all connections. */
	readonly writer: RtspWriter;
	/** The longest body of a request. */
	readonly bodyMax: Octets;
	/** Answers a request, in this call or later. */
	handle(now: Millis, exchange: RtspExchange): void;
	/** A request was refused. @param detail the words of the answer; empty: none */
	refused(now: Millis, exchange: RtspExchange, status: number, detail: string): void;
	/** The connection has room again: streams on it may take the newest picture. */
	room(now: Millis, session: RtspSession): void;
	/** An interleaved frame came on the channel of RTP or RTCP. */
	interleaved(now: Millis, session: RtspSession, rtcp: boolean, bytes: Uint8Array, start: number, end: number): void;
	/** The connection is over. Called once. */
	closed(now: Millis, connection: ExchangeCarrier & LimitedConnection): void;
}
