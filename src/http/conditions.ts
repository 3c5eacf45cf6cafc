import type { Millis } from "../core/time";
import { parseHttpDate } from "../wire/http-date";
import { fieldOf, type TextMessage } from "../wire/text-message";

/** What distinguishes one state of a resource from another. @see RFC 9110 §8.8 */
export interface Validators {
	/** A strong tag, with its quotes. */
	readonly etag?: string | undefined;
	/** When the resource was changed, in milliseconds since 1970. */
	readonly modified?: Millis | undefined;
}

/**
 * Evaluates the preconditions of a request. Weak tags, which proxies make when they compress, match where they may.
 * @param exists false if the target does not exist yet
 * @returns the status to respond with; `undefined` if the request is to be carried out
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

/** Returns the Range field; `undefined` also if its condition fails, as the content has changed. @see RFC 9110 §13.1.5 */
export function rangeFor(message: TextMessage, { etag, modified }: Validators): string | undefined {
	const range = fieldOf(message, "range");
	const condition = fieldOf(message, "if-range");
	if (range === undefined || condition === undefined) return range;
	if (condition[0] === '"') return condition === etag ? range : undefined;
	const date = modified === undefined ? undefined : parseHttpDate(condition);
	return date !== undefined && date === wholeSeconds(modified as Millis) ? range : undefined;
}

/** Whether a list of tags contains the tag, or is `*` and the target exists. */
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

/** Dates in fields have whole seconds. */
function wholeSeconds(modified: Millis): Millis {
	return modified - (modified % 1000);
}
