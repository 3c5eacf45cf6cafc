import type { HttpReply, HttpRequest } from "../http/http-request";
import { originFormOf } from "../wire/http-host";
import { fieldOf } from "../wire/text-message";
import { MESSAGES } from "./messages";

/**
 * Sends a visitor who came without TLS to the same page with it: 308, so that a form stays a form. To be called after it
 * was checked that the Host field is ours.
 * @see RFC 9110 §15.4.9
 */
export function redirectToHttps({ message, localAddress, localPort }: HttpRequest, reply: HttpReply): void {
	const host = fieldOf(message, "host") || `${localAddress}:${localPort}`;
	const location = `https://${host}${originFormOf(message.target)}`;
	reply.error(308, MESSAGES.refused.secure, [["Location", location]]);
}
