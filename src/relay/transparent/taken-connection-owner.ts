import type { Endpoint } from "../../core/endpoint-table";
import type { EndReason } from "../../core/stream";
import type { Millis } from "../../core/time";
import type { JudgedRequest } from "./judgement";
import type { TakenEnd } from "./taken-end";

/** A taken connection, as its owner sees it: address and port are those that the viewer's connection was for. */
export interface OwnedConnection extends Endpoint {
	/** The ends at the viewer and at the origin; each connection to the origin has its own. */
	readonly viewer: TakenEnd;
	readonly origin: TakenEnd;
}

/** Why a connection passes untouched. `silent`: the viewer waits for the server to begin. */
export type PassReason = "encrypted" | "silent" | "not a live stream";

/** What becomes of a candidate: the relay serves it, or answers what is asked about it; the origin's answer is to be judged; it passes. */
export type CandidateFate = "relay" | "probe" | "pass";

/** Takes the word on a candidate; called once, in the call that asks or later. */
export type FateSink = (now: Millis, fate: CandidateFate) => void;

/** What a `TakenConnection` needs of its owner. */
export interface TakenConnectionOwner {
	/** Opens a connection to the origin, with `TakenConnection.origin` at this end of it, and sets its `out`. */
	dial(connection: OwnedConnection): void;
	/** A viewer asks for what may be a live stream. */
	ask(now: Millis, connection: OwnedConnection, request: JudgedRequest, answered: FateSink): void;
	/** The fate was `probe`, and the origin's answer is a live stream: `relay` or `pass` follows. */
	isLive(now: Millis, connection: OwnedConnection, request: JudgedRequest, answered: FateSink): void;
	/** The fate was `probe`. @param known false: nobody knows, as the connection has ended; true: it is no live stream */
	isNotLive(now: Millis, connection: OwnedConnection, request: JudgedRequest, known: boolean): void;
	/**
	 * The relay serves the viewer from now on: its connection is no longer this object's.
	 * @param bytes the request, and what the viewer has sent behind it
	 */
	handOver(connection: OwnedConnection, request: JudgedRequest, bytes: Uint8Array): void;
	/** All that follows passes untouched. */
	passes(connection: OwnedConnection, why: PassReason): void;
	/** The origin could not be reached. */
	unreachable(connection: OwnedConnection, why: EndReason): void;
}
