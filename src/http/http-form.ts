import { utf8Decode } from "../base/text";
import { parseForm } from "../wire/http-target";
import { fieldOf } from "../wire/text-message";
import type { HttpRequest } from "./http-request";

/** The most members of a JSON object. */
const MEMBERS_MAX = 64;
/** An object with lists in it. */
const NESTING_MAX = 2;

/**
 * Reads the body of a request as a form, or as a JSON object. Members may be strings, numbers, booleans (which become
 * `on` and `off`) and lists of those (which become text with commas).
 * @returns `undefined` if it is neither
 */
export function formOf(request: HttpRequest): Map<string, string> | undefined {
	const text = utf8Decode(request.message.body);
	const type = fieldOf(request.message, "content-type") ?? "";
	if (!type.toLowerCase().startsWith("application/json")) return parseForm(text);
	// JSON.parse recurses for each level: deep nesting would overflow the stack and end the program.
	return nestingOf(request.message.body) > NESTING_MAX ? undefined : parseObject(text);
}

function parseObject(text: string): Map<string, string> | undefined {
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (typeof content !== "object" || content === null || Array.isArray(content)) return undefined;
	const entries = Object.entries(content);
	if (entries.length > MEMBERS_MAX) return undefined;
	const form = new Map<string, string>();
	for (const [name, value] of entries) {
		const member = textOf(value);
		if (member === undefined) return undefined;
		form.set(name, member);
	}
	return form;
}

/** Returns how deeply brackets and braces are nested, outside of strings. */
function nestingOf(text: Uint8Array): number {
	let depth = 0;
	let deepest = 0;
	let quoted = false;
	for (let i = 0; i < text.length; i++) {
		const code = text[i];
		if (code === QUOTE) quoted = !quoted;
		else if (quoted && code === BACKSLASH) i++;
		else if (!quoted && (code | BRACE_BIT) === OPENING) deepest = Math.max(deepest, ++depth);
		else if (!quoted && (code | BRACE_BIT) === CLOSING) depth--;
	}
	return deepest;
}

const QUOTE = 34;
const BACKSLASH = 92;
/** `[` and `{` differ in this bit, and so do `]` and `}`. */
const BRACE_BIT = 32;
const OPENING = 123;
const CLOSING = 125;

function textOf(value: unknown): string | undefined {
	if (typeof value === "boolean") return value ? "on" : "off";
	if (typeof value === "string" || typeof value === "number") return `${value}`;
	if (!Array.isArray(value)) return undefined;
	const texts = value.map((item) => (Array.isArray(item) ? undefined : textOf(item)));
	return texts.includes(undefined) ? undefined : texts.join(",");
}
