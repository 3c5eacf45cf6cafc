import { toBase64 } from "../base/base64";
import { utf8Encode } from "../base/text";
import { percentDecode } from "./http-target";

/** The longest template of an update's URL. */
const TEMPLATE_MAX = 500;

/** A request that tells a dynamic DNS service the address, ready to be sent. */
export interface UpdateRequest {
	/** Without user and password. */
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
}

/** The meaning of a service's answer. */
export type UpdateAnswer =
	/** The name leads to the address now, or did already. */
	| { readonly kind: "done" }
	/** It would give the same answer again: the owner has to act. */
	| { readonly kind: "refused"; readonly refusal: DynamicDnsRefusal }
	/**
	 * It is out of order, answered with an unexpected status, or did not say that it has carried out the update; `busy`: do not
	 * ask it again for half an hour.
	 */
	| {
			readonly kind: "later";
			readonly reason: "out-of-order" | "status" | "unconfirmed";
			readonly status: number;
			readonly busy: boolean;
	  };

/** The answers of services that need the owner's action. */
const REFUSALS = Object.freeze([
	"badauth",
	"notfqdn",
	"nohost",
	"numhost",
	"abuse",
	"badagent",
	"!donator",
	"!yours",
	"ko",
] as const);

/** A service's reason for a refusal: the keywords of dyndns2, and `ko` of DuckDNS. */
export type DynamicDnsRefusal = (typeof REFUSALS)[number];

/**
 * Returns whether text is the template of an update's URL: `http` or `https`, a host, visible ASCII, and in braces nothing but
 * `{address}` and `{name}`.
 */
export function isUpdateTemplate(text: string): boolean {
	if (text.length > TEMPLATE_MAX || schemeOf(text) === "") return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code <= 32 || code > 126 || text[i] === '"' || text[i] === "<" || text[i] === ">") return false;
	}
	const bare = text.split("{address}").join("a").split("{name}").join("n");
	const { user, host } = takeApart(bare);
	return !bare.includes("{") && !bare.includes("}") && host !== "" && host[0] !== ":" && user !== undefined;
}

/** Returns whether a template needs the name. */
export function wantsName(template: string): boolean {
	return template.includes("{name}");
}

/** Returns whether a template would send a password unencrypted. */
export function isReadable(template: string): boolean {
	return schemeOf(template) === "http://" && takeApart(template).user !== "";
}

/**
 * Fills a template in. User and password in it become a field of the request.
 * @param template one that {@link isUpdateTemplate} takes
 * @see RFC 7617 §2
 */
export function buildUpdate(template: string, address: string, name: string, agent: string): UpdateRequest {
	const text = template.split("{address}").join(address).split("{name}").join(name);
	const { user, host, rest } = takeApart(text);
	const headers: Record<string, string> = { "User-Agent": agent };
	if (user) headers["Authorization"] = `Basic ${toBase64(utf8Encode(user))}`;
	return { url: `${schemeOf(text)}${host}${rest}`, headers };
}

/**
 * Reads the answer of a service. The update is done if the answer says so: by the keywords of dyndns2, or in the way of
 * another service ({@link CONFIRMATIONS}). Many say with status 200 that it is not.
 */
export function readAnswer(status: number, body: string): UpdateAnswer {
	const text = body.slice(0, ANSWER_MAX).trim().toLowerCase();
	const word = firstWord(text);
	const refused = refusal(status === 401 || status === 403 ? "badauth" : word);
	if (refused !== undefined) return refused;
	if (word === "911" || word === "dnserr") {
		return { kind: "later", reason: "out-of-order", status, busy: true };
	}
	if (status === 204 || (status >= 200 && status < 300 && confirms(word, text))) return { kind: "done" };
	if (status >= 200 && status < 300) return { kind: "later", reason: "unconfirmed", status, busy: true };
	return { kind: "later", reason: "status", status, busy: status === 429 };
}

/** The part of an answer that is read, in characters. */
const ANSWER_MAX = 1000;
/** First words that confirm an update: of dyndns2, DuckDNS, and FreeDNS. */
const DONE_WORDS: readonly string[] = Object.freeze(["good", "nochg", "ok", "updated"]);
/** What confirms an update anywhere in an answer, without spaces: FreeDNS, dynv6, Namecheap, and services that answer in JSON. */
const CONFIRMATIONS: readonly string[] = Object.freeze([
	"hasnotchanged",
	"addressesupdated",
	"addressesunchanged",
	"<errcount>0</errcount>",
	'"success":true',
]);

function confirms(word: string, text: string): boolean {
	if (DONE_WORDS.includes(word)) return true;
	const dense = text.split(" ").join("");
	return CONFIRMATIONS.some((each) => dense.includes(each));
}

/** An answer that needs the owner's action. */
function refusal(word: string): UpdateAnswer | undefined {
	for (const refusal of REFUSALS) if (refusal === word) return { kind: "refused", refusal };
	return undefined;
}

function schemeOf(text: string): string {
	return text.startsWith("https://") ? "https://" : text.startsWith("http://") ? "http://" : "";
}

/** Splits a URL; `user` is decoded, with the password behind a colon, and `undefined` when decoding fails. */
function takeApart(text: string): { user: string | undefined; host: string; rest: string } {
	const start = schemeOf(text).length;
	let end = start;
	while (end < text.length && text[end] !== "/" && text[end] !== "?" && text[end] !== "#") end++;
	const authority = text.slice(start, end);
	const at = authority.lastIndexOf("@");
	const user = at < 0 ? "" : percentDecode(authority.slice(0, at), false);
	return { user, host: authority.slice(at + 1), rest: text.slice(end) };
}

function firstWord(text: string): string {
	let end = 0;
	while (end < text.length && text.charCodeAt(end) > 32) end++;
	return text.slice(0, end);
}
