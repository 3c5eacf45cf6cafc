import type { StreamSource } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import { fieldOf, type Headers, type TextMessage } from "../wire/text-message";
import type { BodySink } from "./body-sink";
import type { SeekableContent } from "./seekable-content";
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
	/** The fields as sent, and the body where the route has it collected. */
	readonly message: TextMessage;
	/** Octets of the body; `undefined` where the client does not say in advance. */
	readonly length: Octets | undefined;
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
	/** Answers with content, or a range of it; with 304 or 412 when the request's conditions say so; 416. */
	content(content: SeekableContent, headers?: Headers): void;
	/** Answers without a body: 201, 204. */
	empty(status: number, headers?: Headers): void;
	/** Sends the client elsewhere with a GET (303). */
	redirect(location: string, headers?: Headers): void;
	/** Answers with a short plain text. */
	error(status: number, message: string, headers?: Headers): void;
	/**
	 * Has the body of a request given to a sink, from a handler whose route streams; until this call nothing of it is
	 * read, and a client that waits for `100 Continue` is not asked for it. The sink may be called before this returns.
	 */
	receive(sink: BodySink): void;
	/** The sink takes more, after it has returned false. */
	resume(): void;
}

/** Answers the requests of one route. */
export type HttpHandler<Visitor = unknown> = (request: HttpRequest<Visitor>, reply: HttpReply) => void;

/** Returns the origin under which the client addressed this server: scheme, host and port. @see RFC 6454 §4 */
export function originOf({ message, secure, localAddress, localPort }: HttpRequest): string {
	return `${secure ? "https" : "http"}://${fieldOf(message, "host") || `${localAddress}:${localPort}`}`;
}
