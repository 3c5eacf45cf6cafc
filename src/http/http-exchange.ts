import { utf8Encode } from "../base/text";
import type { Outlet } from "../core/machine";
import { type EndReason, type StreamMachine, type StreamOutbox, writeWhatFits } from "../core/stream";
import type { Millis } from "../core/time";
import { HTTP_RESPONSES, RESPONSE_LIMITS, type TextMessage } from "../wire/text-message";
import { TextMessageReader } from "../wire/text-message-reader";

/** What became of one request: the answer, or why there is none. */
export type ExchangeResult =
	| { readonly answer: TextMessage }
	| { readonly failure: EndReason | "malformed" | "too-large" };

/** What is asked of another machine by HTTP. */
export interface ExchangeRequest {
	readonly method: string;
	/** The value of the Host field. */
	readonly host: string;
	readonly target: string;
	readonly headers: readonly (readonly [string, string])[];
	readonly body: Uint8Array;
	/** The longest that the exchange may take, from the call of the other machine to the last octet. @default 5000 */
	readonly timeout?: Millis | undefined;
}

/** @see ExchangeRequest.timeout */
const TIMEOUT: Millis = 5000;

/** Makes one HTTP request over one connection, and reads the answer. It follows no redirects. */
export class HttpExchange implements StreamMachine {
	deadline: Millis;
	private readonly reader = new TextMessageReader(HTTP_RESPONSES, RESPONSE_LIMITS);
	private readonly bytes: Uint8Array;
	private sent = 0;
	private over = false;

	/** @param result is told once, at the end */
	constructor(
		now: Millis,
		request: ExchangeRequest,
		private readonly result: Outlet<ExchangeResult>,
	) {
		this.deadline = now + (request.timeout ?? TIMEOUT);
		let head = `${request.method} ${request.target} HTTP/1.1\r\nHost: ${request.host}\r\nConnection: close\r\n`;
		for (const [name, value] of request.headers) head += `${name}: ${value}\r\n`;
		if (request.method === "POST") head += `Content-Length: ${request.body.length}\r\n`;
		const start = utf8Encode(`${head}\r\n`);
		this.bytes = new Uint8Array(start.length + request.body.length);
		this.bytes.set(start);
		this.bytes.set(request.body, start.length);
	}

	room(_now: Millis, out: StreamOutbox): void {
		this.sent = writeWhatFits(out, this.bytes, this.sent, this.bytes.length);
	}

	feed(_now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		if (this.over) return;
		// An interim answer (100 Continue) is not the answer. RFC 9110 §15.2
		for (let at = this.reader.feedWhole(bytes); this.reader.done && this.reader.message.status < 200; ) {
			this.reader.next();
			at += this.reader.feedWhole(bytes, at);
		}
		const { fault } = this.reader;
		if (fault !== undefined)
			this.finish({ failure: fault === "malformed" || fault === "version" ? "malformed" : "too-large" }, out);
		else if (this.reader.done) this.finish({ answer: this.reader.message }, out);
	}

	ended(_now: Millis, why: EndReason): void {
		if (this.over) return;
		if (why === "closed" && this.reader.close()) this.finish({ answer: this.reader.message });
		else this.finish({ failure: why === "closed" ? "malformed" : why });
	}

	expire(now: Millis, out: StreamOutbox): void {
		if (now >= this.deadline && !this.over) this.finish({ failure: "timeout" }, out);
	}

	private finish(result: ExchangeResult, out?: StreamOutbox): void {
		this.over = true;
		this.deadline = Infinity;
		this.result.emit(result);
		out?.abort();
	}
}
