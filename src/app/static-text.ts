import { fromBase64 } from "../base/base64";
import type { HttpReply, HttpRequest } from "../http/http-request";
import { NO_STORE, REVALIDATED } from "../http/response-head";
import { TextBody, type TextCoding } from "../http/text-source";
import { fieldOf } from "../wire/text-message";

/** Begins a text that was compressed when the program was built: the mark of gzip in Base64. Nothing is cut off, as that would be a copy. */
export const GZIPPED = "H4sI";

/**
 * A text that is the same for all clients: compressed once, where the host can do that, or when the program was built, which spares a
 * board flash. @see RFC 9110 §8.4.1.3
 */
export class StaticText {
	/** The text in the coding in which the program has it. */
	private readonly body: TextBody;
	/** Whether {@link body} is gzip: there is nothing else to send then. */
	private readonly isGzip: boolean;
	/** The text as gzip, made by the host; `undefined`: the host can't compress, or {@link body} is gzip already. */
	private readonly compressed: Uint8Array | undefined;

	/**
	 * @param text as it is, or compressed. @see GZIPPED
	 * @param gzip absent: the host can't compress
	 */
	constructor(
		private readonly type: string,
		text: string,
		gzip: ((text: string) => Uint8Array) | undefined,
	) {
		this.isGzip = text.startsWith(GZIPPED);
		this.body = new TextBody([text], this.isGzip ? BASE64 : undefined);
		this.compressed = this.isGzip ? undefined : gzip?.(text);
	}

	/** Answers with it, compressed if the client accepts that. */
	reply(request: Pick<HttpRequest, "message">, reply: HttpReply): void {
		const { body, compressed, type } = this;
		if (this.isGzip) this.replyGzip(request, reply);
		else if (compressed === undefined) reply.text(200, type, body, REVALIDATED);
		else if (acceptsGzip(fieldOf(request.message, "accept-encoding") ?? ""))
			reply.send(200, type, compressed, [["ETag", `${body.etag.slice(0, -1)}-gzip"`], ENCODED, VARIES, ...REVALIDATED]);
		else reply.text(200, type, body, [VARIES, ...REVALIDATED]);
	}

	/** A client without Accept-Encoding accepts any coding. */
	private replyGzip({ message }: Pick<HttpRequest, "message">, reply: HttpReply): void {
		const accepted = fieldOf(message, "accept-encoding") ?? "gzip";
		if (acceptsGzip(accepted)) reply.text(200, this.type, this.body, [ENCODED, VARIES, ...REVALIDATED]);
		else reply.error(406, "This file is available as gzip only.", [VARIES, ...NO_STORE]);
	}
}

/** A piece has 256 characters: whole groups of four. */
const BASE64: TextCoding = Object.freeze({ encode: (piece: string) => fromBase64(piece) ?? NOTHING });
const NOTHING = new Uint8Array(0);
const ENCODED: readonly [string, string] = Object.freeze(["Content-Encoding", "gzip"] as const);
const VARIES: readonly [string, string] = Object.freeze(["Vary", "Accept-Encoding"] as const);

/** Whether a client accepts gzip. @param accepts the value of Accept-Encoding @see RFC 9110 §12.5.3 */
function acceptsGzip(accepts: string): boolean {
	for (const item of accepts.slice(0, 200).toLowerCase().split(",")) {
		const [coding, weight = ""] = item.split(";").map((part) => part.trim());
		if (coding === "gzip") return !(weight.startsWith("q=") && Number(weight.slice(2)) === 0);
	}
	return false;
}
