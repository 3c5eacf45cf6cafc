import { toJson } from "../base/json";
import type { HttpReply, HttpRequest } from "../http/http-request";
import type { HttpRefusal, HttpRefusalReason } from "../http/http-site";
import type { Headers } from "../wire/text-message";
import { backFrom, wantsHtml } from "./browser-request";
import { escapeHtml } from "./escape-html";
import { STRANGERS_STYLE, STRANGERS_STYLE_SOURCE } from "./login-page";
import { LOGO } from "./logo";
import { MESSAGES } from "./messages";
import { type OwnHead, Page } from "./page";
import { PRODUCT, pageHeader, pageTitle, type Visitor } from "./page-header";

/**
 * Shows an error: to a browser as a page with navigation, to a program that asks the API as JSON. A client that takes this
 * server for a proxy wanted a page of another server, so ours would confuse it.
 * @param visitor what the page needs to know about the user; `undefined`: a stranger
 * @returns false: the client gets the message as plain text
 * @see HttpSite.error
 */
export function renderError(
	status: number,
	message: string,
	headers: Headers,
	request: HttpRequest | undefined,
	reply: HttpReply,
	visitor: Visitor | undefined,
): boolean {
	if (request === undefined || status < 400 || request.message.target[0] !== "/") return false;
	if (wantsHtml(request)) {
		const { fault } = MESSAGES;
		const { target } = request.message;
		const back = backFrom(request);
		const links: ErrorLink[] = [[back, back === "/" ? fault.first : fault.back]];
		// Only a path: a target that begins with two slashes leads to another server.
		if (request.method === "GET" && status >= 500 && target[0] === "/" && target[1] !== "/")
			links.unshift([target, fault.again]);
		errorPage(status, message, links, visitor).replyWith(reply, status, headers);
		return true;
	}
	// To strangers all paths look the same.
	if (visitor === undefined || !request.path.startsWith("/api/") || message === "") return false;
	reply.send(status, "application/json", toJson({ error: message }), headers);
	return true;
}

/** Answers a request that the HTTP engine refuses. @see HttpSite.refuse */
export function renderRefusal({ reason, status, headers }: HttpRefusal, reply: HttpReply): void {
	reply.error(status, messageOf(reason), headers);
}

function messageOf(reason: HttpRefusalReason): string {
	const { refused } = MESSAGES;
	switch (reason) {
		case "bad-target":
			return refused.impossible;
		case "not-found":
			return refused.nowhere;
		case "method-not-allowed":
			return refused.method;
		case "cross-origin":
			return refused.otherSite;
		case "crowded":
			return refused.viewers;
		case "slow-request":
			return refused.late;
		case "slow-handler":
			return refused.slow;
		case "handler-failed":
			return refused.broken;
		default:
			return refused.malformed;
	}
}

/** A link on the page about an error: where it leads, and its text. */
export type ErrorLink = readonly [url: string, text: string];

/**
 * Generates the page that says why a request was refused.
 * @param message the reason
 * @param visitor `undefined`: a stranger, who gets no navigation, and a page that contains its style
 */
export function errorPage(
	status: number,
	message: string,
	links: readonly ErrorLink[],
	visitor: Visitor | undefined,
): Page {
	const { titles, title: other } = MESSAGES.fault;
	const title = titles[status] ?? other;
	const main = [
		`<p${visitor === undefined ? "" : ' class="notice"'} role="alert">${escapeHtml(message || title)}</p>`,
		`<p class="row">${links.map(([url, text]) => `<a class="button" href="${escapeHtml(url)}">${escapeHtml(text)}</a>`).join(" ")}</p></main>`,
	];
	if (visitor !== undefined)
		return new Page(pageTitle(title, visitor), [pageHeader(title, "", visitor), "<main>", ...main]);
	return new Page(`${title} – ${PRODUCT}`, [`<main>${LOGO}<h1>${escapeHtml(title)}</h1>`, ...main], STRANGERS_HEAD);
}

/** Policy and head of pages for strangers, which load nothing. */
export const STRANGERS_HEAD: OwnHead = Object.freeze({
	policy: `default-src 'none'; style-src ${STRANGERS_STYLE_SOURCE}; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
	head: Object.freeze(['<link rel="icon" href="data:,"><style>', STRANGERS_STYLE, "</style>"]),
});
