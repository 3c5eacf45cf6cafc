import type { StreamSource } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import { fieldOf, type Headers, type TextMessage } from "../wire/text-message";
import type { BodySink } from "./body-sink";
import type { SeekableContent } from "./seekable-content";
import type { TextBody } from "./text-source";

/**
 * One request, as gates and handlers see it.
 * @typeParam Visitor what a gate knows about the client; the engine only checks whether it is set
 */
export interface HttpRequest<Visitor = unknown> {
	/** As sent. A `GET` handler also gets `HEAD` requests. */
	readonly method: string;
	/** Decoded and checked: no empty, `.` or `..` segment. @see parseTarget */
	readonly path: string;
	readonly query: ReadonlyMap<string, string>;
	/** The fields, and the body if the route has it collected. */
	readonly message: TextMessage;
	/** Length of the body; `undefined` if the client does not declare it (chunked coding). */
	readonly length: Octets | undefined;
	readonly remoteAddress: string;
	/** The local address and port that the client connected to. */
	readonly localAddress: string;
	readonly localPort: number;
	/** Whether the connection uses TLS. */
	readonly secure: boolean;
	/** Set by the gate; `undefined` while the client is unknown or there is no gate. */
	visitor: Visitor | undefined;
	readonly now: Millis;
}

/**
 * Answers one request, during the handler's call or later. Only the first answer counts: calls after it, or after the
 * connection was lost, are ignored, and release what they are given.
 */
export interface HttpReply {
	/** Whether an answer was given, or can no longer be sent. */
	readonly answered: boolean;
	/** Adds a field to the answer, whatever it will be, before those that the answer brings. Only for a gate. */
	add(name: string, value: string): void;
	/** Responds with a body. For status 200 it honors ranges and, if `headers` have an ETag, conditions. */
	send(status: number, contentType: string, body: string | Uint8Array, headers?: Headers): void;
	/** Responds with text that is encoded while it is sent; or with 304 if the client has it. */
	text(status: number, contentType: string, body: TextBody, headers?: Headers): void;
	/**
	 * Responds with the octets of a source.
	 * @param length how many it gives; if absent, the body ends when the source ends, and the connection is closed then
	 */
	stream(status: number, headers: Headers, source: StreamSource, length?: Octets): void;
	/** Responds with content that supports ranges and conditions: 200, 206, 304, 412 or 416. */
	content(content: SeekableContent, headers?: Headers): void;
	/** Responds without a body. */
	empty(status: number, headers?: Headers): void;
	/** Redirects the client to a page (303). */
	redirect(location: string, headers?: Headers): void;
	/**
	 * Refuses the request: with a page or a short plain text.
	 * @param headers further fields. @default those that forbid caching
	 */
	error(status: number, message: string, headers?: Headers): void;
	/**
	 * Passes the body of the request to a sink; for routes whose body is a `stream`. Until this is called nothing of the
	 * body is read, and a client that expects `100 Continue` does not get it. The sink may be called before this returns.
	 */
	receive(sink: BodySink): void;
	/** Lets the sink have more, after its `take` has returned false. */
	resume(): void;
	/** The handler still works, and gets its time for the answer again. */
	working(): void;
}

/** Handles the requests of one route. */
export type HttpHandler<Visitor = unknown> = (request: HttpRequest<Visitor>, reply: HttpReply) => void;

/** Returns the origin under which the client addressed this server: scheme, host and port. @see RFC 6454 §4 */
export function originOf({ message, secure, localAddress, localPort }: HttpRequest): string {
	return `${secure ? "https" : "http"}://${fieldOf(message, "host") || `${localAddress}:${localPort}`}`;
}
