import type { HttpReply } from "../http/http-request";
import { TextBody } from "../http/text-source";
import type { Headers } from "../wire/text-message";
import { MESSAGES } from "./messages";

/** Escapes text for HTML, between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
	let safe = "";
	let from = 0;
	for (let i = 0; i < text.length; i++) {
		const entity = ENTITIES[text[i]];
		if (entity === undefined) continue;
		safe += text.slice(from, i) + entity;
		from = i + 1;
	}
	return safe + text.slice(from);
}

const ENTITIES: Readonly<Record<string, string>> = Object.freeze({
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
});

/** What pages may load: pictures of any camera, and what this server itself has. @see CSP Level 3 */
const POLICY =
	"default-src 'none'; img-src 'self' http: https: data:; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEAD: readonly string[] = Object.freeze([
	'<link rel="stylesheet" href="/porthole.css"><script src="/porthole.js" defer></script>',
]);
/** A browser may keep a page, and asks whether it is still so. @see RFC 9111 §5.2.2.4 */
const KEPT: Headers = Object.freeze([Object.freeze(["Cache-Control", "private, no-cache"] as const)]);

/** A generated page in its final form. */
export class Page {
	readonly body: TextBody;
	private readonly policy: string;

	/**
	 * @param body the elements of the body, already HTML
	 * @param own what a page that is whole in itself has in place of the one style, script and policy of all
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
		this.replyWith(reply, 200, KEPT);
	}

	/** Answers with the page under another status. @param headers among them who may keep it */
	replyWith(reply: HttpReply, status: number, headers: Headers): void {
		reply.text(status, "text/html; charset=utf-8", this.body, [
			...headers,
			["Content-Security-Policy", this.policy],
			["Referrer-Policy", "same-origin"],
		]);
	}
}
