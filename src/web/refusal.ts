import { faultPage } from "./fault-page";
import { backFrom, wantsHtml } from "./http-form";
import type { HttpReply, HttpRequest } from "./http-server";
import { type Headers, NO_STORE } from "./response-head";

/** Turns a visitor away who is known: a person gets a page that leads back, a program the words. */
export function refuse(
	request: HttpRequest,
	reply: HttpReply,
	status: number,
	words: string,
	headers: Headers = NO_STORE,
): void {
	if (wantsHtml(request)) faultPage(words, backFrom(request)).replyWith(reply, status, headers);
	else reply.error(status, words, headers);
}
