import { backFrom, wantsHtml } from "../http/http-form";
import type { HttpReply, HttpRequest } from "../http/http-server";
import { type Headers, NO_STORE } from "../http/response-head";
import { faultPage } from "./fault-page";

/** Turns a visitor away who is known: a person gets a page that leads back, a program the message. */
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
