import type { Millis } from "../core/time";
import type { Headers, TextFault } from "../wire/text-message";
import type { HttpReply, HttpRequest } from "./http-request";

/** Authorizes requests. */
export interface Gate<Visitor, Need> {
	/**
	 * Identifies the client, sets `request.visitor`, and admits the request or answers it.
	 * @param need what the route requires; `undefined` if there is no route for the path and method
	 * @returns false if the gate has answered, or will answer, the request itself
	 */
	admit(request: HttpRequest<Visitor>, need: Need | undefined, reply: HttpReply): boolean;
}

/** Why the engine refuses a request. */
export type HttpRefusalReason =
	| TextFault
	/** The target is not a path, or not an acceptable one. */
	| "bad-target"
	| "not-found"
	/** The path has routes for other methods. */
	| "method-not-allowed"
	/** A browser sent it on behalf of a page of another origin. */
	| "cross-origin"
	/** The clients that are not owners have all the connections that they may have. */
	| "crowded"
	/** The request took too long to arrive. */
	| "slow-request"
	/** The handler took too long. */
	| "slow-handler"
	/** The handler threw. */
	| "handler-failed";

/** A refusal by the engine: the reason, and the status and fields that the response must have. */
export interface HttpRefusal {
	readonly reason: HttpRefusalReason;
	readonly status: number;
	readonly headers: Headers;
}

/**
 * What an `HttpServer` needs from its owner.
 * @typeParam Visitor what the gate knows about a client
 * @typeParam Need what a route requires of a client
 */
export interface HttpSite<Visitor = unknown, Need = unknown> {
	/** Returns the host's monotonic time, for answers that are given outside a call of the server. */
	now(): Millis;
	/** Returns the date for the Date field; `undefined` while it is unknown. */
	utc(): Millis | undefined;
	/** Asked about every request; without a gate all requests are admitted. */
	readonly gate?: Gate<Visitor, Need>;
	/** Whether room is kept for a client, and its connections are never dropped for others. @default true */
	isOwner?(visitor: Visitor): boolean;
	/** Identifies the session that a request belongs to. @default empty */
	sessionOf?(visitor: Visitor): string;
	/**
	 * Renders a refusal as a response with its status and fields.
	 * @param request absent if it could not be read
	 * @default a plain text with status and reason phrase
	 */
	refuse?(refusal: HttpRefusal, request: HttpRequest<Visitor> | undefined, reply: HttpReply): void;
	/**
	 * Renders an error that a handler, the gate or {@link refuse} gives as a text (`HttpReply.error`).
	 * @param request absent if it could not be read
	 * @returns false: the text is sent as it is
	 * @default false
	 */
	error?(
		status: number,
		message: string,
		headers: Headers,
		request: HttpRequest<Visitor> | undefined,
		reply: HttpReply,
	): boolean;
	/** Logs an exception of a handler or of its body sink; the response is 500. */
	failed?(request: HttpRequest<Visitor>, error: unknown): void;
}
