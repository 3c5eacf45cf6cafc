import { fieldOf, hasToken, type TextMessage } from "../wire/text-message";

/**
 * Tells whether the client has the contents of this tag already. Proxies that compress what they hand on make tags weak;
 * for this they count as well.
 * @see RFC 9110 §13.1.2
 */
export function matchesEtag(message: TextMessage, etag: string): boolean {
	const tag = etag.toLowerCase();
	return ["*", tag, `w/${tag}`].some((known) => hasToken(message, "if-none-match", known));
}

/** The range asked for; none when it is one of contents that have changed since. @see RFC 9110 §13.1.5 */
export function rangeFor(message: TextMessage, etag: string | undefined): string | undefined {
	const condition = fieldOf(message, "if-range");
	return condition === undefined || condition === etag ? fieldOf(message, "range") : undefined;
}
