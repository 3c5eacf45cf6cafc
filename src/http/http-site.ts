import type { Millis } from "../core/time";
import type { Headers, TextFault } from "../wire/text-message";
import type { HttpReply, HttpRequest } from "./http-request";

/** Decides whether a client may have what it asks for. */
export interface Gate<Visitor, Need> {
	/**
	 * Finds out who the client is, sets `request.visitor`, and lets the request pass or answers it.
	 * @param need what the route asks for; `undefined` where no route has this path and method
	 * @returns false when it has answered, or will answer, in the handler's place
	 */
	admit(request: HttpRequest<Visitor>, need: Need | undefined, reply: HttpReply): boolean;
}

/** Why the engine itself turns a request away. */
export type HttpRefusalReason =
	| TextFault
	/** The target is not a path that this server could have. */
	| "bad-target"
	| "not-found"
	/** The path has routes for other methods. */
	| "method-not-allowed"
	/** A browser sent it for a page of another origin. */
	| "cross-origin"
	/** The request took too long to arrive. */
	| "slow-request"
	/** The handler took too long. */
	| "slow-handler"
	/** The handler threw. */
	| "handler-failed";

/** One refusal by the engine: the reason, and the status and fields that the answer must have. */
export interface HttpRefusal {
	readonly reason: HttpRefusalReason;
	readonly status: number;
	readonly headers: Headers;
}

/**
 * What an {@link HttpServer} needs from its owner.
 * @typeParam Visitor what the gate knows about a client
 * @typeParam Need what a route asks of a client
 */
export interface HttpSite<Visitor = unknown, Need = unknown> {
	/** Returns the host's monotonic time, for what handlers do outside a call of the server. */
	now(): Millis;
	/** Returns the date for the Date field; `undefined` while it is unknown. */
	utc(): Millis | undefined;
	/** Asked before every route; without one all is open. */
	readonly gate?: Gate<Visitor, Need>;
	/**
	 * Answers a request that the engine turns away, with the status and the fields that it says.
	 * @param request absent when it could not be read
	 * @default a plain text of status and reason phrase
	 */
	refuse?(refusal: HttpRefusal, request: HttpRequest<Visitor> | undefined, reply: HttpReply): void;
	/** Takes an exception of a handler or of its body sink, for the log; its client is answered 500. */
	failed?(request: HttpRequest<Visitor>, error: unknown): void;
}
