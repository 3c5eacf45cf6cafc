import { utf8Decode } from "../base/text";
import { fieldOf } from "../wire/http-message";
import { parseForm } from "../wire/http-target";
import type { HttpRequest } from "./http-server";

/** The most members that are read of a JSON object. */
const MEMBERS_MAX = 64;

/**
 * Reads what a request brings: a form, or a JSON object whose members are text, numbers, booleans (`on`, `off`) or lists
 * of those (with commas). `undefined` when it is neither.
 */
export function formOf(request: HttpRequest): Map<string, string> | undefined {
	const text = utf8Decode(request.message.body);
	const type = fieldOf(request.message, "content-type") ?? "";
	return type.toLowerCase().startsWith("application/json") ? parseObject(text) : parseForm(text);
}

/** True: the visitor is a person with a browser, who is answered by a page. */
export function wantsHtml(request: HttpRequest): boolean {
	return (fieldOf(request.message, "accept") ?? "").includes("text/html");
}

/** The page of ours that a form was on; the first page when that is unknown, or was the one to log in at. */
export function backFrom(request: HttpRequest): string {
	const referer = fieldOf(request.message, "referer") ?? "";
	const own = `${request.secure ? "https" : "http"}://${fieldOf(request.message, "host")}/`;
	const path = referer.startsWith(own) ? referer.slice(own.length - 1) : "/";
	return path.startsWith("//") || path.startsWith("/login") ? "/" : path;
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

function textOf(value: unknown): string | undefined {
	if (typeof value === "boolean") return value ? "on" : "off";
	if (typeof value === "string" || typeof value === "number") return `${value}`;
	if (!Array.isArray(value)) return undefined;
	const texts = value.map(textOf);
	return texts.includes(undefined) ? undefined : texts.join(",");
}
