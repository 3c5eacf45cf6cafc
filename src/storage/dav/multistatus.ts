import { utf8Encode } from "../../base/text";
import { type StreamOutbox, type StreamSource, type StreamWaker, writeWhatFits } from "../../core/stream";
import type { Millis } from "../../core/time";
import type { HttpReply, HttpRequest } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { reasonOf } from "../../wire/http-status";
import type { Headers } from "../../wire/text-message";
import { escapeXml } from "../../wire/xml";

/** For bodies of WebDAV. */
export const XML_TYPE = 'application/xml; charset="utf-8"';

const START = '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">\n';
const END = "</D:multistatus>\n";

/** How many responses are made at a time, and how long they get: some milliseconds on a board. */
const BATCH = 8;
const BATCH_LENGTH = 8192;

/** Properties with one status: XML, one element after another. */
export interface PropertyStatus {
	readonly status: number;
	readonly properties: string;
	/** The precondition that failed, as XML; empty for none. */
	readonly error?: string;
}

/** Writes what is said about one resource. @param href encoded */
export function responseOf(href: string, parts: readonly PropertyStatus[]): string {
	let text = `<D:response><D:href>${escapeXml(href)}</D:href>`;
	for (const { status, properties, error = "" } of parts) {
		text += `<D:propstat><D:prop>${properties}</D:prop>${statusLine(status)}`;
		text += `${error === "" ? "" : `<D:error>${error}</D:error>`}</D:propstat>`;
	}
	return `${text}</D:response>\n`;
}

/** Writes the status of one resource as a whole. @param href encoded */
export function statusOf(href: string, status: number): string {
	return `<D:response><D:href>${escapeXml(href)}</D:href>${statusLine(status)}</D:response>\n`;
}

/** Answers with a multi-status body. @param responses one after another @see RFC 4918 §13 */
export function replyMultiStatus(reply: HttpReply, responses: string): void {
	reply.send(207, XML_TYPE, `${START}${responses}${END}`, NO_STORE);
}

/**
 * Answers with a multi-status body of any length, which is made while it is sent, a few responses at a time: engines without a
 * compiler take long for a large folder, and other work goes on meanwhile.
 * @param next makes the next response; `undefined` at the end
 * @param later calls something in a moment
 * @param over called at the end, once
 */
export function streamMultiStatus(
	request: HttpRequest,
	reply: HttpReply,
	next: () => string | undefined,
	later: (run: (now: Millis) => void) => void,
	over: () => void,
): void {
	// HTTP/1.0 has no chunks: the body ends with the connection.
	const isChunked = request.message.minor > 0;
	const coding: Headers = isChunked ? [["Transfer-Encoding", "chunked"]] : [];
	const headers: Headers = [["Content-Type", XML_TYPE], ...coding, ...NO_STORE];
	reply.stream(207, headers, new ResponseSource(next, later, isChunked, over));
}

/** Answers with a failed precondition or postcondition of WebDAV. @param error XML, in the namespace `D` @see RFC 4918 §16 */
export function replyError(reply: HttpReply, status: number, error: string): void {
	const body = `<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:">${error}</D:error>\n`;
	reply.send(status, XML_TYPE, body, NO_STORE);
}

function statusLine(status: number): string {
	return `<D:status>HTTP/1.1 ${status} ${reasonOf(status)}</D:status>`;
}

/** @see streamMultiStatus */
class ResponseSource implements StreamSource {
	private waker: StreamWaker | undefined;
	private bytes: Uint8Array;
	private at = 0;
	private isLast = false;
	/** Whether it has made some in this turn, and waits for the next. */
	private isResting = false;

	constructor(
		private readonly next: () => string | undefined,
		private readonly later: (run: (now: Millis) => void) => void,
		private readonly isChunked: boolean,
		private readonly over: () => void,
	) {
		this.bytes = this.encode(START);
	}

	attach(waker: StreamWaker): void {
		this.waker = waker;
	}

	fill(_now: Millis, out: StreamOutbox): boolean {
		this.at = writeWhatFits(out, this.bytes, this.at, this.bytes.length);
		if (this.at < this.bytes.length || this.isResting) return false;
		if (this.isLast) return true;
		this.isResting = true;
		this.later((now) => {
			this.isResting = false;
			if (this.waker === undefined) return;
			this.make();
			this.waker.wake(now);
		});
		return false;
	}

	release(): void {
		this.waker = undefined;
		this.over();
	}

	private make(): void {
		let text = "";
		let length = 0;
		for (let i = 0; i < BATCH && length < BATCH_LENGTH && !this.isLast; i++) {
			const response = this.next();
			this.isLast = response === undefined;
			text += response ?? END;
			length += response?.length ?? 0;
		}
		this.bytes = this.encode(text);
		this.at = 0;
	}

	/** Encodes text, as a chunk if needed. @see RFC 9112 §7.1 */
	private encode(text: string): Uint8Array {
		const bytes = utf8Encode(text);
		if (!this.isChunked) return bytes;
		const head = utf8Encode(`${bytes.length.toString(16)}\r\n`);
		const tail = utf8Encode(this.isLast ? "\r\n0\r\n\r\n" : "\r\n");
		const chunk = new Uint8Array(head.length + bytes.length + tail.length);
		chunk.set(head);
		chunk.set(bytes, head.length);
		chunk.set(tail, head.length + bytes.length);
		return chunk;
	}
}
