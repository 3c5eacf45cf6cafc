import { toBase64 } from "../base/base64";
import { sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { HttpReply } from "../http/http-request";
import { REVALIDATED } from "../http/response-head";
import { TextBody } from "../http/text-source";
import type { Headers } from "../wire/text-message";
import { THEME_COLOURS } from "./design-tokens";
import { escapeHtml } from "./escape-html";
import { MESSAGES } from "./messages";
import { PAGE_WORDS } from "./page-words";

/** Names an inline style or script in a page's policy. @see CSP Level 3 §2.3.1 (hash-source) */
export function hashSource(text: string): string {
	return `'sha256-${toBase64(sha256(utf8Encode(text)))}'`;
}

/** What a page may load, where it differs from most pages. */
export interface PagePolicy {
	/** From where pictures come. @default any camera */
	readonly images?: string;
	/** From where videos come. @default none */
	readonly media?: string;
}

/** Composes the policy of a page: everything but pictures comes only from this server. @see CSP Level 3 */
export function pagePolicy({ images = "'self' http: https: data:", media = "" }: PagePolicy = {}): string {
	return `default-src 'none'; img-src ${images};${media === "" ? "" : ` media-src ${media};`} style-src 'self'; script-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
}

/**
 * Makes the elements of a page's head besides those that all pages have: icons, the common style and script, and the page's own.
 * Browsers fetch the manifest without cookies unless they are told otherwise.
 * @param styles paths of the page's own stylesheets
 * @param scripts paths of the page's own scripts
 */
export function pageHead(styles: readonly string[] = [], scripts: readonly string[] = []): string[] {
	const head = [
		'<link rel="icon" href="/icon.svg"><link rel="apple-touch-icon" href="/icon.png"><link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials"><link rel="stylesheet" href="/porthole.css">',
	];
	for (const path of styles) head.push(`<link rel="stylesheet" href="${path}">`);
	for (const path of ["/porthole.js", ...scripts]) head.push(`<script src="${path}" defer></script>`);
	return head;
}

/** The policy and the head of a page that differs from most. @see Page */
export interface OwnHead {
	readonly policy: string;
	readonly head: readonly string[];
}

/**
 * Makes policy and head of a page whose pictures come from this server only.
 * @param styles as for {@link pageHead}
 * @param media as in {@link PagePolicy}
 */
export function ownPictures(styles: readonly string[] = [], scripts: readonly string[] = [], media = ""): OwnHead {
	return Object.freeze({
		policy: pagePolicy({ images: "'self' data:", media }),
		head: Object.freeze(pageHead(styles, scripts)),
	});
}

/** What pages have in common, so that a board reads it from flash. */
const POLICY = pagePolicy();
const HEAD: readonly string[] = Object.freeze(pageHead());
const THEME = THEME_COLOURS.map(
	(colour, i) =>
		`<meta name="theme-color" content="${colour}" media="(prefers-color-scheme:${i === 0 ? "light" : "dark"})">`,
).join("");

/** The beginning of the body, with the texts of the script of forms. @see FORM_SCRIPT */
const BODY = `</head>
<body data-done="${escapeHtml(MESSAGES.form.done)}" data-lost="${escapeHtml(MESSAGES.form.lost)}" data-cancel="${escapeHtml(MESSAGES.form.cancel)}">`;

/** A generated page, ready to be sent any number of times. */
export class Page {
	readonly body: TextBody;
	/** @see CSP Level 3 */
	readonly policy: string;

	/**
	 * @param title for the browser's tab and bookmarks. @see pageTitle
	 * @param body the elements of the body, already HTML
	 * @param own the policy and head of a page that differs from most. @see pagePolicy @see pageHead
	 */
	constructor(
		title: string,
		body: readonly string[],
		own?: { readonly policy: string; readonly head: readonly string[] },
	) {
		this.policy = own?.policy ?? POLICY;
		const start = `<!DOCTYPE html>
<html lang="${MESSAGES.lang}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">`;
		const packed = body.map((part) => PAGE_WORDS.pack(part));
		this.body = new TextBody(
			[PAGE_WORDS.pack(start), THEME, ...(own?.head ?? HEAD), BODY, ...packed, "</body></html>\n"],
			PAGE_WORDS,
		);
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
