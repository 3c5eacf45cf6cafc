import type { Millis } from "../core/time";
import { parseHttpDate } from "../wire/http-date";
import { fieldOf, type TextMessage } from "../wire/text-message";

/** What tells one state of a resource from another. */
export interface Validators {
	/** With its quotes. Absent: there is none, or the resource does not exist. */
	readonly etag?: string | undefined;
	/** When it was changed, in milliseconds since 1970. */
	readonly modified?: Millis | undefined;
}

/**
 * Checks the preconditions of a request.
 *
 * Proxies that compress what they hand on make tags weak; where a weak tag is allowed, it counts as well.
 * @param exists false: there is nothing at the target yet
 * @returns the status that answers the request in its handler's place; `undefined`: go on
 * @see RFC 9110 §13.2.2
 */
export function failedPrecondition(
	message: TextMessage,
	{ etag, modified }: Validators,
	exists = true,
): 304 | 412 | undefined {
	const reads = message.method === "GET" || message.method === "HEAD";
	if (fieldOf(message, "if-match") !== undefined) {
		if (!hasTag(message, "if-match", etag, exists, false)) return 412;
	} else if (modified !== undefined) {
		const since = dateIn(message, "if-unmodified-since");
		if (since !== undefined && wholeSeconds(modified) > since) return 412;
	}
	if (fieldOf(message, "if-none-match") !== undefined) {
		if (hasTag(message, "if-none-match", etag, exists, true)) return reads ? 304 : 412;
	} else if (reads && modified !== undefined) {
		const since = dateIn(message, "if-modified-since");
		if (since !== undefined && wholeSeconds(modified) <= since) return 304;
	}
	return undefined;
}

/** Returns the range asked for; `undefined` also when it is one of contents that have changed since. @see RFC 9110 §13.1.5 */
export function rangeFor(message: TextMessage, { etag, modified }: Validators): string | undefined {
	const range = fieldOf(message, "range");
	const condition = fieldOf(message, "if-range");
	if (range === undefined || condition === undefined) return range;
	if (condition[0] === '"') return condition === etag ? range : undefined;
	const date = modified === undefined ? undefined : parseHttpDate(condition);
	return date !== undefined && date === wholeSeconds(modified as Millis) ? range : undefined;
}

/** Tells whether a list of tags has the one, or is `*` and there is something. */
function hasTag(message: TextMessage, name: string, etag: string | undefined, exists: boolean, weak: boolean): boolean {
	for (const [key, value] of message.fields) {
		if (key !== name) continue;
		for (const part of value.split(",")) {
			const tag = part.trim();
			if (tag === "*") return exists;
			if (etag !== undefined && (tag === etag || (weak && tag.slice(0, 2) === "W/" && tag.slice(2) === etag)))
				return true;
		}
	}
	return false;
}

function dateIn(message: TextMessage, name: string): Millis | undefined {
	const text = fieldOf(message, name);
	return text === undefined ? undefined : parseHttpDate(text);
}

/** Fields have whole seconds. */
function wholeSeconds(modified: Millis): Millis {
	return modified - (modified % 1000);
}
