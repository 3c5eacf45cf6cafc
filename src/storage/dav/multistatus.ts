import { utf8Encode } from "../../base/text";
import { type StreamOutbox, type StreamSource, writeWhatFits } from "../../core/stream";
import type { Millis, Octets } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { reasonOf } from "../../wire/http-status";
import type { Headers } from "../../wire/text-message";
import { escapeXml } from "../../wire/xml";

/** For bodies of WebDAV. */
export const XML_TYPE = 'application/xml; charset="utf-8"';

const START = '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">\n';
const END = "</D:multistatus>\n";

/** Properties with one status: XML, one element after another. */
export interface PropertyStatus {
	readonly status: number;
	readonly properties: string;
	/** The precondition that failed, as XML; empty for none. */
	readonly error?: string;
}

/** Collects the responses of a multi-status body, each encoded at once. @see RFC 4918 §13 */
export class MultiStatus {
	private readonly pieces: Uint8Array[] = [utf8Encode(START)];
	private octets: Octets = START.length;

	/** Adds what is said about one resource. @param href encoded */
	add(href: string, parts: readonly PropertyStatus[]): void {
		let text = `<D:response><D:href>${escapeXml(href)}</D:href>`;
		for (const { status, properties, error = "" } of parts) {
			text += `<D:propstat><D:prop>${properties}</D:prop>${statusLine(status)}`;
			text += `${error === "" ? "" : `<D:error>${error}</D:error>`}</D:propstat>`;
		}
		this.push(`${text}</D:response>\n`);
	}

	/** Adds the status of one resource as a whole. */
	addStatus(href: string, status: number, error = ""): void {
		const more = error === "" ? "" : `<D:error>${error}</D:error>`;
		this.push(`<D:response><D:href>${escapeXml(href)}</D:href>${statusLine(status)}${more}</D:response>\n`);
	}

	/** Answers a request with what was collected. */
	reply(reply: HttpReply): void {
		this.push(END);
		const headers: Headers = [["Content-Type", XML_TYPE], ...NO_STORE];
		reply.stream(207, headers, new PiecesSource(this.pieces), this.octets);
	}

	private push(text: string): void {
		const piece = utf8Encode(text);
		this.pieces.push(piece);
		this.octets += piece.length;
	}
}

/** Answers with a failed precondition or postcondition of WebDAV. @param error XML, in the namespace `D` @see RFC 4918 §16 */
export function replyError(reply: HttpReply, status: number, error: string): void {
	const body = `<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:">${error}</D:error>\n`;
	reply.send(status, XML_TYPE, body, NO_STORE);
}

function statusLine(status: number): string {
	return `<D:status>HTTP/1.1 ${status} ${reasonOf(status)}</D:status>`;
}

/** Sends octets that were collected. */
class PiecesSource implements StreamSource {
	private index = 0;
	private at = 0;

	constructor(private readonly pieces: readonly Uint8Array[]) {}

	fill(_now: Millis, out: StreamOutbox): boolean {
		for (; this.index < this.pieces.length; this.index++) {
			const piece = this.pieces[this.index];
			this.at = writeWhatFits(out, piece, this.at, piece.length);
			if (this.at < piece.length) return false;
			this.at = 0;
		}
		return true;
	}

	release(): void {}
}
