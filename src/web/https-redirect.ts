import { fieldOf } from "../wire/http-message";
import type { HttpReply, HttpRequest } from "./http-server";

/**
 * Sends a visitor who came without TLS to the same page with it: 308, so that a form stays a form. To be called after the
 * host has been checked.
 * @see RFC 9110 §15.4.9
 */
export function redirectToHttps({ message, localAddress, localPort }: HttpRequest, reply: HttpReply): void {
	const host = fieldOf(message, "host") ?? "";
	const location = `https://${isHostAndPort(host) ? host : `${localAddress}:${localPort}`}`;
	const target = message.target.startsWith("/") ? message.target : "/";
	reply.error(308, "This camera is reached by https:// only.", [["Location", location + target]]);
}

/** Nothing may hide behind the name that would lead elsewhere. */
function isHostAndPort(host: string): boolean {
	for (let i = 0; i < host.length; i++) {
		const code = host.charCodeAt(i);
		const letter = (code | 32) >= 97 && (code | 32) <= 122;
		// Digits and the colon follow each other.
		if (!letter && !(code >= 48 && code <= 58) && code !== 45 && code !== 46) return false;
	}
	return host !== "";
}
