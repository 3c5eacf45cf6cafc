import type { StreamSource } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import type { Headers } from "../wire/text-message";
import { fieldOf, type TextMessage } from "../wire/text-message";
import type { TextBody } from "./text-source";

/**
 * One request as a gate and a handler see it.
 * @typeParam Visitor what a gate knows about the client; the engine only looks at whether it is there
 */
export interface HttpRequest<Visitor = unknown> {
	/** As sent; `HEAD` for a request that a `GET` handler answers. */
	readonly method: string;
	/** Decoded; never goes up. @see parseTarget */
	readonly path: string;
	readonly query: ReadonlyMap<string, string>;
	/** The fields as sent, and the body once it was collected. */
	readonly message: TextMessage;
	readonly remoteAddress: string;
	/** The local address and port that the client connected to. */
	readonly localAddress: string;
	readonly localPort: number;
	/** Whether the connection uses TLS. */
	readonly secure: boolean;
	/** Set by the gate; `undefined` while the client is unknown, and where there is no gate. */
	visitor: Visitor | undefined;
	readonly now: Millis;
}

/** Answers one request, once: during the handler's call, or later. What is said after the first answer is dropped. */
export interface HttpReply {
	/** Whether an answer was given, or can no longer be given. */
	readonly answered: boolean;
	/** Answers with a whole body; with one range of it, or 304, when the request asks for that. */
	send(status: number, contentType: string, body: string | Uint8Array, headers?: Headers): void;
	/** Answers with text that is encoded as it leaves; with 304 when the client has it. */
	text(status: number, contentType: string, body: TextBody, headers?: Headers): void;
	/**
	 * Answers with what a source gives.
	 * @param length octets that it will give; absent: the body ends with the connection, when the source says so
	 */
	stream(status: number, headers: Headers, source: StreamSource, length?: Octets): void;
	/** Sends the client elsewhere with a GET (303). */
	redirect(location: string, headers?: Headers): void;
	/** Answers with a short plain text. */
	error(status: number, message: string, headers?: Headers): void;
}

/** Answers the requests of one route. */
export type HttpHandler<Visitor = unknown> = (request: HttpRequest<Visitor>, reply: HttpReply) => void;

/** Returns the origin under which the client addressed this server: scheme, host and port. @see RFC 6454 §4 */
export function originOf({ message, secure, localAddress, localPort }: HttpRequest): string {
	return `${secure ? "https" : "http"}://${fieldOf(message, "host") || `${localAddress}:${localPort}`}`;
}
