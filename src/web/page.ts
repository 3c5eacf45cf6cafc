import { utf8Encode } from "../base/text";
import { WORDS } from "../base/words";
import type { HttpReply } from "./http-server";
import type { Headers } from "./response-head";

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

/** A generated page in its final form. */
export class Page {
	readonly bytes: Uint8Array;
	private readonly etag: string;
	private readonly policy: string;

	/**
	 * @param body the elements of the body, already HTML
	 * @param own what a page that is whole in itself has in place of the one style, script and policy of all
	 */
	constructor(title: string, body: readonly string[], own?: { readonly policy: string; readonly head: string }) {
		this.policy = own?.policy ?? POLICY;
		const text = `<!DOCTYPE html>
<html lang="${WORDS.lang}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
${own?.head ?? '<link rel="stylesheet" href="/porthole.css"><script src="/porthole.js" defer></script>'}</head>
<body>${body.join("\n")}</body></html>
`;
		this.bytes = utf8Encode(text);
		this.etag = etagOf(this.bytes);
	}

	/** Answers a request with the page. */
	reply(reply: HttpReply): void {
		this.replyWith(reply, 200, [["ETag", this.etag]]);
	}

	/** Answers with the page under another status, with more fields. */
	replyWith(reply: HttpReply, status: number, headers: Headers): void {
		reply.send(status, "text/html; charset=utf-8", this.bytes, [
			...headers,
			["Cache-Control", "private, no-cache"],
			["Content-Security-Policy", this.policy],
			["Referrer-Policy", "same-origin"],
		]);
	}
}

/** Makes an entity tag of contents: equal contents, equal tags (FNV-1a). Of text its UTF-16 code units count. */
export function etagOf(contents: Uint8Array | string): string {
	let hash = 0x811c9dc5;
	for (let i = 0; i < contents.length; i++) {
		const unit = typeof contents === "string" ? contents.charCodeAt(i) : contents[i];
		hash = Math.imul(hash ^ unit, 0x01000193);
	}
	return `"${contents.length.toString(36)}-${(hash >>> 0).toString(36)}"`;
}
