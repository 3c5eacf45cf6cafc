import type { HttpReply, HttpRequest } from "../http/http-request";
import type { HttpRefusal, HttpRefusalReason } from "../http/http-site";
import { NO_STORE } from "../http/response-head";
import type { Headers } from "../wire/text-message";
import { backFrom, wantsHtml } from "./browser-request";
import { MESSAGES } from "./messages";
import { escapeHtml, Page } from "./page";

/** Refuses a request: a browser gets a page with a link back, a program plain text. */
export function refuse(
	request: HttpRequest,
	reply: HttpReply,
	status: number,
	message: string,
	headers: Headers = NO_STORE,
): void {
	if (wantsHtml(request)) faultPage(message, backFrom(request)).replyWith(reply, status, headers);
	else reply.error(status, message, headers);
}

/** Answers a request that the HTTP engine refuses. @see HttpSite.refuse */
export function renderRefusal(refusal: HttpRefusal, request: HttpRequest | undefined, reply: HttpReply): void {
	const { reason, status, headers } = refusal;
	const message = messageOf(reason);
	if (request !== undefined) refuse(request, reply, status, message, headers);
	else reply.error(status, message, headers);
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

/**
 * Generates the page that says why a request was refused.
 * @param message the reason
 * @param back the page to return to
 */
export function faultPage(message: string, back: string): Page {
	const { fault } = MESSAGES;
	return new Page(fault.title, [
		`<main><h1>${escapeHtml(fault.title)}</h1><p class="notice" role="alert">${escapeHtml(message)}</p>`,
		`<p><a href="${escapeHtml(back)}">${escapeHtml(fault.back)}</a></p></main>`,
	]);
}
