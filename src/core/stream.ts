import type { Machine } from "./machine";
import type { Millis, Octets } from "./time";

/**
 * Why a stream ended. `closed`: the peer ended it normally. `certificate`: the certificate of a TLS server was not accepted.
 * `tls`: the TLS handshake failed in another way, or this host has no TLS.
 */
export type EndReason = "closed" | "refused" | "timeout" | "unreachable" | "reset" | "certificate" | "tls" | "failed";

/** Keeps octets from being changed or reused while they are referred to; `Frame` is one. */
export interface Lease {
	/** Adds a reference to the octets. */
	retain(): void;
	/** Removes a reference. */
	release(): void;
}

/**
 * The sending side of a TCP connection: the host's own object, valid until the machine's `ended`.
 *
 * Credit: never write more than {@link room}. `room` shrinks with each write and grows when the peer takes bytes,
 * which the host reports by the machine's `room`.
 */
export interface StreamOutbox {
	/** Octets that may be written now; 0 after {@link end}. */
	readonly room: Octets;
	/** Octets written that the network stack has not yet taken from the host. Always 0 where writing copies. */
	readonly queued: Octets;
	/**
	 * Octets that the network stack has taken from the host since the connection began: what metering counts. Over TLS those of
	 * TLS, its handshake included. It keeps its last value when the connection is gone. Absent: this host does not count.
	 */
	readonly sent?: Octets;
	/** Writes `bytes[start, end)`; the host copies what it can't send at once. */
	write(bytes: Uint8Array, start: number, end: number): void;
	/** Writes octets that will never change: the host may keep the reference, so one buffer serves all viewers. */
	writeShared(bytes: Uint8Array, start: number, end: number): void;
	/**
	 * Takes all of `bytes[start, end)`, whatever {@link room} is, or nothing. It takes the bytes when the stream is open, is not
	 * ending and has nothing {@link queued}. The host keeps a reference to what it can't send at once, and calls `room` when all has
	 * left. So a viewer that does not read costs one shared frame at most.
	 * @param lease retained while the host refers to the octets. Without a lease they must never change.
	 * @returns true when the bytes were taken
	 */
	offer(bytes: Uint8Array, start: number, end: number, lease?: Lease): boolean;
	/** Stops (`false`) or resumes (`true`) reading, so that the peer feels back-pressure. */
	reading(on: boolean): void;
	/** Ends the sending side once everything is sent. */
	end(): void;
	/** Drops the connection at once; the machine's `ended` is called with `reset`, after this call has returned. */
	abort(): void;
}

/** A machine at one end of a TCP connection. `bytes` is valid during the call only, and all of it is taken. */
export interface StreamMachine extends Machine<StreamOutbox> {
	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void;
	/** There is room: the first call says that the connection is open, each later one that `out.room` has grown from 0 or `out.queued` has fallen to 0. */
	room(now: Millis, out: StreamOutbox): void;
	/**
	 * The peer has ended its sending side (`closed`), or the connection is gone (any other reason). After `closed` the
	 * machine may still write, and a second call follows when the connection is gone, with any reason.
	 */
	ended(now: Millis, why: EndReason): void;
}

/** Lets a source report between two calls of its `fill`. */
export interface StreamWaker {
	/** The source has something to send after it had nothing: `fill` is called again. Not to be called from inside `fill`. */
	wake(now: Millis): void;
	/** The source has failed: the connection is dropped, so that the peer does not take a part for the whole. */
	fail(): void;
}

/** Fills a stream whenever there is room: with a response body, live pictures, a file. */
export interface StreamSource {
	/**
	 * Called once, before the first `fill`. A source that may run dry before its end keeps the waker, and calls it when it
	 * has something to send; other sources need no `attach`.
	 */
	attach?(waker: StreamWaker): void;
	/** Writes as much as fits and returns true when nothing will follow. Called whenever there is room. */
	fill(now: Millis, out: StreamOutbox): boolean;
	/** The stream has ended, for any reason: releases all resources. Called exactly once. */
	release(): void;
}

/**
 * Writes as much as fits of `bytes[at, end)`, which will never change, until all is written or there is no room left.
 * @returns where to continue at the next `room`; `end` when all is written
 */
export function writeWhatFits(out: StreamOutbox, bytes: Uint8Array, at: number, end: number): number {
	let from = at;
	while (from < end && out.room > 0) {
		const upTo = Math.min(end, from + out.room);
		out.writeShared(bytes, from, upTo);
		from = upTo;
	}
	return from;
}
