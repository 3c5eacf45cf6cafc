import { latin1, utf8Encode } from "../base/text";

/** One condition of a list: a state token, or an entity tag with its quotes. */
export interface DavCondition {
	readonly isNot: boolean;
	/** A lock token; empty if it is a tag. */
	readonly token: string;
	/** An entity tag; empty if it is a token. */
	readonly tag: string;
}

/** Conditions of which all must hold. */
export interface DavConditionList {
	/** The URL that they are about, as written; empty: that of the request. */
	readonly resource: string;
	readonly conditions: readonly DavCondition[];
}

const CONDITIONS_MAX = 64;
const OPEN = 40;
const CLOSE = 41;
const LESS = 60;
const GREATER = 62;
const BRACKET = 91;
const BRACKET_END = 93;
const SPACE = 32;
const TAB = 9;

/**
 * Parses an If field: the request is carried out if one of the lists holds. `undefined` if it is malformed, or has more
 * than 64 conditions.
 * @see RFC 4918 §10.4
 */
export function parseDavIf(field: string): DavConditionList[] | undefined {
	const bytes = utf8Encode(field);
	const lists: DavConditionList[] = [];
	let resource = "";
	let isTagged = false;
	/** Whether a resource was named that has no list yet. */
	let isOpen = false;
	let count = 0;
	let at = skip(bytes, 0);
	while (at < bytes.length) {
		if (bytes[at] === LESS) {
			const end = bytes.indexOf(GREATER, at);
			if (end < at + 2 || isOpen || (lists.length > 0 && !isTagged)) return undefined;
			resource = latin1(bytes, at + 1, end);
			isTagged = isOpen = true;
			at = skip(bytes, end + 1);
			continue;
		}
		if (bytes[at] !== OPEN) return undefined;
		const conditions: DavCondition[] = [];
		at = skip(bytes, at + 1);
		while (at < bytes.length && bytes[at] !== CLOSE) {
			const isNot = latin1(bytes, at, Math.min(bytes.length, at + 3)).toLowerCase() === "not";
			if (isNot) at = skip(bytes, at + 3);
			const isToken = bytes[at] === LESS;
			if ((!isToken && bytes[at] !== BRACKET) || ++count > CONDITIONS_MAX) return undefined;
			const end = bytes.indexOf(isToken ? GREATER : BRACKET_END, at);
			if (end < at + 2) return undefined;
			const text = latin1(bytes, at + 1, end);
			conditions.push(isToken ? { isNot, token: text, tag: "" } : { isNot, token: "", tag: text });
			at = skip(bytes, end + 1);
		}
		if (at >= bytes.length || conditions.length === 0) return undefined;
		lists.push({ resource, conditions });
		isOpen = false;
		at = skip(bytes, at + 1);
	}
	return lists.length === 0 || isOpen ? undefined : lists;
}

function skip(bytes: Uint8Array, from: number): number {
	let at = from;
	while (bytes[at] === SPACE || bytes[at] === TAB) at++;
	return at;
}
