import { toBase64 } from "../base/base64";
import { sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { HttpReply } from "../http/http-request";
import { REVALIDATED } from "../http/response-head";
import { TextBody } from "../http/text-source";
import type { Headers } from "../wire/text-message";
import { escapeXml } from "../wire/xml";
import { MESSAGES } from "./messages";

/**
 * Escapes text for HTML, between tags and inside quoted attributes. Characters are not looked up in an object: on XS each
 * one would become a property name, which is never freed.
 */
export function escapeHtml(text: string): string {
	return escapeXml(text).replaceAll("'", "&#39;");
}

/** Names an inline style or script in a page's policy. @see CSP Level 3 §2.3.1 (hash-source) */
export function hashSource(text: string): string {
	return `'sha256-${toBase64(sha256(utf8Encode(text)))}'`;
}

/** What pages may load: pictures from any camera, everything else only from this server. @see CSP Level 3 */
const POLICY =
	"default-src 'none'; img-src 'self' http: https: data:; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEAD: readonly string[] = Object.freeze([
	'<link rel="stylesheet" href="/porthole.css"><script src="/porthole.js" defer></script>',
]);

/** A generated page, ready to be sent any number of times. */
export class Page {
	readonly body: TextBody;
	private readonly policy: string;

	/**
	 * @param body the elements of the body, already HTML
	 * @param own the policy and head of a page that does not use the common style and script
	 */
	constructor(
		title: string,
		body: readonly string[],
		own?: { readonly policy: string; readonly head: readonly string[] },
	) {
		this.policy = own?.policy ?? POLICY;
		this.body = new TextBody([
			`<!DOCTYPE html>
<html lang="${MESSAGES.lang}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
`,
			...(own?.head ?? HEAD),
			"</head>\n<body>",
			...body,
			"</body></html>\n",
		]);
	}

	/** Answers a request with the page. */
	reply(reply: HttpReply): void {
		this.replyWith(reply, 200, REVALIDATED);
	}

	/** Answers with the page and another status. @param headers must include Cache-Control */
	replyWith(reply: HttpReply, status: number, headers: Headers): void {
		reply.text(status, "text/html; charset=utf-8", this.body, [
			...headers,
			["Content-Security-Policy", this.policy],
			["Referrer-Policy", "same-origin"],
		]);
	}
}
